"""What connections get from the desk: messages composed in a row, and commits that they share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from digest.deliver.backoff import RetryOptions
from digest.deliver.desk import DeskOptions, LedgerDesk
from digest.deliver.envelope import Envelope
from digest.deliver.pace import DomainLimits
from digest.deliver.rows import Rows, RowsOptions
from digest.deliver.transports.base import Job, LetGo
from digest.errors import StoreError
from digest.model.delivery import Accepted, Recipient
from digest.store.batches import Fate, claim
from digest.store.deliveries import counts
from digest.store.engine import Database
from digest.store.ledger import Fenced, Ledger, Settled
from tests.planned import NOW, plan


@dataclass
class Bureau:
    """A desk over a real ledger, and what it had composed."""

    ledger: Ledger
    now: float = 0.0  # seconds since the edition was planned
    composed: list[int] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)  # readers whose message can't be made, for no known reason

    def desk(
        self,
        *,
        rate_per_s: float | None = None,
        most: int | None = None,
        domains: DomainLimits | None = None,
        page_size: int = 100,
    ) -> LedgerDesk:
        """Call it in a loop."""
        rows = Rows(self.ledger, RowsOptions(1, "me", lease_s=120.0, page_size=page_size), self.clock)
        options = DeskOptions(1, "memory", RetryOptions(), rate_per_s, domains or DomainLimits(), most)
        return LedgerDesk(self.ledger, rows, options, compose=self.compose, clock=self.clock)

    def clock(self) -> datetime:
        return NOW + timedelta(seconds=self.now)

    def compose(self, to: Recipient) -> Envelope:
        if to.subscriber_id in self.broken:
            raise ValueError("a template that fails for some")
        self.composed.append(to.subscriber_id)
        return Envelope("news@example.org", to.address, (b"Subject: x\r\n\r\n",))


@pytest.fixture
def bureau(database: Database) -> Iterator[Bureau]:
    plan(database, [f"reader{n}" for n in range(1, 21)], batch_size=20)
    with Ledger(database) as ledger:
        yield Bureau(ledger)


def in_loop(work: Callable[[], None]) -> None:
    async def run() -> None:
        work()

    asyncio.run(run())


def taken(desk: LedgerDesk) -> Job:
    job = desk.take()
    assert job is not None
    return job


@pytest.mark.parametrize(("rate_per_s", "number"), [(None, 20), (5.0, 1)], ids=["unlimited", "paced"])
def test_messages_are_composed_in_a_row_unless_they_wait_for_their_time(
    bureau: Bureau, rate_per_s: float | None, number: int
) -> None:
    def work() -> None:
        assert taken(bureau.desk(rate_per_s=rate_per_s)).recipient.subscriber_id == 1

    in_loop(work)
    assert bureau.composed == list(range(1, number + 1))


def test_what_a_connection_gives_back_goes_before_what_is_composed(bureau: Bureau) -> None:
    def work() -> None:
        desk = bureau.desk()
        first, second = taken(desk), taken(desk)
        desk.give_back(first, "the connection broke", blamed=True)
        assert taken(desk) is first
        assert second.recipient.subscriber_id == 2
        assert taken(desk).recipient.subscriber_id == 3

    in_loop(work)


def test_what_was_composed_and_not_taken_waits_for_the_next_run(bureau: Bureau, database: Database) -> None:
    def work() -> None:
        desk = bureau.desk()
        job = taken(desk)
        desk.stop()
        assert not desk.has_work()
        settled = [desk.settled]
        desk.give_back(job, "stopped", blamed=False)
        settled.append(desk.settled)
        assert settled == [False, True]  # at first the one that was taken is under way
        assert taken(bureau.desk()).recipient.subscriber_id == 1

    in_loop(work)
    with database.read() as conn:
        assert counts(conn, 1).pending == 20


def test_no_more_are_composed_than_may_be_taken(bureau: Bureau) -> None:
    def work() -> None:
        desk = bureau.desk(most=3)
        first = taken(desk)
        assert bureau.composed == [1, 2, 3]
        capped = [desk.capped]
        desk.give_back(first, "the connection broke", blamed=False)
        assert [taken(desk).recipient.subscriber_id for _ in range(3)] == [1, 2, 3]
        capped.append(desk.capped)
        assert capped == [False, True]
        assert desk.take() is None

    in_loop(work)


def test_what_was_composed_of_a_batch_that_another_owner_took_is_dropped(bureau: Bureau) -> None:
    def work() -> None:
        desk = bureau.desk()
        mine = taken(desk)
        bureau.now += 130.0
        with bureau.ledger.transaction() as conn:
            assert claim(conn, 1, owner="other", lease_s=120, now=bureau.clock(), fate=lambda _: Fate.UNKNOWN)
        desk.renew()
        assert desk.at_hand == 0
        assert desk.take() is None
        desk.give_back(mine, "the connection broke", blamed=False)
        desk.stop()
        assert desk.settled

    in_loop(work)


def test_one_that_breaks_the_composing_ends_the_run_and_takes_nobody_with_it(
    bureau: Bureau, database: Database
) -> None:
    bureau.broken.add(4)

    def work() -> None:
        desk = bureau.desk()
        assert desk.take() is None
        assert isinstance(desk.failure, ValueError)
        assert bureau.composed == [1, 2, 3]
        assert desk.settled
        assert desk.closed

    in_loop(work)
    with database.read() as conn:
        assert counts(conn, 1).pending == 20


def test_contents_go_once_all_have_heard_whose_fences_were_committed_together(bureau: Bureau) -> None:
    heard: list[str] = []

    def listener(name: str) -> Callable[[bool], LetGo | None]:
        def then(granted: bool) -> LetGo | None:
            heard.append(f"{name} {granted}")
            return (lambda: heard.append(f"{name} goes")) if granted else None

        return then

    def work() -> None:
        desk = bureau.desk()
        one, two, three = taken(desk), taken(desk), taken(desk)
        with bureau.ledger.transaction() as conn:
            conn.exec_driver_sql("UPDATE subscribers SET state = 'unsubscribed' WHERE id = 2")
        for name, job in (("one", one), ("two", two), ("three", three)):
            desk.fence(job, listener(name))
        desk.flush()

    in_loop(work)
    assert heard == ["one True", "two False", "three True", "one goes", "three goes"]


def test_a_commit_has_what_comes_while_the_answers_before_it_are_read(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups: list[int] = []
    tick = Ledger.tick

    def counted(ledger: Ledger, settled: Sequence[Settled], to_fence: Sequence[Recipient]) -> Fenced:
        groups.append(len(settled) + len(to_fence))
        return tick(ledger, settled, to_fence)

    monkeypatch.setattr(Ledger, "tick", counted)

    async def run() -> None:
        desk = bureau.desk()
        jobs = [taken(desk) for _ in range(3)]
        desk.fence(jobs[0], lambda _: None)
        asyncio.get_running_loop().call_soon(desk.fence, jobs[1], lambda _: None)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert groups == [2]
        desk.fence(jobs[2], lambda _: None)
        desk.record(jobs[0], Accepted(), lambda: None)
        for _ in range(3):
            await asyncio.sleep(0)
        assert groups == [2, 2]

    asyncio.run(run())


def test_a_ledger_that_breaks_while_lost_batches_are_given_back_is_what_ends_the_run(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(database, ["a", "b", "c"], batch_size=1)
    with Ledger(database) as ledger:
        bureau = Bureau(ledger)

        def work() -> None:
            desk = bureau.desk()
            for job in [taken(desk) for _ in range(3)]:
                desk.give_back(job, "the connection broke", blamed=False)
            bureau.now += 130.0
            for _ in range(3):
                with ledger.transaction() as conn:
                    claim(
                        conn, 1, owner="other", lease_s=120, now=bureau.clock(), fate=lambda _: Fate.UNKNOWN
                    )
            renewing = [True]

            def broken(ledger: Ledger, **options: bool) -> AbstractContextManager[Connection]:
                if renewing.pop() if renewing else False:
                    return transaction(ledger, **options)
                raise StoreError("the disk is full")

            transaction = Ledger.transaction
            monkeypatch.setattr(Ledger, "transaction", broken)
            desk.renew()
            assert isinstance(desk.failure, StoreError)
            assert desk.at_hand == 0

        in_loop(work)


def test_a_page_that_cannot_be_read_for_a_domain_ends_the_run_and_holds_up_no_content(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    def broken(*_: object) -> None:
        raise StoreError("the disk is full")

    def work() -> None:
        desk = bureau.desk(domains=DomainLimits(at_once=3), page_size=4)
        jobs = [taken(desk) for _ in range(3)]
        monkeypatch.setattr(Rows, "_read", broken)

        def then(granted: bool) -> LetGo:
            desk.take()
            return lambda: heard.append("content" if granted else "")

        for job in jobs:
            desk.fence(job, then)
        desk.flush()
        assert isinstance(desk.failure, StoreError)
        assert desk.broken

    in_loop(work)
    assert heard == ["content"] * 3


def test_whatever_befalls_one_connection_the_others_contents_go(bureau: Bureau) -> None:
    heard: list[str] = []

    def falls(_granted: bool) -> None:
        raise OSError("something in the middle")

    async def run() -> None:
        desk = bureau.desk()
        one, other = taken(desk), taken(desk)
        desk.fence(one, lambda _: lambda: heard.append("content"))
        desk.fence(other, falls)
        with pytest.raises(OSError, match="in the middle"):
            desk.flush()

    asyncio.run(run())
    assert heard == ["content"]


def test_the_next_messages_are_composed_once_no_content_waits_for_it(database: Database) -> None:
    plan(database, [f"reader{n}" for n in range(1, 81)], batch_size=80)
    with Ledger(database) as ledger:
        bureau = Bureau(ledger)
        composed: list[int] = []

        def work() -> None:
            desk = bureau.desk()
            jobs = [taken(desk) for _ in range(10)]
            for job in jobs:
                desk.fence(job, lambda _: lambda: composed.append(len(bureau.composed)))
            desk.flush()

        in_loop(work)
        assert composed == [64] * 10
        assert len(bureau.composed) == 74
