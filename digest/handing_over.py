"""Handing an edition over: what may go out now, by this process or several, and what follows from it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime

from digest import crew
from digest.deliver.allowance import Allowance
from digest.deliver.send import SendOptions, SendReport, deliver
from digest.deliver.transports.base import Transport
from digest.messages import composer
from digest.model.delivery import Counts
from digest.model.edition import EditionState
from digest.model.links import edition_ref
from digest.parts import Parts
from digest.schedule import BEGUN
from digest.store import deliveries, editions
from digest.store.batches import next_due
from digest.store.editions import EditionRow

TOO_MANY_REFUSED = (
    "the mail server refuses too much of it for good: `digest status --report` says why,"
    " `digest release` lets it go on"
)
REFUSED_YET_RELEASED = "an editor let it go on in spite of many refusals"


def allowance_at(parts: Parts, now: datetime) -> Allowance:
    """What the delivery window and the warm-up let go out."""
    if parts.limits.warm_up is None:
        return parts.limits.allowance(now, 0)
    with parts.database.read() as conn:
        began = parts.limits.day_began(now)
        return parts.limits.allowance(now, deliveries.accepted_since(conn, parts.publication.slug, began))


def ready_transport(parts: Parts) -> Transport:
    """The transport, looked at before anything is frozen.

    Raises:
        TransportError: it can't be used as it is set up.
    """
    transport = parts.transport()
    transport.check()
    return transport


def hand_over(
    parts: Parts,
    row: EditionRow,
    now: datetime,
    transport: Transport,
    allowance: Allowance,
    progress: Callable[[Counts, float], None] | None = None,
) -> SendReport:
    """Hand over everything that is due of an edition that has begun, and see to what follows from it.

    Also of one that another machine has begun; that its sender is as we are is for the caller to know: see
    ``digest.sharing``.

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
