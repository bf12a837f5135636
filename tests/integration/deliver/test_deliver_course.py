"""The course of a run: stopped, held, paced, shared between owners, and cut short by its own side."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from digest.deliver.allowance import Allowance
from digest.deliver.envelope import Envelope
from digest.deliver.one import hand_over_one
from digest.deliver.pace import DomainLimits
from digest.deliver.run import SendOptions, SendReport
from digest.deliver.send import LEAST_REFUSED, deliver
from digest.deliver.transports.memory import MemoryTransport
from digest.errors import RenderError, StoreError, TransportError
from digest.model.delivery import Accepted, Counts, Deferred, DeliveryState, Recipient, Rejected
from digest.store.batches import claim
from digest.store.deliveries import counts, records
from digest.store.engine import Database
from digest.store.tables import deliveries as deliveries_table
from digest.store.tables import delivery_batches, editions, runs, subscribers

Compose = Callable[[Recipient], Envelope]
OPTIONS = SendOptions(connections=2, reconnect_s=0.001, page_size=7)


def run(database: Database, transport: Any, compose: Compose, **more: Any) -> SendReport:
    known: dict[str, Any] = {"clock": lambda: datetime.now(UTC), "stop": threading.Event(), **more}
    return deliver(database, 1, transport=transport, compose=compose, **{"options": OPTIONS, **known})


def counted(database: Database) -> Counts:
    with database.read() as conn:
        return counts(conn, 1)


def owners(database: Database) -> set[str]:
    with database.read() as conn:
        return set(conn.scalars(select(delivery_batches.c.owner)))


def test_a_stop_finishes_what_is_in_flight_and_gives_the_rest_back(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Compose,
) -> None:
    make_edition(sqlite_database, 100)
    server = start_server()
    stop = threading.Event()

    def stop_at_20(to: Recipient) -> Envelope:
        if to.subscriber_id == 20:
            stop.set()
        return compose(to)

    paced = replace(OPTIONS, rate_per_s=200)
    report = run(sqlite_database, smtp_transport(server.port), stop_at_20, stop=stop, options=paced)
    assert report.stopped
    assert report.counts == Counts(sent=report.sent_now, pending=100 - report.sent_now, planned=100)
    assert 20 <= report.sent_now < 100
    assert owners(sqlite_database) == {""}
    assert run(sqlite_database, smtp_transport(server.port), compose).counts == Counts(sent=100, planned=100)
    assert set(server.recipients.values()) == {1}


def test_a_stop_does_not_wait_for_ever_for_an_answer(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Compose,
) -> None:
    make_edition(sqlite_database, ["ok", "endnever"])
    server = start_server()
    stop = threading.Event()

    def stop_when_one_is_answered() -> None:
        while counted(sqlite_database).sent < 1 or len(server.received) < 2:
            time.sleep(0.01)
        stop.set()

    watcher = threading.Thread(target=stop_when_one_is_answered)
    watcher.start()
    report = run(
        sqlite_database,
        smtp_transport(server.port, content_s=30),
        compose,
        stop=stop,
        options=replace(OPTIONS, connections=1, stop_grace_s=0.2),
    )
    watcher.join()
    assert report.counts == Counts(sent=1, uncertain=1, planned=2)
    assert not report.stopped  # nothing was left to do


def test_a_hold_is_noticed_within_seconds(
    database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    make_edition(database, 100)
    held = threading.Event()

    def hold() -> None:
        with database.write() as conn:
            conn.execute(update(editions).values(state="paused"))
        held.set()

    timer = threading.Timer(0.2, hold)
    timer.start()
    began = time.monotonic()
    report = run(database, MemoryTransport(), compose, options=replace(OPTIONS, rate_per_s=10))
    assert held.is_set()
    assert time.monotonic() - began < 9  # all would take ten seconds
    assert report.stopped
    assert report.counts.pending == 100 - report.sent_now
    assert owners(database) == {""}
    timer.join()
    with database.write() as conn:
        conn.execute(update(editions).values(state="sending"))
    assert run(database, MemoryTransport(), compose).counts == Counts(sent=100, planned=100)


def test_an_edition_that_is_not_sending_is_left_alone(
    sqlite_database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    make_edition(sqlite_database, 3)
    with sqlite_database.write() as conn:
        conn.execute(update(editions).values(state="paused"))
    transport = MemoryTransport()
    report = run(sqlite_database, transport, compose)
    assert report.stopped
    assert transport.messages == []
    assert report.counts == Counts(pending=3, planned=3)


def test_the_pace_is_kept_over_all_connections(
    sqlite_database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    make_edition(sqlite_database, 20)
    report = run(sqlite_database, MemoryTransport(), compose, options=replace(OPTIONS, rate_per_s=50))
    assert report.sent_now == 20
    assert report.duration_s >= (20 - 1) / 50 - 0.11


def test_two_owners_share_the_batches_and_nobody_is_mailed_twice(
    database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Compose,
) -> None:
    make_edition(database, 200)
    server = start_server()
    reports: list[SendReport] = []
    paced = replace(OPTIONS, rate_per_s=300)

    def one() -> None:
        reports.append(run(database, smtp_transport(server.port), compose, options=paced))

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.recipients == {f"ok{n}": 1 for n in range(1, 201)}
    assert sum(report.sent_now for report in reports) == 200
    assert min(report.sent_now for report in reports) > 0
    assert counted(database) == Counts(sent=200, planned=200)


def test_a_batch_that_another_owner_took_is_dropped_and_nobody_is_mailed_twice(
    sqlite_database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    make_edition(sqlite_database, 40, batch_size=40)
    transport, other = MemoryTransport(), MemoryTransport()
    taken = threading.Event()
    composed: list[int] = []

    def steal(to: Recipient) -> Envelope:
        composed.append(to.subscriber_id)
        if to.subscriber_id == 10 and not taken.is_set():
            taken.set()
            with sqlite_database.write() as conn:
                conn.execute(update(delivery_batches).values(lease_until=datetime.now(UTC)))
            thief = threading.Thread(target=run, args=(sqlite_database, other, compose))
            thief.start()
            thief.join()
        return compose(to)

    run(
        sqlite_database,
        transport,
        steal,
        options=replace(OPTIONS, connections=1, page_size=50, rate_per_s=50, lease_s=0.3),
    )
    got = Counter(message.recipient for message in transport.messages + other.messages)
    assert set(got.values()) == {1}
    assert len(other.messages) >= 30
    assert len(composed) < 40  # the rest was dropped at the next renewal
    assert counted(sqlite_database).sent == 40


def test_a_lease_is_renewed_while_the_run_lasts(
    sqlite_database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    make_edition(sqlite_database, 30, batch_size=30)
    leases: set[datetime] = set()

    def look(to: Recipient) -> Envelope:
        with sqlite_database.read() as conn:
            leases.update(one for one in conn.scalars(select(delivery_batches.c.lease_until)) if one)
        return compose(to)

    run(sqlite_database, MemoryTransport(), look, options=replace(OPTIONS, rate_per_s=30, lease_s=0.6))
    assert len(leases) >= 3


def test_who_unsubscribes_in_the_middle_gets_nothing(
    database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Compose,
) -> None:
    make_edition(database, 30)
    server = start_server()

    def leave(to: Recipient) -> Envelope:
        if to.subscriber_id == 2:
            with database.write() as conn:
                conn.execute(
                    update(subscribers).where(subscribers.c.id.in_([5, 25])).values(state="unsubscribed")
                )
        return compose(to)

    report = run(database, smtp_transport(server.port), leave)
    assert report.counts == Counts(sent=28, suppressed=2, planned=30)
    assert server.recipients == {f"ok{n}": 1 for n in range(1, 31) if n not in (5, 25)}


def test_a_message_that_cannot_be_made_fails_alone(
    sqlite_database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    make_edition(sqlite_database, 5)

    def fail(to: Recipient) -> Envelope:
        if to.subscriber_id == 3:
            raise RenderError("a placeholder is left")
        return compose(to)

    report = run(sqlite_database, MemoryTransport(), fail)
    assert report.counts == Counts(sent=4, failed=1, planned=5)
    with sqlite_database.read() as conn:
        failed = records(conn, 1, state=DeliveryState.FAILED)
    assert [one.text for one in failed] == ["the message could not be made: a placeholder is left"]


def test_a_fault_in_composing_ends_the_run_in_good_order(
    sqlite_database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    make_edition(sqlite_database, 20)

    def fail(to: Recipient) -> Envelope:
        if to.subscriber_id == 10:
            raise KeyError(to.variant)
        return compose(to)

    with pytest.raises(KeyError):
        run(sqlite_database, MemoryTransport(), fail)
    found = counted(sqlite_database)
    assert found.pending + found.sent == 20
    assert found.pending >= 11
    assert owners(sqlite_database) == {""}


def test_a_ledger_that_cannot_be_written_ends_the_run_and_nothing_is_mailed_twice(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Compose,
) -> None:
    make_edition(sqlite_database, 30)
    server = start_server()
    refuse = (
        "CREATE TRIGGER full BEFORE UPDATE ON deliveries WHEN new.subscriber_id = 15"
        " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    )
    with sqlite_database.write() as conn:
        conn.execute(text(refuse))
    with pytest.raises(StoreError, match="disk full"):
        run(sqlite_database, smtp_transport(server.port), compose)
    with sqlite_database.write() as conn:
        conn.execute(text("DROP TRIGGER full"))
        conn.execute(update(delivery_batches).values(lease_until=datetime.now(UTC) - timedelta(seconds=1)))
    report = run(sqlite_database, smtp_transport(server.port), compose)
    assert report.counts.sent + report.counts.uncertain == 30
    assert report.counts.uncertain <= 2
    assert set(server.recipients.values()) == {1}


def test_progress_and_the_report_are_told(
    sqlite_database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    make_edition(sqlite_database, 12)
    told: list[tuple[Counts, float]] = []
    transport = MemoryTransport(
        lambda message: Rejected(550, "no") if message.recipient.startswith("ok1@") else Accepted()
    )
    report = run(sqlite_database, transport, compose, progress=lambda found, rate: told.append((found, rate)))
    assert told[0][0].adds_up
    assert (report.sent_now, report.failed_now) == (11, 1)
    assert report.next_due_at is None
    with sqlite_database.read() as conn:
        assert conn.scalar(select(editions.c.state)) == "sent"
        assert conn.scalar(select(editions.c.transport)) == "memory"
        row = conn.execute(select(runs)).one()
        assert row.finished_at is not None
        assert '"sent_now": 11' in row.report
    again = run(sqlite_database, transport, compose)
    assert (again.sent_now, again.stopped) == (0, False)
    with sqlite_database.read() as conn:
        assert conn.scalar(select(func.count()).select_from(runs)) == 1  # finding nothing due is no run


def test_looking_again_while_mail_is_deferred_writes_no_run(
    sqlite_database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    make_edition(sqlite_database, 3)
    busy = MemoryTransport(lambda _: Deferred(451, "later"))
    for _ in range(3):
        report = run(sqlite_database, busy, compose)
    assert report.counts.deferred == 3
    assert report.next_due_at is not None
    with sqlite_database.read() as conn:
        assert conn.scalar(select(func.count()).select_from(runs)) == 1


def test_a_batch_of_a_dead_process_is_taken_over_at_once(
    sqlite_database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    from digest.deliver.owner import fate_of, new_owner  # noqa: PLC0415 only here

    make_edition(sqlite_database, 5)
    parts = new_owner().split("/")
    dead = "/".join([*parts[:3], "1", "0", "abcd"])  # process 1 did not start with the kernel's clock at 0
    with sqlite_database.write() as conn:
        assert claim(conn, 1, owner=dead, lease_s=3600, now=datetime.now(UTC), fate=fate_of) is not None
    assert run(sqlite_database, MemoryTransport(), compose).sent_now == 5


def test_one_message_is_handed_over_without_the_ledger(
    start_server: Callable[..., Any], smtp_transport: Callable[..., Any]
) -> None:
    server = start_server()

    def hand(to: str) -> object:
        return hand_over_one(
            smtp_transport(server.port), Envelope("a@example.org", to, (b"Subject: x\r\n\r\nx\r\n",))
        )

    assert hand("ok@example.org") == Accepted(250, "2.0.0 taken")
    assert hand("rcpt550@example.org") == Rejected(550, "5.1.1 nobody of that name")
    assert isinstance(hand("rcptdrop@example.org"), Deferred)
    assert server.recipients == {"ok": 1}
    with pytest.raises(TransportError, match="cannot reach"):
        hand_over_one(smtp_transport(1), Envelope("a@example.org", "b@example.org", (b"x\r\n",)))


def test_a_locked_database_is_waited_for(
    sqlite_database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    make_edition(sqlite_database, 20)
    path = sqlite_database.url.removeprefix("sqlite:///")
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, lambda: other.execute("ROLLBACK"))
    timer.start()
    try:
        assert run(sqlite_database, MemoryTransport(), compose).sent_now == 20
    finally:
        timer.join()
        other.close()


def test_a_run_takes_on_no_more_than_it_is_allowed(
    database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    make_edition(database, 50)
    outgoing = MemoryTransport()
    report = run(database, outgoing, compose, allowance=Allowance(most=20))
    assert (report.sent_now, report.stopped, report.counts.pending) == (20, True, 30)
    assert owners(database) == {""}
    last = run(database, outgoing, compose, allowance=Allowance(most=30))
    assert (last.sent_now, last.stopped, last.counts.open) == (30, False, 0)
    assert Counter(one.recipient for one in outgoing.messages).most_common(1)[0][1] == 1


def test_a_run_ends_when_the_window_closes(
    sqlite_database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    make_edition(sqlite_database, 1_000)
    begun = datetime.now(UTC)
    report = run(
        sqlite_database,
        MemoryTransport(),
        compose,
        options=replace(OPTIONS, rate_per_s=500),
        allowance=Allowance(until=begun + timedelta(seconds=0.4)),
    )
    assert report.stopped
    assert 0 < report.sent_now < 1_000
    assert report.counts.pending == 1_000 - report.sent_now


def test_a_run_that_is_refused_too_much_stops_by_itself(
    sqlite_database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    make_edition(sqlite_database, 2_000)
    refusing = MemoryTransport(
        lambda to: Rejected(code=554, text="5.7.1 listed") if to.recipient < "reader05" else Accepted()
    )
    cautious = replace(OPTIONS, stop_share=0.1, rate_per_s=2_000)
    report = run(sqlite_database, refusing, compose, options=cautious)
    assert report.refused
    assert report.stopped
    assert report.counts.failed >= 20
    assert report.counts.pending > 500
    again = run(sqlite_database, refusing, compose, options=cautious)  # as after a crash before the pause
    assert again.refused
    assert again.failed_now > 0
    assert again.counts.pending > 500
    welcoming = run(sqlite_database, MemoryTransport(), compose, options=replace(cautious, rate_per_s=None))
    assert not welcoming.refused  # what was refused once stops nobody to whom nothing is
    assert welcoming.counts.open == 0


def test_a_run_that_may_be_refused_everything_goes_on_to_the_end(
    sqlite_database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    make_edition(sqlite_database, 100)
    refusing = MemoryTransport(lambda _: Rejected(code=554, text="5.7.1 listed"))
    unmindful = run(sqlite_database, refusing, compose, options=replace(OPTIONS, stop_share=0))
    assert not unmindful.refused
    assert unmindful.counts.open == 0


def hold(database: Database) -> None:
    with database.write() as conn:
        conn.execute(update(editions).values(state="paused", reason="refused"))


def test_an_edition_that_is_refused_too_much_is_held_before_others_can_go_on_with_it(
    sqlite_database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    make_edition(sqlite_database, 200)
    held: list[set[str]] = []

    def on_refused() -> None:
        held.append(owners(sqlite_database))
        hold(sqlite_database)

    refusing = MemoryTransport(lambda _: Rejected(code=554, text="5.7.1 listed"))
    options = replace(OPTIONS, stop_share=0.1, rate_per_s=200)
    report = run(sqlite_database, refusing, compose, options=options, on_refused=on_refused)
    ((first, *rest),) = [sorted(each) for each in held]
    assert (bool(first), bool(rest)) == (False, True)  # this run's batches were its own still
    assert report.refused
    assert owners(sqlite_database) == {""}
    assert edition(sqlite_database) == ("paused", "refused")


def test_an_edition_that_was_held_when_all_was_under_way_is_sent(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Compose,
) -> None:
    # One rides along with the slow one, and the least that may stop a run are refused: all is then under way.
    make_edition(sqlite_database, ["endslow", *(f"rcpt550-{n}" for n in range(LEAST_REFUSED + 1))])
    held: list[Counts] = []

    def on_refused() -> None:
        held.append(counted(sqlite_database))
        hold(sqlite_database)

    report = run(
        sqlite_database,
        smtp_transport(start_server().port, content_s=30),
        compose,
        options=replace(OPTIONS, stop_share=0.1),
        on_refused=on_refused,
    )
    assert [(one.open, one.failed) for one in held] == [(2, LEAST_REFUSED)]
    assert not report.refused
    assert report.counts == Counts(planned=LEAST_REFUSED + 2, sent=1, failed=LEAST_REFUSED + 1)
    assert edition(sqlite_database) == ("sent", "")


def edition(database: Database) -> tuple[str, str]:
    with database.read() as conn:
        state, reason = conn.execute(select(editions.c.state, editions.c.reason)).one()
    return state, reason


@pytest.mark.parametrize("reason", ["warm-up", "window", "refusals"])
def test_a_run_that_ends_by_itself_waits_for_slow_answers(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Compose,
    reason: str,
) -> None:
    refused = [f"rcpt550-{n}" for n in range(25)] if reason == "refusals" else []
    make_edition(sqlite_database, ["endslow", *refused, *(f"ok-{n}" for n in range(400))])
    server = start_server()
    until = datetime.now(UTC) + timedelta(seconds=0.3) if reason == "window" else None
    report = run(
        sqlite_database,
        smtp_transport(server.port, content_s=30),
        compose,
        options=replace(OPTIONS, stop_grace_s=0.05, stop_share=0.1, rate_per_s=200),
        allowance=Allowance(most=5 if reason == "warm-up" else None, until=until),
        on_refused=lambda: hold(sqlite_database),
    )
    assert report.stopped
    assert report.counts.pending > 0
    assert (report.counts.uncertain, report.counts.failed) == (0, len(refused))
    assert states(sqlite_database)["endslow"] is DeliveryState.SENT


def states(database: Database) -> dict[str, DeliveryState]:
    with database.read() as conn:
        return {one.address.partition("@")[0]: one.state for one in records(conn, 1)}


def test_somebody_can_stop_a_run_that_waits_for_its_last_answers(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Compose,
) -> None:
    make_edition(sqlite_database, ["endnever", "ok-1", "ok-2", "ok-3"])
    server = start_server()
    stop = threading.Event()

    def stop_when_it_waits() -> None:
        while counted(sqlite_database).sent < 1:
            time.sleep(0.01)
        time.sleep(0.3)  # several looks around
        stop.set()

    watcher = threading.Thread(target=stop_when_it_waits)
    watcher.start()
    report = run(
        sqlite_database,
        smtp_transport(server.port, content_s=30),
        compose,
        stop=stop,
        options=replace(OPTIONS, stop_grace_s=0.2),
        allowance=Allowance(most=3),
    )
    watcher.join()
    # One of them may have been handed to the connection that waits: then it comes back, and one is sent.
    found = report.counts
    assert found in [Counts(sent=n, uncertain=1, pending=3 - n, planned=4) for n in (1, 2)]
    assert report.duration_s < 15


def test_a_domain_is_spared_while_others_go(
    sqlite_database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    make_edition(sqlite_database, 40)
    with sqlite_database.write() as conn:
        slow = deliveries_table.c.subscriber_id <= 4
        conn.execute(update(deliveries_table).where(slow).values(address="reader@slow.example"))
    outgoing = MemoryTransport()
    spared = replace(OPTIONS, domains=DomainLimits(rates={"slow.example": 4.0}))
    began = time.monotonic()
    report = run(sqlite_database, outgoing, compose, options=spared)
    assert report.counts == Counts(sent=40, planned=40)
    assert time.monotonic() - began > 0.5  # four at four a second, less what a burst makes up for
    order = [one.recipient for one in outgoing.messages]
    assert order[1] != "reader@slow.example"  # the others did not wait for them
    assert order[-1] == "reader@slow.example"


def test_a_stop_gives_back_those_whose_domain_was_full(
    sqlite_database: Database, make_edition: Callable[..., int], compose: Compose
) -> None:
    make_edition(sqlite_database, 30)
    spared = replace(OPTIONS, domains=DomainLimits(per_s=20.0))
    report = run(sqlite_database, MemoryTransport(), compose, options=spared, allowance=Allowance(most=5))
    assert (report.sent_now, report.counts.pending) == (5, 25)
    assert owners(sqlite_database) == {""}
    assert run(sqlite_database, MemoryTransport(), compose).counts == Counts(sent=30, planned=30)
