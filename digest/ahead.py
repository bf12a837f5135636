"""Whether a `digest send` that names no edition may begin one before its time.

It may where nobody is taken by surprise: see ``docs/decisions/sending-ahead.md``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digest import clock, desk
from digest.errors import StateError
from digest.model.edition import EditionKey
from digest.parts import Parts, installed_at
from digest.schedule import Schedule, in_doubt
from digest.store import meta, restored
from digest.store.editions import Settled


def mind_the_schedule(parts: Parts, key: EditionKey, now: datetime) -> None:
    """Leave an edition to its time, unless this is how the series goes out.

    Raises:
        StateError: it is not to be begun yet; or an earlier one was due, and has not gone out.
    """
    if key.slot <= now:
        return
    parts = parts.for_series(key.series)
    schedule, settled = parts.schedule, desk.settled(parts, key.series)
    if _just_sent(schedule, key.slot, settled, now):
        raise StateError(f"{_due_only(schedule, key)}: {_by_name(parts, key)} it now all the same")
    if schedule.day_of(key.slot) <= schedule.local_day(now):
        return
    beat = _last_beat(parts)
    missed = _missed(parts, settled, beat, now)
    if missed is not None:
        raise StateError(_has_not_gone_out(parts, missed) + f"; {_due_only(schedule, key)}")
    if settled and not _sent_ahead(settled, beat):
        raise StateError(f"{_due_only(schedule, key)}: {_by_name(parts, key)} it now all the same")


def _just_sent(schedule: Schedule, slot: datetime, settled: list[Settled], now: datetime) -> bool:
    """Whether one before it went out less than half of a period ago."""
    half = (slot - schedule.newest_slot(slot - timedelta(microseconds=1))) / 2
    return any(one.accepted_at and one.slot < slot and now - one.accepted_at < half for one in settled)


def _sent_ahead(settled: list[Settled], beat: datetime | None) -> bool:
    """Whether the last one went out before its time as well, and no heartbeat has come since.

    So it is with whoever sends by hand, once a day, at whatever hour.
    """
    sent = [one for one in settled if one.accepted_at]
    if not sent or sent[0].accepted_at is None:
        return False
    return sent[0].accepted_at < sent[0].slot and (beat is None or beat < sent[0].accepted_at)


def _missed(parts: Parts, settled: list[Settled], beat: datetime | None, now: datetime) -> EditionKey | None:
    """The newest edition that was due, if somebody made it or counted on it, and it has not gone out."""
    schedule = parts.schedule
    due = schedule.newest_slot(now)
    days = {schedule.day_of(one.slot) for one in settled}
    if due < installed_at(parts) or schedule.day_of(due) in days:
        return None
    key = parts.key(due)
    row = desk.stored(parts, key)
    if row is None:
        return key if beat is not None and beat >= due else None
    return None if row.edition is not None and row.edition.quiet else key


def _has_not_gone_out(parts: Parts, missed: EditionKey) -> str:
    schedule, ref = parts.schedule, parts.schedule.ref(missed.slot)
    with parts.database.read() as conn:
        doubted = restored.doubted_until(conn, missed.publication, missed.series)
    if doubted is not None and missed.slot <= doubted:
        return in_doubt(ref)
    return (
        f"the edition {ref} was due on {_moment(schedule, missed.slot)} and has not gone out:"
        f" {_by_name(parts, missed)} it now all the same"
    )


def _last_beat(parts: Parts) -> datetime | None:
    with parts.database.read() as conn:
        stored = meta.get_meta(conn, clock.BEAT)
    return None if stored is None else clock.Beat.load(stored).wall


def _due_only(schedule: Schedule, key: EditionKey) -> str:
    return f"the edition {schedule.ref(key.slot)} is due only on {_moment(schedule, key.slot)}"


def _by_name(parts: Parts, key: EditionKey) -> str:
    """The commands that send an edition, with their verb."""
    schedule = parts.schedule
    send = f"`digest send --edition {schedule.ref(key.slot)}`"
    if desk.stored(parts, key) is not None:
        return f"{send} sends"
    return f"`digest draft --series {key.series} --date {schedule.day_of(key.slot)}` and {send} send"


def _moment(schedule: Schedule, slot: datetime) -> str:
    return f"{slot.astimezone(ZoneInfo(schedule.timezone)):%A %Y-%m-%d %H:%M} {schedule.timezone}"
