"""Where a database's schema stands, and bringing it up to date."""

from __future__ import annotations

import logging
from pathlib import Path
from stat import S_IMODE
from typing import Any

from sqlalchemy import Connection, inspect, text

from digest.errors import StoreError
from digest.store.connect import Target, clear_errors, create_file, make_engine, parse_url, use_wal
from digest.store.copies import copy_before_upgrade
from digest.store.migrations import HEAD, REVISIONS
from digest.store.sql import Lock, one_at_a_time
from digest.store.tables import metadata

log = logging.getLogger("digest")

_VERSION_TABLE = "alembic_version"


def upgrade(url: str) -> list[str]:
    """Bring the schema up to date, making the database file if need be; the revisions applied.

    Any number of processes may do so at once: one works, the others wait and find it done.

    Raises:
        StoreError: the database is unreachable, newer than this program, or another program's.
    """
    target = parse_url(url)
    if target.path is not None:
        create_file(target.path)
    return migrate(target)


def check(url: str) -> list[str]:
    """What is wrong with the database, one line each with how to mend it; creates and changes nothing."""
    try:
        target = parse_url(url)
        if target.path is not None and not target.path.exists():
            return [f"there is no database {target.shown} yet: digest db upgrade makes it"]
        engine = make_engine(target, writes=False, pooled=False)
        with clear_errors(target), engine.connect() as connection, connection.begin():
            return _problems(target, connection)
    except StoreError as error:
        return [str(error)]


def needs_upgrade(target: Target, connection: Connection) -> tuple[bool, bool]:
    """Whether revisions are missing, and whether the database is empty.

    Raises:
        StoreError: it is newer than this program, or an SQLite file of another program.
    """
    tables = set(inspect(connection).get_table_names())
    revision = _revision(connection) if _VERSION_TABLE in tables else None
    if revision is None:
        foreign = tables - set(metadata.tables) - {_VERSION_TABLE}
        if foreign and target.dialect == "sqlite":
            raise StoreError(
                f"{target.shown} belongs to another program (it has a table {min(foreign)!r}):"
                " give [database] url a file of its own"
            )
        return True, not tables
    if revision not in REVISIONS:
        raise StoreError(
            f"{target.shown} is newer than this program (its schema is {revision}, ours {HEAD}):"
            " upgrade digest, or restore an older backup"
        )
    return revision != HEAD, False


def migrate(target: Target) -> list[str]:
    """Apply what is missing in one transaction, under a lock; the revisions applied.

    Raises:
        StoreError: see ``upgrade``.
    """
    # Alembic rebuilds a table of SQLite by dropping the old one. With foreign keys on, that deletes
    # every row that refers to it, and inside a transaction they can't be turned off any more.
    engine = make_engine(target, writes=True, pooled=False, foreign_keys=False)
    with clear_errors(target):
        if target.path is not None:
            use_wal(target.path)
        with engine.begin() as connection:
            one_at_a_time(connection, Lock.MIGRATING)
            missing, _ = needs_upgrade(target, connection)
            if not missing:
                return []
            before = _revision(connection) if inspect(connection).has_table(_VERSION_TABLE) else None
            if before and target.path is not None:  # nobody else can change it meanwhile
                copy = copy_before_upgrade(target.path)
                log.warning(
                    "%s is upgraded from schema %s to %s; %s is a copy from before",
                    target.shown, before, HEAD, copy,
                )  # fmt: skip
            _run_alembic(connection)
            _refuse_orphans(target, connection)
    return list(REVISIONS[REVISIONS.index(before) + 1 if before else 0 :])


def _revision(connection: Connection) -> str | None:
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _run_alembic(connection: Connection) -> None:
    # Imported here: every command opens the database, hardly any has something to migrate.
    from alembic import command  # noqa: PLC0415 -- see above
    from alembic.config import Config  # noqa: PLC0415 -- see above

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _refuse_orphans(target: Target, connection: Connection) -> None:
    """Foreign keys were off: a migration that left a dangling reference must not be committed."""
    if target.dialect != "sqlite":
        return
    orphan = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if orphan is not None:
        raise StoreError(
            f"{target.shown} was left as it was: a row of {orphan[0]!r} refers to a missing row of"
            f" {orphan[2]!r}; restore a backup"
        )


def _problems(target: Target, connection: Connection) -> list[str]:
    """Everything wrong with a database that can be reached."""
    missing, _ = needs_upgrade(target, connection)
    if missing:
        return [f"the schema of {target.shown} is not up to date: digest db upgrade"]
    problems = [f"the schema of {target.shown} differs: {line}" for line in schema_differences(connection)]
    if target.path is None:
        return problems
    damage = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if damage != "ok":
        problems.append(f"{target.shown} is damaged ({damage}): restore a backup")
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        problems.append(f"{target.shown} has rows that refer to missing ones: restore a backup")
    if S_IMODE(target.path.stat().st_mode) & 0o077:
        problems.append(
            f"{target.shown} holds personal data and others may read it: chmod 600 {target.path.name}"
        )
    return problems


def schema_differences(connection: Connection) -> list[str]:
    """How the tables differ from what this program expects, and how to mend that; empty when they don't."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 -- as in _run_alembic
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 -- as in _run_alembic

    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found = compare_metadata(context, metadata)
    return [_in_words(one) for each in found for one in (each if isinstance(each, list) else [each])]


def _in_words(difference: tuple[Any, ...]) -> str:
    """One difference as Alembic gives it: what it would do, and to what."""
    what, *about = difference
    if what == "remove_column":
        table, column = about[1], about[2].name
        return (
            f"{table} has a column {column} that this program does not know; if nobody else needs it:"
            f" ALTER TABLE {table} DROP COLUMN {column}"
        )
    if what in {"remove_table", "remove_index"}:
        kind = what.removeprefix("remove_")
        return f"it has the {kind} {about[0].name}, which this program does not know: drop it, or leave it"
    if what == "add_column":
        return f"{about[1]} lacks its column {about[2].name}: restore a backup"
    if what in {"add_table", "add_index"}:
        return f"the {what.removeprefix('add_')} {about[0].name} is missing: restore a backup"
    named = [str(getattr(one, "name", one)) for one in about if one is not None and not isinstance(one, dict)]
    return f"{what.replace('_', ' ')} {' '.join(named)}: restore a backup"
