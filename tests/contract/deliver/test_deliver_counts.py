"""Whatever happens in whatever order, the counts add up and nobody is fenced twice unasked."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, update

from digest.model.delivery import DeliveryState, Recipient
from digest.store.batches import Batch, Fate, claim, page, release, renew
from digest.store.deliveries import counts, mark_bounced, mark_complained, resend_uncertain, retry_failed
from digest.store.engine import Database
from digest.store.ledger import Settled, fence, record
from digest.store.runs import finish, is_sending
from digest.store.tables import subscribers, suppressions

READERS = 30
S = DeliveryState


class Owner:
    """One process: what it holds in its memory, however stale."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.batch: Batch | None = None
        self.rows: list[Recipient] = []
        self.fenced: list[Recipient] = []

    def forget(self) -> None:
        self.batch, self.rows, self.fenced = None, [], []


class World:
    """Owners, readers and an editor, doing one thing after the other."""

    def __init__(self, now: datetime, chance: random.Random) -> None:
        self.now, self.chance = now, chance
        self.owners = [Owner("a"), Owner("b"), Owner("c")]
        self.left: set[int] = set()
        self.granted: Counter[int] = Counter()  # fences per reader
        self.allowed: Counter[int] = Counter()  # outcomes that allow another one

    def step(self, conn: Connection) -> None:
        """One thing happens."""
        owner = self.chance.choice(self.owners)
        weights = {
            self.claim: 4,
            self.fence: 8,
            self.answer: 8,
            self.release: 3,
            self.leave: 1,
            self.crash: 1,
        }
        weights |= {self.mark: 1, self.editor: 1, self.renew: 1}
        act = self.chance.choices(list(weights), list(weights.values()))[0]
        self.now += timedelta(seconds=self.chance.choice([0, 1, 20]))
        act(conn, owner)

    def claim(self, conn: Connection, owner: Owner) -> None:
        if owner.batch is None:
            names = {one.name for one in self.owners if one.batch is None}
            fate = {True: Fate.GONE, False: Fate.UNKNOWN}
            owner.batch = claim(
                conn, 1, owner=owner.name, lease_s=40, now=self.now, fate=lambda name: fate[name in names]
            )
            if owner.batch is not None:
                owner.rows = page(conn, owner.batch, after_id=0, limit=100, now=self.now)

    def fence(self, conn: Connection, owner: Owner) -> None:
        some, owner.rows = owner.rows[:3], owner.rows[3:]
        if some:
            fenced = fence(conn, some)
            granted = {number for number, _epoch in fenced.granted}
            self.granted.update(granted)
            assert not granted & self.left
            owner.fenced += [row for row in some if (row.subscriber_id, row.epoch) in fenced.granted]

    def answer(self, conn: Connection, owner: Owner) -> None:
        done, owner.fenced = owner.fenced, []
        settled = []
        for row in done:
            state = self.chance.choice([S.SENT, S.SENT, S.DEFERRED, S.FAILED, S.UNCERTAIN])
            settled.append(Settled(row, state, 250, due_at=self.now if state is S.DEFERRED else None))
            self.allowed[row.subscriber_id] += state is S.DEFERRED
        if settled:
            record(conn, settled)

    def release(self, conn: Connection, owner: Owner) -> None:
        if owner.batch is not None and not owner.fenced:
            release(conn, owner.batch, owner=owner.name, lease_s=40, now=self.now)
            owner.forget()
        finish(conn, 1, self.now)

    def leave(self, conn: Connection, _: Owner) -> None:
        who = self.chance.randint(1, READERS)
        if self.chance.random() < 0.5:
            conn.execute(update(subscribers).where(subscribers.c.id == who).values(state="unsubscribed"))
        elif who not in self.left:
            conn.execute(
                insert(suppressions).values(key_hash=f"{who:064x}", reason="bounced", since=self.now)
            )
        self.left.add(who)

    def crash(self, _: Connection, owner: Owner) -> None:
        owner.forget()

    def mark(self, conn: Connection, _: Owner) -> None:
        mark = self.chance.choice([mark_bounced, mark_complained])
        mark(conn, 1, self.chance.randint(1, READERS), self.now)

    def renew(self, conn: Connection, owner: Owner) -> None:
        if owner.batch is not None and renew(conn, [owner.batch], owner=owner.name, lease_s=40, now=self.now):
            owner.rows = []

    def editor(self, conn: Connection, _: Owner) -> None:
        if self.chance.random() < 0.3:
            before = counts(conn, 1)
            again = self.chance.choice([retry_failed, resend_uncertain])(conn, 1, self.now)
            assert again in (before.failed, before.uncertain)
            for who in range(1, READERS + 1):
                self.allowed[who] += again > 0


@pytest.mark.parametrize("seed", range(4))
def test_counts_add_up_at_every_instant_and_each_fence_is_granted_once(
    database: Database, make_edition: Callable[..., int], now: datetime, seed: int
) -> None:
    make_edition(READERS, batch_size=7)
    world = World(now, random.Random(seed))
    for _ in range(150):
        with database.write() as conn:
            world.step(conn)
        with database.read() as conn:
            found = counts(conn, 1)
            assert found.adds_up
            assert found.planned == READERS
            if not is_sending(conn, 1):
                assert found.open == 0
    # Nobody gets a second fence but for a deferral that was answered, or because the editor asked.
    assert all(world.granted[who] <= 1 + world.allowed[who] for who in world.granted)
    assert max(world.granted.values()) >= 1
