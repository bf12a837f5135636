"""Workers on further machines: nobody is lost, nobody gets it twice, and they keep out where they must."""

from __future__ import annotations

import json
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as hour_of_day
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine, make_url, select, text, update

from digest import desk, handing_over, pipeline, sharing
from digest.acting import Done
from digest.deliver import dkim_keys
from digest.deliver.allowance import UNLIMITED, Allowance, Limits, WarmUp, Window
from digest.deliver.dkim import Identity, Signer
from digest.deliver.pace import DomainLimits
from digest.deliver.transports.base import Transport
from digest.errors import ConfigurationError, StateError, TransportError
from digest.jobs import worker
from digest.messages import composer
from digest.model.delivery import Counts, DeliveryState, Run
from digest.model.edition import EditionState
from digest.model.links import Links, edition_ref
from digest.parts import Parts
from digest.store import alerts, batches, deliveries
from digest.store import runs as run_store
from digest.store.batches import Fate
from digest.store.editions import EditionRow
from digest.store.engine import Database
from digest.store.tables import delivery_batches, subscribers
from digest.store.tables import editions as edition_table

from .conftest import MailServer
from .newsroom import READERS, newsroom

pytestmark = pytest.mark.postgres

Room = tuple[Parts, EditionRow, MailServer]


@pytest.fixture
def room(
    tmp_path: Path, samples: ModuleType, start_server: Callable[..., MailServer], postgres_database: Database
) -> Iterator[Room]:
    """A draft in PostgreSQL, and the mail server it goes to, which takes its time: three seconds in all."""
    server = start_server()
    with newsroom(tmp_path, samples, server.port, url=postgres_database.url, processes=1) as (parts, row):
        yield parts, row, server


@pytest.fixture
def quick_room(
    tmp_path: Path, samples: ModuleType, start_server: Callable[..., MailServer], postgres_database: Database
) -> Iterator[Room]:
    """The same with a mail server that answers at once, where nothing happens in the middle of a send."""
    server = start_server()
    quick = newsroom(tmp_path, samples, server.port, url=postgres_database.url, processes=1, marker="reader")
    with quick as (parts, row):
        yield parts, row, server


@pytest.fixture(autouse=True)
def looking_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the worker runs in this process: its waits after trouble are shorter as well."""
    monkeypatch.setattr(worker, "LOOK_S", 0.05)
    monkeypatch.setattr(worker, "_LONGEST_WAIT_S", 0.5)


@contextmanager
def workers(folder: Path, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    """So many `digest worker` over the settings in ``folder``, ready; killed at the end if need be."""
    started = [started_in(folder, "worker") for _ in range(count)]
    try:
        for process in started:
            assert process.stderr is not None
            assert "waiting for an edition" in process.stderr.readline()
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


def started_in(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "digest", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def working(parts: Parts) -> Iterator[list[Done]]:
    """A worker in a thread of this process; what it told."""
    told: list[Done] = []
    thread = threading.Thread(target=worker.keep_working, args=(parts, told.append))
    thread.start()
    try:
        yield told
    finally:
        parts.stop.set()
        thread.join(30)
        assert not thread.is_alive()


def until(holds: Callable[[], bool], *, within_s: float = 40.0) -> None:
    """Wait for it."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.05)


def more_than(count: int, server: MailServer) -> None:
    """Wait until so many messages have arrived, and one more."""
    until(lambda: len(server.received) > count)


def state(parts: Parts, row: EditionRow) -> EditionState:
    return desk.find(parts, str(row.id)).state


def counted(parts: Parts, row: EditionRow) -> Counts:
    with parts.database.read() as conn:
        return deliveries.counts(conn, row.id)


def runs_of(parts: Parts, row: EditionRow) -> list[Run]:
    with parts.database.read() as conn:
        return run_store.list_runs(conn, row.id)


