"""The only door to the network: look a name up once, judge its addresses, connect to one of those.

httpx2 resolves and connects by itself, so a check beforehand could be answered with another address
than the connection gets (DNS rebinding). This back end does both in one step. It also holds the
fetch's deadline, which bounds every single read and write, so that neither headers nor a body can
be dripped for longer than that.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore2
import httpx2

from digest.errors import FetchError, RefusedAddressError
from digest.gather.address import Address, is_public, parse_address

POLL_S = 0.5  # how long a stop may go unnoticed
LEAST_CONNECT_S = 1.0


class Stopped(Exception):  # noqa: N818 - no failure, but the user's wish
    """The caller asked the run to end."""


class Deadline:
    """The instant by which a fetch is over, and the caller's wish to stop before."""

    def __init__(self, seconds: float, stop: Callable[[], bool] = lambda: False) -> None:
        self._end = time.monotonic() + seconds
        self._seconds = seconds
        self._stop = stop

    def left(self) -> float:
        """Seconds left, always above 0. Raises FetchError 'timeout', or Stopped."""
        if self._stop():
            raise Stopped
        left = self._end - time.monotonic()
        if left <= 0:
            raise FetchError("timeout", f"no complete answer within {self._seconds:g} s")
        return left


def resolve(host: str, port: int, deadline: Deadline) -> list[Address]:
    """The addresses of ``host``, in the resolver's order.

    The C resolver can't be interrupted; so it runs in a thread of its own that is left behind when
    the deadline passes. Raises FetchError 'dns'.
    """
    literal = parse_address(host)
    if literal is not None:
        return [literal]
    answers: queue.SimpleQueue[list[Address] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            parsed = [parse_address(str(info[4][0])) for info in found]
            answers.put([address for address in dict.fromkeys(parsed) if address is not None])
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True, name=f"resolve {host}").start()
    while True:
        try:
            answer = answers.get(timeout=min(deadline.left(), POLL_S))
        except queue.Empty:
            continue
        if isinstance(answer, Exception):
            raise FetchError("dns", f"the name {host} cannot be resolved: {answer}") from answer
        return answer


class GuardedStream(httpcore2.NetworkStream):
    """A connection whose every read and write ends by the deadline."""

    def __init__(self, inner: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline rules
        """The next bytes; b"" at the end."""
        while True:
            with contextlib.suppress(httpcore2.ReadTimeout):
                return self._inner.read(max_bytes, min(self._deadline.left(), POLL_S))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the deadline rules
        """Send all of ``buffer``."""
        self._inner.write(buffer, self._deadline.left())

    def close(self) -> None:
        """Close the socket."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """The same connection under TLS."""
        left = min(self._deadline.left(), timeout) if timeout else self._deadline.left()
        return GuardedStream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """What the inner stream knows."""
        return self._inner.get_extra_info(info)


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects to public addresses; to a private one only where ``private`` names host and port."""

    def __init__(self, deadline: Deadline, private: tuple[str, int] | None) -> None:
        self._deadline = deadline
        self._private = private
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to an address that was judged. Raises RefusedAddressError or FetchError."""
        addresses = resolve(host, port, self._deadline)
        allowed = self._private == (host.lower().strip("[]").rstrip("."), port)
        usable = [address for address in addresses if allowed or is_public(address)]
        if not usable:
            shown = ", ".join(str(address) for address in addresses) or "nothing"
            where = f"{host} is" if shown == host.strip("[]") else f"{host} is at {shown}, which is"
            raise RefusedAddressError(
                "private-address",
                f"{where} not on the public internet; allow_private = true lets a feed be at its own host"
                " and port",
            )
        for position, address in enumerate(usable, 1):
            left = self._deadline.left()
            share = left if position == len(usable) else max(left / 2, min(left, LEAST_CONNECT_S))
            share = min(share, timeout) if timeout else share
            try:
                inner = self._inner.connect_tcp(str(address), port, share, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if position == len(usable):
                    raise
            else:
                return GuardedStream(inner, self._deadline)
        raise AssertionError("unreachable: the last address returns or raises")

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002 - the base class's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - the same
    ) -> httpcore2.NetworkStream:
        """Never: a feed has no business with local sockets."""
        raise RefusedAddressError("private-address", f"{path} is a local socket")


class GuardedTransport(httpx2.HTTPTransport):
    """httpx2's transport on the guarded back end; one fetch's alone, so no connection is shared.

    Sharing would let a connection that one feed may have (to its private host) serve another.
    No proxy from the environment: a proxy would resolve names by itself, beyond the check.
    """

    def __init__(self, context: ssl.SSLContext, deadline: Deadline, private: tuple[str, int] | None) -> None:
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context,
            max_connections=1,
            http1=True,
            http2=False,
            network_backend=GuardedBackend(deadline, private),
        )
