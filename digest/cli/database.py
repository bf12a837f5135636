"""`digest db upgrade | check`: the database's schema."""

from __future__ import annotations

import typer

from digest.cli.common import JsonOption, emit_json, say, settings_of
from digest.errors import StoreError
from digest.store import engine

app = typer.Typer(help="The database's schema.")


@app.command()
def upgrade(ctx: typer.Context) -> None:
    """Bring the schema up to this program. SQLite and an empty database do so by themselves."""
    applied = engine.upgrade(settings_of(ctx).database.url)
    say(f"Applied: {', '.join(applied)}." if applied else "Nothing to do: the schema is up to date.")


@app.command()
def check(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Whether the schema is what this program needs, and the file is sound."""
    problems = engine.check(settings_of(ctx).database.url)
    if as_json:
        emit_json({"problems": problems})
    if problems:
        raise StoreError("; ".join(problems))
    say("The database is in order.")


def register(root: typer.Typer) -> None:
    """Add the commands to the root."""
    root.add_typer(app, name="db")
