"""Where connections get their work.

What is done for several messages in a row takes half as long for each as between two writes of 60 KB, after
which none of it is in the processor's caches any more. So messages are composed in a row, before connections
take them; and they are committed in a row, prepared in a row and written in a row (``commits``).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

from digest.deliver.backoff import RetryOptions
from digest.deliver.commits import CommitOptions, Commits
from digest.deliver.envelope import Envelope
from digest.deliver.pace import DomainLimits, Lanes, Pace
from digest.deliver.rows import Rows
from digest.deliver.transports.base import Job, LetGo
from digest.errors import DigestError, StoreError
from digest.model.delivery import Deferred, Outcome, Recipient, Rejected
from digest.store.ledger import Ledger

_MOST_PARKED = 5_000  # recipients whose domain has to wait, until no more are read
_AHEAD = 64  # messages composed and not taken; who leaves meanwhile is denied the fence
_MOST_TRIES = 3  # connections that may break on one message, before its content, until it has to wait


@dataclass(frozen=True, slots=True)
class DeskOptions:
    """What is delivered over which transport, how patiently, and how fast."""

    edition_id: int
    transport: str
    retry: RetryOptions
    rate_per_s: float | None
    domains: DomainLimits = field(default_factory=DomainLimits)
    most: int | None = None  # messages to take on; None is any number


class LedgerDesk:
    """The desk of one run over one edition; see ``digest.deliver.transports.base.Desk``."""

    def __init__(
        self,
        ledger: Ledger,
        rows: Rows,
        options: DeskOptions,
        *,
        compose: Callable[[Recipient], Envelope],
        clock: Callable[[], datetime],
    ) -> None:
        self.failure: Exception | None = None  # what ends this run, once the connections have ended
        self.broken = False  # the ledger can't be written: connections wait in vain
        self._commits = Commits(
            ledger,
            CommitOptions(options.edition_id, options.transport, options.retry),
            clock,
            done_with=self._done_with,
            written=self._stock_up,
            broken=self._break,
        )
        self.tally = self._commits.tally  # what this run has written
        self._rows = rows
        self._compose = compose
        self._pace = Pace(options.rate_per_s)
        self._lanes = Lanes(options.domains)
        self._most = inf if options.most is None else options.most
        self._taken = 0
        self._loop = asyncio.get_running_loop()
        self._returned: deque[Job] = deque()  # by connections that broke
        self._composed: deque[Job] = deque()
        self._stopped = False
        self._waiting: list[Callable[[], None]] = []

    # What connections see

    @property
    def closed(self) -> bool:
        """Whether no further job will come: stopped, or nothing is left that could come back."""
        return self._stopped or (self._rows.dry and not self._rows.holds_any)

    def take(self) -> Job | None:
        """The next message, composed; None if there is none, or its time has not come."""
        if not self._pace.limited and (jobs := self._jobs):
            return jobs.popleft()
        while self.has_work():
            now = self._loop.time()
            if (wait_s := self._pace.wait_s(now)) > 0:
                self._loop.call_later(wait_s, self._wake)
                return None
            if not (self._jobs or self._compose_ahead(now)):
                return None
            if jobs := self._jobs:
                self._pace.spend(now)
                return jobs.popleft()
        return None

    @property
    def _jobs(self) -> deque[Job]:
        """Where the next message is, if any is composed: what came back goes first."""
        return self._returned or self._composed

    def _compose_ahead(self, now: float) -> bool:
        """Compose messages, one where it has to wait for its time; whether anybody may have one now."""
        if self.capped:
            self.stop()
            return False
        if self._lanes.limited:
            found = self._from_the_lanes(now)
            recipients = [] if found is None else [found]
        else:
            ahead = 1 if self._pace.limited else _AHEAD - len(self._composed)
            recipients = self._rows.take(int(min(ahead, self._most - self._taken)))
        self._taken += len(recipients)
        for recipient in recipients:
            if self._stopped:  # one before it could not be composed for a reason that ends the run
                self._done_with([recipient])
            elif (job := self._make(recipient)) is not None:
                self._composed.append(job)
        return bool(recipients)

    def _stock_up(self) -> None:
        """Compose what connections will take with the next commit. Now, when no content waits for it."""
        if self._rows.at_hand and not (self._stopped or self._pace.limited or self._lanes.limited):
            self._compose_ahead(self._loop.time())

    def _from_the_lanes(self, now: float) -> Recipient | None:
        """One whose domain may have a message now; recipients are read until there is one."""
        recipient = self._lanes.ready(now)
        while recipient is None and len(self._lanes) < _MOST_PARKED and self._read_on():
            (candidate,) = self._rows.take(1)
            if self._lanes.admit(candidate, now):
                recipient = candidate
        if recipient is None and 0 < (wait_s := self._lanes.wait_s(now)) < inf:
            self._loop.call_later(wait_s, self._wake)
        return recipient

    def when_ready(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` when there may be work again; everybody who waits is called."""
        self._waiting.append(wake)

    def fence(self, job: Job, then: Callable[[bool], LetGo | None]) -> None:
        """Have the job fenced with the next commit."""
        self._commits.fence(job, then)

    def record(self, job: Job, outcome: Outcome, then: Callable[[], None]) -> None:
        """Have the outcome written with the next commit."""
        self._commits.record(job, outcome, then)

    def give_back(self, job: Job, text: str, *, blamed: bool) -> None:
        """Let another connection try; a job that broke too many of them has to wait its turn."""
        job.tries += blamed
        if job.tries >= _MOST_TRIES:
            self.record(job, Deferred(text=text), _nothing)
        elif self._stopped:
            self._done_with([job.recipient])
        else:
            self._returned.append(job)
            self._wake()

    # What the run sees

    def has_work(self) -> bool:
        """Whether a connection would find something to do, now or when the pace allows."""
        if self._stopped:
            return False
        return bool(self._jobs or self._rows.at_hand or self._lanes) or self._read_on()

    @property
    def capped(self) -> bool:
        """Whether as many messages were taken as this run may take, and none of them is at hand."""
        return self._taken >= self._most and not self._jobs

    @property
    def at_hand(self) -> int:
        """How many messages are read and not taken."""
        return len(self._rows.at_hand) + len(self._returned) + len(self._composed) + len(self._lanes)

    @property
    def settled(self) -> bool:
        """Whether nothing is in flight and nothing is left to write."""
        return not self._rows.holds_any and not self._commits.waiting

    def stop(self) -> None:
        """Take on nothing more. What is in flight goes on; what is not goes back to the ledger."""
        if self._stopped:
            return
        self._stopped = True
        try:
            self._rows.stop()
        except StoreError as error:
            self._break(error)
        while jobs := self._jobs:
            self._done_with([jobs.popleft().recipient])
        self._give_up(self._lanes.clear())
        self._wake()

    def renew(self) -> None:
        """Lengthen our leases; drop what was composed for a batch that is somebody else's by now."""
        try:
            lost = self._rows.renew()
        except StoreError as error:
            self._break(error)
            return
        dropped: list[Recipient] = []
        for jobs in (self._returned, self._composed):
            for job in [job for job in jobs if any(batch.holds(job.recipient) for batch in lost)]:
                jobs.remove(job)
                dropped.append(job.recipient)
        self._done_with(dropped)

    def flush(self) -> None:
        """Commit what has gathered, then tell the connections."""
        self._commits.flush()

    # The machinery

    def _make(self, recipient: Recipient) -> Job | None:
        """Compose one message. What can't be composed fails by itself; the others go on."""
        try:
            return Job(recipient, self._compose(recipient))
        except DigestError as error:
            job = Job(recipient, Envelope("", recipient.address, ()))
            self.record(job, Rejected(text=f"the message could not be made: {error}"), _nothing)
        except Exception as error:  # noqa: BLE001 raised again by the run, after what is in flight
            self.failure = error
            self._done_with([recipient])
            self.stop()
        return None

    def _read_on(self) -> bool:
        """Whether a row is at hand, or can be read."""
        try:
            return self._rows.some()
        except StoreError as error:
            self._break(error)
            return False

    def _done_with(self, recipients: Sequence[Recipient]) -> None:
        """So many messages less in their batches; one given back may hold something that is due again."""
        if self._lanes.limited:
            for recipient in recipients:
                self._lanes.done(recipient)
            if self._lanes:
                self._wake()
        self._give_up(recipients)

    def _give_up(self, recipients: Sequence[Recipient]) -> None:
        try:
            if self._rows.settled(recipients):
                self._wake()
        except StoreError as error:
            self._break(error)

    def _break(self, error: StoreError) -> None:
        """The ledger is gone: release nothing, take nothing."""
        self.failure = self.failure or error
        self.broken = self._stopped = True
        self._rows.abandon()
        self._returned.clear()
        self._composed.clear()
        self._lanes.clear()
        self._commits.end()

    def _wake(self) -> None:
        """Call everybody who waits."""
        waiting, self._waiting = self._waiting, []
        for wake in waiting:
            self._loop.call_soon(wake)


def _nothing() -> None:
    """For records that nobody waits for."""
