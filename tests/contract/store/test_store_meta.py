"""Small facts and secrets, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

from digest.store.engine import Database
from digest.store.meta import get_meta, secret, set_meta

NOW = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)


def test_a_fact_is_set_replaced_and_read(database: Database) -> None:
    with database.write() as conn:
        assert get_meta(conn, "beat") is None
        set_meta(conn, "beat", "one")
        set_meta(conn, "beat", "two")
        assert get_meta(conn, "beat") == "two"


def test_a_secret_is_made_once_and_each_name_has_its_own(database: Database) -> None:
    with database.write() as conn:
        first = secret(conn, "links", NOW)
        assert len(first) == 32
        assert secret(conn, "pepper", NOW) != first
    with database.read() as conn:
        assert secret(conn, "links", NOW) == first
