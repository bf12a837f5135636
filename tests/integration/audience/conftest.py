from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from digest.store.engine import Database


@pytest.fixture
def now() -> datetime:
    return datetime(2025, 3, 2, 6, 0, tzinfo=UTC)


@pytest.fixture
def pepper() -> bytes:
    return b"pepper"


@pytest.fixture
def themes() -> tuple[str, ...]:
    return ("indo-pacific", "arctic", "middle-east")


@pytest.fixture
def conn(database: Database) -> Iterator[Connection]:
    with database.write() as connection:
        yield connection