def elsewhere(parts: Parts, **changes: object) -> Parts:
    """The parts of another machine, which can be stopped by itself."""
    return replace(parts, stop=threading.Event(), **changes)  # type: ignore[arg-type] # by name


def begun(parts: Parts, row: EditionRow) -> EditionRow:
    """The edition as its sender has begun it, and noted how it sends, before the first message."""
    sharing.note(parts, row.key.series, handing_over.allowance_at(parts, parts.clock()))
    pipeline.begin(parts, row, parts.clock())
    return desk.find(parts, str(row.id))


def shared(parts: Parts) -> list[Done]:
    return list(worker.share(parts, parts.clock()))


# --- together ---------------------------------------------------------------------------------------


def test_a_send_and_two_workers_reach_everybody_once(tmp_path: Path, room: Room) -> None:
    parts, row, server = room
    with workers(tmp_path, 2) as helpers:
        with started_in(tmp_path, "send", "--json") as sender:
            until(lambda: state(parts, row) is EditionState.SENT)
            report = json.loads(sender.communicate()[0])
        for process in helpers:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(10) for process in helpers] == [0, 0]
        words = [process.stderr.read() for process in helpers if process.stderr]
    each = [run.report["sent_now"] for run in runs_of(parts, row)]
    assert set(server.recipients.values()) == {1}
    assert len(server.recipients) == READERS
    assert counted(parts, row) == Counts(planned=READERS, sent=READERS)
    assert len(each) == 3
    assert min(each) > 0
    assert sum(each) == READERS
    assert report["sent_now"] in each
    assert all("sent from here: 60 planned = " in said for said in words)


def test_all_machines_make_the_same_message(quick_room: Room) -> None:
    parts, row, _server = quick_room
    fresh = begun(parts, row)
    signer = Signer((Identity("harbour.example", "one", dkim_keys.new_key("ed25519")),))
    signed = replace(parts, signer=lambda: signer, verp=True)
    first, second = (composer(one, fresh) for one in (signed, elsewhere(signed)))
    with parts.database.write() as conn:
        batch = batches.claim(
            conn, row.id, owner="a", lease_s=9, now=parts.clock(), fate=lambda _: Fate.UNKNOWN
        )
        assert batch is not None
        readers = batches.page(conn, batch, after_id=0, limit=9, now=parts.clock())
    assert [first(one) for one in readers] == [second(one) for one in readers]


def test_a_stop_gives_batches_back_within_seconds(tmp_path: Path, room: Room) -> None:
    parts, row, server = room
    begun(parts, row)
    with workers(tmp_path, 1) as (helper,):
        more_than(3, server)
        helper.send_signal(signal.SIGINT)
        assert helper.wait(5) == 0
    with parts.database.read() as conn:
        owners = conn.scalars(select(delivery_batches.c.owner)).all()
    found = counted(parts, row)
    assert set(owners) == {""}
    assert found.sent == len(server.received) < READERS
    assert (found.sending, found.uncertain) == (0, 0)


def test_a_hold_stops_workers_and_a_release_lets_them_go_on(room: Room) -> None:
    parts, row, server = room
    fresh = begun(parts, row)
    with working(elsewhere(parts)):
        more_than(3, server)
        desk.hold(parts, fresh, parts.clock())
        until(lambda: counted(parts, row).sending == 0 and runs_of(parts, row)[0].finished_at is not None)
        taken = len(server.received)
        assert taken < READERS
        time.sleep(0.6)
        assert len(server.received) == taken
        desk.release(parts, fresh, parts.clock())
        until(lambda: state(parts, row) is EditionState.SENT)
    assert set(server.recipients.values()) == {1}
    assert len(server.recipients) == READERS


def test_who_leaves_in_the_middle_gets_nothing_from_a_worker(quick_room: Room) -> None:
    parts, row, server = quick_room
    begun(parts, row)
    with parts.database.write() as conn:
        conn.execute(update(subscribers).where(subscribers.c.id > 50).values(state="unsubscribed"))
    shared(parts)
    assert counted(parts, row) == Counts(planned=READERS, sent=50, suppressed=10)
    assert len(server.received) == 50


