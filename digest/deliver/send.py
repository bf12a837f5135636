"""Deliver an edition: everybody who is to get it, once.

    claim a batch -> read its rows -> compose -> open the envelope -> fence (commit) -> content
                  -> answer -> record (commit) -> the connection's next message

One process, one event loop, several connections; other processes may deliver the same edition at the
same time, and take other batches. Killed at any instant, nobody is mailed twice by the next run: a
message that may have left without an answer is reported uncertain, at most one per connection.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime

from digest.deliver.allowance import UNLIMITED, Allowance
from digest.deliver.desk import DeskOptions, LedgerDesk
from digest.deliver.envelope import Envelope
from digest.deliver.fleet import Fleet, FleetOptions
from digest.deliver.owner import new_owner
from digest.deliver.rows import Rows, RowsOptions
from digest.deliver.run import SendOptions, SendReport
from digest.deliver.timeline import Timeline
from digest.deliver.transports.base import Transport
from digest.errors import TransportError
from digest.model.delivery import Counts, DeliveryState, Recipient
from digest.store.batches import next_due
from digest.store.deliveries import counts, let_go_if_cancelled
from digest.store.engine import Database
from digest.store.ledger import Ledger
from digest.store.runs import end_run, finish, is_sending, start_run

LEAST_REFUSED = 20  # fewer refusals than that prove nothing
_TICK_S = 0.1  # how soon a stop is noticed
_HOLD_S = 1.0  # how soon a hold is noticed
_PROGRESS_SHARE = 50  # counting takes at most one part in this many of a run's time

Progress = Callable[[Counts, float], None]


def deliver(
    database: Database,
    edition_id: int,
    *,
    transport: Transport,
    compose: Callable[[Recipient], Envelope],
    options: SendOptions,
    clock: Callable[[], datetime],
    stop: threading.Event,
    allowance: Allowance = UNLIMITED,
    progress: Progress | None = None,
    on_refused: Callable[[], None] | None = None,
    keep: Callable[[], bool] | None = None,
    owner: str = "",
) -> SendReport:
    """Deliver what is due of an edition that is in the state sending; see the module.

    Returns when nothing is due any more (what is deferred waits for the next call), when ``stop`` is
    set, or within seconds when the edition is held. Moves the edition to sent once nothing is open.

    Args:
        database: holds the ledger; written to about twice per message, in groups.
        edition_id: of an edition that ``materialise`` was called for.
        transport: see ``digest.deliver.transports``.
        compose: makes one recipient's message, not long before it is handed over. A DigestError fails
            this one delivery; any other exception ends the run.
        options: see there.
        clock: gives the time, UTC.
        stop: set it, from a signal handler or another thread, to end the run in good order.
        allowance: how many messages this run may take on, and until when.
        progress: called about once a second with the counts, and how many messages a second went out since
            this run began.
        on_refused: called when the run stops because too much is refused, before it gives anything back that
            others could go on with. It may hold the edition: this run still waits for its own answers.
        keep: called three times within each lease; where it says no, the run stops as if held.
        owner: who claims the batches; "" makes a name that another process can check.

    Raises:
        TransportError: the transport can't be used. What was not handed over stays pending.
        StoreError: the database failed in the middle.
    """
    with Ledger(database) as ledger:
        run = _Run(
            ledger=ledger,
            edition_id=edition_id,
            transport=transport,
            compose=compose,
            options=options,
            clock=clock,
            stop=stop,
            allowance=allowance,
            progress=progress,
            on_refused=on_refused,
            keep=keep,
            owner=owner or new_owner(),
        )
        return asyncio.run(run.go())


@dataclass(slots=True, kw_only=True)
class _Run:
    """One call of ``deliver``: what it was given, and how far it is."""

    ledger: Ledger
    edition_id: int
    transport: Transport
    compose: Callable[[Recipient], Envelope]
    options: SendOptions
    clock: Callable[[], datetime]
    stop: threading.Event
    allowance: Allowance
    progress: Progress | None
    on_refused: Callable[[], None] | None
    keep: Callable[[], bool] | None
    owner: str
    started: float = field(default_factory=time.monotonic)
    timeline: Timeline = field(default_factory=Timeline)
    before: Counts = field(default_factory=Counts)  # when it began; what others send counts for the rate
    halted: bool = False  # there is a reason to stop: nothing new is taken on
    told_at: float | None = None  # when somebody's wish to stop was noticed
    refused: bool = False  # that reason was that too much is refused
    next_hold: float = 0.0
    next_renewal: float = 0.0
    next_progress: float = 0.0

    async def go(self) -> SendReport:
        """The whole run."""
        options = self.options
        rows = Rows(
            self.ledger,
            RowsOptions(self.edition_id, self.owner, options.lease_s, options.page_size),
            self.clock,
        )
        desk = LedgerDesk(
            self.ledger,
            rows,
            DeskOptions(
                self.edition_id,
                self.transport.name,
                options.retry,
                options.rate_per_s,
                options.domains,
                self.allowance.most,
            ),
            compose=self.compose,
            clock=self.clock,
        )
        fleet_options = FleetOptions(options.connections, options.reconnect_s, options.connect_tries)
        fleet = Fleet(self.transport, desk, fleet_options)
        run_id = self._begin() if desk.has_work() else None  # a look that finds nothing due is no run
        try:
            await self._do(desk, fleet)
        except Exception:
            self.halted = True
            with suppress(Exception):  # the first error is on its way up
                self._report(desk, run_id)
            raise
        return self._report(desk, run_id)

    async def _do(self, desk: LedgerDesk, fleet: Fleet) -> None:
        """Work, and wind down whatever happened; raise what ended the work."""
        try:
            await self._work(desk, fleet)
        finally:
            await self._wind_down(desk, fleet)
            self.transport.finish()
        if desk.failure is not None:
            raise desk.failure

    def _begin(self) -> int:
        """Note that this run began, and how the edition stood then."""
        with self.ledger.transaction() as conn:
            self.before = counts(conn, self.edition_id)
            return start_run(conn, self.edition_id, owner=self.owner, now=self.clock())

    async def _work(self, desk: LedgerDesk, fleet: Fleet) -> None:
        """Until nothing is left, or somebody stops us."""
        self.next_renewal = time.monotonic()
        while True:
            self._look_around(desk)
            fleet.open()
            if desk.broken or (not fleet.serving and not desk.has_work() and desk.settled):
                return
            if self.told_at and time.monotonic() > self.told_at + self.options.stop_grace_s:
                return
            await fleet.wait(_TICK_S)

    def _look_around(self, desk: LedgerDesk) -> None:
        """Stop? Held? Time to renew the leases, or to tell how it goes?"""
        now = time.monotonic()
        self.timeline.note(now - self.started, desk.tally)
        if now >= self.next_renewal:
            self.next_renewal = now + self.options.lease_s / 3
            desk.renew()
            if self.keep is not None and not self.keep():
                self.told_at = self.told_at or now
        if self.told_at is None and (self.stop.is_set() or self._held(now)):
            self.told_at = now
        if not self.halted and (self.told_at is not None or self._must_end(desk)):
            self.halted = True
            if self.refused and self.on_refused is not None:
                self.on_refused()
            desk.stop()
        if self.progress is not None and now >= self.next_progress:
            with self.ledger.transaction() as conn:
                found = counts(conn, self.edition_id)
            took = time.monotonic() - now
            self.progress(found, (found.sent - self.before.sent) / max(now - self.started, 0.001))
            self.next_progress = now + max(1.0, _PROGRESS_SHARE * took)

    def _must_end(self, desk: LedgerDesk) -> bool:
        """Whether the run is to end by itself, though something is left."""
        until = self.allowance.until
        self.refused = self._too_many_refused(desk)
        over = until is not None and self.clock() >= until
        return desk.capped or self.refused or over

    def _too_many_refused(self, desk: LedgerDesk) -> bool:
        """Whether so much of the edition is refused that something must be wrong, and in this run, too."""
        share, refused_now = self.options.stop_share, desk.tally[DeliveryState.FAILED]
        failed = self.before.failed + refused_now
        sent = self.before.sent + desk.tally[DeliveryState.SENT]
        too_many = failed >= LEAST_REFUSED and failed > share * (failed + sent)
        return share > 0 and refused_now > 0 and too_many

    def _held(self, now: float) -> bool:
        """Whether somebody holds the edition; looks once a second, until we may have held it ourselves."""
        if self.refused or now < self.next_hold:
            return False
        self.next_hold = now + _HOLD_S
        with self.ledger.transaction() as conn:
            return not is_sending(conn, self.edition_id)

    async def _wind_down(self, desk: LedgerDesk, fleet: Fleet) -> None:
        """Let what is in flight finish, briefly; cut the rest; write everything down."""
        desk.stop()
        deadline = time.monotonic() + (0 if desk.broken or self.told_at else self.options.stop_grace_s)
        while fleet.serving and not desk.broken and time.monotonic() < deadline:
            try:
                await fleet.wait(_TICK_S)
            except TransportError:
                continue  # the first one is on its way up already
        await fleet.end()
        for _ in range(3):  # a commit may call connections back, and those may have a last word
            desk.flush()
            await asyncio.sleep(0)

    def _report(self, desk: LedgerDesk, run_id: int | None) -> SendReport:
        """Finish the edition if nothing is open, and say how it stands."""
        now = self.clock()
        self.timeline.note(time.monotonic() - self.started, desk.tally)
        with self.ledger.transaction() as conn:
            finish(conn, self.edition_id, now)
            let_go_if_cancelled(conn, self.edition_id)
            found = counts(conn, self.edition_id)
            report = SendReport(
                edition_id=self.edition_id,
                counts=found,
                sent_now=desk.tally[DeliveryState.SENT],
                deferred_now=desk.tally[DeliveryState.DEFERRED],
                failed_now=desk.tally[DeliveryState.FAILED],
                uncertain_now=desk.tally[DeliveryState.UNCERTAIN],
                duration_s=time.monotonic() - self.started,
                stopped=found.open > 0 and (self.halted or not is_sending(conn, self.edition_id)),
                refused=self.refused and found.open > 0,
                next_due_at=next_due(conn, self.edition_id),
                timeline=self.timeline.as_json(),
            )
            if run_id is not None:
                end_run(conn, run_id, report=json.dumps(asdict(report), default=str), now=now)
        return report
