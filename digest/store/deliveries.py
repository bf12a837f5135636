"""The ledger as the rest of the program sees it: who is to get an edition, and who got it.

What a run does stands in ``digest.store.batches`` (claim) and ``digest.store.ledger`` (fence, record).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import (
    Connection,
    and_,
    case,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.sql import ColumnElement

from digest.errors import StateError
from digest.model.delivery import Counts, DeliveryRecord, DeliveryState
from digest.model.edition import EditionKey, EditionState
from digest.model.links import edition_ref
from digest.store.tables import deliveries, delivery_batches, editions, subscribers, suppressions

_SENT_OUT = (EditionState.SENDING, EditionState.SENT)
LEFT = "left, bounced or complained before it was sent"
_CANCELLED = "the edition was cancelled before it was sent"
_CUT_OFF = "the edition was cancelled, and no answer was recorded"


def in_state(*states: DeliveryState) -> ColumnElement[bool]:
    """The delivery is in one of ``states``: as literals, which executemany and partial indexes need."""
    return or_(*(deliveries.c.state == literal_column(f"'{state.value}'") for state in states))


WAITING = in_state(DeliveryState.PENDING, DeliveryState.DEFERRED)  # may be tried, now or when due


def may_be_mailed() -> ColumnElement[bool]:
    """The delivery's subscriber is still active and not suppressed, as of this very statement."""
    suppressed = exists().where(suppressions.c.key_hash == subscribers.c.key_hash)
    return exists().where(
        subscribers.c.id == deliveries.c.subscriber_id,
        subscribers.c.state == literal_column("'active'"),
        ~suppressed.correlate(subscribers),
    )


def counts(conn: Connection, edition_id: int) -> Counts:
    """The deliveries of an edition by state, in one statement, so that they add up at every instant."""
    of_state = (
        select(
            deliveries.c.state,
            func.count().label("n"),
            func.count(deliveries.c.bounced_at).label("bounced"),
            func.count(deliveries.c.complained_at).label("complained"),
        )
        .where(deliveries.c.edition_id == edition_id)
        .group_by(deliveries.c.state)
        .subquery()
    )
    rows = conn.execute(
        select(editions.c.planned, of_state)
        .select_from(editions.outerjoin(of_state, true()))
        .where(editions.c.id == edition_id)
    ).all()
    return Counts.of(
        {row.state: row.n for row in rows if row.state is not None},
        planned=rows[0].planned if rows else 0,
        bounced=sum(row.bounced or 0 for row in rows),
        complained=sum(row.complained or 0 for row in rows),
    )


def records(
    conn: Connection,
    edition_id: int,
    *,
    state: DeliveryState | None = None,
    after_id: int = 0,
    limit: int = 1000,
) -> list[DeliveryRecord]:
    """A page of the ledger, by subscriber id from ``after_id`` (exclusive)."""
    wanted = select(deliveries).where(
        deliveries.c.edition_id == edition_id, deliveries.c.subscriber_id > after_id
    )
    if state is not None:
        wanted = wanted.where(in_state(state))
    rows = conn.execute(wanted.order_by(deliveries.c.subscriber_id).limit(limit))
    return [
        DeliveryRecord(
            subscriber_id=row.subscriber_id,
            address=row.address,
            state=DeliveryState(row.state),
            attempts=row.attempts,
            due_at=row.due_at,
            sent_at=row.sent_at,
            code=row.code,
            text=row.text,
            bounced=row.bounced_at is not None,
            complained=row.complained_at is not None,
        )
        for row in rows
    ]


def accepted_since(conn: Connection, publication: str, since: datetime) -> int:
    """How many messages of a publication's editions were accepted from then on, or may have been.

    A sender that was killed leaves some in "sending", with no time: all of those count.
    """
    lately = select(editions.c.id).where(
        editions.c.publication == publication,
        or_(editions.c.finished_at.is_(None), editions.c.finished_at >= since),
    )
    unknown = and_(deliveries.c.sent_at.is_(None), in_state(DeliveryState.SENDING, DeliveryState.UNCERTAIN))
    left = or_(deliveries.c.sent_at >= since, unknown)
    query = select(func.count()).where(deliveries.c.edition_id.in_(lately), left)
    return conn.execute(query).scalar_one()


def iter_records(
    conn: Connection, edition_id: int, *, state: DeliveryState | None = None
) -> Iterator[DeliveryRecord]:
    """The ledger by subscriber id, a page at a time, so that memory stays small."""
    after = 0
    while page := records(conn, edition_id, state=state, after_id=after):
        yield from page
        after = page[-1].subscriber_id


