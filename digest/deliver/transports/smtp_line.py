"""The bytes of one connection: reading, writing, the end, and a clock for answers that don't come."""

from __future__ import annotations

import asyncio
import time
from abc import abstractmethod
from collections.abc import Iterable

_READ_SIZE = 16384  # bytes; answers are short


class Line(asyncio.BufferedProtocol):
    """A connection that somebody else opened. asyncio calls ``connection_lost`` for one that breaks.

    It reads into one buffer: asyncio's streams allocate 256 KiB for every read.
    """

    def __init__(self, *, check_s: float) -> None:
        self._clock = time.monotonic
        self._deadline = 0.0
        self._transport: asyncio.Transport | None = None
        self._check_s = check_s
        self._buffer = memoryview(bytearray(_READ_SIZE))
        self._watch: asyncio.TimerHandle | None = None

    @abstractmethod
    def _next(self) -> None:
        """Do what there is to do."""

    @abstractmethod
    def _lost(self, exc: Exception | None) -> None:
        """The connection has ended; called once."""

    @abstractmethod
    def _overdue(self) -> bool:
        """Whether an answer was overdue, and the connection was cut for it."""

    def start(self, transport: asyncio.Transport) -> None:
        """Work over ``transport``, which is open, greeted and logged in."""
        self._transport = transport
        self._check_time()
        self._next()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 asyncio calls it so
        """Where the next bytes go."""
        return self._buffer

    def eof_received(self) -> bool:
        """The server closed; asyncio then closes our side."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection broke, or we have cut it."""
        if self._transport is None:
            return
        self._transport = None
        if self._watch is not None:
            self._watch.cancel()
        self._lost(exc)

    def _read(self, nbytes: int) -> bytes:
        """The bytes that have come."""
        return bytes(self._buffer[:nbytes])

    def _write(self, pieces: Iterable[bytes], wait_s: float) -> None:
        """Send; the answers to it are due in ``wait_s``. From Python 3.12 on nothing is joined for it."""
        assert self._transport is not None
        self._transport.writelines(pieces)
        self._deadline = self._clock() + wait_s

    def _cut(self) -> None:
        """End the connection now."""
        if self._transport is not None:
            self._transport.abort()
        self.connection_lost(None)

    def _check_time(self) -> None:
        """Look for overdue answers now and then. A timer for each would cost more than a message."""
        if not self._overdue():
            self._watch = asyncio.get_running_loop().call_later(self._check_s, self._check_time)
