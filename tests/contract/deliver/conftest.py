"""An edition with readers, in a fresh database of either kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from digest.store.deliveries import materialise
from digest.store.engine import Database
from digest.store.tables import editions, subscribers

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
MakeEdition = Callable[..., int]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def make_edition(database: Database) -> MakeEdition:
    """make_edition(readers, batch_size=10, prefix="reader") -> the id of an edition that is sending."""

    def make(readers: int | list[str], *, batch_size: int = 10, frozen: bool = False) -> int:
        names = [f"reader{n}" for n in range(1, readers + 1)] if isinstance(readers, int) else readers
        with database.write() as conn:
            conn.execute(
                insert(editions).values(
                    id=1,
                    publication="p",
                    series="daily",
                    slot=NOW,
                    state="frozen",
                    created_at=NOW,
                    updated_at=NOW,
                )
            )
            rows = [
                {
                    "id": n,
                    "email": f"{name}@example.org",
                    "email_key": f"{name}@example.org",
                    "key_hash": f"{n:064x}",
                    "state": "active",
                    "created_at": NOW,
                }
                for n, name in enumerate(names, 1)
            ]
            if rows:
                conn.execute(insert(subscribers), rows)
            if not frozen:
                materialise(conn, 1, series="daily", variants={"": "all"}, batch_size=batch_size, now=NOW)
        return 1

    return make
