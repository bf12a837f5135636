"""Small facts about this installation, and the secrets that its links and hashes are keyed with."""

from __future__ import annotations

import secrets as randomness
from datetime import datetime

from sqlalchemy import Connection, func, select

from digest.store.sql import insert_or_ignore, upsert
from digest.store.tables import meta, secrets

_SECRET_BYTES = 32


def get_meta(conn: Connection, key: str) -> str | None:
    """What was last set under ``key``."""
    found: str | None = conn.execute(select(meta.c.value).where(meta.c.key == key)).scalar()
    return found


def set_meta(conn: Connection, key: str, value: str) -> None:
    """Set ``key``, whether it was there or not."""
    statement = upsert(conn, meta, ["key"], ["value"])
    conn.execute(statement, {"key": key, "value": value})


def server_time(conn: Connection) -> datetime:
    """What time it is where the database is. PostgreSQL only: SQLite is where we are."""
    return conn.execute(select(func.now())).scalar_one()


def secret(conn: Connection, name: str, now: datetime) -> bytes:
    """The 32 random bytes called ``name``; made on first use, so it takes a writing transaction then.

    Whoever holds them can forge unsubscribe links, and tell whether an address was erased.
    """
    query = select(secrets.c.value).where(secrets.c.name == name)
    found: bytes | None = conn.execute(query).scalar()
    if found is None:
        # Another process may be first: what it wrote counts.
        made = randomness.token_bytes(_SECRET_BYTES)
        conn.execute(insert_or_ignore(conn, secrets).values(name=name, value=made, created_at=now))
        found = conn.execute(query).scalar_one()
    return bytes(found)
