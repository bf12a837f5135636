"""While anything limits the pace, one process of a publication sends at a time."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, update

from digest import handing_over, pipeline
from digest.daily import _busy, ensure
from digest.deliver.allowance import UNLIMITED, Limits, WarmUp
from digest.deliver.envelope import Envelope
from digest.deliver.owner import fate_of
from digest.deliver.transports.memory import MemoryTransport
from digest.errors import NotNowError
from digest.model.delivery import Accepted, Outcome
from digest.parts import Parts
from digest.settings import Settings
from digest.store import alerts, editions, turn
from digest.store.batches import Fate
from digest.store.editions import EditionRow
from digest.store.engine import Database
from digest.store.tables import edition_variants
from digest.store.tables import editions as edition_rows
from tests.planned import plan
from tests.wired import parts_of, running_from

MakeParts = Callable[..., Parts]
READERS = 100
START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # an hour at which nothing else is owed
TAKE_AND_HANG = """
import sys, time
from datetime import datetime
from digest.deliver.owner import fate_of, new_owner
from digest.store import turn
from digest.store.engine import open_database
with open_database(sys.argv[1]) as database:
    with database.write() as conn:
        now = datetime.fromisoformat(sys.argv[3])
        turn.take(conn, sys.argv[2], owner=new_owner(), lease_s=3600, now=now, fate=fate_of)
    print("mine", flush=True)
    time.sleep(60)
