"""The few places where SQLite and PostgreSQL want to be asked differently."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from enum import IntEnum, unique
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Table,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

if TYPE_CHECKING:  # its dialect is slow to load, and most newsrooms have SQLite
    from sqlalchemy.dialects.postgresql import Insert as PostgresInsert


_HIGHEST_ID = 2**31 - 1  # of PostgreSQL's integer


def id_of(text: str) -> int | None:
    """The row's number that a person typed; None where it is none, or higher than any."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(_HIGHEST_ID))):
        return None
    return number if (number := int(digits)) <= _HIGHEST_ID else None


def storable_text(text: str) -> str:
    """Without what no database takes: PostgreSQL refuses NUL, and half a surrogate pair has no UTF-8."""
    return text.replace("\x00", "").encode(errors="replace").decode()


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


@unique
class Lock(IntEnum):
    """What one transaction does at a time, as PostgreSQL numbers advisory locks: "digest" and a count."""

    MIGRATING = 0x6469676573740001
    IMPORTING = 0x6469676573740002
    HOLDING = 0x6469676573740003


def one_at_a_time(conn: Connection, lock: Lock) -> None:
    """Wait until no other transaction has asked for the same ``lock``: SQLite has one writer anyway."""
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(lock.value)))


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


def _postgres_insert(table: Table) -> PostgresInsert:
    from sqlalchemy.dialects.postgresql import Insert  # noqa: PLC0415 - loaded with the database's driver

    return Insert(table)
