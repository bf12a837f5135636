"""Where connections get their work, and where their fences and outcomes become commits.

Messages are composed a few ahead of the connections that take them. Fences and outcomes that arrive in one
turn of the event loop are committed together, once the answers have been read that came while those were;
only then do their connections hear of it. Never later: every millisecond that a commit waits for company is
a millisecond in which a crash leaves more messages uncertain.

What is done for several messages in a row takes half as long for each as between two writes of 60 KB, after
which none of it is in the processor's caches any more. So messages are composed in a row, committed in a
row, prepared in a row and written in a row.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

from digest.deliver.backoff import RetryOptions, settle
from digest.deliver.envelope import Envelope
from digest.deliver.pace import DomainLimits, Lanes, Pace
from digest.deliver.rows import Rows
from digest.deliver.transports.base import Job, LetGo
from digest.errors import DigestError, StoreError
from digest.model.delivery import Accepted, Deferred, DeliveryState, Outcome, Recipient, Rejected
from digest.store.ledger import Fenced, Ledger
from digest.store.runs import accept_first

_MOST_PARKED = 5_000  # recipients whose domain has to wait, until no more are read
_AHEAD = 64  # messages composed in a row; who leaves meanwhile is denied the fence
_MOST_TRIES = 3  # connections that may break on one message, before its content, until it has to wait

_Fence = tuple[Job, Callable[[bool], LetGo | None]]
_Record = tuple[Job, Outcome, Callable[[], None]]


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
        self.tally: Counter[DeliveryState] = Counter()  # what this run has written
        self.failure: Exception | None = None  # what ends this run, once the connections have ended
        self.broken = False  # the ledger can't be written: connections wait in vain
        self._ledger = ledger
        self._rows = rows
        self._options = options
        self._compose = compose
        self._clock = clock
        self._pace = Pace(options.rate_per_s)
        self._lanes = Lanes(options.domains)
        self._most = inf if options.most is None else options.most
        self._taken = 0
        self._loop = asyncio.get_running_loop()
        self._jobs: deque[Job] = deque()  # composed, or given back by a connection
        self._stopped = False
        self._accepted_before = False
        self._fences: list[_Fence] = []
        self._records: list[_Record] = []
        self._flushing = False
        self._waiting: list[Callable[[], None]] = []

    # What connections see

    @property
    def closed(self) -> bool:
        """Whether no further job will come: stopped, or nothing is left that could come back."""
        return self._stopped or (self._rows.dry and not self._rows.holds_any)

    def take(self) -> Job | None:
        """The next message, composed; None if there is none, or its time has not come."""
        if self._jobs and not self._pace.limited:
            return self._jobs.popleft()
        while self.has_work():
            now = self._loop.time()
            if (wait_s := self._pace.wait_s(now)) > 0:
                self._loop.call_later(wait_s, self._wake)
                return None
            if not (self._jobs or self._compose_ahead(now)):
                return None
            if self._jobs:
                self._pace.spend(now)
                return self._jobs.popleft()
        return None

    def _compose_ahead(self, now: float) -> bool:
        """Compose messages, one where it has to wait for its time; whether anybody may have one now."""
        if self.capped:
            self.stop()
            return False
        if self._lanes.limited:
            found = self._from_the_lanes(now)
            recipients = [] if found is None else [found]
        else:
            ahead = 1 if self._pace.limited else _AHEAD
            recipients = self._rows.take(int(min(ahead, self._most - self._taken)))
        self._taken += len(recipients)
        for recipient in recipients:
            if self._stopped:  # one before it could not be composed for a reason that ends the run
                self._done_with(recipient)
            elif (job := self._make(recipient)) is not None:
                self._jobs.append(job)
        return bool(recipients)

    def _from_the_lanes(self, now: float) -> Recipient | None:
        """One whose domain may have a message now; recipients are read until there is one."""
        recipient = self._lanes.ready(now)
        while recipient is None and len(self._lanes) < _MOST_PARKED and self._rows.some():
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
        self._fences.append((job, then))
        self._soon()

    def record(self, job: Job, outcome: Outcome, then: Callable[[], None]) -> None:
        """Have the outcome written with the next commit."""
        self._records.append((job, outcome, then))
        self._soon()

    def give_back(self, job: Job, text: str, *, blamed: bool) -> None:
        """Let another connection try; a job that broke too many of them has to wait its turn."""
        job.tries += blamed
        if job.tries >= _MOST_TRIES:
            self.record(job, Deferred(text=text), _nothing)
        elif self._stopped:
            self._done_with(job.recipient)
        else:
            self._jobs.appendleft(job)
            self._wake()

    # What the run sees

    def has_work(self) -> bool:
        """Whether a connection would find something to do, now or when the pace allows."""
        if self._stopped:
            return False
        if self._jobs or self._rows.at_hand or self._lanes:
            return True
        try:
            return self._rows.some()
        except StoreError as error:
            self._break(error)
            return False

    @property
    def capped(self) -> bool:
        """Whether as many messages were taken as this run may take, and none of them is at hand."""
        return self._taken >= self._most and not self._jobs

    @property
    def at_hand(self) -> int:
        """How many messages are read and not taken."""
        return len(self._rows.at_hand) + len(self._jobs) + len(self._lanes)

    @property
    def settled(self) -> bool:
        """Whether nothing is in flight and nothing is left to write."""
        return not self._rows.holds_any and not self._fences and not self._records

    def stop(self) -> None:
        """Take on nothing more. What is in flight goes on; what is not goes back to the ledger."""
        if self._stopped:
            return
        self._stopped = True
        try:
            self._rows.stop()
        except StoreError as error:
            self._break(error)
        while self._jobs:
            self._done_with(self._jobs.popleft().recipient)
        for recipient in self._lanes.clear():
            self._give_up(recipient)
        self._wake()

    def renew(self) -> None:
        """Lengthen our leases; drop what was composed for a batch that is somebody else's by now."""
        try:
            lost = self._rows.renew()
        except StoreError as error:
            self._break(error)
            return
        for job in [job for job in self._jobs if any(batch.holds(job.recipient) for batch in lost)]:
            self._jobs.remove(job)
            self._done_with(job.recipient)

    def flush(self) -> None:
        """Commit what has gathered, then tell the connections."""
        self._flushing = False
        fences, self._fences = self._fences, []
        records, self._records = self._records, []
        try:
            fenced = self._commit(fences, records)
        except StoreError as error:
            self._break(error)  # what was answered stays "sending", which the next claim calls uncertain
            return
        for job, _, recorded in records:
            self._done_with(job.recipient)
            recorded()
        going = []
        for job, then in fences:
            granted = (job.recipient.subscriber_id, job.recipient.epoch) in fenced.granted
            if not granted:
                self._done_with(job.recipient)
            if let_go := then(granted):
                going.append(let_go)
        for let_go in going:
            let_go()

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
            self._done_with(recipient)
            self.stop()
        return None

    def _soon(self) -> None:
        """Commit once the answers are read that come while those of this turn are."""
        if not self._flushing:
            self._flushing = True
            self._loop.call_soon(self._loop.call_soon, self.flush)

    def _commit(self, fences: list[_Fence], records: list[_Record]) -> Fenced:
        """One transaction: outcomes first, then fences."""
        if self.broken or not (fences or records):
            return Fenced(frozenset(), frozenset())
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

    def _done_with(self, recipient: Recipient) -> None:
        """One message less in its batch; a batch given back may hold something that is due again."""
        if self._lanes.limited:
            self._lanes.done(recipient)
            if self._lanes:
                self._wake()
        self._give_up(recipient)

    def _give_up(self, recipient: Recipient) -> None:
        try:
            if self._rows.settled(recipient):
                self._wake()
        except StoreError as error:
            self._break(error)

    def _break(self, error: StoreError) -> None:
        """The ledger is gone: release nothing, take nothing."""
        self.failure = self.failure or error
        self.broken = self._stopped = True
        self._rows.abandon()
        self._jobs.clear()
        self._lanes.clear()
        self._fences.clear()
        self._records.clear()

    def _wake(self) -> None:
        """Call everybody who waits."""
        waiting, self._waiting = self._waiting, []
        for wake in waiting:
            self._loop.call_soon(wake)


def _nothing() -> None:
    """For records that nobody waits for."""
