"""What an editor must hear of: each noted once, and told once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, and_, select, update

from digest.store.sql import among, insert_or_ignore
from digest.store.tables import alerts


def add_alert(conn: Connection, key: str, text: str, now: datetime) -> bool:
    """Note something that an editor must hear of; False if this ``key`` was noted before."""
    return conn.execute(insert_or_ignore(conn, alerts).values(key=key, text=text, at=now)).rowcount == 1


def list_alerts(conn: Connection, limit: int = 20) -> list[tuple[str, datetime, str]]:
    """The latest alerts, newest first: key, when, words."""
    query = select(alerts.c.key, alerts.c.at, alerts.c.text).order_by(alerts.c.at.desc(), alerts.c.key)
    return [(row.key, row.at, row.text) for row in conn.execute(query.limit(limit))]


def untold_alerts(conn: Connection) -> list[tuple[str, datetime, str]]:
    """The alerts that were not e-mailed to the editor yet, oldest first: key, when, words."""
    query = select(alerts.c.key, alerts.c.at, alerts.c.text).where(alerts.c.told_at.is_(None))
    return [(row.key, row.at, row.text) for row in conn.execute(query.order_by(alerts.c.at, alerts.c.key))]


def mark_told(conn: Connection, keys: Collection[str], now: datetime) -> None:
    """Note that the editor was told of these; the first time counts."""
    waiting = and_(among(conn, alerts.c.key, keys), alerts.c.told_at.is_(None))
    conn.execute(update(alerts).where(waiting).values(told_at=now))