def test_once_takes_what_there_is_and_ends(tmp_path: Path, quick_room: Room) -> None:
    parts, row, _server = quick_room
    with started_in(tmp_path, "worker", "--once", "--json") as idle:
        assert json.loads(idle.communicate()[0]) == []
    begun(parts, row)
    with started_in(tmp_path, "worker", "--once", "--json") as helper:
        (done,) = json.loads(helper.communicate()[0])
    assert helper.returncode == 0
    assert done["report"]["counts"]["sent"] == done["report"]["sent_now"] == READERS
    assert done["what"] == "60 sent from here"
    assert state(parts, row) is EditionState.SENT


def test_a_send_says_that_others_have_the_rest(tmp_path: Path, quick_room: Room) -> None:
    parts, row, _server = quick_room
    begun(parts, row)
    with parts.database.write() as conn:
        batches.claim(conn, row.id, owner="a", lease_s=60, now=parts.clock(), fate=lambda _: Fate.UNKNOWN)
    with started_in(tmp_path, "send") as sender:
        said = sender.communicate()[1]
    assert "55 accepted now. In all: 60 planned = 5 pending + 55 sent." in said
    assert "What is open is in the hands of other processes." in said


# --- whoever ends last ------------------------------------------------------------------------------


def test_whoever_ends_last_sees_to_what_all_others_met(quick_room: Room) -> None:
    parts, row, _server = quick_room
    with parts.database.write() as conn:
        address = {"email": "rcpt550@example.net"}
        conn.execute(update(subscribers).where(subscribers.c.id == 1).values(address))
    first = replace(parts, sending=replace(parts.sending, connections=1))
    report = pipeline.send(first, row, parts.clock(), allowance=Allowance(most=3))
    assert (report.counts.failed, report.counts.open) == (1, READERS - 3)
    sharing.note(parts, row.key.series, UNLIMITED)
    done = shared(parts)
    assert state(parts, row) is EditionState.SENT
    assert [step.what for step in done if not step.failed] == ["57 sent from here"]
    assert [step.failed for step in done] == [False, True]  # the alert
    with parts.database.read() as conn:
        assert conn.scalar(select(subscribers.c.state).where(subscribers.c.id == 1)) == "unsubscribed"
        assert [key for key, _at, _text in alerts.list_alerts(conn)] == [f"incomplete:{row.id}"]


def test_an_edition_whose_sender_was_killed_before_it_could_finish_it_is_finished(quick_room: Room) -> None:
    parts, row, _server = quick_room
    begun(parts, row)
    with parts.database.write() as conn:
        conn.execute(update(delivery_batches).values(state="done"))
    assert shared(parts) == []
    assert state(parts, row) is EditionState.SENT


def test_too_many_refusals_pause_it_for_good(room: Room) -> None:
    parts, row, _server = room
    with parts.database.write() as conn:
        refused = update(subscribers).where(subscribers.c.id <= READERS / 2)
        conn.execute(refused.values(email="rcpt550-" + subscribers.c.email))
    begun(parts, row)
    with working(elsewhere(parts)) as told:
        until(lambda: state(parts, row) is EditionState.PAUSED)
        until(lambda: len(told) >= 2)
        time.sleep(0.5)  # a few looks more
    assert len(runs_of(parts, row)) == 1
    assert counted(parts, row).open > 0
    with parts.database.read() as conn:
        (alert,) = alerts.list_alerts(conn)
    assert (
        alert[2]
        == told[-1].what
        == f"the edition {edition_ref(row.key)} is paused: {handing_over.TOO_MANY_REFUSED}"
    )


# --- machines that are lost, databases that are gone ------------------------------------------------


