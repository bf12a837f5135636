"""`digest db upgrade | check | backup | restore | restored`: the database's schema, and copies of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest.cli.common import JsonOption, emit_json, opened, present, say, settings_of
from digest.errors import StoreError
from digest.store import backup as copies
from digest.store import engine, moving, restored

app = typer.Typer(help="The database: its schema, backups, and putting one back.")


@app.command()
def upgrade(ctx: typer.Context) -> None:
    """Bring the schema up to this program. SQLite and an empty database do so by themselves."""
    applied = engine.upgrade(settings_of(ctx).database.url)
    say(f"Applied: {', '.join(applied)}." if applied else "Nothing to do: the schema is up to date.")


@app.command()
def check(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Say whether the schema fits this program and the file is sound."""
    problems = engine.check(settings_of(ctx).database.url)
    if as_json:
        emit_json({"problems": problems})
    if problems:
        raise StoreError("; ".join(problems))
    say("The database is in order.")


@app.command()
def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the backup goes; a new file.")],
) -> None:
    """Copy an SQLite database, also while digest runs. PostgreSQL has `pg_dump`."""
    copies.backup(settings_of(ctx).database.url, file, present())
    say(f"Written: {file}. It holds your readers' addresses.")


@app.command()
def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup; it stays as it is.")],
) -> None:
    """Put a backup in the place of an SQLite database. Nothing that was due by now is then sent by itself."""
    url, now = settings_of(ctx).database.url, present()
    aside = copies.restore(url, file, now)
    with engine.open_database(url) as database:
        restored.notice(database, now)  # says what holds from now on
    say(f"Restored: {file}. `digest status` shows how its editions stand.")
    if aside:
        say(f"The database of before is {aside}: delete it when you need it no more.")


@app.command(name="restored")
def was_restored(ctx: typer.Context) -> None:
    """Tell digest that the database was put back by other means. By `pg_restore`, a snapshot or the like."""
    with opened(ctx, may_begin=False) as parts:
        restored.declare(parts.database, parts.clock())


@app.command()
def copy(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="An empty database, as in [database] url.")],
) -> None:
    """Copy everything from SQLite to PostgreSQL. Rows keep their numbers; stop what runs before."""
    copies.refuse_while_in_use(settings_of(ctx).database.url)
    with opened(ctx, may_begin=False) as parts:
        counts = moving.move(parts.database, url)
        old = parts.database.path
    rows = ", ".join(f"{name} {count:,}" for name, count in counts.items() if count)
    say(f"Copied: {rows}.")
    say(f"Next: set [database] url to the new one, and move {old} away, so that nothing sends from it.")


def register(root: typer.Typer) -> None:
    """Add the commands to the root."""
    root.add_typer(app, name="db")
