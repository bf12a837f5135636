"""What a run holds of a batch that is somebody else's by now, or that it has claimed anew since."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update

from digest.deliver.rows import Rows, RowsOptions
from digest.model.delivery import Recipient
from digest.store.batches import Batch, Fate, claim, release
from digest.store.engine import Database
from digest.store.ledger import Ledger
from digest.store.tables import deliveries
from tests.planned import NOW, plan


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def rows_of(ledger: Ledger, clock: Clock) -> Rows:
    return Rows(ledger, RowsOptions(1, "me", lease_s=120.0, page_size=2), clock)


def taken_over(ledger: Ledger, clock: Clock) -> Batch:
    """Our lease runs out, and another process claims the batch."""
    clock.now += timedelta(seconds=130)
    with ledger.transaction() as conn:
        batch = claim(conn, 1, owner="other", lease_s=120, now=clock.now, fate=lambda _: Fate.UNKNOWN)
    assert batch is not None
    return batch


def test_a_batch_that_was_lost_is_read_no_further(database: Database) -> None:
    plan(database, list("abcdef"))
    clock = Clock()
    with Ledger(database) as ledger:
        rows = rows_of(ledger, clock)
        assert rows.some()
        rows.take(1)
        taken_over(ledger, clock)
        rows.renew()
        assert not rows.some()
        assert not rows.at_hand


def test_rows_of_a_lost_batch_do_not_count_for_the_same_one_claimed_anew(database: Database) -> None:
    plan(database, list("abcde"))
    clock = Clock()

    def sent(recipient: Recipient) -> None:
        with database.write() as conn:
            done = update(deliveries).where(deliveries.c.subscriber_id == recipient.subscriber_id)
            conn.execute(done.values(state="sent"))
        rows.settled([recipient])

    with Ledger(database) as ledger:
        rows = rows_of(ledger, clock)
        assert rows.some()
        old = rows.take(2)
        other = taken_over(ledger, clock)
        rows.renew()
        with ledger.transaction() as conn:
            release(conn, other, owner="other", lease_s=120, now=clock.now)
        rows.dry = False  # as after any batch that it gives back
        assert rows.some()
        for recipient in old:
            assert not rows.settled([recipient])
        while rows.some():
            for recipient in rows.take(1):
                sent(recipient)
        assert not rows.holds_any
