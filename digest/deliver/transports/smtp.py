"""A mail server: connecting, TLS and login by aiosmtplib, the transactions by ``smtp_session``."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
import ssl
from dataclasses import dataclass, field
from typing import Literal

import aiosmtplib

from digest.deliver.transports.base import Desk, Ending, Served
from digest.deliver.transports.smtp_commands import Offers
from digest.deliver.transports.smtp_session import Session, SessionOptions
from digest.errors import BusyError, TransportError

Security = Literal["starttls", "tls", "none"]
_TEMPORARY = 4  # the first digit of a code that says "not now"


@dataclass(frozen=True, slots=True)
class SmtpOptions:
    """How to reach the mail server. ``ca_file`` adds a certificate authority to the system's.

    ``helo_name`` is how we introduce ourselves; "" is this machine's name. The password is not shown.
    """

    host: str
    port: int = 587
    security: Security = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    connect_s: float = 30.0
    ca_file: str = ""
    helo_name: str = ""
    session: SessionOptions = field(default_factory=SessionOptions)


class _UnavailableError(Exception):
    """The server can't be had just now. ``ending`` says how."""

    def __init__(self, ending: Ending, text: str) -> None:
        super().__init__(text)
        self.ending = ending


class SmtpTransport:
    """Hands messages to a mail server; any number of connections may serve at once."""

    name = "smtp"

    def __init__(self, options: SmtpOptions) -> None:
        self._options = options
        self._context: ssl.SSLContext | None = None
        self._where = f"{options.host}:{options.port}"

    def check(self) -> None:
        """Connect, secure the connection, log in and leave again; see ``Transport.check``."""
        asyncio.run(self._check())

    async def _check(self) -> None:
        """``check``, in a loop."""
        try:
            client = await self._connect()
        except _UnavailableError as error:
            kind = BusyError if error.ending is Ending.BUSY else TransportError
            raise kind(str(error)) from error
        transport = client.transport
        with contextlib.suppress(aiosmtplib.SMTPException):
            await client.quit(timeout=5)
        await _cut(client, transport)

    async def serve(self, desk: Desk) -> Served:
        """Be one connection; see ``Transport.serve``."""
        try:
            client = await self._connect()
        except _UnavailableError as error:
            return Served(error.ending, text=str(error))
        transport = client.transport
        if not isinstance(transport, asyncio.Transport) or transport.is_closing():
            return Served(Ending.LOST, text=f"{self._where} closed the connection after the login")
        offers = Offers.of(client.esmtp_extensions.items())
        session = Session(desk, offers, self._options.session)
        # From here on the library's part is done: its protocol takes one answer at a time.
        transport.set_protocol(session)
        session.start(transport)
        try:
            return await asyncio.shield(session.ended)
        except asyncio.CancelledError:
            session.abort("stopped while waiting for the mail server")
            raise

    def finish(self) -> None:
        """Nothing to tidy up: connections end with ``serve``."""

    async def _connect(self) -> aiosmtplib.SMTP:
        """An open connection, greeted, secured and logged in, with the server's offers known."""
        self._refuse_open_passwords()
        options = self._options
        client = aiosmtplib.SMTP(
            hostname=options.host,
            port=options.port,
            local_hostname=_helo_name(options.helo_name),
            timeout=options.connect_s,
            use_tls=options.security == "tls",
            start_tls=options.security == "starttls",
            tls_context=self._tls() if options.security != "none" else None,
        )
        transport: asyncio.BaseTransport | None = None
        try:
            await client.connect()
            transport = client.transport
            if client.is_ehlo_or_helo_needed:
                await self._introduce(client)
            if options.username:
                await client.login(options.username, options.password)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            await _cut(client, transport)
            raise self._explain(error) from error
        return client

    @staticmethod
    async def _introduce(client: aiosmtplib.SMTP) -> None:
        """EHLO, or HELO for a server from before 1995."""
        try:
            await client.ehlo()
        except aiosmtplib.SMTPHeloError as error:
            if error.code // 100 == _TEMPORARY:
                raise
            await client.helo()

    def _refuse_open_passwords(self) -> None:
        """No password crosses a network in the clear."""
        options = self._options
        if options.username and options.security == "none" and not _is_loopback(options.host):
            raise TransportError(
                f"a password for {self._where} would cross the network unencrypted: set smtp_security to"
                " starttls or tls"
            )

    def _tls(self) -> ssl.SSLContext:
        """The certificates we trust: made once, for reading them takes longer than connecting."""
        if self._context is None:
            self._context = trusting(self._options.ca_file)
        return self._context

    def _explain(self, error: Exception) -> Exception:
        """What a failed connection means: an _UnavailableError to try again, or a TransportError."""
        cause = error if isinstance(error, ssl.SSLError) else error.__cause__
        if isinstance(cause, ssl.SSLError):
            return TransportError(self._tls_trouble(cause))
        if isinstance(error, aiosmtplib.SMTPResponseException):
            answer = f"{error.code} {_line(error.message)}"
            if error.code // 100 == _TEMPORARY:
                return _UnavailableError(Ending.BUSY, f"{self._where} is busy: {answer}")
            if isinstance(error, aiosmtplib.SMTPAuthenticationError):
                answer += "; check smtp_username and smtp_password"
            return TransportError(f"{self._where} refuses us: {answer}")
        if isinstance(error, OSError):
            text = f"cannot reach the mail server {self._where}: {self._why_not_reached(error)}"
            return _UnavailableError(Ending.UNREACHABLE, text)
        words = _line(str(error)).rstrip(".")
        if self._options.security == "starttls":
            words += "; nothing is sent unencrypted instead. Where TLS is spoken from the start, that is"
            words += ' smtp_security = "tls"'
        return TransportError(f"{self._where}: {words}")

    def _why_not_reached(self, error: OSError) -> str:
        """What kept us from a server, and which settings to look at."""
        causes = {type(each) for each in (error, error.__cause__, error.__context__) if each}
        if socket.gaierror in causes:
            return "no such name is known: check smtp_host"
        if ConnectionRefusedError in causes:
            return "nothing takes mail there: check smtp_host and smtp_port"
        if any(issubclass(cause, TimeoutError) for cause in causes):
            return (
                f"no answer within {self._options.connect_s:g} s: check smtp_host, smtp_port and"
                " smtp_security (587 is starttls, 465 is tls)"
            )
        return _line(str(error))

    def _tls_trouble(self, error: ssl.SSLError) -> str:
        """A failed handshake, and how to mend it."""
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"the certificate of {self._where} is not trusted: {error.verify_message}"
        return (
            f"no TLS with {self._where} ({error.reason}): check smtp_port and smtp_security"
            " (587 is starttls, 465 is tls)"
        )


def trusting(ca_file: str) -> ssl.SSLContext:
    """TLS with servers that this machine trusts, or the authority does whose certificate is in ``ca_file``.

    Raises:
        TransportError: the file can't be used.
    """
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except OSError as error:
            empty = isinstance(error, ssl.SSLError)
            why = "it holds no certificate that can be read" if empty else error.strerror or error
            raise TransportError(
                f"[delivery] smtp_ca_file: {ca_file} can't be used ({why}): name a file of certificates in"
                " PEM form"
            ) from error
    return context


async def _cut(client: aiosmtplib.SMTP, transport: asyncio.BaseTransport | None) -> None:
    """Close at once. A polite end of TLS would wait for the other side, perhaps beyond our loop's end."""
    client.close()
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
    await asyncio.sleep(0)  # in which the loop closes the socket


def _line(text: str) -> str:
    """On one line."""
    return " ".join(text.split())


def _is_loopback(host: str) -> bool:
    """Whether the host is this machine by its very name."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _helo_name(wanted: str) -> str:
    """How we introduce ourselves. Not by a look-up, which may take as long as it likes."""
    name = wanted or socket.gethostname()
    return name if re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", name) else "localhost"
