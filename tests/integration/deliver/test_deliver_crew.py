"""Several processes share one send: nobody is lost, nobody gets it twice, and nothing is left running."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select, update

from digest import crew, desk, pipeline
from digest.deliver import dkim_keys
from digest.deliver.allowance import UNLIMITED, Allowance
from digest.deliver.dkim import Identity, Signer
from digest.deliver.pace import DomainLimits
from digest.deliver.run import SendReport
from digest.model.delivery import Counts
from digest.model.edition import EditionState
from digest.model.links import edition_ref
from digest.store import deliveries
from digest.store.tables import runs, subscribers

from .conftest import MailServer
from .newsroom import READERS, newsroom


@pytest.fixture(autouse=True)
def few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_WORTH_STARTING", READERS)


def test_two_processes_send_to_everybody_once(
    tmp_path: Path, samples: ModuleType, start_server: Callable[..., MailServer]
) -> None:
    server = start_server()
    with newsroom(tmp_path, samples, server.port) as (parts, row):
        report = pipeline.send(parts, row, parts.clock())
        with parts.database.read() as conn:
            assert deliveries.counts(conn, row.id) == report.counts
            reports = [json.loads(text) for text in conn.scalars(select(runs.c.report))]
    each = [one["sent_now"] for one in reports]
    assert set(server.recipients.values()) == {1}
    assert len(server.recipients) == READERS
    assert (report.sent_now, report.counts.sent, report.stopped) == (READERS, READERS, False)
    assert len(each) == 2
    assert min(each) > 0
    assert sum(each) == READERS
    assert report.duration_s > max(one["duration_s"] for one in reports)
    assert server.most_open == 4  # the connections that were asked for, not as many for each


def test_what_a_process_that_fails_leaves_is_sent_by_the_other(
    tmp_path: Path,
    samples: ModuleType,
    start_server: Callable[..., MailServer],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = start_server()
    broken = tmp_path / "broken.toml"
    broken.write_text("[delivery]\nno_such_key = 1\n", encoding="utf-8")
    room = newsroom(tmp_path, samples, server.port, marker="reader")
    with room as (parts, row), caplog.at_level(logging.WARNING):
        report = pipeline.send(replace(parts, config_file=broken), row, parts.clock())
    assert (report.sent_now, report.counts.sent) == (READERS, READERS)
    assert set(server.recipients.values()) == {1}
    assert "a second process of the send ended with 1: digest: " in caplog.text
    assert "no_such_key" in caplog.text


def test_a_stop_is_passed_on_and_nothing_is_left_running(
    tmp_path: Path, samples: ModuleType, start_server: Callable[..., MailServer]
) -> None:
    server = start_server()
    with newsroom(tmp_path, samples, server.port) as (parts, row):
        threading.Timer(2.5, parts.stop.set).start()
        report = pipeline.send(parts, row, parts.clock())
        assert report.stopped
        assert 0 < report.sent_now == report.counts.sent < READERS
        taken = len(server.received)
        time.sleep(0.6)
        assert len(server.received) == taken
        parts.stop.clear()
        again = pipeline.send(parts, row, parts.clock())
    assert again.counts.sent == READERS
    assert set(server.recipients.values()) == {1}


def test_a_stop_is_passed_on_at_once_whatever_this_process_waits_for(
    tmp_path: Path,
    samples: ModuleType,
    start_server: Callable[..., MailServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, started = start_server(), watched(monkeypatch)
    with newsroom(tmp_path, samples, server.port) as (parts, row):
        with crew.hired(edition_ref(row.key), [1], parts.config_file, parts.stop):
            while not server.received:
                time.sleep(0.02)
            parts.stop.set()
            assert started[0].wait(5) == 0
        with parts.database.read() as conn:
            assert 0 < deliveries.counts(conn, row.id).sent < READERS / 2


def test_where_one_process_cannot_be_started_none_is_left_behind(
    tmp_path: Path, samples: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = watched(monkeypatch, most=1)
    with newsroom(tmp_path, samples, 25) as (parts, row):
        team = crew.hired(edition_ref(row.key), [1, 1], parts.config_file, parts.stop)
        with pytest.raises(OSError, match="no more processes"):
            team.__enter__()
    assert [process.poll() for process in started] == [-signal.SIGTERM]


def watched(monkeypatch: pytest.MonkeyPatch, *, most: int = 9) -> list[subprocess.Popen[bytes]]:
    """The processes that are started from now on, ``most`` of them before the machine has no more."""
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(*given: Any, **named: Any) -> subprocess.Popen[bytes]:
        if len(started) >= most:
            raise OSError("no more processes")
        started.append(popen(*given, **named))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    return started


def test_too_many_refusals_of_one_process_stop_all(
    tmp_path: Path,
    samples: ModuleType,
    start_server: Callable[..., MailServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = start_server()
    seen: list[tuple[bool, EditionState, int]] = []

    @contextmanager
    def others(ref: str, shares: object, config: object, stop: object) -> Iterator[crew.Crew]:
        """None: what stands in the database when this process waits for them is all that they would see."""
        team = crew.Crew(threading.Event())

        def join(report: SendReport) -> tuple[SendReport, bool]:
            with parts.database.read() as conn:
                seen.append(
                    (report.refused, desk.find(parts, ref).state, deliveries.counts(conn, row.id).open)
                )
            return report, True

        monkeypatch.setattr(team, "join", join)
        yield team

    monkeypatch.setattr(crew, "hired", others)
    with newsroom(tmp_path, samples, server.port) as (opened, row):
        parts = replace(opened, sending=replace(opened.sending, stop_share=0.2))
        with parts.database.write() as conn:
            refused = update(subscribers).where(subscribers.c.id <= READERS / 2)
            conn.execute(refused.values(email="rcpt550-" + subscribers.c.email))
        assert pipeline.send(parts, row, parts.clock()).refused
    ((stopped, state, left),) = seen
    assert (stopped, state) == (True, EditionState.PAUSED)
    assert left > 0


def test_a_file_in_the_newsroom_that_is_called_as_a_module_is_hinders_nobody(
    tmp_path: Path,
    samples: ModuleType,
    start_server: Callable[..., MailServer],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = start_server()
    (tmp_path / "json.py").write_text("raise SystemExit('the newsroom')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    room = newsroom(tmp_path, samples, server.port, marker="reader")
    with room as (parts, row), caplog.at_level(logging.WARNING):
        assert pipeline.send(parts, row, parts.clock()).counts.sent == READERS
    assert not caplog.text


def test_how_many_processes_share_a_send(
    tmp_path: Path, samples: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    rsa = Signer((Identity("example.org", "one", dkim_keys.new_key("rsa")),))
    quick = Signer((Identity("example.org", "two", dkim_keys.new_key("ed25519")),))
    monkeypatch.setattr(crew, "_cores", lambda: 3)
    with newsroom(tmp_path, samples, 25) as (asked, _row):
        unasked = replace(asked, processes=0)

        assert crew.wanted(asked, UNLIMITED) == 2
        assert crew.wanted(replace(asked, processes=9), UNLIMITED) == 4  # no more than connections
        assert crew.wanted(asked, Allowance(most=1000)) == 1
        assert crew.wanted(replace(asked, rehearsal=True), UNLIMITED) == 1
        limited = replace(asked.sending, rate_per_s=10.0)
        assert crew.wanted(replace(asked, sending=limited), UNLIMITED) == 1
        spared = replace(asked.sending, domains=DomainLimits(per_s=1.0))
        assert crew.wanted(replace(asked, sending=spared), UNLIMITED) == 1
        for signer, processes in ((Signer(), 1), (quick, 1), (rsa, 3)):
            signed = replace(unasked, signer=partial(Signer, signer.identities))
            assert crew.wanted(signed, UNLIMITED) == processes


def test_only_those_never_tried_are_worth_more_processes() -> None:
    assert crew.are_worth_it(Counts(planned=READERS, pending=READERS))
    assert not crew.are_worth_it(Counts(planned=READERS, pending=READERS - 1, sent=1))
    # A heartbeat that finds only these starts nothing.
    assert not crew.are_worth_it(Counts(planned=READERS, deferred=READERS))


def test_connections_are_shared_evenly() -> None:
    assert crew.shares(10, 3) == [4, 3, 3]
    assert crew.shares(2, 2) == [1, 1]
