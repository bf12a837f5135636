"""An edition with its readers, as the tests of the ledger and of whole runs begin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import insert

from digest.store.engine import Database
from digest.store.planning import materialise
from digest.store.tables import editions, subscribers

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def plan(database: Database, names: Sequence[str], *, batch_size: int = 10, frozen: bool = False) -> int:
    """An edition to readers of these names at example.org, that is sending unless ``frozen``; its id, 1."""
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
        if names:
            conn.execute(insert(subscribers), [_reader(n, name) for n, name in enumerate(names, 1)])
        if not frozen:
            materialise(conn, 1, series="daily", variants={"": "all"}, batch_size=batch_size, now=NOW)
    return 1


def _reader(number: int, name: str) -> dict[str, object]:
    return {
        "id": number,
        "email": f"{name}@example.org",
        "email_key": f"{name}@example.org",
        "key_hash": f"{number:064x}",
        "state": "active",
        "created_at": NOW,
    }
