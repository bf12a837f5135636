"""Who works on what: the batches of an edition, each with an epoch, an owner and a lease.

    claim    one owner per batch for the time of a lease; each claim raises the batch's epoch, and what
             an older epoch left in "sending" becomes uncertain, because its content may have left
    release  the batch is done, or open again at the time its next delivery is due
    is_worth_joining    whether one more sender would find anything to do

Two owners of one batch (a lease that ran out while its owner was asleep) still mail nobody twice: only
one of them gets each fence (``digest.store.ledger``). Epochs only tell whose "sending" is left over.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.sql import ColumnElement

from digest.model.delivery import DeliveryState, Recipient
from digest.model.edition import EditionState
from digest.store.deliveries import in_state
from digest.store.left_over import IN_RANGE, RowRange, sweep
from digest.store.tables import deliveries, delivery_batches, editions


class Fate(StrEnum):
    """What is known of a batch's former owner."""

    ALIVE = "alive"  # on this machine; it may hang, so that its lease decides all the same
    UNKNOWN = "unknown"  # on another machine: its lease decides
    GONE = "gone"  # its process ended
    REBOOTED = "rebooted"  # its machine went down, or has a namesake; commits not synced may be lost


def ended(conn: Connection) -> frozenset[Fate]:
    """What of an owner says that it works no more."""
    # Over PostgreSQL, another boot of this machine may be another machine of the same name, hard at work.
    return frozenset({Fate.GONE, Fate.REBOOTED} if conn.dialect.name == "sqlite" else {Fate.GONE})


@dataclass(frozen=True, slots=True)
class Batch:
    """A claimed run of an edition's deliveries, ``first`` to ``last`` subscriber id."""

    edition_id: int
    number: int
    epoch: int
    first: int
    last: int

    @property
    def rows(self) -> RowRange:
        """Its deliveries."""
        return RowRange(self.edition_id, self.first, self.last)

    def holds(self, recipient: Recipient) -> bool:
        """Whether a delivery was claimed with it; not where it was claimed anew since."""
        return self.first <= recipient.subscriber_id <= self.last and self.epoch == recipient.epoch


def claim(
    conn: Connection,
    edition_id: int,
    *,
    owner: str,
    lease_s: float,
    now: datetime,
    fate: Callable[[str], Fate],
) -> Batch | None:
    """Take the first batch that is due and free; None if there is none or the edition isn't sending.

    Free means: no owner, another's lease that ran out, or an owner whose process is gone (``fate``), on
    SQLite also with its machine. After such a reboot all that an SQLite batch still held becomes uncertain:
    its last fences may have been lost with the power. Call it in a durable transaction.
    """
    batch_of = {"this_edition": edition_id, "moment": now, "mine": owner}
    free = _free_to(conn, batch_of, owner, fate)
    # Others that look at the same time get another one.
    locked = free.with_for_update(skip_locked=True, of=delivery_batches)
    found = conn.execute(locked, batch_of).one_or_none()
    if found is None:
        return None
    batch = Batch(edition_id, found.number, found.epoch + 1, found.first_subscriber, found.last_subscriber)
    conn.execute(
        _CLAIM,
        {
            "this_edition": edition_id,
            "this_number": batch.number,
            "new_epoch": batch.epoch,
            "new_owner": owner,
            "new_lease": now + timedelta(seconds=lease_s),
        },
    )
    lost_power = found.owner != "" and conn.dialect.name == "sqlite" and fate(found.owner) is Fate.REBOOTED
    sweep(conn, batch.rows, new_epoch=batch.epoch, lost_power=lost_power, now=now)
    return batch


def is_worth_joining(
    conn: Connection, edition_id: int, *, now: datetime, fate: Callable[[str], Fate]
) -> bool:
    """Whether a batch of an edition that is being sent could be claimed now, or none is open any more.

    The latter is an edition whose last sender was killed before it could finish it.
    """
    batch_of = {"this_edition": edition_id, "moment": now, "mine": ""}
    free = conn.execute(_free_to(conn, batch_of, "", fate), batch_of).first()
    return free is not None or conn.execute(_OPEN, batch_of).first() is None


def _free_to(
    conn: Connection, batch_of: Mapping[str, Any], owner: str, fate: Callable[[str], Fate]
) -> Select[Any]:
    """What finds the first batch that is due and that ``owner`` may claim."""
    owners = conn.scalars(_OWNERS, batch_of).all()
    over = ended(conn)
    gone = [former for former in owners if former != owner and fate(former) in over]
    return _first_due(or_(_IS_FREE, _COLUMN.owner.in_(gone))) if gone else _FREE


_COLUMN = delivery_batches.c
_DUE = and_(
    _COLUMN.edition_id == bindparam("this_edition"),
    _COLUMN.state == "open",
    or_(_COLUMN.due_at.is_(None), _COLUMN.due_at <= bindparam("moment")),
    exists().where(editions.c.id == bindparam("this_edition"), editions.c.state == EditionState.SENDING),
)


