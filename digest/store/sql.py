"""The few places where SQLite and PostgreSQL want to be asked differently."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Connection,
    Table,
    Text,
    any_,
    bindparam,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

if TYPE_CHECKING:  # its dialect is slow to load, and most newsrooms have SQLite
    from sqlalchemy.dialects.postgresql import Insert as PostgresInsert


def among(conn: Connection, column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """``column IN values`` for text or whole numbers, in one bound parameter.

    So there is no limit on how many, and the statement's text is the same for any number of them.
    """
    if conn.dialect.name == "sqlite":
        rows = func.json_each(json.dumps(list(values))).table_valued("value")
        return column.in_(select(rows.c.value))
    return column == any_(bindparam(None, list(values), type_=ARRAY(column.type), unique=True))


def look_up_by_index(conn: Connection) -> None:
    """For the rest of this transaction, make PostgreSQL look rows up in the indexes.

    It plans by what a table was like when last analysed, and keeps a plan from the sixth use on: while
    one transaction fills a table, each look-up soon read all of it (3 s instead of 30 ms at 100,000).
    """
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")
        conn.exec_driver_sql("SET LOCAL enable_seqscan = off")


def keep_pages_at_hand(conn: Connection) -> None:
    """Let this connection hold 64 MiB of an SQLite file, for work that goes back and forth in big indexes."""
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("PRAGMA cache_size=-65536")


def insert_or_ignore(conn: Connection, table: Table) -> SqliteInsert | PostgresInsert:
    """An INSERT that leaves rows alone which break a unique key; its rowcount is how many went in."""
    if conn.dialect.name == "sqlite":
        return SqliteInsert(table).on_conflict_do_nothing()
    insert = _postgres_insert(table).on_conflict_do_nothing()
    return insert.execution_options(preserve_rowcount=True)


def upsert(
    conn: Connection, table: Table, key: Sequence[str], changing: Sequence[str]
) -> SqliteInsert | PostgresInsert:
    """An INSERT that, where ``key`` exists, updates the columns ``changing`` instead."""
    if conn.dialect.name == "sqlite":
        lite = SqliteInsert(table)
        return lite.on_conflict_do_update(
            index_elements=key, set_={name: lite.excluded[name] for name in changing}
        )
    post = _postgres_insert(table)
    return post.on_conflict_do_update(
        index_elements=key, set_={name: post.excluded[name] for name in changing}
    )


def insert_many(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows that all have the same columns; those that break a unique key are left out.

    Returns how many went in. On PostgreSQL one statement and one value, as text, numbers and instants;
    on SQLite, whose statements never leave the process, a statement for each row.
    """
    if not rows:
        return 0
    if conn.dialect.name == "sqlite":
        return conn.execute(insert_or_ignore(conn, table), rows).rowcount
    names = list(rows[0])
    as_text = bindparam("rows", json.dumps(list(rows), default=datetime.isoformat), type_=Text)
    source = func.json_to_recordset(cast(as_text, JSON))
    given = source.table_valued(*(column(name, table.c[name].type) for name in names)).render_derived(
        with_types=True
    )
    statement = _postgres_insert(table).from_select(names, select(*(given.c[name] for name in names)))
    counted = statement.on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return conn.execute(counted).rowcount


def _postgres_insert(table: Table) -> PostgresInsert:
    from sqlalchemy.dialects.postgresql import Insert  # noqa: PLC0415 - loaded with the database's driver

    return Insert(table)
