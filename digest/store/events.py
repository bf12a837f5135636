"""What was reported about deliveries after they had left: each report once."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, distinct, func, select

from digest.model.feedback import Feedback, FeedbackKind
from digest.store.sql import insert_or_ignore
from digest.store.tables import events

_LONGEST_ID = 200  # characters


def add_event(
    conn: Connection, one: Feedback, *, edition_id: int | None, subscriber_id: int, now: datetime
) -> bool:
    """Note a report about one reader; False if it was noted before."""
    row = insert_or_ignore(conn, events).values(
        provider=one.provider,
        event_id=_kept(one.event_id),
        kind=one.kind.value,
        at=now,
        edition_id=edition_id,
        subscriber_id=subscriber_id,
        detail=_storable(one.detail),
    )
    return conn.execute(row).rowcount == 1


def _kept(event_id: str) -> str:
    """An id as it is; hashed where it is too long, or holds what PostgreSQL refuses in any text."""
    if len(event_id) <= _LONGEST_ID and event_id.isprintable():
        return event_id
    return sha256(event_id.encode(errors="surrogatepass")).hexdigest()


def _storable(text: str) -> str:
    """Without what no database takes: PostgreSQL refuses NUL, and half a surrogate pair has no UTF-8."""
    return text.replace("\x00", "").encode(errors="replace").decode()


def editions_bounced(conn: Connection, subscriber_id: int, since: datetime) -> int:
    """How many editions came back softly from one reader since then."""
    query = select(func.count(distinct(events.c.edition_id))).where(
        events.c.subscriber_id == subscriber_id,
        events.c.kind == FeedbackKind.SOFT.value,
        events.c.at >= since,
    )
    return conn.execute(query).scalar_one()