def cancel(conn: Connection, edition_id: int) -> int:
    """Let go of what was not sent yet of an edition that never goes on; returns how many were waiting.

    What a sender has under way counts as uncertain: its answer, should it come, has the last word.
    """
    of_edition = deliveries.c.edition_id == edition_id
    dropped = update(deliveries).where(of_edition, WAITING)
    waited = conn.execute(
        dropped.values(state=DeliveryState.SKIPPED, due_at=null(), text=_CANCELLED)
    ).rowcount
    # Second: a sender that still runs may have fenced some until this very moment, and can fence none now.
    conn.execute(
        update(deliveries)
        .where(of_edition, in_state(DeliveryState.SENDING))
        .values(state=DeliveryState.UNCERTAIN, text=_CUT_OFF)
    )
    return waited


def let_go_if_cancelled(conn: Connection, edition_id: int) -> None:
    """Let go of what a sender's last answers have put off since its edition was cancelled: see ``cancel``."""
    if conn.scalar(select(editions.c.state).where(editions.c.id == edition_id)) == EditionState.CANCELLED:
        cancel(conn, edition_id)


def retry_failed(conn: Connection, edition_id: int, now: datetime) -> int:
    """Try every failed delivery again, from its first attempt; returns how many.

    Raises:
        StateError: the edition was never sent, or is paused or cancelled.
    """
    return _reopen(conn, edition_id, DeliveryState.FAILED, now)


def resend_uncertain(conn: Connection, edition_id: int, now: datetime) -> int:
    """Send again what may have arrived already: only ever because an editor asked. Returns how many.

    Raises:
        StateError: the edition was never sent, or is paused or cancelled.
    """
    return _reopen(conn, edition_id, DeliveryState.UNCERTAIN, now)


def _reopen(conn: Connection, edition_id: int, state: DeliveryState, now: datetime) -> int:
    """Move the deliveries of ``state`` back to pending, and their batches and the edition with them.

    Whoever was forgotten since can't be sent to: there is no address any more.
    """
    columns = (editions.c.publication, editions.c.series, editions.c.slot, editions.c.state)
    *key, current = conn.execute(select(*columns).where(editions.c.id == edition_id).with_for_update()).one()
    if current not in _SENT_OUT:
        ref = edition_ref(EditionKey(*key))
        why = {
            EditionState.CANCELLED: "nobody else gets it",
            EditionState.PAUSED: f"`digest release --edition {ref}` lets it go on first",
        }.get(EditionState(current), "nothing of it was sent yet")
        raise StateError(f"edition {ref} is {current}: {why}")
    moved = conn.execute(
        update(deliveries)
        .where(deliveries.c.edition_id == edition_id, in_state(state), deliveries.c.address != "")
        .values(state=DeliveryState.PENDING, attempts=0, due_at=null())
    ).rowcount
    if moved:
        waiting = exists().where(
            deliveries.c.edition_id == edition_id,
            deliveries.c.subscriber_id.between(
                delivery_batches.c.first_subscriber, delivery_batches.c.last_subscriber
            ),
            in_state(DeliveryState.PENDING),
        )
        conn.execute(
            update(delivery_batches)
            .where(delivery_batches.c.edition_id == edition_id, waiting)
            .values(state="open", due_at=null())
        )
        conn.execute(
            update(editions)
            .where(editions.c.id == edition_id, editions.c.state == EditionState.SENT)
            .values(state=EditionState.SENDING, finished_at=null(), updated_at=now)
        )
    return moved


def mark_bounced(conn: Connection, edition_id: int, subscriber_id: int, at: datetime) -> bool:
    """Note that a message came back. It proves that an uncertain one had left. False: known already."""
    return _mark(conn, edition_id, subscriber_id, "bounced_at", at)


def mark_complained(conn: Connection, edition_id: int, subscriber_id: int, at: datetime) -> bool:
    """Note that the reader called it spam. It proves that an uncertain one had left. False: known already."""
    return _mark(conn, edition_id, subscriber_id, "complained_at", at)


def _mark(conn: Connection, edition_id: int, subscriber_id: int, column: str, at: datetime) -> bool:
    being_sent = in_state(DeliveryState.SENDING)
    marked = conn.execute(
        update(deliveries)
        .where(
            deliveries.c.edition_id == edition_id,
            deliveries.c.subscriber_id == subscriber_id,
            deliveries.c[column].is_(None),
            in_state(DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNCERTAIN),
        )
        # Its sender, or whoever takes over from one that was killed, has the word on one that is being sent.
        .values(
            {
                column: at,
                "state": case((being_sent, DeliveryState.SENDING.value), else_=DeliveryState.SENT.value),
            }
        )
    )
    return marked.rowcount == 1
