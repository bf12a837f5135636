"""A real mail server (aiosmtpd) that misbehaves by markers in the recipient's address, and an edition."""

from __future__ import annotations

import asyncio
import random
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any, Self

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from digest.deliver.envelope import Envelope
from digest.deliver.transports.smtp import SmtpOptions, SmtpTransport
from digest.deliver.transports.smtp_session import SessionOptions
from digest.model.delivery import Recipient
from digest.store.engine import Database
from tests.planned import NOW, plan

DROP = "drop"  # cut the connection instead of answering, or in the middle of it
SILENCE = "silence"  # as a greeting: none, ever

# What the server answers when the recipient's address begins with the marker.
AT_RCPT = {
    "rcpt451": "451 4.7.1 greylisted, come back",
    "rcpt550": "550 5.1.1 nobody of that name",
    "rcptmany": "550-5.1.1 nobody of that name\r\n550 5.1.1 really",
    "rcpt421": "421 4.3.2 going down",
    "rcptwrong": "354 go ahead",
    "rcptjunk": "what do you mean?",
    "rcptdrop": DROP,
}
AT_DATA = {
    "data451": "451 4.3.0 not now",
    "data554": "554 5.5.1 no",
    "data421": "421 4.3.2 going down",
    "datawrong": "250 fine",
    "datajunk": "\x00\xff?",
    "datadrop": DROP,
}
AT_END = {
    "end451": "451 4.3.0 disk full",
    "end552": "552 5.3.4 too big",
    "endmany": "250-2.0.0 taken\r\n250 2.0.0 queued as 42",
    "end421": "421 4.3.2 going down",
    "endwrong": "354 more",
    "endjunk": "\x00\xff?",
    "endsplit": "250-2.0.0 taken\r\n451 4.3.0 or not",
    "endhalf": "250-2.0.0 tak" + DROP,
    "enddrop": DROP,
    "endlate": "250 2.0.0 taken, at last",
    "endslow": "250 2.0.0 taken, after long thought",
    "endnever": "250 2.0.0 taken, too late",
}
DELAYS_S = {"endlate": 0.2, "endslow": 1.5, "endnever": 30.0}
NOT_TAKEN = {"end451", "end552", "end421"}


def answer(table: dict[str, str], address: str) -> str | None:
    """What the table says about an address, or None."""
    return next((text for marker, text in table.items() if address.startswith(marker)), None)


class FaultySmtp(SMTP):
    """aiosmtpd, cutting connections where told."""

    server: MailServer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.server.connections += 1
        self.server.most_open = max(self.server.most_open, len(self.server.open))

    def connection_lost(self, error: Exception | None) -> None:
        self.server.open.discard(self)
        super().connection_lost(error)

    async def push(self, status: str | bytes) -> None:
        words = status.decode() if isinstance(status, bytes) else status
        if words.endswith(DROP):
            if isinstance(self.transport, asyncio.WriteTransport) and words != DROP:
                self.transport.write(words.removesuffix(DROP).encode())
            self.cut()
            return
        await super().push(words)
        if str(status).startswith("421") and self.transport is not None:
            self.transport.close()

    def cut(self) -> None:
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 the library's name
        if self.server.at_ehlo:
            await self.push(self.server.at_ehlo)
            return
        await super().smtp_EHLO(hostname)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 the library's name
        to = self.envelope.rcpt_tos[0] if self.envelope and self.envelope.rcpt_tos else ""
        if (text := answer(AT_DATA, to)) is not None:
            await self.push(text)
            return
        await super().smtp_DATA(arg)


