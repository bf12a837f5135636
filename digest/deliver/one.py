"""Hand over one message without the ledger: what `digest test` does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from digest.deliver.envelope import Envelope
from digest.deliver.transports.base import Job, LetGo, Served, Transport
from digest.errors import TransportError
from digest.model.delivery import Deferred, Outcome, Recipient


def hand_over_one(transport: Transport, envelope: Envelope) -> Outcome:
    """Hand over one message; what became of it.

    Raises:
        TransportError: the transport can't be used, or can't be reached.
    """
    desk = _OneMessage(envelope)
    try:
        served = asyncio.run(_serve(transport, desk))
    finally:
        transport.finish()
    if desk.outcome is None:
        raise TransportError(served.text or "the message was not taken")
    return desk.outcome


async def _serve(transport: Transport, desk: _OneMessage) -> Served:
    """One connection."""
    return await transport.serve(desk)


class _OneMessage:
    """A desk with one job and no ledger."""

    def __init__(self, envelope: Envelope) -> None:
        self.outcome: Outcome | None = None
        to = Recipient(0, 0, address=envelope.recipient, name="", variant="", attempts=0)
        self._job: Job | None = Job(to, envelope)

    @property
    def closed(self) -> bool:
        """There is one job, and it comes at once."""
        return True

    def take(self) -> Job | None:
        """The one job, once."""
        job, self._job = self._job, None
        return job

    def when_ready(self, wake: Callable[[], None]) -> None:
        """Nothing more comes."""

    def fence(self, job: Job, then: Callable[[bool], LetGo | None]) -> None:  # noqa: ARG002 there is one job
        """Always granted: nobody else has this message."""

        def grant() -> None:
            if let_go := then(True):
                let_go()

        asyncio.get_running_loop().call_soon(grant)

    def record(self, job: Job, outcome: Outcome, then: Callable[[], None]) -> None:  # noqa: ARG002 there is one job
        """Keep the outcome."""
        self.outcome = outcome
        asyncio.get_running_loop().call_soon(then)

    def give_back(self, job: Job, text: str, *, blamed: bool) -> None:  # noqa: ARG002 there is one job
        """The connection broke before the content: the sender may try again."""
        self.outcome = Deferred(text=text)
