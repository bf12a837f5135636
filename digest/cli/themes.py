"""`digest themes list`: what stories are filed under."""

from __future__ import annotations

import typer

from digest.cli.common import JsonOption, emit_json, settings_of, table

app = typer.Typer(help="The themes that stories are filed under.")


@app.callback()
def themes() -> None:
    """The themes that stories are filed under."""


@app.command(name="list")
def list_(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """The themes in the order of the edition, with where each is defined."""
    from digest.wiring import themes_of  # noqa: PLC0415 - keeps `digest --help` quick

    found = themes_of(settings_of(ctx))
    if as_json:
        emit_json([{"slug": t.slug, "name": t.name, "colour": t.colour} for t in found])
        return
    table([(t.slug, t.name, t.colour) for t in found], ("slug", "name", "colour"))


def register(root: typer.Typer) -> None:
    """Add the commands to the root."""
    root.add_typer(app, name="themes")
