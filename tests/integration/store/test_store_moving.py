"""From SQLite to PostgreSQL: nothing is lost, and nothing is numbered anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Integer, LargeBinary, String, Table, Text, insert, select, text

from digest.errors import StoreError
from digest.store.engine import Database, check, open_database
from digest.store.instant import Instant
from digest.store.moving import move
from digest.store.tables import deliveries, metadata, subscribers

NOW = datetime(2026, 3, 10, 6, 30, 0, 123456, tzinfo=UTC)


def filled(table: Table, number: int) -> dict[str, Any]:
    """A row with something in every column."""
    values: dict[str, Any] = {}
    for column in table.columns:
        if isinstance(column.type, Instant):
            values[column.name] = NOW
        elif isinstance(column.type, LargeBinary):
            values[column.name] = bytes([number, 0, 255])
        elif isinstance(column.type, (String, Text)):
            values[column.name] = f"{column.name[:6]}é{number}"
        elif isinstance(column.type, Integer) or column.foreign_keys:
            values[column.name] = number
        else:
            values[column.name] = True if column.type.python_type is bool else 0.1 + number
    return values


def everything(database: Database) -> Mapping[str, list[tuple[Any, ...]]]:
    with database.read() as conn:
        return {
            table.name: [
                tuple(row) for row in conn.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in metadata.sorted_tables
        }


@pytest.mark.postgres
def test_every_row_and_every_number_is_the_same(sqlite_database: Database, empty_postgres: str) -> None:
    with sqlite_database.write() as conn:
        for table in metadata.sorted_tables:
            conn.execute(insert(table), [filled(table, number) for number in (3, 7)])
        more = [{**filled(deliveries, 7), "subscriber_id": number} for number in range(8, 5_000)]
        conn.execute(insert(deliveries), more)
        conn.execute(insert(subscribers), [filled(subscribers, 40)])
        conn.execute(subscribers.delete().where(subscribers.c.id == 40))  # its number is never given again
    counts = move(sqlite_database, empty_postgres)
    assert counts["deliveries"] == 4_994
    assert set(counts) == set(metadata.tables)
    with open_database(empty_postgres) as moved:
        assert everything(moved) == everything(sqlite_database)
        with moved.write() as conn:
            for table in metadata.sorted_tables:
                if "id" in table.c:
                    values = filled(table, 50)
                    del values["id"]
                    values |= {column.name: 7 for column in table.columns if column.foreign_keys}
                    (made,) = conn.execute(insert(table).values(**values)).inserted_primary_key or (0,)
                    assert made == (41 if table is subscribers else 8), table.name
    assert check(empty_postgres) == []


@pytest.mark.postgres
def test_nothing_is_mixed_and_nothing_half_copied(sqlite_database: Database, empty_postgres: str) -> None:
    with sqlite_database.write() as conn:
        conn.execute(insert(subscribers), [filled(subscribers, number) for number in (1, 2, 3)])
        conn.execute(text("UPDATE subscribers SET name = 'a' || char(0) WHERE id = 2"))
    refused = r"^the row of subscribers with id 2 can't stand in .*\(in name\); nothing was copied"
    with pytest.raises(StoreError, match=refused):
        move(sqlite_database, empty_postgres)
    with open_database(empty_postgres) as moved:
        assert not any(everything(moved).values())
    with sqlite_database.write() as conn:
        conn.execute(text("UPDATE subscribers SET name = 'a'"))
    move(sqlite_database, empty_postgres)
    with pytest.raises(StoreError, match=r"^postgresql://\S+ is not empty \(it has "):
        move(sqlite_database, empty_postgres)
    with pytest.raises(StoreError, match="to PostgreSQL"):
        move(sqlite_database, sqlite_database.url)


@pytest.mark.postgres
def test_what_cannot_be_read_is_told_of_the_old_database(
    sqlite_database: Database, empty_postgres: str
) -> None:
    with sqlite_database.write() as conn:
        conn.execute(insert(subscribers), [filled(subscribers, 1)])
        conn.execute(text("UPDATE subscribers SET created_at = 'yesterday'"))
    with pytest.raises(StoreError, match=r"subscribers\.db is damaged.*an instant in it"):
        move(sqlite_database, empty_postgres)
