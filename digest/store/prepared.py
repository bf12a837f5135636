"""Statements that go to the driver itself: for the few that run once per message.

SQLAlchemy's own executemany spends more on each row than SQLite does; its SQL is all that is needed of it
here. On SQLite, whose statements never leave the process, that SQL runs once for each row of values; on
PostgreSQL once for all rows, which travel as arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from operator import itemgetter
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, Select, Update, bindparam, func
from sqlalchemy.types import TypeEngine

Row = tuple[Any, ...]
_Arrange = Callable[[Sequence[Row]], Any]


class Prepared:
    """A statement over rows of named values, compiled once per kind of database.

    ``make`` builds it from what stands for a value, by name. Values are given in the order of ``types``,
    as the driver takes them.
    """

    def __init__(
        self,
        make: Callable[[Callable[[str], ColumnElement[Any]]], Update | Select[Any]],
        types: Mapping[str, TypeEngine[Any]],
    ) -> None:
        self._make = make
        self._types = types
        self._compiled: dict[str, tuple[str, _Arrange]] = {}

    def run(self, conn: Connection, rows: Sequence[Row]) -> int:
        """Execute an UPDATE for all rows of values; how many rows of the table it changed."""
        if not rows:
            return 0
        sql, arrange = self._for(conn)
        with closing(conn.connection.cursor()) as cursor:
            if conn.dialect.name == "sqlite":
                cursor.executemany(sql, arrange(rows))
            else:
                cursor.execute(sql, arrange(rows))
            return int(cursor.rowcount)

    def find(self, conn: Connection, row: Row) -> Row | None:
        """Execute a SELECT for one row of values; the row of the table that it finds."""
        sql, arrange = self._for(conn)
        values = arrange([row])
        with closing(conn.connection.cursor()) as cursor:
            cursor.execute(sql, values[0] if conn.dialect.name == "sqlite" else values)
            found: Row | None = cursor.fetchone()
            return found

    def _for(self, conn: Connection) -> tuple[str, _Arrange]:
        """The SQL for this kind of database, and what makes its parameters of rows of values."""
        name = conn.dialect.name
        if name not in self._compiled:
            statement = self._make(bindparam if name == "sqlite" else self._unnested())
            compiled = statement.compile(dialect=conn.dialect)
            self._compiled[name] = str(compiled), self._arrange(getattr(compiled, "positiontup", None))
        return self._compiled[name]

    def _unnested(self) -> Callable[[str], ColumnElement[Any]]:
        """Values as the columns of a table of arrays."""
        arrays = (bindparam(name, type_=ARRAY(kind)) for name, kind in self._types.items())
        return func.unnest(*arrays).table_valued(*self._types).render_derived(name="given").c.__getitem__

    def _arrange(self, order: list[str] | None) -> _Arrange:
        """``order``: of parameters that are told apart by their place alone."""
        names = list(self._types)
        if order is None:
            return lambda rows: dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
        if order == names:
            return lambda rows: rows
        pick = itemgetter(*map(names.index, order))
        return lambda rows: [pick(row) for row in rows]