def test_the_batches_of_a_lost_machine_are_taken_over_after_their_lease(quick_room: Room) -> None:
    parts, row, server = quick_room
    begun(parts, row)
    with parts.database.write() as conn:
        lost = batches.claim(
            conn, row.id, owner="far/b/n/1/2/3", lease_s=1, now=parts.clock(), fate=lambda _: Fate.UNKNOWN
        )
        assert lost is not None
    began = time.monotonic()
    with working(elsewhere(parts)):
        until(lambda: state(parts, row) is EditionState.SENT)
    assert time.monotonic() - began >= 1
    assert counted(parts, row) == Counts(planned=READERS, sent=READERS)
    assert set(server.recipients.values()) == {1}


def killed_in_the_middle(
    folder: Path, parts: Parts, row: EditionRow, server: MailServer, *, kills: int
) -> None:
    """Beside a worker that runs, kill one and start another, again and again; then all that was promised."""
    chance = random.Random(kills)
    for kill in range(kills):
        with workers(folder, 1) as (victim,):
            if not kill:
                begun(parts, row)
            more_than(len(server.received) + chance.randint(1, 20), server)
            victim.kill()
        found = counted(parts, row)
        assert found.adds_up
        assert found.open
    until(lambda: state(parts, row) is EditionState.SENT, within_s=200)
    found = counted(parts, row)
    readers = found.planned
    with parts.database.read() as conn:
        unsure = {one.address for one in deliveries.records(conn, row.id, state=DeliveryState.UNCERTAIN)}
    missing = {f"endlate{number}" for number in range(1, readers + 1)} - set(server.recipients)
    assert found.sent + found.uncertain == readers
    assert found.uncertain <= kills * parts.sending.connections
    assert set(server.recipients.values()) == {1}
    assert {f"{name}@example.net" for name in missing} <= unsure


def test_a_worker_that_is_killed_loses_nobody(tmp_path: Path, room: Room) -> None:
    parts, row, server = room
    with workers(tmp_path, 1):
        killed_in_the_middle(tmp_path, parts, row, server, kills=1)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_many_kills_of_workers_lose_nobody(
    tmp_path: Path, samples: ModuleType, start_server: Callable[..., MailServer], postgres_database: Database
) -> None:
    server = start_server()
    room = newsroom(tmp_path, samples, server.port, url=postgres_database.url, processes=1, readers=1500)
    with room as (parts, row), workers(tmp_path, 1):
        killed_in_the_middle(tmp_path, parts, row, server, kills=20)


@contextmanager
def cut_off(url: str) -> Iterator[None]:
    """Everybody is cut off from the database, and nobody let in meanwhile."""
    address = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(address.set(database="postgres"), isolation_level="AUTOCOMMIT")
    end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{address.database}'"
    try:
        with engine.connect() as conn:
            conn.execute(text(f"ALTER DATABASE {address.database} ALLOW_CONNECTIONS false"))
            try:
                conn.execute(text(end))
                yield
            finally:
                conn.execute(text(f"ALTER DATABASE {address.database} ALLOW_CONNECTIONS true"))
    finally:
        engine.dispose()


