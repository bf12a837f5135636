"""Which edition an editor means who names none. Pure: the editions and the time are arguments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum, auto

from digest.model.edition import OPEN_TO_EDITING, EditionState
from digest.schedule import BEGUN, SETTLED, Schedule
from digest.store.editions import EditionRow

KEPT = frozenset({EditionState.HELD, EditionState.PAUSED})  # by an editor, or until one says so
UNFINISHED = BEGUN | {EditionState.PAUSED}


class Purpose(Enum):
    """What an edition is wanted for."""

    WORK = auto()  # to look at it, change it, answer for it, cancel it
    SEND = auto()
    RELEASE = auto()
    HOLD = auto()
    DRAFT = auto()


def choose(
    rows: Sequence[EditionRow], schedule: Schedule, now: datetime, purpose: Purpose
) -> EditionRow | None:
    """The edition at hand among a series' latest, whose newest slot comes first.

    It is the earliest that can still be edited and still be sent in time; but one that is due and was kept
    from going out comes before those of later days, until it is settled, a later one has gone out, or the
    next one is due. Then comes what goes out just now, then what has gone out at the newest slot or since.

    What is held, or drafted anew, is what would go out next by itself. A cancelled one is at hand for
    nothing but its release.
    """
    waiting = [
        row for row in rows if row.state in OPEN_TO_EDITING and row.key.slot >= now - schedule.max_lateness
    ]
    timely = [row for row in waiting if row.key.slot <= now]
    due, kept = schedule.newest_slot(now), _kept(rows)
    overdue = [row for row in kept if due <= row.key.slot <= now]
    paused = [row for row in kept if row.state is EditionState.PAUSED]
    going = [
        row
        for row in rows
        if (row.state in BEGUN or row in paused) and row.key.slot >= now - schedule.finish_within
    ]
    done = [row for row in rows if row.state is EditionState.SENT and row.key.slot >= due]
    work = [*timely[-1:], *overdue[:1], *waiting[-1:], *going[-1:], *done[:1]]
    order = {
        Purpose.WORK: work,
        Purpose.SEND: [*going[-1:], *work],
        Purpose.RELEASE: [*_releasable(rows, kept, due, now), *work],
        Purpose.HOLD: [*waiting[-1:], *overdue[:1], *going[-1:], *done[:1]],
        Purpose.DRAFT: [*waiting[-1:], *going[-1:], *done[:1]],
    }
    return next(iter(order[purpose]), None)


def slot_to_draft(
    rows: Sequence[EditionRow], schedule: Schedule, now: datetime, installed: datetime
) -> datetime:
    """The slot whose edition a draft would be: the one that is due, or the next, that is not settled yet."""
    due = schedule.newest_slot(now)
    slot = due if due >= installed and now - due <= schedule.max_lateness else schedule.next_slot(now)
    settled = {schedule.day_of(row.key.slot) for row in rows if row.state in SETTLED}
    while schedule.day_of(slot) in settled:
        slot = schedule.next_slot(slot)
    return slot


def _kept(rows: Sequence[EditionRow]) -> list[EditionRow]:
    """Those kept from going out; one that a later edition has overtaken is over."""
    sent = [row.key.slot for row in rows if row.accepted_at or row.state in BEGUN]
    return [row for row in rows if row.state in KEPT and not any(slot > row.key.slot for slot in sent)]


def _releasable(
    rows: Sequence[EditionRow], kept: Sequence[EditionRow], due: datetime, now: datetime
) -> list[EditionRow]:
    """What a release may be about: first what is due, then what is to come, then what was cancelled last."""
    past = [row for row in kept if row.key.slot <= now]
    coming = [row for row in kept if row.key.slot > now]
    cancelled = [
        row
        for row in rows
        if row.state is EditionState.CANCELLED and row.key.slot >= due and row.frozen_at is None
    ]
    return [*past[:1], *coming[-1:], *sorted(cancelled, key=lambda row: row.updated_at)[-1:]]
