"""`digest run | worker | serve`: the daily send with nobody watching, its helpers, and readers' pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Annotated

import typer

from digest import desk
from digest.acting import Done
from digest.cli.common import (
    JsonOption,
    NowOption,
    emit_json,
    local,
    opened,
    printable,
    say,
    settings_of,
)
from digest.cli.sending import stoppable, words
from digest.daily import ensure
from digest.errors import ConfigurationError, InputError
from digest.parts import Parts
from digest.store import alerts


def run(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="One heartbeat, for cron.")] = False,
    now: NowOption = "",
    as_json: JsonOption = False,
) -> None:
    """Gather, draft and send on schedule until told to stop. `--once` does what is owed now and ends."""
    if now and not once:
        raise InputError("--now goes with --once: the scheduler needs a clock that moves")
    with opened(ctx, now, may_replace=False) as parts, stoppable(parts.stop):
        if once:
            _tell_all(ensure(parts, parts.clock()), teller(parts), as_json=as_json)
            return
        _mind_themes(parts)  # files and settings that can't be used are told now, not at the first edition
        parts.transport()
        from digest.jobs.heartbeat import heartbeat  # noqa: PLC0415 - the scheduler is loaded only where one runs

        _series, due = desk.coming(parts, parts.clock())[0]
        say(
            f"{parts.publication.name}: watching; the next edition is due {local(due, parts)}"
            f" {parts.schedule.timezone}. Ctrl-C ends it."
        )
        heartbeat(parts, teller(parts))


def _mind_themes(parts: Parts) -> None:
    """Tell of theme files that can't be used; what is frozen goes out without them."""
    try:
        parts.read_themes()
    except ConfigurationError as error:
        text = f"{error}; until it is mended no edition is drafted, and only what is frozen goes out"
        with parts.database.write() as conn:
            alerts.add_alert(conn, f"themes:{text}"[:300], text, parts.clock())
        say(printable(text))


def teller(parts: Parts) -> Callable[[Done], None]:
    """What says one thing that was done in one line: with its time, for a log that cron or others keep."""

    def tell(step: Done) -> None:
        counts = f": {words(step.report.counts)}" if step.report else ""
        edition = f"{step.edition}: " if step.edition else ""
        say(f"{local(parts.clock(), parts)} {edition}{step.what}{counts}")

    return tell


def _tell_all(steps: Iterable[Done], tell: Callable[[Done], None], *, as_json: bool) -> None:
    """What was done at once, also before an error; exit code 1 where a person should hear of it."""
    done: list[Done] = []
    try:
        for step in steps:
            done.append(step)
            tell(step)
    finally:
        if as_json:
            emit_json([asdict(step) for step in done])
    if any(step.failed for step in done):
        raise typer.Exit(1)


def worker(
    ctx: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Take what there is to send now, then end; for cron.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Help to send from a further machine over the same PostgreSQL.

    It does so whenever an edition is being sent.

    It takes shares of what `digest run` or `digest send` has begun, and gathers, drafts and decides nothing.
    """
    from digest.jobs import worker as helper  # noqa: PLC0415 - `digest run` does without

    if as_json and not once:
        raise InputError("--json goes with --once: a worker that waits never ends its report")
    helper.refuse_a_file(settings_of(ctx).database.url)
    with opened(ctx) as parts, stoppable(parts.stop):
        parts.transport()  # settings and keys that can't be used are told now, not at the first edition
        parts.signer()
        if once:
            _tell_all(helper.share(parts, parts.clock()), teller(parts), as_json=as_json)
            return
        say(f"{parts.publication.name}: waiting for an edition that is being sent; Ctrl-C ends it.")
        if reason := helper.why_idle(parts, parts.clock()):
            say(f"As things stand it will keep out: {reason}.")
        helper.keep_working(parts, teller(parts))


def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.", show_default="[web] host")] = "",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on.", show_default="[web] port")
    ] = 0,
) -> None:
    """Serve readers' pages. Subscribe, unsubscribe, choice of themes, editions in the browser."""
    from digest.web import serve as serve_app  # noqa: PLC0415 - the web server is loaded only where one runs
    from digest.web.wired import web_app  # noqa: PLC0415 - the same

    web = settings_of(ctx).web
    with opened(ctx, may_replace=False) as parts:
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
    app.command()(worker)
    app.command()(serve)