def _first_due(*which: ColumnElement[bool]) -> Select[Any]:
    """The first batch that is due and one of ``which``."""
    return select(delivery_batches).where(_DUE, *which).order_by(_COLUMN.number).limit(1)


# Made once: SQLAlchemy spends longer on making these than SQLite on executing them.
# Whose lease has ended still works on what it has claimed, and would meet itself there.
_IS_FREE = or_(
    _COLUMN.owner == "", and_(_COLUMN.lease_until <= bindparam("moment"), _COLUMN.owner != bindparam("mine"))
)
_FREE = _first_due(_IS_FREE)
_OPEN = (
    select(_COLUMN.number)
    .where(_COLUMN.edition_id == bindparam("this_edition"), _COLUMN.state == "open")
    .limit(1)
)
_OWNERS = select(_COLUMN.owner).where(_DUE, _COLUMN.owner != "").distinct()
_CLAIM = (
    update(delivery_batches)
    .where(_COLUMN.edition_id == bindparam("this_edition"), _COLUMN.number == bindparam("this_number"))
    .values(epoch=bindparam("new_epoch"), owner=bindparam("new_owner"), lease_until=bindparam("new_lease"))
)
_PAGE = (
    select(  # in the order of Recipient
        deliveries.c.edition_id,
        deliveries.c.subscriber_id,
        deliveries.c.address,
        deliveries.c.name,
        deliveries.c.variant,
        deliveries.c.attempts,
        bindparam("new_epoch", type_=Integer),
    )
    .where(
        deliveries.c.edition_id == bindparam("this_edition"),
        deliveries.c.subscriber_id > bindparam("after"),
        deliveries.c.subscriber_id <= bindparam("last"),
        or_(
            in_state(DeliveryState.PENDING),
            and_(in_state(DeliveryState.DEFERRED), deliveries.c.due_at <= bindparam("moment")),
        ),
    )
    .order_by(deliveries.c.subscriber_id)
    .limit(bindparam("most"))
)


def page(conn: Connection, batch: Batch, *, after_id: int, limit: int, now: datetime) -> list[Recipient]:
    """The next deliveries of a claimed batch that are due, by subscriber id, after ``after_id``."""
    after = max(after_id, batch.first - 1)
    which = {"this_edition": batch.edition_id, "after": after, "last": batch.last, "new_epoch": batch.epoch}
    return list(map(Recipient._make, conn.execute(_PAGE, {**which, "moment": now, "most": limit}).all()))


def renew(
    conn: Connection, batches: Collection[Batch], *, owner: str, lease_s: float, now: datetime
) -> list[Batch]:
    """Lengthen the leases of ``batches``; returns those that are somebody else's by now."""
    return [
        batch
        for batch in batches
        if conn.execute(
            update(delivery_batches)
            .where(_held(batch, owner))
            .values(lease_until=now + timedelta(seconds=lease_s))
        ).rowcount
        == 0
    ]


_STANDING = select(
    func.count().filter(in_state(DeliveryState.PENDING)).label("pending"),
    func.count().filter(in_state(DeliveryState.SENDING)).label("sending"),
    func.min(deliveries.c.due_at).filter(in_state(DeliveryState.DEFERRED)).label("due_at"),
).where(IN_RANGE)


def release(conn: Connection, batch: Batch, *, owner: str, lease_s: float, now: datetime) -> None:
    """Give a batch back: done if nothing in it is open, else open again when its next one is due.

    A delivery still in sending belongs to another owner; after ``lease_s`` the next claim settles it.
    """
    # Held before it is counted: else one that an editor reopens in between would be closed with it.
    held = select(delivery_batches.c.number).where(_held(batch, owner)).with_for_update()
    if conn.execute(held).first() is None:
        return
    left = conn.execute(_STANDING, batch.rows._asdict()).one()
    due_at: datetime | None = left.due_at
    if left.sending:
        due_at = min(filter(None, [due_at, now + timedelta(seconds=lease_s)]))
    is_open = bool(left.pending or due_at)
    conn.execute(
        update(delivery_batches)
        .where(_held(batch, owner))
        .values(
            owner="",
            lease_until=null(),
            due_at=None if left.pending else due_at,
            state="open" if is_open else "done",
        )
    )


def _held(batch: Batch, owner: str) -> ColumnElement[bool]:
    """The batch is still as this owner claimed it."""
    column = delivery_batches.c
    return and_(
        column.edition_id == batch.edition_id,
        column.number == batch.number,
        column.epoch == batch.epoch,
        column.owner == owner,
    )


def next_due(conn: Connection, edition_id: int) -> datetime | None:
    """When the next batch waits to be claimed; None if all are done, owned or due already."""
    column = delivery_batches.c
    due_at: datetime | None = conn.scalar(
        select(func.min(column.due_at)).where(
            column.edition_id == edition_id, column.state == "open", column.owner == ""
        )
    )
    return due_at
