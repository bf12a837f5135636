"""Every transition of the ledger, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, insert, select, text, update

from digest.errors import StateError, StoreError
from digest.model.delivery import Counts, DeliveryState, Recipient
from digest.store.batches import Batch, Fate, claim, is_worth_joining, next_due, page, release, renew
from digest.store.connect import make_engine, parse_url
from digest.store.deliveries import (
    accepted_since,
    cancel,
    counts,
    mark_bounced,
    mark_complained,
    records,
    resend_uncertain,
    retry_failed,
)
from digest.store.engine import Database
from digest.store.ledger import Fenced, Ledger, Settled, fence, record
from digest.store.planning import materialise
from digest.store.runs import accept_first, end_run, finish, is_sending, list_sending, start_run
from digest.store.tables import deliveries, delivery_batches, editions, runs, subscribers, suppressions
from tests.planned import plan

MakeEdition = Callable[..., int]
S = DeliveryState


def take(conn: Connection, now: datetime, *, owner: str = "me", fate: Fate = Fate.UNKNOWN) -> Batch | None:
    return claim(conn, 1, owner=owner, lease_s=60, now=now, fate=lambda _: fate)


def claimed(conn: Connection, now: datetime, owner: str = "me") -> tuple[Batch, list[Recipient]]:
    batch = take(conn, now, owner=owner)
    assert batch is not None
    return batch, page(conn, batch, after_id=0, limit=100, now=now)


def who(fenced: Fenced) -> set[int]:
    return {subscriber_id for subscriber_id, _epoch in fenced.granted}


def state_of(conn: Connection, subscriber_id: int) -> str:
    return str(conn.scalar(select(deliveries.c.state).where(deliveries.c.subscriber_id == subscriber_id)))


def edition_state(conn: Connection) -> str:
    return str(conn.scalar(select(editions.c.state)))


def test_materialising_plans_every_active_unsuppressed_reader_of_the_series(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(8, frozen=True)
    with database.write() as conn:
        conn.execute(update(subscribers).where(subscribers.c.id == 1).values(state="unsubscribed"))
        conn.execute(update(subscribers).where(subscribers.c.id == 2).values(state="pending"))
        conn.execute(update(subscribers).where(subscribers.c.id == 3).values(series="weekly"))
        conn.execute(insert(suppressions).values(key_hash=f"{4:064x}", reason="bounced", since=now))
        conn.execute(update(subscribers).where(subscribers.c.id == 5).values(themes="arctic"))
        conn.execute(update(subscribers).where(subscribers.c.id == 6).values(themes="none-today"))
        planned = materialise(
            conn,
            1,
            series="daily",
            variants={"": "all", "arctic": "arctic", "none-today": None},
            batch_size=3,
            now=now,
        )
        found = counts(conn, 1)
        variants = dict(conn.execute(select(deliveries.c.subscriber_id, deliveries.c.variant)).all())
        batches = conn.execute(select(delivery_batches).order_by(delivery_batches.c.number)).all()
    assert planned == 4
    assert found == Counts(pending=3, skipped=1, planned=4)
    assert variants == {5: "arctic", 6: "", 7: "all", 8: "all"}
    assert [(row.number, row.first_subscriber, row.last_subscriber) for row in batches] == [
        (0, 5, 7),
        (1, 8, 8),
    ]


def test_materialising_twice_changes_nothing(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(5)
    with database.write() as conn:
        assert materialise(conn, 1, series="daily", variants={"": "all"}, batch_size=3, now=now) == 0
        assert counts(conn, 1) == Counts(pending=5, planned=5)


def test_a_choice_made_after_the_freeze_gets_everything_or_is_skipped_with_the_reason(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(2, frozen=True)
    with database.write() as conn:
        conn.execute(update(subscribers).where(subscribers.c.id == 2).values(themes="new-choice"))
        materialise(conn, 1, series="daily", variants={"": None}, batch_size=3, now=now)
        first, second = records(conn, 1)
    assert (first.state, first.text) == (S.SKIPPED, "")
    assert (second.state, second.text) == (
        S.SKIPPED,
        "this choice of themes came after the edition was frozen",
    )


def test_an_edition_without_readers_is_finished_by_the_first_run(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(0)
    with database.write() as conn:
        assert edition_state(conn) == "sending"
        assert take(conn, now) is None
        assert finish(conn, 1, now)
        assert edition_state(conn) == "sent"


@pytest.mark.parametrize("fate", [Fate.UNKNOWN, Fate.ALIVE])  # who lives may hang
def test_a_batch_has_one_owner_until_its_lease_runs_out(
    database: Database, make_edition: MakeEdition, now: datetime, fate: Fate
) -> None:
    make_edition(5)
    with database.write() as conn:
        first = take(conn, now)
        assert first is not None
        assert first.epoch == 1
        assert take(conn, now + timedelta(seconds=59), owner="other", fate=fate) is None
        again = take(conn, now + timedelta(seconds=60), owner="other", fate=fate)
        assert again is not None
        assert again.epoch == 2


def test_a_batch_of_a_process_that_is_gone_is_free_at_once(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(5)
    with database.write() as conn:
        take(conn, now)
        assert take(conn, now, owner="other", fate=Fate.GONE) is not None


def test_of_another_boot_the_lease_decides_where_machines_share_a_database(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(5)
    with database.write() as conn:
        _, rows = claimed(conn, now)
        fence(conn, rows[:2])
        taken = take(conn, now, owner="a machine of the same name", fate=Fate.REBOOTED)
        is_shared = database.dialect == "postgresql"
        assert (taken is None) == is_shared
        assert counts(conn, 1).uncertain == (0 if is_shared else 5)


def test_a_further_sender_is_of_use_where_a_batch_is_free_or_only_the_end_is_missing(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    def joins(when: datetime = now, fate: Fate = Fate.UNKNOWN) -> bool:
        with database.read() as conn:  # claims nothing
            return is_worth_joining(conn, 1, now=when, fate=lambda _: fate)

    make_edition(5)
    assert joins()
    with database.write() as conn:
        batch = take(conn, now)
        assert batch is not None
    assert not joins()
    assert joins(now + timedelta(seconds=60))
    assert joins(fate=Fate.GONE)
    with database.write() as conn:
        conn.execute(update(deliveries).values(state="deferred", due_at=now + timedelta(seconds=30)))
        release(conn, batch, owner="me", lease_s=60, now=now)
    assert not joins()
    assert joins(now + timedelta(seconds=30))
    with database.write() as conn:
        conn.execute(update(delivery_batches).values(state="done"))
    assert joins()


def test_editions_that_are_being_sent_are_listed_by_publication(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(1)
    with database.write() as conn:
        assert [(one.id, one.slot, one.moved_at) for one in list_sending(conn, "p")] == [(1, now, now)]
        assert list_sending(conn, "another") == []
        conn.execute(update(editions).values(state="paused"))
        assert list_sending(conn, "p") == []


def test_what_an_older_epoch_left_in_sending_becomes_uncertain_and_the_rest_is_still_pending(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(5)
    with database.write() as conn:
        _, rows = claimed(conn, now)
        fence(conn, rows[:2])
        take(conn, now, owner="other", fate=Fate.GONE)
        assert counts(conn, 1) == Counts(pending=3, uncertain=2, planned=5)
        assert records(conn, 1)[0].attempts == 1


def test_what_may_have_left_counts_with_what_was_accepted_of_the_day(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(5)
    with database.write() as conn:
        _, rows = claimed(conn, now)
        fence(conn, rows[:3])
        record(conn, [Settled(rows[0], S.SENT, 250, "ok", sent_at=now)])
        assert accepted_since(conn, "p", now) == 3  # their sender may be gone: it wrote no more
        take(conn, now + timedelta(minutes=1), owner="other", fate=Fate.GONE)
        assert accepted_since(conn, "p", now) == 3
        assert accepted_since(conn, "p", now + timedelta(days=1)) == 0  # nor is it counted for ever


def test_after_a_reboot_all_that_an_sqlite_batch_held_is_uncertain(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(15)
    with database.write() as conn:
        _, rows = claimed(conn, now)
        fence(conn, rows[:2])
        record(conn, [Settled(rows[0], S.SENT, 250, "ok", sent_at=now)])
        take(conn, now + timedelta(seconds=60), owner="other", fate=Fate.REBOOTED)
        found = counts(conn, 1)
    # Ten rows were in the claimed batch; a server's commits are on its disk, whatever happened to us.
    lost = 8 if database.dialect == "sqlite" else 0
    assert found == Counts(sent=1, uncertain=1 + lost, pending=13 - lost, planned=15)


def test_only_one_of_two_owners_is_granted_a_fence(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(3)
    with database.write() as conn:
        _, asleep = claimed(conn, now)
        _, awake = claimed(conn, now + timedelta(minutes=2), "other")
        assert who(fence(conn, awake[:2])) == {1, 2}
        late = fence(conn, asleep)
        assert who(late) == {3}
        assert late.suppressed == frozenset()


def test_of_two_epochs_that_ask_at_once_for_a_reader_one_is_granted(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    """A process lost its lease to another, got the batch back, and holds a message of before."""
    make_edition(2)
    with database.write() as conn:
        _, before = claimed(conn, now)
        other, _ = claimed(conn, now + timedelta(minutes=2), "other")
        release(conn, other, owner="other", lease_s=60, now=now + timedelta(minutes=2))
        _, after = claimed(conn, now + timedelta(minutes=3))
        fenced = fence(conn, [before[0], after[0], after[1]])
    assert fenced.granted == {(1, before[0].epoch), (2, after[1].epoch)}


def test_who_lost_a_lease_does_not_claim_its_own_batch_again(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    """Else a clock that is set forward gives the same reader to two connections."""
    make_edition(3)
    with database.write() as conn:
        claimed(conn, now)
        assert take(conn, now + timedelta(minutes=2)) is None
        assert take(conn, now + timedelta(minutes=2), owner="other") is not None


@pytest.mark.parametrize("how", ["unsubscribed", "suppressed"])
def test_who_leaves_in_the_middle_of_a_run_is_suppressed_at_the_fence(
    database: Database, make_edition: MakeEdition, now: datetime, how: str
) -> None:
    make_edition(3)
    with database.write() as conn:
        _, rows = claimed(conn, now)
        if how == "unsubscribed":
            conn.execute(update(subscribers).where(subscribers.c.id == 2).values(state="unsubscribed"))
        else:
            conn.execute(insert(suppressions).values(key_hash=f"{2:064x}", reason="complained", since=now))
        fenced = fence(conn, rows)
        assert who(fenced) == {1, 3}
        assert fenced.suppressed == {2}
        assert counts(conn, 1) == Counts(sending=2, suppressed=1, planned=3)


def test_who_left_before_the_claim_is_suppressed_without_being_read(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(3)
    with database.write() as conn:
        conn.execute(update(subscribers).where(subscribers.c.id == 2).values(state="unsubscribed"))
        _, rows = claimed(conn, now)
        assert [row.subscriber_id for row in rows] == [1, 3]
        assert state_of(conn, 2) == "suppressed"


@pytest.mark.parametrize("state", [S.SENT, S.FAILED, S.DEFERRED, S.UNCERTAIN])
def test_an_outcome_is_recorded_once(
    database: Database, make_edition: MakeEdition, now: datetime, state: DeliveryState
) -> None:
    make_edition(1)
    due = now + timedelta(minutes=5) if state is S.DEFERRED else None
    with database.write() as conn:
        _, rows = claimed(conn, now)
        fence(conn, rows)
        record(conn, [Settled(rows[0], state, 451, "said so", due_at=due, sent_at=now)])
        found = records(conn, 1)[0]
        assert (found.state, found.attempts, found.code, found.text, found.due_at, found.sent_at) == (
            state,
            1,
            451,
            "said so",
            due,
            now,
        )
        if state in (S.SENT, S.FAILED):
            record(conn, [Settled(rows[0], S.UNCERTAIN, None, "too late")])
            assert records(conn, 1)[0].state is state


def test_a_refusal_before_the_fence_is_recorded_unless_somebody_else_was_there(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(2)
    with database.write() as conn:
        _, rows = claimed(conn, now)
        record(conn, [Settled(rows[0], S.FAILED, 550, "no such user")])
        assert state_of(conn, 1) == "failed"
        _, others = claimed(conn, now + timedelta(minutes=2), "other")
        fence(conn, others)
        record(conn, [Settled(rows[1], S.FAILED, 550, "no such user")])
        assert state_of(conn, 2) == "sending"


def test_a_late_answer_settles_an_uncertain_delivery(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(1)
    with database.write() as conn:
        _, rows = claimed(conn, now)
        fence(conn, rows)
        take(conn, now, owner="other", fate=Fate.GONE)
        assert state_of(conn, 1) == "uncertain"
        record(conn, [Settled(rows[0], S.SENT, 250, "ok", sent_at=now)])
        assert state_of(conn, 1) == "sent"


def test_a_deferred_delivery_is_read_when_it_is_due_and_its_batch_claimed_then(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(2)
    due = now + timedelta(minutes=5)
    with database.write() as conn:
        batch, rows = claimed(conn, now)
        fence(conn, rows)
        record(
            conn, [Settled(rows[0], S.DEFERRED, 451, due_at=due), Settled(rows[1], S.SENT, 250, sent_at=now)]
        )
        release(conn, batch, owner="me", lease_s=60, now=now)
        assert next_due(conn, 1) == due
        assert take(conn, now) is None
        assert not finish(conn, 1, now)
        _, rows = claimed(conn, due)
        assert [(row.subscriber_id, row.attempts) for row in rows] == [(1, 1)]


def test_a_released_batch_is_done_only_when_nothing_in_it_is_open(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(2)
    with database.write() as conn:
        batch, rows = claimed(conn, now)
        fence(conn, rows[:1])
        release(conn, batch, owner="me", lease_s=60, now=now)
        batch, rows = claimed(conn, now)
        assert counts(conn, 1) == Counts(pending=1, uncertain=1, planned=2)
        fence(conn, rows)
        record(conn, [Settled(rows[0], S.SENT, 250, sent_at=now)])
        release(conn, batch, owner="me", lease_s=60, now=now)
        conn.execute(update(editions).values(state="paused", reason="held by an editor"))
        assert finish(conn, 1, now)
        assert not finish(conn, 1, now)
        assert conn.execute(select(editions.c.state, editions.c.reason)).one() == ("sent", "")


def test_somebody_elses_sending_keeps_a_batch_open_until_the_lease_has_passed(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(2)
    later = now + timedelta(minutes=2)
    with database.write() as conn:
        _, asleep = claimed(conn, now)
        batch, awake = claimed(conn, later, "other")
        fence(conn, asleep[:1])
        fence(conn, awake[1:])
        record(conn, [Settled(awake[1], S.SENT, 250, sent_at=later)])
        release(conn, batch, owner="other", lease_s=60, now=later)
        assert next_due(conn, 1) == later + timedelta(seconds=60)
        assert not finish(conn, 1, later)


def test_a_lease_is_renewed_only_by_its_owner(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(2)
    with database.write() as conn:
        batch = take(conn, now)
        assert batch is not None
        assert renew(conn, [batch], owner="me", lease_s=60, now=now + timedelta(seconds=50)) == []
        assert take(conn, now + timedelta(seconds=100), owner="other") is None
        assert take(conn, now + timedelta(seconds=110), owner="other") is not None
        assert renew(conn, [batch], owner="me", lease_s=60, now=now) == [batch]


@pytest.mark.parametrize("state", ["paused", "cancelled", "sent", "frozen"])
def test_nothing_is_claimed_of_an_edition_that_is_not_sending(
    database: Database, make_edition: MakeEdition, now: datetime, state: str
) -> None:
    make_edition(2)
    with database.write() as conn:
        assert is_sending(conn, 1)
        conn.execute(update(editions).values(state=state))
        assert take(conn, now) is None
        assert not is_sending(conn, 1)


@pytest.mark.parametrize(
    ("state", "reopen"),
    [(S.FAILED, retry_failed), (S.UNCERTAIN, resend_uncertain)],
    ids=["failed", "uncertain"],
)
def test_an_editor_may_have_failed_or_uncertain_ones_sent_again(
    database: Database,
    make_edition: MakeEdition,
    now: datetime,
    state: DeliveryState,
    reopen: Callable[[Connection, int, datetime], int],
) -> None:
    make_edition(3)
    with database.write() as conn:
        batch, rows = claimed(conn, now)
        fence(conn, rows)
        settled = [Settled(row, S.SENT, 250, sent_at=now) for row in rows]
        record(conn, [settled[0]._replace(state=state), *settled[1:]])
        release(conn, batch, owner="me", lease_s=60, now=now)
        assert finish(conn, 1, now)
        assert reopen(conn, 1, now) == 1
        assert edition_state(conn) == "sending"
        assert counts(conn, 1) == Counts(pending=1, sent=2, planned=3)
        _, rows = claimed(conn, now)
        assert [row.subscriber_id for row in rows] == [1]
        assert who(fence(conn, rows)) == {1}


@pytest.mark.parametrize("reopen", [retry_failed, resend_uncertain])
def test_nothing_of_a_paused_edition_is_reopened_behind_the_refusal(
    database: Database,
    make_edition: MakeEdition,
    now: datetime,
    reopen: Callable[[Connection, int, datetime], int],
) -> None:
    make_edition(2)
    with database.write() as conn:
        _, rows = claimed(conn, now)
        fence(conn, rows)
        record(conn, [Settled(rows[0], S.UNCERTAIN), Settled(rows[1], S.FAILED)])
        conn.execute(update(editions).values(state="paused"))
        before = counts(conn, 1)
        with pytest.raises(StateError, match=r"is paused: `digest release --edition daily-.*` lets it go on"):
            reopen(conn, 1, now)
        assert counts(conn, 1) == before


@pytest.mark.parametrize("reopen", [retry_failed, resend_uncertain])
def test_sending_again_needs_an_edition_that_was_sent(
    database: Database,
    make_edition: MakeEdition,
    now: datetime,
    reopen: Callable[[Connection, int, datetime], int],
) -> None:
    make_edition(1, frozen=True)
    with (
        database.write() as conn,
        pytest.raises(StateError, match=r"edition daily-.* is frozen: nothing of it was sent yet"),
    ):
        reopen(conn, 1, now)


def test_bounces_and_complaints_are_marks_on_sent_and_known_once(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(3)
    with database.write() as conn:
        _, rows = claimed(conn, now)
        fence(conn, rows[:2])
        record(conn, [Settled(rows[0], S.SENT, 250, sent_at=now), Settled(rows[1], S.UNCERTAIN)])
        assert mark_bounced(conn, 1, 1, now)
        assert not mark_bounced(conn, 1, 1, now)
        assert mark_complained(conn, 1, 2, now)  # so it had arrived
        assert not mark_bounced(conn, 1, 3, now)  # was never sent
        assert counts(conn, 1) == Counts(sent=2, pending=1, planned=3, bounced=1, complained=1)
        assert [one.subscriber_id for one in records(conn, 1, state=S.SENT)] == [1, 2]
        assert [one.subscriber_id for one in records(conn, 1, after_id=1, limit=1)] == [2]


def test_the_first_acceptance_is_noted_once(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(1)
    with database.write() as conn:
        assert accept_first(conn, 1, transport="smtp", now=now)
        assert not accept_first(conn, 1, transport="outbox", now=now + timedelta(hours=1))
        assert conn.execute(select(editions.c.accepted_at, editions.c.transport)).one() == (now, "smtp")


def test_runs_are_noted(database: Database, make_edition: MakeEdition, now: datetime) -> None:
    make_edition(1)
    with database.write() as conn:
        run_id = start_run(conn, 1, owner="me", now=now)
        end_run(conn, run_id, report='{"sent": 1}', now=now + timedelta(seconds=3))
        row = conn.execute(select(runs)).one()
    assert (row.owner, row.finished_at - row.started_at, row.report) == (
        "me",
        timedelta(seconds=3),
        '{"sent": 1}',
    )


def test_counting_an_unknown_edition_gives_zeros(database: Database) -> None:
    with database.read() as conn:
        assert counts(conn, 99) == Counts()


def test_the_ledger_commits_or_rolls_back_whole_transactions(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(2)
    with Ledger(database) as ledger:
        with ledger.transaction(durable=True) as conn:
            _, rows = claimed(conn, now)

        def fence_and_fail() -> None:
            with ledger.transaction() as conn:
                fence(conn, rows)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fence_and_fail()
        with ledger.transaction() as conn:
            assert counts(conn, 1).pending == 2
            fence(conn, rows)
        with database.read() as conn:
            assert counts(conn, 1).sending == 2


def test_a_tick_writes_all_of_it_or_nothing(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(2)
    with Ledger(database) as ledger:
        with ledger.transaction() as conn:
            _, (first, second) = claimed(conn, now)
        assert who(ledger.tick([], [first])) == {first.subscriber_id}
        sent = [Settled(first, S.SENT, 250, "ok", sent_at=now)]
        too_large = second._replace(subscriber_id=1 << 70)
        with pytest.raises((StoreError, OverflowError)):
            ledger.tick(sent, [second, too_large])
        with database.read() as conn:
            assert (counts(conn, 1).sending, counts(conn, 1).pending) == (1, 1)
        assert who(ledger.tick(sent, [second])) == {second.subscriber_id}
        with database.read() as conn:
            assert (counts(conn, 1).sent, counts(conn, 1).sending) == (1, 1)


def test_a_tick_whose_connection_is_gone_says_so(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(1)
    with Ledger(database) as ledger:
        with ledger.transaction() as conn:
            _, rows = claimed(conn, now)
            driver = conn.connection.dbapi_connection
        assert driver is not None
        driver.close()
        with pytest.raises(
            StoreError, match=r"cannot be (written: Cannot operate|used: the connection is closed; )"
        ):
            ledger.tick([], rows)


def test_a_tick_after_the_connection_was_found_gone_says_so_where_there_is_no_other(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    def refuse(*_: object) -> None:
        raise ledger._driver_error("connection refused")

    make_edition(1)
    with Ledger(database) as ledger:
        with ledger.transaction() as conn:
            _, rows = claimed(conn, now)
            engine = conn.engine
        conn.invalidate()  # as a transaction does that finds it gone
        event.listen(engine, "do_connect", refuse)
        try:
            with pytest.raises(StoreError, match="cannot be written: connection refused"):
                ledger.tick([], rows)
        finally:
            event.remove(engine, "do_connect", refuse)


def test_a_ledger_that_cannot_be_opened_says_so(sqlite_database: Database, tmp_path: Path) -> None:
    ledger = Ledger(sqlite_database)
    ledger._engine = make_engine(parse_url(f"sqlite:///{tmp_path}/none/x.db"), writes=True)
    with pytest.raises(StoreError, match="cannot be opened: check that its folder exists"), ledger:
        pass


def test_a_ledger_on_a_full_disk_says_what_to_do(sqlite_database: Database, now: datetime) -> None:
    plan(sqlite_database, [f"reader{n}" for n in range(500)], batch_size=500)
    with Ledger(sqlite_database) as ledger:
        with ledger.transaction() as conn:
            batch = take(conn, now)
            assert batch is not None
            rows = page(conn, batch, after_id=0, limit=500, now=now)
            pages = conn.scalar(text("PRAGMA page_count"))
            conn.execute(text(f"PRAGMA max_page_count={pages}"))
        words = [Settled(one, S.DEFERRED, 451, "disk full " * 50, due_at=now) for one in rows]
        with pytest.raises(StoreError, match=r"cannot grow, its disk is full: free some space$"):
            ledger.tick(words, [])
    with sqlite_database.read() as conn:
        assert counts(conn, 1) == Counts(pending=500, planned=500)


def test_a_durable_transaction_on_sqlite_reaches_the_disk_and_the_others_need_not(
    sqlite_database: Database,
) -> None:
    def synchronous(ledger: Ledger, *, durable: bool) -> int:
        with ledger.transaction(durable=durable) as conn:
            return int(conn.exec_driver_sql("PRAGMA synchronous").scalar_one())

    with Ledger(sqlite_database) as ledger:
        assert [synchronous(ledger, durable=durable) for durable in (False, True, False)] == [1, 2, 1]


@pytest.mark.postgres
def test_a_connection_that_was_given_up_is_not_opened_again_to_be_closed(postgres_database: Database) -> None:
    """The server may be gone, and what broke would be hidden behind that."""

    def refuse(*_: object) -> None:
        raise AssertionError("it is opened again")

    with Ledger(postgres_database) as ledger:
        assert ledger._connection is not None
        ledger._connection.invalidate()
        event.listen(ledger._engine, "do_connect", refuse)
    event.remove(ledger._engine, "do_connect", refuse)


def test_what_is_fenced_while_the_edition_is_cancelled_does_not_stay_being_sent(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    """Over PostgreSQL, a sender that has not seen the hold yet commits between two statements."""
    make_edition(4)
    with database.write() as conn:
        _, rows = claimed(conn, now)
        fence(conn, rows[:1])
        event.listen(conn, "after_cursor_execute", lambda *_: fence(conn, rows[1:]), once=True)
        assert cancel(conn, 1) == 3
        assert (counts(conn, 1).skipped, counts(conn, 1).uncertain, counts(conn, 1).open) == (3, 1, 0)
