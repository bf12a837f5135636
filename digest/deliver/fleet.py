"""How many connections are open: as many as wanted, fewer when the server asks for fewer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from digest.deliver.desk import LedgerDesk
from digest.deliver.transports.base import Ending, Served, Transport
from digest.errors import TransportError

_LONGEST_WAIT_S = 60.0
_FIRST_TRIES = 2
_LOST_PATIENCE = 4


@dataclass(frozen=True, slots=True)
class FleetOptions:
    """``most`` connections at once. Waits between vain attempts double from ``wait_s``.

    After ``tries`` vain ones in a row with none open the server counts as down; at the very start two
    are enough. A server that refused connections is offered one more every ``regrow_s``.
    """

    most: int = 4
    wait_s: float = 1.0
    tries: int = 6
    regrow_s: float = 15.0


class Fleet:
    """The connections of one run."""

    def __init__(self, transport: Transport, desk: LedgerDesk, options: FleetOptions) -> None:
        self._transport = transport
        self._desk = desk
        self._options = options
        self._loop = asyncio.get_running_loop()
        self._serving: set[asyncio.Task[Served]] = set()
        self._target = options.most
        self._not_before = 0.0
        self._regrow_at = 0.0
        self._vain = 0  # times in a row that connections were opened and nothing was answered
        self._worked = False

    @property
    def serving(self) -> int:
        """How many connections are open or being opened."""
        return len(self._serving)

    def open(self) -> None:
        """Open what is wanted and allowed now."""
        now = self._loop.time()
        if self._target < self._options.most and now >= self._regrow_at:
            self._target += 1
            self._regrow_at = now + self._options.regrow_s
        while now >= self._not_before and self._desk.has_work() and self._wanted():
            self._serving.add(self._loop.create_task(self._transport.serve(self._desk)))

    def _wanted(self) -> bool:
        """Whether one more is of use: a first one, or one for a message that nobody has taken."""
        return not self._serving or len(self._serving) < min(self._target, self._desk.at_hand)

    async def wait(self, timeout_s: float) -> None:
        """Until a connection ends, at most ``timeout_s``; draws the lessons from those that did.

        Raises:
            TransportError: the server can't be used, or is down.
        """
        if not self._serving:
            await asyncio.sleep(min(timeout_s, max(0.0, self._not_before - self._loop.time())))
            return
        ended, self._serving = await asyncio.wait(
            self._serving, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
        )
        troubles = [error for task in ended if (error := task.exception()) is not None]
        for task in ended:
            if task.exception() is None:
                self._learn(task.result())
        if troubles:
            raise troubles[0]

    def _learn(self, served: Served) -> None:
        """Adapt to how a connection ended."""
        now = self._loop.time()
        if served.answered or served.ending in (Ending.DONE, Ending.WORN):
            # Also a 421 after some messages: the server's own limit per connection, not a refusal.
            self._worked, self._vain, self._not_before = True, 0, 0.0
            return
        if served.ending is Ending.BUSY:
            self._worked = True
            self._target = max(1, min(self._target, len(self._serving)))
            self._regrow_at = now + self._options.regrow_s
        if now >= self._not_before:  # else it was opened together with one that has failed already
            self._vain += 1
            wait_s = self._options.wait_s * 2.0 ** min(self._vain - 1, 10)
            self._not_before = now + min(wait_s, _LONGEST_WAIT_S)
        if not self._serving and self._vain >= self._patience(served.ending):
            raise TransportError(f"{served.text}; given up after {self._vain} tries")

    def _patience(self, ending: Ending) -> int:
        """How many vain connections in a row are too many."""
        if ending is Ending.LOST:  # perhaps over one message, which then has to wait while others go
            return _LOST_PATIENCE * self._options.tries
        return self._options.tries if self._worked else _FIRST_TRIES

    async def end(self) -> None:
        """Cut all connections; what was in flight is recorded or given back."""
        serving, self._serving = self._serving, set()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
