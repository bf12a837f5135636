"""Handing an edition over: what may go out now, by this process or several, and what follows from it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import datetime

from digest import crew, sharing
from digest.deliver.allowance import Allowance
from digest.deliver.owner import fate_of, in_words, new_owner
from digest.deliver.run import SendOptions, SendReport
from digest.deliver.send import deliver
from digest.deliver.transports.base import Transport
from digest.errors import BusyError, NotNowError, StoreError
from digest.messages import composer
from digest.model.delivery import Counts
from digest.model.edition import EditionState
from digest.model.links import edition_ref
from digest.parts import Parts
from digest.schedule import BEGUN
from digest.store import deliveries, editions, restored, turn
from digest.store.batches import next_due
from digest.store.editions import EditionRow

TOO_MANY_REFUSED = (
    "the mail server refuses too much of it for good: `digest status --report` says why,"
    " `digest release` lets it go on, and `digest send --retry-failed` tries those that failed again"
)
REFUSED_YET_RELEASED = "an editor let it go on in spite of many refusals"


def allowance_at(parts: Parts, now: datetime) -> Allowance:
    """What the delivery window and the warm-up let go out."""
    if parts.limits.warm_up is None:
        return parts.limits.allowance(now, 0)
    with parts.database.read() as conn:
        began = parts.limits.day_began(now)
        return parts.limits.allowance(now, deliveries.accepted_since(conn, parts.publication.slug, began))


def refuse_when_shut(allowance: Allowance) -> None:
    """Raise NotNowError where nothing may go out at the moment."""
    if allowance.shut:
        raise NotNowError(f"nothing is sent now: {allowance.shut}; `digest run` goes on by itself")


@contextmanager
def alone(
    parts: Parts, allowance: Allowance, now: datetime
) -> Iterator[tuple[Callable[[], bool], Allowance]]:
    """Be the only process that sends, as long as anything limits the pace; ``allowance`` is as of ``now``.

    Gives what keeps it so, to be called well within each lease, which says whether it still is: a run without
    limits ends as well once one that has some began. And what may go out, where another sender has ended
    its turn since ``now``.

    Raises:
        NotNowError: another process sends at a limited pace, or did, and nothing is left of the day's share.
    """
    slug, owner, is_paced = parts.publication.slug, new_owner(), parts.is_paced(allowance)
    with parts.database.read() as conn:
        before = turn.last(conn, slug, now=parts.clock(), fate=fate_of)

    def taken_by() -> str:
        now = parts.clock()
        if not is_paced:
            with parts.database.read() as conn:
                return turn.whose(conn, slug, now=now, fate=fate_of)
        with parts.database.write() as conn:
            lease_s = parts.sending.lease_s
            return turn.take(conn, slug, owner=owner, lease_s=lease_s, now=now, fate=fate_of)

    if other := taken_by():
        raise NotNowError(
            f"nothing is sent from here: another process ({in_words(other)}) sends just now, and"
            f" {sharing.PACE_IS_LIMITED}"
        )
    try:
        if is_paced and before and before[1] >= now:
            allowance = allowance_at(parts, now)
            refuse_when_shut(allowance)
        yield lambda: not taken_by(), allowance
    finally:
        if is_paced:
            with suppress(StoreError), parts.database.write() as conn:  # else the lease ends by itself
                turn.give_back(conn, slug, owner=owner, now=parts.clock())


def ready_transport(parts: Parts) -> Transport:
    """The transport, looked at before anything is frozen.

    One that is only busy is good enough: a run has more patience than one look.

    Raises:
        TransportError: it can't be used as it is set up.
    """
    transport = parts.transport()
    with suppress(BusyError):
        transport.check()
    return transport


def hand_over(
    parts: Parts,
    row: EditionRow,
    now: datetime,
    transport: Transport,
    allowance: Allowance,
    progress: Callable[[Counts, float], None] | None = None,
    keep: Callable[[], bool] | None = None,
) -> SendReport:
    """Hand over everything that is due of an edition that has begun, and see to what follows from it.

    Also of one that another machine has begun; that its sender is as we are is for the caller to know: see
    ``digest.sharing``. ``keep`` is what ``alone`` gave.

    Raises:
        TransportError: the transport can't be used; everything unsent stays pending.
    """
    compose = composer(parts, row)
    if row.reason == REFUSED_YET_RELEASED:
        parts = replace(parts, sending=replace(parts.sending, stop_share=0.0))

    def pause() -> None:  # at once: that stops others as well, and keeps them from what this run gives back
        with parts.database.write() as conn:
            editions.move(
                conn, row.id, allowed=BEGUN, to=EditionState.PAUSED, now=now, reason=TOO_MANY_REFUSED
            )

    def going_on() -> bool:  # with each renewal of the leases, so that it costs nothing for each message
        restored.note_going_on(parts.database)
        return keep is None or keep()

    def deliver_by(options: SendOptions) -> SendReport:
        return deliver(
            parts.database,
            row.id,
            transport=transport,
            compose=compose,
            options=options,
            clock=parts.clock,
            stop=parts.stop,
            allowance=allowance,
            progress=progress,
            on_refused=pause,
            keep=going_on,
        )

    report = _delivered(parts, row, allowance, deliver_by)
    # Whoever ends last sees to the refusals of all: this process may have had none itself.
    if report.counts.failed and not report.counts.open:
        from digest import feedback  # noqa: PLC0415 - readers of mail stand behind it; most runs end without

        feedback.refusals(parts, row.id, now)
    return report


def _delivered(
    parts: Parts, row: EditionRow, allowance: Allowance, deliver_by: Callable[[SendOptions], SendReport]
) -> SendReport:
    """Deliver by this process, which ``deliver_by`` does, or by several at once."""
    processes = crew.wanted(parts, allowance)
    if processes > 1:
        with parts.database.read() as conn:
            standing = deliveries.counts(conn, row.id)
        processes = processes if crew.are_worth_it(standing) else 1
    if processes == 1:
        return deliver_by(parts.sending)
    began = time.monotonic()
    mine, *others = crew.shares(parts.sending.connections, processes)
    with crew.hired(edition_ref(row.key), others, parts.config_file, parts.stop) as members:
        report, well = members.join(deliver_by(replace(parts.sending, connections=mine)))
    if not well:  # what one of them left behind is done by this process alone
        report = crew.added(report, asdict(deliver_by(parts.sending)))
    with parts.database.read() as conn:
        found, due = deliveries.counts(conn, row.id), next_due(conn, row.id)
    return replace(
        report,
        counts=found,
        duration_s=time.monotonic() - began,
        next_due_at=due,
        stopped=report.stopped and found.open > 0,
        refused=report.refused and found.open > 0,
    )
