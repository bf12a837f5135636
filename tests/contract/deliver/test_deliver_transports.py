"""What every transport does alike, with the ledger in either database."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, Protocol

import pytest
from aiosmtpd.smtp import SMTP
from sqlalchemy import select, update

from digest.deliver.envelope import Envelope
from digest.deliver.one import hand_over_one
from digest.deliver.run import SendOptions, SendReport
from digest.deliver.send import deliver
from digest.deliver.transports.base import Transport
from digest.deliver.transports.memory import MemoryTransport
from digest.deliver.transports.outbox import OutboxTransport
from digest.deliver.transports.smtp import SmtpOptions, SmtpTransport
from digest.errors import TransportError
from digest.model.delivery import Accepted, Counts, DeliveryState, Outcome, Recipient
from digest.store.deliveries import counts, iter_records
from digest.store.engine import Database
from digest.store.runs import list_runs
from digest.store.tables import editions, subscribers

MakeEdition = Callable[..., int]


class Setup(Protocol):
    """A transport, what it was handed, and a broken one of its kind."""

    @property
    def transport(self) -> Transport: ...

    @property
    def broken(self) -> Transport: ...

    def messages(self) -> list[bytes]: ...


class MemorySetup:
    def __init__(self) -> None:
        self.transport = MemoryTransport()
        self.broken = MemoryTransport(self._fail)

    def messages(self) -> list[bytes]:
        return [b"".join(one.pieces) for one in self.transport.messages]

    @staticmethod
    def _fail(_: Envelope) -> Accepted:
        raise TransportError("memory is full")


class OutboxSetup:
    def __init__(self, folder: Path) -> None:
        (folder / "file").write_text("not a folder")
        self.folder = folder / "outbox"
        self.transport = OutboxTransport(self.folder)
        self.broken = OutboxTransport(folder / "file" / "outbox")

    def messages(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self.folder.glob("*.eml"))]


class SmtpSetup:
    def __init__(self, port: int, received: list[bytes]) -> None:
        self.transport = SmtpTransport(SmtpOptions("127.0.0.1", port, "none"))
        self.broken = SmtpTransport(SmtpOptions("127.0.0.1", 1, "none"))
        self._received = received

    def messages(self) -> list[bytes]:
        return list(self._received)


class _Keeper:
    def __init__(self) -> None:
        self.received: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 the library's name
        self.received.append(envelope.content)
        return "250 taken"


@pytest.fixture
def smtp_setup() -> Iterator[SmtpSetup]:
    loop, keeper = asyncio.new_event_loop(), _Keeper()
    server = loop.run_until_complete(loop.create_server(lambda: SMTP(keeper, loop=loop), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield SmtpSetup(server.sockets[0].getsockname()[1], keeper.received)
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.call_later, 0.05, loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(params=["memory", "outbox", "smtp"])
def setup(request: pytest.FixtureRequest, tmp_path: Path) -> Setup:
    if request.param == "memory":
        return MemorySetup()
    if request.param == "outbox":
        return OutboxSetup(tmp_path)
    found: SmtpSetup = request.getfixturevalue("smtp_setup")
    return found


def compose(to: Recipient) -> Envelope:
    head = (
        f"From: News <news@example.org>\r\nTo: {to.address}\r\n"
        f"Message-ID: <{to.subscriber_id}@example.org>\r\nDate: Mon, 02 Mar 2026 06:00:00 +0000\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n"
        "Subject: =?utf-8?q?To_the_=C3=A6ther?=\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    body = "<h1>Hello</h1>\r\n.\r\n.. dots\r\n"
    return Envelope(
        "bounces@example.org", to.address, ((head + body).encode(),), edition="daily-20260302T0600"
    )


def run(database: Database, transport: Transport, now: datetime) -> SendReport:
    return deliver(
        database,
        1,
        transport=transport,
        compose=compose,
        options=SendOptions(connections=3, page_size=4, reconnect_s=0.001),
        clock=lambda: now,
        stop=threading.Event(),
    )


def test_everybody_gets_the_very_bytes_once_and_the_edition_is_sent(
    database: Database, make_edition: MakeEdition, setup: Setup, now: datetime
) -> None:
    make_edition(25)
    report = run(database, setup.transport, now)
    assert report.counts == Counts(sent=25, planned=25)
    expected = {
        f"reader{n}@example.org": compose(Recipient(1, n, f"reader{n}@example.org", "", "all", 0))
        for n in range(1, 26)
    }
    assert sorted(setup.messages()) == sorted(b"".join(one.pieces) for one in expected.values())
    with database.read() as conn:
        row = conn.execute(select(editions)).one()
    assert (row.state, row.transport, row.accepted_at, row.finished_at) == (
        "sent",
        setup.transport.name,
        now,
        now,
    )
    again = run(database, setup.transport, now)
    assert (again.sent_now, len(setup.messages())) == (0, 25)


def test_who_has_left_gets_nothing(
    database: Database, make_edition: MakeEdition, setup: Setup, now: datetime
) -> None:
    make_edition(3)
    with database.write() as conn:
        conn.execute(update(subscribers).where(subscribers.c.id == 2).values(state="unsubscribed"))
    report = run(database, setup.transport, now)
    assert report.counts == Counts(sent=2, suppressed=1, planned=3)
    addresses = {str(message_from_bytes(one, policy=default)["To"]) for one in setup.messages()}
    assert addresses == {"reader1@example.org", "reader3@example.org"}


def test_a_transport_that_cannot_be_used_loses_nobody(
    database: Database, make_edition: MakeEdition, setup: Setup, now: datetime
) -> None:
    make_edition(5)
    with pytest.raises(TransportError):
        run(database, setup.broken, now)
    report = run(database, setup.transport, now)
    assert report.counts == Counts(sent=5, planned=5)
    assert len(setup.messages()) == 5


class Full(MemoryTransport):
    """Takes one message a run, and then has no room."""

    taken = 0

    def hand_over(self, envelope: Envelope) -> Outcome:
        self.taken += 1
        if self.taken > 1:
            raise TransportError("the disk is full")
        return super().hand_over(envelope)


def test_a_disk_that_stays_full_makes_nobody_fail_and_every_run_is_closed(
    database: Database, make_edition: MakeEdition, now: datetime
) -> None:
    make_edition(20)
    for number in range(10):
        with pytest.raises(TransportError, match="full"):
            run(database, Full(), now + timedelta(hours=number))
    with database.read() as conn:
        found = counts(conn, 1)
        closed = list_runs(conn, 1)
        attempts = [one.attempts for one in iter_records(conn, 1, state=DeliveryState.PENDING)]
    assert found == Counts(sent=10, pending=10, planned=20)
    assert attempts == [0] * 10
    assert [(one.finished_at is not None, one.report["sent_now"]) for one in closed] == [(True, 1)] * 10
    assert all(one.report["stopped"] for one in closed)


def test_an_index_page_that_cannot_be_written_fails_no_run(
    database: Database,
    make_edition: MakeEdition,
    tmp_path: Path,
    now: datetime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_edition(2)
    setup = OutboxSetup(tmp_path)
    (setup.folder / "index.html").mkdir(parents=True)
    assert run(database, setup.transport, now).counts == Counts(sent=2, planned=2)
    assert "index.html can't be written" in caplog.text


def test_check_tells_a_usable_transport_from_a_broken_one(setup: Setup) -> None:
    setup.transport.check()
    assert setup.messages() == []
    if setup.transport.name != "memory":
        with pytest.raises(TransportError):
            setup.broken.check()


def test_one_message_needs_no_ledger(setup: Setup) -> None:
    message = compose(Recipient(0, 1, "editor@example.org", "", "all", 0))
    assert isinstance(hand_over_one(setup.transport, message), Accepted)
    assert setup.messages() == [b"".join(message.pieces)]
    with pytest.raises(TransportError):
        hand_over_one(setup.broken, message)
