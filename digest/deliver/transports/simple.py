"""What transports without a network have in common: one message after the other, no waiting."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod

from digest.deliver.envelope import Envelope
from digest.deliver.transports.base import Desk, Ending, Job, Served
from digest.errors import TransportError
from digest.model.delivery import Deferred, Outcome, Untried


class SimpleTransport(ABC):
    """A transport whose hand-over is one synchronous call."""

    @abstractmethod
    def hand_over(self, envelope: Envelope) -> Outcome:
        """Take one message over. TransportError: no message can be taken."""

    async def serve(self, desk: Desk) -> Served:
        """Hand over until the desk has no more; see ``Transport.serve``."""
        answered = 0
        while True:
            job = desk.take()
            if job is None:
                if desk.closed:
                    return Served(Ending.DONE, answered)
                await self._work(desk)
                continue
            if await self._fenced(desk, job):
                await self._hand_over(desk, job)
                answered += 1

    async def _hand_over(self, desk: Desk, job: Job) -> None:
        """Hand over and record; a message that could not be taken at all waits for the next run."""
        try:
            outcome = self.hand_over(job.envelope)
        except TransportError as error:
            await self._recorded(desk, job, Untried(text=str(error)))
            raise
        await self._recorded(desk, job, outcome)

    @staticmethod
    async def _work(desk: Desk) -> None:
        """Wait for work."""
        woken = asyncio.Event()
        desk.when_ready(woken.set)
        await woken.wait()

    @staticmethod
    async def _fenced(desk: Desk, job: Job) -> bool:
        """Wait for the fence."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def then(granted: bool) -> None:  # noqa: FBT001 the desk's callback
            if not answer.done():
                answer.set_result(granted)
            elif granted:  # cancelled while waiting: nothing of it left
                desk.record(job, Deferred(text="stopped before the content", retry_after_s=0), lambda: None)

        desk.fence(job, then)
        return await answer

    @staticmethod
    async def _recorded(desk: Desk, job: Job, outcome: Outcome) -> None:
        """Wait for the record."""
        written = asyncio.Event()
        desk.record(job, outcome, written.set)
        await written.wait()
