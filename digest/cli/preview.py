"""`digest preview`: an edition as files, as a contact sheet, or live in a browser. Changes nothing."""

from __future__ import annotations

import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import typer

from digest import desk
from digest.cli.common import (
    EditionOption,
    JsonOption,
    NowOption,
    ThemeOption,
    chosen_themes,
    emit_json,
    opened,
    printable,
    say,
    settings_of,
)
from digest.cli.sending import stoppable
from digest.errors import ConfigurationError
from digest.parts import Parts
from digest.previewing import Live, make_preview, write_preview
from digest.previewing.watch import Sighting, follow, sight_draft, sight_files
from digest.settings import Settings
from digest.settings.load import FILE_NAME
from digest.wiring import build
from digest.wiring.themes import theme_folders

FOLDER = Path("preview")
HOST = "127.0.0.1"  # a draft is nobody else's business


def preview(
    ctx: typer.Context,
    edition: EditionOption = "",
    theme: ThemeOption = None,
    out: Annotated[
        Path | None, typer.Option(help="Where to write the files.", show_default=str(FOLDER))
    ] = None,
    open_it: Annotated[
        bool, typer.Option("--open", help="Show the contact sheet, or the live page, in the browser.")
    ] = False,
    live: Annotated[
        bool,
        typer.Option(
            "--live", help="Serve a page on this machine that follows templates, settings, themes and draft."
        ),
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the live page.", show_default="any free one")
    ] = 0,
    now: NowOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write the e-mail as files, or show it live. HTML, text, raw message, web copy and contact sheet."""
    _refuse_what_does_nothing(live=live, files_only=bool(out or as_json), port=port)
    with opened(ctx, now) as parts:
        chosen = chosen_themes(parts, theme)
        if live:
            _serve(ctx, parts, edition, sorted(chosen), port=port, open_it=open_it)
            return
        row, content = desk.at_hand(parts, parts.clock(), edition)
        made = make_preview(parts, row, content, parts.clock(), chosen)
    if made.note:
        say(made.note)
    paths = write_preview(made, out or FOLDER)
    if as_json:
        emit_json({kind: str(path.resolve()) for kind, path in paths.items()})
    else:
        for path in paths.values():
            typer.echo(str(path))
    if open_it:
        webbrowser.open(paths["sheet.html"].resolve().as_uri())


def _refuse_what_does_nothing(*, live: bool, files_only: bool, port: int) -> None:
    if live and files_only:
        raise typer.BadParameter("--live writes no files: leave --out and --json out")
    if port and not live:
        raise typer.BadParameter("--port goes with --live")


def _serve(
    ctx: typer.Context, parts: Parts, edition: str, themes: Sequence[str], *, port: int, open_it: bool
) -> None:
    """The live page, until Ctrl-C or SIGTERM."""
    from digest.previewing.app import live_app  # noqa: PLC0415 - the web server is loaded only where one runs
    from digest.web import background  # noqa: PLC0415 - the same

    if edition:
        desk.meant(parts, parts.clock(), edition)  # a wrong name is told now, not on the page
    settings = settings_of(ctx)
    live = Live(lambda: _reread(ctx, parts, settings), edition)
    watched = [*parts.template_folders, *theme_folders(settings), _settings_file(settings)]

    def look() -> Sighting:
        return {**sight_files(watched), **sight_draft(parts)}

    def render(changed: Sequence[str]) -> None:
        live.refresh()
        _tell(live, [_shown(name, settings.folder) for name in changed])

    with stoppable(parts.stop), background(live_app(live), HOST, port) as url:
        address = f"{url}/" + (f"?{urlencode([('theme', slug) for slug in themes])}" if themes else "")
        typer.echo(address)
        say(f"Live preview of {parts.publication.name}: open this address in a browser. Ctrl-C ends it.")
        if open_it:
            webbrowser.open(address)
        try:
            follow(look, render, parts.stop)
        finally:
            live.closed = True


def _reread(ctx: typer.Context, parts: Parts, first: Settings) -> Parts:
    """The parts by the settings as they are now, over the database that is open."""
    settings = settings_of(ctx)
    if settings.database.url != first.database.url:
        raise ConfigurationError(
            "[database] url names another database now: end the live preview and start it again"
        )
    return build(settings, parts.database, clock=parts.clock)


def _settings_file(settings: Settings) -> Path:
    return settings.file or settings.folder / FILE_NAME


def _shown(name: str, folder: Path) -> str:
    path = Path(name)
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else name


def _tell(live: Live, changed: Sequence[str]) -> None:
    cause = f"{', '.join(changed)} changed: " if changed else ""
    for line in live.problem:
        say(printable(f"{cause}can't be rendered: {line}"))
    if not live.problem and live.good:
        facts = dict(live.good.preview(frozenset()).facts)
        say(printable(f"{cause}rendered {live.good.ref}, {facts['Size']}"))


def register(app: typer.Typer) -> None:
    """Add the command to the root."""
    app.command()(preview)