"""


class Watched(MemoryTransport):
    """Counts how often the mail server is looked at."""

    looks = 0

    def check(self) -> None:
        self.looks += 1


@pytest.fixture
def process(database: Database, tmp_path: Path) -> MakeParts:
    """process(answer) gives the parts of one that sends an edition, 200 messages a second at most."""
    plan(database, [f"reader{n}" for n in range(READERS)], batch_size=10)
    clock = running_from(START)

    def make(answer: Callable[[Envelope], Outcome] | None = None) -> Parts:
        built = parts_of(database, Settings(folder=tmp_path), clock, MemoryTransport(answer))
        return replace(built, sending=replace(built.sending, rate_per_s=200.0, batch_size=10))

    slug = make().publication.slug
    with database.write() as conn:
        moved = {"slot": START, "updated_at": START, "frozen_at": START}
        conn.execute(update(edition_rows).values(publication=slug, **moved))
        page = {"subject": "s", "preheader": "", "html": "<p>x</p>", "text": "x", "mjml": ""}
        conn.execute(insert(edition_variants).values(edition_id=1, key="all", story_count=1, **page))
    return make


def stored(parts: Parts) -> EditionRow:
    with parts.database.read() as conn:
        row = editions.get_edition(conn, 1)
    assert row is not None
    return row


def test_heartbeats_that_overlap_keep_to_the_share_of_a_warm_up(process: MakeParts) -> None:
    accepted: list[str] = []

    def answer(envelope: Envelope) -> Outcome:
        accepted.append(envelope.recipient)
        return Accepted()

    limits = Limits(ZoneInfo("UTC"), None, WarmUp(START.date(), 30, 2.0))
    beats = [replace(process(answer), limits=limits) for _ in range(4)]
    threads = [threading.Thread(target=ensure, args=(one, one.clock())) for one in beats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(accepted) == 30
    with beats[0].database.read() as conn:
        assert alerts.list_alerts(conn) == []


def test_a_second_send_at_a_limited_pace_is_told_why_and_a_heartbeat_stays_quiet(process: MakeParts) -> None:
    mine, other = process(), process()
    with handing_over.alone(mine, UNLIMITED, mine.clock()):
        with pytest.raises(NotNowError, match=r"another process \(.*, process \d+\) sends.* pace is limited"):
            pipeline.send(other, stored(other), other.clock())
        unlimited = replace(other, sending=replace(other.sending, rate_per_s=None))
        with pytest.raises(NotNowError, match="another process"):
            pipeline.send(unlimited, stored(other), other.clock())
        watched = Watched()
        assert ensure(replace(other, transport=lambda: watched), other.clock()) == ()
        assert watched.looks == 0
        assert _busy(other, other.clock())  # what falls due meanwhile is not late for it
    report = pipeline.send(other, stored(other), other.clock())
    assert (report.sent_now, report.counts.open) == (READERS, 0)


def test_processes_that_nothing_limits_share_an_edition_as_ever(process: MakeParts) -> None:
    free = [replace(one, sending=replace(one.sending, rate_per_s=None)) for one in (process(), process())]
    with handing_over.alone(free[0], UNLIMITED, free[0].clock()):
        report = pipeline.send(free[1], stored(free[1]), free[1].clock())
    assert report.sent_now == READERS


def test_a_run_that_nothing_limits_ends_once_one_at_a_limited_pace_began(process: MakeParts) -> None:
    paced = process()
    free = replace(paced, sending=replace(paced.sending, rate_per_s=None))
    with handing_over.alone(free, UNLIMITED, free.clock()) as (keep, _):
        assert keep()
        with handing_over.alone(paced, UNLIMITED, paced.clock()):
            assert not keep()
        assert keep()


def test_the_turn_of_a_process_that_was_killed_is_free_at_once(process: MakeParts) -> None:
    parts = process()
    said = [parts.database.url, parts.publication.slug, parts.clock().isoformat()]
    command = [sys.executable, "-c", TAKE_AND_HANG, *said]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as hung:
        assert hung.stdout is not None
        assert hung.stdout.readline() == b"mine\n"
        with pytest.raises(NotNowError):
            pipeline.send(parts, stored(parts), parts.clock())
        hung.kill()
        hung.wait()
        assert pipeline.send(parts, stored(parts), parts.clock()).sent_now == READERS


def test_the_turn_of_another_machine_is_free_when_its_lease_is_over(database: Database) -> None:
    now = START

    def taken(owner: str, at: datetime, fate: Fate = Fate.UNKNOWN) -> str:
        with database.write() as conn:
            return turn.take(conn, "p", owner=owner, lease_s=120, now=at, fate=lambda _: fate)

    assert taken("a", now) == ""
    assert taken("b", now + timedelta(seconds=100)) == "a"
    assert taken("a", now + timedelta(seconds=100)) == ""
    assert taken("b", now + timedelta(seconds=200)) == "a"
    assert taken("b", now + timedelta(seconds=230)) == ""
    assert taken("a", now + timedelta(seconds=230)) == "b"
    with database.write() as conn:
        turn.give_back(conn, "p", owner="a", now=now)  # which is not a's any more
        assert turn.whose(conn, "p", now=now + timedelta(seconds=231), fate=fate_of) == "b"
        turn.give_back(conn, "p", owner="b", now=now + timedelta(seconds=300))
        since, until = turn.last(conn, "p", now=now + timedelta(days=1), fate=fate_of) or (now, now)
    assert (since, until) == (now + timedelta(seconds=230), now + timedelta(seconds=300))


def test_a_clock_set_forward_takes_the_turn_from_no_process_that_lives_here(database: Database) -> None:
    def taken(owner: str, at: datetime, lease_s: float = 120) -> str:
        with database.write() as conn:
            return turn.take(conn, "p", owner=owner, lease_s=lease_s, now=at, fate=lambda _: Fate.ALIVE)

    later = START + timedelta(days=1)
    assert taken("a", START) == ""
    assert taken("b", later) == "a"
    with database.read() as conn:
        assert turn.last(conn, "p", now=later, fate=lambda _: Fate.ALIVE) == (START, later)
    assert taken("a", later, lease_s=0) == ""
    assert taken("b", later) == "", "it hangs, or could not give its turn back"


def test_a_run_that_lost_its_turn_sends_nothing_more(process: MakeParts) -> None:
    parts = process()
    transport = handing_over.ready_transport(parts)
    row = stored(parts)
    report = handing_over.hand_over(parts, row, parts.clock(), transport, UNLIMITED, keep=lambda: False)
    assert (report.sent_now, report.stopped) == (0, True)
    with handing_over.alone(parts, UNLIMITED, parts.clock()) as (keep, _):
        assert keep()
        with parts.database.write() as conn:
            later = parts.clock() + timedelta(hours=1)
            slug, unknown = parts.publication.slug, Fate.UNKNOWN
            turn.take(conn, slug, owner="x", lease_s=7200, now=later, fate=lambda _: unknown)
        assert not keep()
