"""Many people at once who must not be mailed: a list from elsewhere says that they have left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Integer, Text, literal_column, or_, update

from digest.model.audience import REVOCABLE, SubscriberState, SuppressionReason
from digest.store.bulk import insert_many
from digest.store.importing import known_readers, storable
from digest.store.instant import Instant, as_stored
from digest.store.prepared import Prepared
from digest.store.sign_ups import forget_all
from digest.store.subscriber_rows import NewReader
from digest.store.tables import subscribers, suppressions

Leaver = tuple[NewReader, SuppressionReason]

_LEFT = SubscriberState.UNSUBSCRIBED.value


def _written(text: str) -> ColumnElement[str]:
    return literal_column(f"'{text}'")  # a prepared statement takes no other values than those of its rows


_LEAVE = Prepared(
    lambda value: (
        update(subscribers)
        .where(subscribers.c.id == value("key"), subscribers.c.state != _written(_LEFT))
        .values(state=_written(_LEFT), unsubscribed_at=value("left_at"))
    ),
    {"left_at": Instant(), "key": Integer()},
)
_REPLACEABLE = or_(*(suppressions.c.reason == _written(reason.value) for reason in sorted(REVOCABLE)))
_FOR_GOOD = Prepared(
    lambda value: (
        update(suppressions)
        .where(suppressions.c.key_hash == value("hashed"), _REPLACEABLE)
        .values(reason=value("new_reason"))
    ),
    {"new_reason": Text(), "hashed": Text()},
)


def keep_out(conn: Connection, leavers: Sequence[Leaver], *, now: datetime) -> None:
    """Store people who have left, so that the list stays whole, and see that they aren't mailed.

    Each as by ``audience.suppress``, since when they left or else ``now``. Of somebody who was erased nothing
    but the hash is stored.
    """
    for part in _without_repeats(leavers):
        known = known_readers(conn, [reader for reader, _ in part])
        new = [
            reader
            for reader, reason in part
            if reader.email_key not in known and reason is not SuppressionReason.ERASED
        ]
        insert_many(conn, subscribers, NewReader._fields, storable(conn, new, now))
        left_at = as_stored(now, conn.dialect)
        leaving = (reader.email_key for reader, _ in part if reader.state == _LEFT)
        _LEAVE.run(conn, [(left_at, known[key].id) for key in leaving if key in known])
        _suppress(conn, part, now)
        forget_all(
            conn, [reader.email_key for reader, _ in part]
        )  # links from before must not bring them back


def _suppress(conn: Connection, part: Sequence[Leaver], now: datetime) -> None:
    values = [
        (reader.key_hash, reason.value, as_stored(reader.unsubscribed_at or now, conn.dialect))
        for reader, reason in part
    ]
    if insert_many(conn, suppressions, ("key_hash", "reason", "since"), values) < len(part):
        lasting = [(reason.value, reader.key_hash) for reader, reason in part if reason not in REVOCABLE]
        _FOR_GOOD.run(conn, lasting)


def _without_repeats(leavers: Sequence[Leaver]) -> Iterator[list[Leaver]]:
    """The same in their order, cut before each one who is in the part already."""
    part: dict[str, Leaver] = {}
    for one in leavers:
        key = one[0].email_key
        if key in part:
            yield list(part.values())
            part = {}
        part[key] = one
    if part:
        yield list(part.values())