@pytest.mark.parametrize("sending", [False, True])
def test_a_worker_outlives_its_database_and_says_so_once(
    sending: bool, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    room: Room = request.getfixturevalue("room" if sending else "quick_room")
    parts, row, server = room
    here = elsewhere(parts, sending=replace(parts.sending, lease_s=2.0))
    with caplog.at_level(logging.INFO, "digest"), working(here):
        if sending:
            begun(parts, row)
            more_than(3, server)
        else:
            time.sleep(0.2)
        with cut_off(parts.database.url):
            until(lambda: "trying again until it can" in caplog.text)
            time.sleep(0.8)  # a try or two more
        if not sending:
            begun(parts, row)
        until(lambda: state(parts, row) is EditionState.SENT)
    found = counted(parts, row)
    assert set(server.recipients.values()) == {1}
    assert found.sent + found.uncertain == READERS
    assert found.uncertain <= here.sending.connections
    assert found.sent >= READERS - here.sending.connections
    assert caplog.text.count("trying again until it can") == 1
    assert caplog.text.count("it can: going on") == 1


@pytest.mark.parametrize(
    "error", [ConfigurationError("the password's file is gone"), ValueError("what nobody expects")]
)
def test_a_worker_outlives_whatever_fails(
    error: Exception, quick_room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    parts, row, server = quick_room
    calls = 0

    def why_not(*_: object) -> str:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise error
        return ""

    monkeypatch.setattr(sharing, "why_not", why_not)
    begun(parts, row)
    with working(elsewhere(parts)):
        until(lambda: state(parts, row) is EditionState.SENT)
    assert set(server.recipients.values()) == {1}
    assert caplog.text.count(f"{error}; trying again until it can") == 1
    assert ("Traceback" in caplog.text) is isinstance(error, ValueError)


def test_connections_that_are_cut_are_opened_anew(room: Room) -> None:
    parts, row, server = room
    here = elsewhere(parts, sending=replace(parts.sending, lease_s=2.0))
    begun(parts, row)
    with working(here):
        for more in (3, 25):
            more_than(more, server)
            with cut_off(parts.database.url):
                pass
        until(lambda: state(parts, row) is EditionState.SENT)
    assert set(server.recipients.values()) == {1}
    found = counted(parts, row)
    assert found.sent + found.uncertain == READERS


def test_a_mail_server_that_is_down_is_waited_for(quick_room: Room, caplog: pytest.LogCaptureFixture) -> None:
    parts, row, server = quick_room
    begun(parts, row)
    down = threading.Event()

    def transport() -> Transport:
        if not down.is_set():
            raise TransportError("the mail server can't be reached")
        return parts.transport()

    with caplog.at_level(logging.INFO, "digest"), working(elsewhere(parts, transport=transport)):
        time.sleep(0.6)
        assert counted(parts, row).pending == READERS
        down.set()
        until(lambda: state(parts, row) is EditionState.SENT)
    assert caplog.text.count("the mail server can't be reached; trying again until it can") == 1
    assert set(server.recipients.values()) == {1}


# --- where a worker keeps out -----------------------------------------------------------------------


def keeps_out(parts: Parts, row: EditionRow, reason: str) -> bool:
    """Whether a worker keeps out for this reason alone, and touches nothing."""
    before = counted(parts, row)
    (done,) = shared(parts)
    assert done.failed
    assert reason in done.what
    return counted(parts, row) == before and not runs_of(parts, row)


def test_a_worker_keeps_out_while_the_pace_is_limited_here_or_there(quick_room: Room) -> None:
    parts, row, _server = quick_room
    reason = "not shared: the pace is limited"
    begun(parts, row)
    for sending in (
        replace(parts.sending, rate_per_s=50.0),
        replace(parts.sending, domains=DomainLimits(at_once=2)),
    ):
        assert keeps_out(elsewhere(parts, sending=sending), row, reason)
        sharing.note(replace(parts, sending=sending), "daily", UNLIMITED)
        assert keeps_out(elsewhere(parts), row, reason)
    warming = replace(parts.limits, warm_up=WarmUp(parts.clock().date(), 1000, 2.0))
    sharing.note(parts, "daily", UNLIMITED)
    assert keeps_out(elsewhere(parts, limits=warming), row, reason)
    sharing.note(parts, "daily", Allowance(most=940))
    assert keeps_out(elsewhere(parts), row, reason)
    sharing.note(parts, "daily", UNLIMITED)
    assert shared(elsewhere(parts))[0].what == "60 sent from here"


def test_a_worker_keeps_out_while_somebody_sends_at_a_pace_not_yet_noted(quick_room: Room) -> None:
    parts, row, server = quick_room
    begun(parts, row)
    paced = elsewhere(parts, sending=replace(parts.sending, rate_per_s=9.0))
    with handing_over.alone(paced, UNLIMITED, parts.clock()):
        assert keeps_out(parts, row, "another process")
    assert server.received == []


def test_a_worker_keeps_out_where_its_messages_would_differ(quick_room: Room) -> None:
    parts, row, _server = quick_room
    begun(parts, row)
    signer = Signer((Identity("harbour.example", "one", dkim_keys.new_key("ed25519")),))
    named = replace(parts.publication, from_name="Another")
    for changes, names in (
        ({"publication": named}, "From"),
        ({"signer": lambda: signer}, "DKIM-Signature"),
        ({"verp": True}, "envelope sender"),
        ({"links": Links("https://elsewhere.example")}, "List-Unsubscribe, body"),
        ({"secret": b"another"}, "Message-ID, List-Unsubscribe, body"),
        ({"transport_name": "outbox"}, "transport"),
    ):
        reason = f"messages from here would differ from the sender's in {names}: settings"
        assert keeps_out(elsewhere(parts, **changes), row, reason)


def test_a_worker_keeps_out_of_what_an_older_program_has_begun(quick_room: Room) -> None:
    parts, row, _server = quick_room
    pipeline.begin(parts, row, parts.clock())
    assert keeps_out(parts, row, "no `digest run` or `digest send` has noted yet how it sends")


def test_a_worker_keeps_out_while_its_clock_is_wrong(quick_room: Room) -> None:
    parts, row, _server = quick_room
    begun(parts, row)
    behind = elsewhere(parts, clock=lambda: datetime.now(UTC) - timedelta(minutes=1))
    assert keeps_out(behind, row, "the clocks of this machine and the database are more than 30 s apart")


def test_a_sender_notes_how_it_sends_before_it_begins(
    quick_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, row, _server = quick_room

    def begin(*_args: object) -> None:
        raise StateError(f"so far: {sharing.why_not(parts, 'daily', UNLIMITED) or 'noted'}")

    monkeypatch.setattr(pipeline, "begin", begin)
    with pytest.raises(StateError, match="so far: noted"):
        pipeline.send(parts, row, parts.clock())


def test_what_keeps_a_worker_out_is_told_once_and_looked_at_again(
    quick_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, row, _server = quick_room
    monkeypatch.setattr(worker, "_LONGEST_WAIT_S", 0.2)
    begun(parts, row)
    with working(elsewhere(parts, verp=True)) as told:
        time.sleep(0.6)
        assert len(told) == 1
        sharing.note(replace(parts, verp=True), "daily", UNLIMITED)
        until(lambda: state(parts, row) is EditionState.SENT)
    assert [step.failed for step in told] == [True, False]


def test_a_worker_waits_outside_the_window_and_leaves_what_is_too_old(quick_room: Room) -> None:
    parts, row, _server = quick_room
    begun(parts, row)
    hour = parts.clock().hour
    closed = Window(hour_of_day((hour + 2) % 24), hour_of_day((hour + 3) % 24))
    assert shared(elsewhere(parts, limits=Limits(ZoneInfo("UTC"), closed))) == []
    old = parts.clock() - timedelta(hours=28)
    with parts.database.write() as conn:
        conn.execute(update(edition_table).values(slot=old, updated_at=old))
    assert shared(parts) == []
    assert counted(parts, row).pending == READERS


def test_a_held_edition_and_one_whose_batches_are_all_taken_are_left_alone(
    quick_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, row, _server = quick_room
    monkeypatch.setattr(handing_over, "hand_over", lambda *_: pytest.fail("there is nothing to share"))
    fresh = begun(parts, row)
    desk.hold(parts, fresh, parts.clock())
    assert shared(parts) == []
    desk.release(parts, fresh, parts.clock())
    with parts.database.write() as conn:
        while batches.claim(
            conn, row.id, owner="a", lease_s=60, now=parts.clock(), fate=lambda _: Fate.UNKNOWN
        ):
            pass
    assert shared(parts) == []