class MailServer:
    """A mail server on a port of its own. ``received`` is what it took responsibility for."""

    def __init__(
        self,
        *,
        pipelining: bool = True,
        implicit_tls: ssl.SSLContext | None = None,
        mail: str | None = None,
        greeting: str | None = None,
        at_ehlo: str = "",
        weather: random.Random | None = None,
        **smtp: Any,
    ) -> None:
        self.received: list[tuple[str, bytes]] = []
        self.commands: list[str] = []
        self.logins: list[bytes] = []
        self.introduced: list[str] = []  # the names by which clients introduced themselves
        self.open: set[FaultySmtp] = set()
        self.connections = 0
        self.most_open = 0
        self.refusals = 0
        self.most_allowed = 1000
        self.most_refused = 0  # connections that are turned away before it takes any
        self._pipelining = pipelining
        self._mail = mail
        self._implicit_tls = implicit_tls
        self._greeting = greeting
        self.at_ehlo = at_ehlo
        self._weather = weather
        self.cut_off: set[str] = set()  # by the weather, after it took their message
        self._smtp = smtp
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)
        self._ready = threading.Event()
        self._done: asyncio.Event | None = None
        self.port = 0

    @property
    def recipients(self) -> Counter[str]:
        return Counter(to.partition("@")[0] for to, _ in self.received)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._done is not None
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(10)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(lambda *_: None)  # cut connections are the point
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._done = asyncio.Event()
        server = await self._loop.create_server(self._connection, "127.0.0.1", 0, ssl=self._implicit_tls)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._done.wait()
        server.close()
        for protocol in list(self.open):
            protocol.cut()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0.01)

    def _connection(self) -> asyncio.Protocol:
        is_full = len(self.open) >= self.most_allowed or self.refusals < self.most_refused
        if self._greeting is not None or is_full:
            self.refusals += 1
            full = "421 4.7.0 too many connections"
            return _Refusal(full if self._greeting is None else self._greeting)
        protocol = FaultySmtp(self, loop=self._loop, **{"enable_SMTPUTF8": True, **self._smtp})
        protocol.server = self
        self.open.add(protocol)
        return protocol

    # What aiosmtpd asks its handler

    async def handle_EHLO(  # noqa: N802 the library's name
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.introduced.append(hostname)
        if self._pipelining:
            responses.insert(1, "250-PIPELINING")
        return responses

    async def handle_MAIL(  # noqa: N802 the library's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.commands.append(" ".join(["MAIL", address, *options]))
        if self._mail:
            return self._mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 the library's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.commands.append(f"RCPT {address}")
        if self._happens(0.05):
            return "451 4.7.1 greylisted, come back"
        if (text := answer(AT_RCPT, address)) is not None:
            return text
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_RSET(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 the library's name
        self.commands.append("RSET")
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 the library's name
        to = envelope.rcpt_tos[0]
        if self._happens(0.03):
            return "451 4.3.0 not now"
        if self._happens(0.01):
            return "421 4.3.2 going down"
        if not any(to.startswith(marker) for marker in NOT_TAKEN):
            self.received.append((to, envelope.content))
        if self._happens(0.01):
            self.cut_off.add(to)
            return DROP
        marker = next((one for one in DELAYS_S if to.startswith(one)), None)
        if marker is not None:
            await asyncio.sleep(DELAYS_S[marker])
        return answer(AT_END, to) or "250 2.0.0 taken"

    def _happens(self, share: float) -> bool:
        """Whether the weather has it that way, ``share`` of the time."""
        return self._weather is not None and self._weather.random() < share

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.logins.append(data.password)
        return AuthResult(success=data.password == b"right", handled=False)


class _Refusal(asyncio.Protocol):
    """A server that says one thing and hangs up; SILENCE says nothing and stays."""

    def __init__(self, text: str) -> None:
        self._text = text

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if self._text != SILENCE:
            transport.write(f"{self._text}\r\n".encode() if self._text != DROP else b"")
            transport.close()


@pytest.fixture
def start_server() -> Iterator[Callable[..., MailServer]]:
    """start_server(**options) -> a running MailServer, stopped at the end of the test."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(MailServer(**options))


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """A clock that stands still: what is deferred stays deferred."""
    return lambda: NOW


def compose(recipient: Recipient) -> Envelope:
    """A message of 2 kB whose Message-ID is the recipient's."""
    to = recipient.address
    head = f"From: news@example.org\r\nTo: {to}\r\nMessage-ID: <{recipient.subscriber_id}@example.org>"
    body = "A line of news, and then another one.\r\n" * 50
    return Envelope("news@example.org", to, (f"{head}\r\nSubject: News\r\n\r\n{body}".encode(),))


@pytest.fixture(name="compose")
def compose_fixture() -> Callable[[Recipient], Envelope]:
    return compose


@pytest.fixture
def smtp_transport() -> Callable[..., SmtpTransport]:
    """smtp_transport(port, ...) -> a transport without TLS, with short patience."""

    def make(port: int, *, messages: int = 500, content_s: float = 2.0, **options: Any) -> SmtpTransport:
        session = SessionOptions(messages=messages, reply_s=1.5, content_s=content_s)
        known: dict[str, Any] = {"host": "127.0.0.1", "port": port, "security": "none", "session": session}
        return SmtpTransport(SmtpOptions(**{**known, **options}))

    return make


@pytest.fixture
def make_edition() -> Callable[..., int]:
    """make_edition(database, names or number, batch_size=10) -> the id of an edition that is sending."""

    def make(database: Database, readers: int | list[str], *, batch_size: int = 10) -> int:
        names = [f"ok{n}" for n in range(1, readers + 1)] if isinstance(readers, int) else readers
        return plan(database, names, batch_size=batch_size)

    return make
