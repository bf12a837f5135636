"""`digest run | serve`: the daily send with nobody watching, and readers' pages."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from digest.cli.common import JsonOption, NowOption, emit_json, local, opened, say, settings_of
from digest.cli.sending import stoppable, words
from digest.daily import Done, ensure
from digest.errors import InputError


def run(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="One heartbeat, for cron.")] = False,
    now: NowOption = "",
    as_json: JsonOption = False,
) -> None:
    """Gather, draft and send on schedule until told to stop; `--once` does what is owed now and ends."""
    if now and not once:
        raise InputError("--now goes with --once: the scheduler needs a clock that moves")
    with opened(ctx, now) as parts, stoppable(parts.stop):
        if once:
            done = ensure(parts, parts.clock())
            if as_json:
                emit_json([asdict(step) for step in done])
            for step in done:
                tell(step)
            if any(step.failed for step in done):
                raise typer.Exit(1)
            return
        parts.read_themes()  # files and settings that can't be used are told now, not at the first edition
        parts.transport()
        from digest.jobs import heartbeat  # noqa: PLC0415 - the scheduler is loaded only where one runs

        coming = parts.schedule.next_slot(parts.clock())
        say(
            f"{parts.publication.name}: watching; the next edition is due {local(coming, parts)}"
            f" {parts.schedule.timezone}. Ctrl-C ends it."
        )
        heartbeat(parts, tell)


def tell(step: Done) -> None:
    """One line for one thing that was done."""
    counts = f": {words(step.report.counts)}" if step.report else ""
    edition = f"{step.edition}: " if step.edition else ""
    say(f"{edition}{step.what}{counts}")


def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.", show_default="[web] host")] = "",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on.", show_default="[web] port")
    ] = 0,
) -> None:
    """Serve readers' pages: unsubscribe, theme choice, editions in the browser."""
    from digest.web import serve as serve_app  # noqa: PLC0415 - the web server is loaded only where one runs
    from digest.web.wired import web_app  # noqa: PLC0415 - the same

    web = settings_of(ctx).web
    with opened(ctx) as parts:
        name = parts.publication.name
        serve_app(
            web_app(parts),
            host or web.host,
            port or web.port,
            ready=lambda url: say(f"Serving {name} on {url}; Ctrl-C ends it."),
        )


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command()(run)
    app.command()(serve)
