"""What was reported about deliveries after they had left: each report once."""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, and_, exists, or_, select

from digest.model.delivery import DeliveryState
from digest.model.feedback import Feedback, FeedbackKind, ToReader
from digest.store.sql import insert_or_ignore, storable_text
from digest.store.tables import deliveries, editions, events

_HASH = re.compile(r"[0-9a-f]{64}")


def add_event(
    conn: Connection, one: Feedback, *, edition_id: int | None, subscriber_id: int, now: datetime
) -> bool:
    """Note a report about one reader; False if it was noted before."""
    row = insert_or_ignore(conn, events).values(
        provider=one.provider,
        event_id=_hashed(one.event_id),
        kind=one.kind.value,
        at=now,
        edition_id=edition_id,
        subscriber_id=subscriber_id,
        detail=storable_text(one.detail),
    )
    return conn.execute(row).rowcount == 1


def refusals_noted(conn: Connection, edition_id: int, provider: str) -> set[int]:
    """The subscribers whose message an edition's ledger has as failed, and of whom ``provider`` told so."""
    # By subscriber as well: that finds the rows by an index, and there is none on the edition.
    failed = select(deliveries.c.subscriber_id).where(
        deliveries.c.edition_id == edition_id, deliveries.c.state == DeliveryState.FAILED.value
    )
    query = select(events.c.subscriber_id).where(
        events.c.subscriber_id.in_(failed), events.c.edition_id == edition_id, events.c.provider == provider
    )
    return set(conn.scalars(query))


def _hashed(event_id: str) -> str:
    """What an id is known again by: it may be a Message-ID, and those may hold a reader's address."""
    if _HASH.fullmatch(event_id):  # of a report without a Message-ID: the upgrade left those as they were
        return event_id
    return sha256(event_id.encode(errors="surrogatepass")).hexdigest()


def editions_to(conn: Connection, subscriber_id: int, since: datetime) -> list[ToReader]:
    """What became of the editions to one reader since then, by their date, the newest first.

    Only those that came back softly, and those that left and did not come back: of all others nothing can
    be learnt about the mailbox.
    """
    came_back = exists().where(
        events.c.subscriber_id == deliveries.c.subscriber_id,
        events.c.edition_id == deliveries.c.edition_id,
        events.c.kind == FeedbackKind.SOFT.value,
    )
    stayed = and_(deliveries.c.state == DeliveryState.SENT.value, deliveries.c.bounced_at.is_(None))
    query = (
        select(editions.c.slot, came_back)
        .join(deliveries, deliveries.c.edition_id == editions.c.id)
        .where(editions.c.slot >= since, deliveries.c.subscriber_id == subscriber_id, or_(came_back, stayed))
        .order_by(editions.c.slot.desc())
    )
    return [ToReader(slot, bool(back)) for slot, back in conn.execute(query)]
