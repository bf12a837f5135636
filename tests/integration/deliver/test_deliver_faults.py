"""Everything a mail server can do wrong, each with the state it must leave, and nobody mailed twice."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from digest import pipeline
from digest.deliver.envelope import Envelope
from digest.deliver.run import SendOptions, SendReport
from digest.deliver.send import deliver
from digest.errors import TransportError
from digest.model.delivery import Counts, DeliveryRecord, Recipient
from digest.store.deliveries import records
from digest.store.engine import Database

from .newsroom import newsroom

OPTIONS = SendOptions(connections=3, reconnect_s=0.00002, page_size=7)

EXPECTED = {
    "ok": "sent",
    "rcpt451": "deferred",
    "rcpt550": "failed",
    "rcptmany": "failed",
    "rcpt421": "deferred",
    "rcptwrong": "deferred",
    "rcptjunk": "deferred",
    "rcptdrop": "deferred",
    "data451": "deferred",
    "data554": "failed",
    "data421": "deferred",
    "datawrong": "deferred",
    "datajunk": "deferred",
    "datadrop": "deferred",
    "end451": "deferred",
    "end552": "failed",
    "endmany": "sent",
    "end421": "deferred",
    "endwrong": "uncertain",
    "endjunk": "uncertain",
    "endsplit": "uncertain",
    "endhalf": "uncertain",
    "enddrop": "uncertain",
    "endlate": "sent",
    "endnever": "uncertain",
}
TAKEN = {"sent", "uncertain"}  # the server had the content


def run(database: Database, transport: Any, compose: Any, clock: Any, **options: Any) -> SendReport:
    return deliver(
        database,
        1,
        transport=transport,
        compose=compose,
        options=replace(OPTIONS, **options),
        clock=clock,
        stop=threading.Event(),
    )


def ledger(database: Database) -> dict[str, DeliveryRecord]:
    with database.read() as conn:
        return {one.address.partition("@")[0]: one for one in records(conn, 1)}


@pytest.mark.parametrize("pipelining", [True, False])
def test_each_fault_leaves_its_state_and_nobody_is_mailed_twice(
    database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Callable[[Recipient], Envelope],
    clock: Callable[[], datetime],
    pipelining: bool,
) -> None:
    names = [f"{marker}-{n}" for n in range(2) for marker in EXPECTED if n == 0 or marker != "endnever"]
    make_edition(database, names)
    server = start_server(pipelining=pipelining)
    transport = smtp_transport(server.port, content_s=0.8)
    report = run(database, transport, compose, clock)
    states = {name: one.state.value for name, one in ledger(database).items()}
    assert states == {name: EXPECTED[name.partition("-")[0]] for name in names}
    assert report.counts.adds_up
    expected = {name for name in names if EXPECTED[name.partition("-")[0]] in TAKEN}
    assert server.recipients == dict.fromkeys(expected, 1)
    assert report.next_due_at is not None
    again = run(database, transport, compose, clock)
    assert again.sent_now + again.deferred_now + again.uncertain_now == 0
    assert server.recipients == dict.fromkeys(expected, 1)


def test_a_servers_words_are_kept_for_the_editor(
    database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Callable[[Recipient], Envelope],
    clock: Callable[[], datetime],
) -> None:
    make_edition(database, ["rcptmany", "end552", "endmany", "endjunk", "rcptdrop"])
    run(database, smtp_transport(start_server().port), compose, clock)
    found = ledger(database)
    assert (found["rcptmany"].code, found["rcptmany"].text) == (550, "5.1.1 nobody of that name 5.1.1 really")
    assert (found["end552"].code, found["end552"].text) == (552, "5.3.4 too big")
    assert (found["endmany"].code, found["endmany"].text) == (250, "2.0.0 taken 2.0.0 queued as 42")
    assert found["endjunk"].text.startswith("no answer to the content: the mail server gave not an answer")
    assert "the connection broke" in found["rcptdrop"].text


def test_deferred_ones_are_tried_again_when_due_and_given_up_in_the_end(
    database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Callable[[Recipient], Envelope],
    now: datetime,
) -> None:
    make_edition(database, ["rcpt451", "end451", "ok"])
    transport = smtp_transport(start_server().port)
    time = now
    attempts = []
    for _ in range(5):
        report = run(database, transport, compose, lambda time=time: time, max_attempts=3, retry_base_s=60)
        attempts.append(ledger(database)["rcpt451"].attempts)
        if report.next_due_at is not None:
            assert timedelta(seconds=40) < report.next_due_at - time < timedelta(seconds=150)
        time += timedelta(seconds=150)
    assert attempts == [1, 2, 3, 3, 3]
    assert report.counts == Counts(sent=1, failed=2, planned=3)
    assert ledger(database)["end451"].text == "given up after 3 tries: 4.3.0 disk full"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"mail": "550 5.7.1 not your sender"}, "refuses the sender: 550 5.7.1 not your sender"),
        ({"mail": "530 5.7.0 who are you"}, "wants a login: 530"),
        ({"greeting": "554 5.7.1 you are on a list"}, "refuses us: 554"),
        ({"greeting": "421 4.3.2 busy"}, "is busy: 421.*given up after 6 tries"),
        ({"greeting": "SSH-2.0-OpenSSH"}, "refuses us"),
        ({"greeting": "drop"}, "127.0.0.1:.*"),
        ({"greeting": "silence"}, "no answer within 0.5 s: check smtp_host"),
        ({"at_ehlo": "drop"}, "127.0.0.1:.*"),
        ({"at_ehlo": "421 4.3.2 closing"}, "is busy: 421"),
        ({"at_ehlo": "\x00\xff?"}, "127.0.0.1:.*"),
    ],
)
def test_a_server_that_takes_nothing_stops_the_run_and_leaves_everybody_pending(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Callable[[Recipient], Envelope],
    clock: Callable[[], datetime],
    options: dict[str, Any],
    words: str,
) -> None:
    make_edition(sqlite_database, 12)
    server = start_server(**options)
    with pytest.raises(TransportError, match=words):
        run(sqlite_database, smtp_transport(server.port, connect_s=0.5), compose, clock)
    assert {one.state.value for one in ledger(sqlite_database).values()} == {"pending"}
    assert {one.attempts for one in ledger(sqlite_database).values()} == {0}
    assert server.received == []
    server_in_order = start_server()
    assert run(sqlite_database, smtp_transport(server_in_order.port), compose, clock).sent_now == 12


def test_a_send_waits_for_a_server_that_turns_the_first_connections_away(
    tmp_path: Path, samples: ModuleType, start_server: Callable[..., Any]
) -> None:
    server = start_server()
    server.most_refused = 2  # the look before the run, and the run's first try
    with newsroom(tmp_path, samples, server.port, readers=5, marker="ok") as (parts, row):
        assert pipeline.send(parts, row, parts.clock()).sent_now == 5
    assert set(server.recipients.values()) == {1}


def test_a_server_that_is_not_there_stops_the_run(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    smtp_transport: Callable[..., Any],
    compose: Callable[[Recipient], Envelope],
    clock: Callable[[], datetime],
) -> None:
    make_edition(sqlite_database, 3)
    with pytest.raises(TransportError, match=r"cannot reach the mail server 127\.0\.0\.1:1"):
        run(sqlite_database, smtp_transport(1), compose, clock)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("127.0.0.1", "nothing takes mail there: check smtp_host and smtp_port"),
        ("mail.invalid", "no such name is known: check smtp_host"),
    ],
)
def test_a_server_that_is_not_there_is_told_with_the_settings_that_name_it(
    smtp_transport: Callable[..., Any], host: str, words: str
) -> None:
    with pytest.raises(TransportError, match=f": {words}$"):
        smtp_transport(1, host=host).check()


def test_a_server_that_says_nothing_is_told_with_the_time_and_the_settings(
    smtp_transport: Callable[..., Any],
) -> None:
    words = r"no answer within 0\.2 s: check smtp_host, smtp_port and smtp_security"
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(TransportError, match=words):
        smtp_transport(silent.getsockname()[1], connect_s=0.2).check()


def test_fewer_connections_when_the_server_allows_fewer(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Callable[[Recipient], Envelope],
    clock: Callable[[], datetime],
) -> None:
    make_edition(sqlite_database, 200)
    server = start_server()
    server.most_allowed = 2
    report = run(sqlite_database, smtp_transport(server.port), compose, clock, connections=8)
    assert report.counts == Counts(sent=200, planned=200)
    assert set(server.recipients.values()) == {1}
    assert server.most_open == 2
    assert server.refusals <= 8  # not over and over again


def test_a_server_that_works_is_not_waited_for_because_it_refused_more_connections(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Callable[[Recipient], Envelope],
    clock: Callable[[], datetime],
) -> None:
    make_edition(sqlite_database, 60)
    server = start_server()
    server.most_allowed = 2
    transport = smtp_transport(server.port, messages=10)  # so connections have to be opened again and again
    report = run(sqlite_database, transport, compose, clock, connections=8, reconnect_s=3600)
    assert report.counts == Counts(sent=60, planned=60)


def test_a_connection_carries_no_more_messages_than_allowed(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Callable[[Recipient], Envelope],
    clock: Callable[[], datetime],
) -> None:
    make_edition(sqlite_database, 30)
    server = start_server()
    report = run(sqlite_database, smtp_transport(server.port, messages=4), compose, clock, connections=1)
    assert report.counts == Counts(sent=30, planned=30)
    assert server.connections == 8


def test_what_a_message_needs_and_the_server_lacks_fails_that_message_alone(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    clock: Callable[[], datetime],
) -> None:
    make_edition(sqlite_database, ["ok", "jürgen", "big", "two words", "ok2"])
    server = start_server(data_size_limit=5000)

    def compose(to: Recipient) -> Envelope:
        return Envelope(
            "news@example.org",
            to.address,
            (b"Subject: x\r\n\r\n", b"y\r\n" * (9999 if "big" in to.address else 9)),
        )

    report = run(sqlite_database, smtp_transport(server.port), compose, clock)
    found = ledger(sqlite_database)
    assert {name: one.state.value for name, one in found.items()} == {
        "ok": "sent",
        "jürgen": "sent",
        "big": "failed",
        "two words": "failed",
        "ok2": "sent",
    }
    assert "more than the mail server takes (5000)" in found["big"].text
    assert "not an address" in found["two words"].text
    assert any("SMTPUTF8" in line for line in server.commands)
    assert report.counts.adds_up


def test_letters_and_bytes_that_the_server_does_not_take_fail_only_the_messages_that_need_them(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    clock: Callable[[], datetime],
) -> None:
    make_edition(sqlite_database, ["ok", "jürgen", "eight", "ok2"])
    server = start_server(enable_SMTPUTF8=False, decode_data=True)  # which leaves 8BITMIME out as well
    transport = smtp_transport(server.port)

    def compose(to: Recipient) -> Envelope:
        word = "grün" if to.address.startswith("eight") else "green"
        return Envelope("news@example.org", to.address, (b"Subject: x\r\n\r\n", f"{word}\r\n".encode()))

    run(sqlite_database, transport, compose, clock)
    found = ledger(sqlite_database)
    states = {name: one.state.value for name, one in found.items()}
    assert states == {"ok": "sent", "jürgen": "failed", "eight": "failed", "ok2": "sent"}
    assert "SMTPUTF8" in found["jürgen"].text
    assert "8BITMIME" in found["eight"].text
    assert server.recipients == {"ok": 1, "ok2": 1}


@pytest.mark.parametrize(
    ("mail", "state"),
    [
        ("451 4.3.0 slow down", "deferred"),
        ("452-4.3.1 no room\r\n452 4.3.1 just now", "deferred"),
        ("552 5.3.4 too big for me", "failed"),
    ],
)
def test_what_is_said_to_the_envelopes_sender_about_the_message_settles_that_message(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Callable[[Recipient], Envelope],
    clock: Callable[[], datetime],
    mail: str,
    state: str,
) -> None:
    make_edition(sqlite_database, 4)
    server = start_server(mail=mail)
    run(sqlite_database, smtp_transport(server.port), compose, clock)
    found = ledger(sqlite_database).values()
    assert {(one.state.value, one.attempts, one.code) for one in found} == {(state, 1, int(mail[:3]))}
    assert server.received == []


def test_content_arrives_as_it_was_composed(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    clock: Callable[[], datetime],
) -> None:
    make_edition(sqlite_database, 3)
    server = start_server()
    content = b"Subject: dots\r\n\r\n.\r\n..\r\n.hidden\r\nbare\nends\rhere\r\n\r\n.\r\nno end"
    run(sqlite_database, smtp_transport(server.port), lambda to: Envelope("", to.address, (content,)), clock)
    whole = b"Subject: dots\r\n\r\n.\r\n..\r\n.hidden\r\nbare\r\nends\r\nhere\r\n\r\n.\r\nno end\r\n"
    assert [body for _, body in server.received] == [whole] * 3
