"""What an editor must hear of: each noted once, and told once, unless it is set aside to be told anew."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, exists, func, select, update

from digest.store.sql import among, insert_or_ignore, storable_text
from digest.store.tables import alerts

PAST = "past"  # begins the key of one that was set aside
LAID_BY = "over"  # the same of one that was laid by
_LONGEST_KEY = 300  # characters


def add_alert(conn: Connection, key: str, text: str, now: datetime) -> bool:
    """Note something that an editor must hear of; False if this ``key`` was noted before."""
    row = insert_or_ignore(conn, alerts).values(key=key, text=storable_text(text), at=now)
    return conn.execute(row).rowcount == 1


def standing(conn: Connection, prefix: str, before: datetime | None = None) -> list[str]:
    """The keys that begin so, of those noted before this if it is given."""
    query = select(alerts.c.key).where(func.substr(alerts.c.key, 1, len(prefix)) == prefix)
    return list(conn.scalars(query if before is None else query.where(alerts.c.at < before)))


def lay_by(conn: Connection, keys: Collection[str]) -> None:
    """What these speak of is over for now. It is not told anew when it happens again: see ``take_up``."""
    for key in keys:
        _rename(conn, key, f"{LAID_BY}:{key}")


def take_up(conn: Connection, key: str) -> None:
    """What was laid by has happened again."""
    _rename(conn, f"{LAID_BY}:{key}", key)


def _rename(conn: Connection, key: str, to: str) -> None:
    other = alerts.alias()
    free = ~exists().where(other.c.key == to)
    conn.execute(update(alerts).where(alerts.c.key == key, free).values(key=to))


def laid_by(conn: Connection, prefix: str, before: datetime) -> list[str]:
    """The keys of what was laid by, as ``set_aside`` takes them; arguments as for ``standing``."""
    return standing(conn, f"{LAID_BY}:{prefix}", before)


def set_aside(conn: Connection, keys: Collection[str]) -> None:
    """Free these keys, so that the same is told anew when it happens again; what was noted stays."""
    for key in keys:
        at = conn.scalar(select(alerts.c.at).where(alerts.c.key == key))
        if at is not None:
            past = f"{PAST}:{at:%Y%m%dT%H%M%S}:{key}"[:_LONGEST_KEY]
            conn.execute(update(alerts).where(alerts.c.key == key).values(key=past))


def list_alerts(
    conn: Connection, limit: int | None = 20, *, since: datetime | None = None
) -> list[tuple[str, datetime, str]]:
    """The latest alerts, newest first: key, when, words; none from before ``since``."""
    query = select(alerts.c.key, alerts.c.at, alerts.c.text).order_by(alerts.c.at.desc(), alerts.c.key)
    if since is not None:
        query = query.where(alerts.c.at >= since)
    return [(row.key, row.at, row.text) for row in conn.execute(query.limit(limit))]


def claim_untold(conn: Connection, now: datetime) -> list[tuple[str, datetime, str]]:
    """The alerts that nobody was told of yet, oldest first (key, when, words), marked as told from now on.

    One caller alone gets each, so that two processes don't tell the editor twice.
    """
    claim = update(alerts).where(alerts.c.told_at.is_(None)).values(told_at=now)
    rows = conn.execute(claim.returning(alerts.c.key, alerts.c.at, alerts.c.text))
    return sorted(((row.key, row.at, row.text) for row in rows), key=lambda alert: (alert[1], alert[0]))


def mark_untold(conn: Connection, keys: Collection[str]) -> None:
    """Take back a claim: the editor could not be told of these for now."""
    conn.execute(update(alerts).where(among(conn, alerts.c.key, keys)).values(told_at=None))
