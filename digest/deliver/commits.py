"""Fences and outcomes of all connections, in transactions that they share.

What arrives in one turn of the event loop is committed together, once the answers have been read that came
while those were; only then do the connections hear of it. Never later: every millisecond that a commit waits
for company is a millisecond in which a crash leaves more messages uncertain.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.deliver.backoff import RetryOptions, settle
from digest.deliver.transports.base import Job, LetGo
from digest.errors import StoreError
from digest.model.delivery import Accepted, DeliveryState, Outcome, Recipient
from digest.store.ledger import Fenced, Ledger
from digest.store.runs import accept_first

_Fence = tuple[Job, Callable[[bool], LetGo | None]]
_Record = tuple[Job, Outcome, Callable[[], None]]


@dataclass(frozen=True, slots=True)
class CommitOptions:
    """What is delivered over which transport, and how patiently."""

    edition_id: int
    transport: str
    retry: RetryOptions


class Commits:
    """The fences and outcomes of one run, from when they are asked for until they are committed.

    Args:
        ledger: what is written to.
        options: see there.
        clock: gives the time, UTC.
        done_with: called for recipients who need nothing more from this run.
        written: called when the contents of a commit have been written to their connections.
        broken: called when the ledger can't be written. Nothing is released then.
    """

    def __init__(
        self,
        ledger: Ledger,
        options: CommitOptions,
        clock: Callable[[], datetime],
        *,
        done_with: Callable[[Sequence[Recipient]], None],
        written: Callable[[], None],
        broken: Callable[[StoreError], None],
    ) -> None:
        self.tally: Counter[DeliveryState] = Counter()  # what this run has written
        self._ledger = ledger
        self._options = options
        self._clock = clock
        self._done_with = done_with
        self._written = written
        self._broken = broken
        self._loop = asyncio.get_running_loop()
        self._accepted_before = False
        self._fences: list[_Fence] = []
        self._records: list[_Record] = []
        self._flushing = False
        self._ended = False

    @property
    def waiting(self) -> bool:
        """Whether anything is not committed yet."""
        return bool(self._fences or self._records)

    def fence(self, job: Job, then: Callable[[bool], LetGo | None]) -> None:
        """Have the job fenced with the next commit; see ``digest.deliver.transports.base.Desk``."""
        if not self._ended:
            self._fences.append((job, then))
            self._soon()

    def record(self, job: Job, outcome: Outcome, then: Callable[[], None]) -> None:
        """Have the outcome written with the next commit; see ``digest.deliver.transports.base.Desk``."""
        if not self._ended:
            self._records.append((job, outcome, then))
            self._soon()

    def end(self) -> None:
        """Forget what is not committed, and take nothing more: the ledger is gone."""
        self._ended = True
        self._fences.clear()
        self._records.clear()

    def flush(self) -> None:
        """Commit what has gathered, then tell the connections."""
        self._flushing = False
        fences, self._fences = self._fences, []
        records, self._records = self._records, []
        if not (fences or records):
            return
        try:
            fenced = self._commit(fences, records)
        except StoreError as error:
            self._broken(error)  # what was answered stays "sending", which the next claim calls uncertain
            return
        answers = [(job.recipient.subscriber_id, job.recipient.epoch) in fenced.granted for job, _ in fences]
        denied = [job.recipient for (job, _), granted in zip(fences, answers, strict=True) if not granted]
        self._done_with([job.recipient for job, _, _ in records] + denied)
        for _, _, recorded in records:
            recorded()
        going: list[LetGo | None] = []
        try:
            going.extend(then(granted) for (_, then), granted in zip(fences, answers, strict=True))
        finally:  # whatever befell one of them, the others' fences are committed
            for let_go in filter(None, going):
                let_go()
        self._written()

    def _soon(self) -> None:
        """Commit once the answers are read that come while those of this turn are."""
        if not self._flushing:
            self._flushing = True
            self._loop.call_soon(self._loop.call_soon, self.flush)

    def _commit(self, fences: list[_Fence], records: list[_Record]) -> Fenced:
        """One transaction: outcomes first, then fences."""
        now, retry = self._clock(), self._options.retry
        settled = [
            settle(job.recipient, outcome, retry, now=now, chance=random.random())  # noqa: S311 spreads retries
            for job, outcome, _ in records
        ]
        if not self._accepted_before and any(isinstance(outcome, Accepted) for _, outcome, _ in records):
            with self._ledger.transaction() as conn:
                accept_first(conn, self._options.edition_id, transport=self._options.transport, now=now)
            self._accepted_before = True
        fenced = self._ledger.tick(settled, [job.recipient for job, _ in fences])
        for one in settled:
            self.tally[one.state] += 1
        return fenced
