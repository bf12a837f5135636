"""Thousands of rows by a few statements, past SQLAlchemy: ``rows`` are values as the driver takes them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select


class Insertion:
    """Rows on their way into a table, all or none of them; ``table`` has an id that only grows.

    PostgreSQL stores them while the caller does something else, but for other statements, until ``end``.
    """

    def __init__(
        self, conn: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        self._well = False
        self._copying = ExitStack()
        if conn.dialect.name == "sqlite":
            self._well = _insert_all_or_none(conn, table, names, rows)
            return
        self._unique_key_broken = conn.dialect.loaded_dbapi.IntegrityError
        with suppress(self._unique_key_broken), ExitStack() as stack:
            stack.enter_context(conn.begin_nested())
            cursor = stack.enter_context(_cursor(conn))
            copy = stack.enter_context(cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN"))
            for row in rows:
                copy.write_row(row)
            self._copying = stack.pop_all()
            self._well = True

    def end(self) -> bool:
        """Wait until they are stored. False where one breaks a unique key: then none of them is."""
        if not self._well:
            return False
        try:
            self._copying.close()
        except self._unique_key_broken:
            return False
        return True

    def abandon(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """End it because of an error elsewhere; the caller's transaction is rolled back for it."""
        self._copying.__exit__(kind, error, trace)


def insert_many(conn: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """Insert what breaks no unique key; how many went in."""
    if conn.dialect.name == "postgresql" and Insertion(conn, table, names, rows).end():
        return len(rows)
    return _insert_one_by_one(conn, table, names, rows)


def _insert_all_or_none(
    conn: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> bool:
    """On SQLite. Not by a savepoint: it would copy every page of an index before it changes."""
    before = conn.execute(select(func.max(table.c.id))).scalar() or 0
    if _insert_one_by_one(conn, table, names, rows) == len(rows):
        return True
    conn.execute(delete(table).where(table.c.id > before))
    return False


def _insert_one_by_one(
    conn: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> int:
    hole = "?" if conn.dialect.name == "sqlite" else "%s"
    values = ", ".join([hole] * len(names))
    insert = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({values})"  # noqa: S608 - names of ours
    with _cursor(conn) as cursor:
        cursor.executemany(f"{insert} ON CONFLICT DO NOTHING", rows)
        return max(0, int(cursor.rowcount))  # -1 for no rows


def _cursor(conn: Connection) -> closing[Any]:
    return closing(conn.connection.cursor())
