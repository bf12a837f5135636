"""A whole database of SQLite into an empty one of PostgreSQL: every row with its key, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from digest.errors import StoreError
from digest.store.connect import parse_url
from digest.store.engine import Database, open_database
from digest.store.tables import metadata

_ROWS = 2_000


def move(source: Database, url: str) -> dict[str, int]:
    """Copy everything into the empty database at ``url``, in one transaction; how many rows of each table.

    Links, references of bounces, editions that are under way and suppressions hold there as they did.

    Raises:
        StoreError: it is not SQLite to PostgreSQL, the other one is not empty, or a row can't stand there.
    """
    if source.dialect != "sqlite":
        raise StoreError(
            "only a database of SQLite is copied: `pg_dump` and `pg_restore` move one of PostgreSQL"
        )
    with open_database(url) as target:
        if target.dialect != "postgresql":
            raise StoreError("a database is copied to PostgreSQL: `digest db backup` copies SQLite to a file")
        with target.write() as new, source.read() as old:  # what can't be read is the old one's, and told so
            for table in metadata.sorted_tables:
                if new.execute(select(func.count()).select_from(table)).scalar_one():
                    shown = parse_url(url).shown
                    raise StoreError(f"{shown} is not empty (it has {table.name}): name a new database")
            return {table.name: _copied(old, new, table) for table in metadata.sorted_tables}


def _copied(old: Connection, new: Connection, table: Table) -> int:
    key = list(table.primary_key.columns)
    rows = old.execution_options(yield_per=_ROWS).execute(select(table).order_by(*key)).mappings()
    count = 0
    for page in rows.partitions(_ROWS):
        values = [dict(row) for row in page]
        try:
            with new.begin_nested():
                new.execute(insert(table), values)
        except OperationalError:
            raise  # the server's trouble, no row's
        except DBAPIError:
            _one_by_one(new, table, values)
        count += len(page)
    _go_on_above(old, new, table)
    return count


def _one_by_one(new: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Copy rows that were refused together, to see which it is.

    Raises:
        StoreError: one can't stand there. It is named by its key, not by what it holds.
    """
    for row in rows:
        try:
            new.execute(insert(table), row)
        except OperationalError:
            raise
        except DBAPIError as error:
            which = ", ".join(f"{column.name} {row[column.name]}" for column in table.primary_key.columns)
            why = str(error.orig).splitlines()[0]
            nul = ", ".join(name for name, value in row.items() if isinstance(value, str) and "\0" in value)
            raise StoreError(
                f"the row of {table.name} with {which} can't stand in PostgreSQL: {why}"
                f"{f' (in {nul})' if nul else ''}; nothing was copied: mend it in SQLite, and copy again"
            ) from error


def _go_on_above(old: Connection, new: Connection, table: Table) -> None:
    """The next row gets the number that it would have got in the old database, or a later one."""
    if "id" not in table.c:
        return
    highest = old.execute(select(func.max(table.c.id))).scalar() or 0
    query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    ever = old.execute(query, {"name": table.name}).scalar() or 0  # also of rows that are gone
    if last := max(highest, ever):
        sequence = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
        new.execute(sequence, {"name": table.name, "last": last})
