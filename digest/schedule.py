"""When an edition is due, and what a heartbeat should do about it. Pure: the time is an argument.

A schedule names a local time and days of the week. Its instants ("slots") are computed here and nowhere
else, because a scheduler's own daily job fires twice in the autumn fold and skips a day in the spring gap:

* in a fold (a local time that happens twice) the first of the two counts;
* in a gap (a local time that does not happen) the slot moves forward by the length of the gap.
"""

from __future__ import annotations

from calendar import day_name
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.model.edition import EditionKey, EditionState
from digest.model.links import edition_ref

BEGUN = frozenset({EditionState.FROZEN, EditionState.SENDING})
DAYS_IN_A_WEEK = 7
_WEEKDAYS = frozenset(range(1, 6))
SETTLED = frozenset({EditionState.SENT, EditionState.CANCELLED, EditionState.PAUSED}) | BEGUN


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a series goes out. ``days`` are ISO weekdays (Monday is 1); ``send_at`` is local time.

    On ``days_off``, days of the calendar, nothing goes out whatever weekday they are.
    ``silence_sends`` is the approval rule: whether a draft nobody looked at goes out by itself.
    ``finish_within`` bounds how long after its slot a begun edition is still resumed by itself.
    """

    series: str = "daily"
    send_at: time = time(6, 30)
    days: frozenset[int] = frozenset(range(1, DAYS_IN_A_WEEK + 1))
    days_off: frozenset[date] = frozenset()
    timezone: str = "UTC"
    draft_before: timedelta = timedelta(hours=2)
    max_lateness: timedelta = timedelta(hours=3)
    finish_within: timedelta = timedelta(hours=27)
    silence_sends: bool = True

    def days_in_words(self) -> str:
        """The days, for readers who choose, in English: "Every day", "On Mondays and Fridays"."""
        if len(self.days) == DAYS_IN_A_WEEK:
            return "Every day"
        if self.days == _WEEKDAYS:
            return "On weekdays"
        *others, last = (f"{day_name[day - 1]}s" for day in sorted(self.days))
        return f"On {', '.join(others)} and {last}" if others else f"On {last}"

    def instant(self, day: date) -> datetime:
        """The UTC instant of the sending time on a local day, whatever its weekday."""
        local = datetime.combine(day, self.send_at, tzinfo=ZoneInfo(self.timezone))
        return local.replace(fold=0).astimezone(UTC)

    def ref(self, slot: datetime) -> str:
        """How an edition of the series is named: "daily-20261123T0630"."""
        return edition_ref(EditionKey("", self.series, slot))

    def local_day(self, moment: datetime) -> date:
        """The calendar day of an instant, where the publication lives."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()

    def day_of(self, slot: datetime) -> date:
        """The day whose edition a slot is: one that a gap moves past midnight is still the evening's."""
        day = self.local_day(slot)
        before = day - timedelta(days=1)
        return before if self.instant(before) == slot else day

    def sends_on(self, day: date) -> bool:
        """Whether an edition goes out on a local day."""
        return day.isoweekday() in self.days and day not in self.days_off

    def newest_slot(self, now: datetime) -> datetime:
        """The latest slot at or before ``now``."""
        return self._search(now, step=-1)

    def next_slot(self, now: datetime) -> datetime:
        """The earliest slot after ``now``."""
        return self._search(now, step=1)

    def goes_on(self, slot: datetime, moved_at: datetime, now: datetime) -> bool:
        """Whether a begun edition is still sent by itself; ``moved_at``: when it began or was released."""
        return now - max(slot, moved_at) <= self.finish_within

    def _search(self, now: datetime, step: int) -> datetime:
        # A local day can lie a day beside the UTC one, so the search starts on the far side of it.
        day = self.local_day(now) - timedelta(days=step)
        for offset in range(10 + DAYS_IN_A_WEEK * len(self.days_off)):
            candidate_day = day + timedelta(days=step * offset)
            if not self.sends_on(candidate_day):
                continue
            slot = self.instant(candidate_day)
            if (step > 0 and slot > now) or (step < 0 and slot <= now):
                return slot
        raise AssertionError("a schedule has at least one day a week")


@dataclass(frozen=True, slots=True)
class Standing:
    """An edition as the planner sees it."""

    edition_id: int
    state: EditionState
    drafted: bool
    moved_at: datetime  # when it came into its state, or was last drafted
    quiet: bool = False  # the draft has no story


@dataclass(frozen=True, slots=True)
class Draft:
    """Compose the edition of this slot and keep it as a draft."""

    slot: datetime


@dataclass(frozen=True, slots=True)
class Send:
    """Freeze and deliver the edition of this slot, drafting it first if nobody has."""

    slot: datetime


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on with an edition that has begun."""

    edition_id: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop resuming an edition that began too long ago; an editor may release it."""

    edition_id: int
    text: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Tell the editor, once per ``key``."""

    key: str
    text: str


Intent = Draft | Send | Resume | Pause | Alert


def plan(
    schedule: Schedule,
    now: datetime,
    editions: Mapping[datetime, Standing],
    *,
    installed_at: datetime,
    clock_jumped: bool = False,
    busy: Collection[tuple[datetime, datetime]] = (),
    doubted_until: datetime | None = None,
) -> tuple[Intent, ...]:
    """What to do at this heartbeat. Asking again, at any time and from anywhere, is harmless.

    Args:
        schedule: when the series goes out.
        now: the present instant.
        editions: the series' latest editions by slot.
        installed_at: no slot before this instant was ever owed to anybody.
        clock_jumped: the wall clock ran ahead of the machine's own count of time since the last beat.
        busy: when sends of late began and ended. What fell due during one is late only from its end on: no
            heartbeat could begin it before.
        doubted_until: the database was put back from a backup, and can't tell what was sent of the slots up
            to this instant.
    """
    intents: list[Intent] = []
    for slot, standing in sorted(editions.items()):
        if standing.state in BEGUN:
            intents.append(go_on(schedule, now, slot, standing))
    due = schedule.newest_slot(now)
    if due >= installed_at:
        could_begin = max((end for start, end in busy if start <= due <= end <= now), default=due)
        doubted = doubted_until is not None and due <= doubted_until
        intents.extend(
            _due(schedule, now, due, editions, could_begin, clock_jumped=clock_jumped, doubted=doubted)
        )
    coming = schedule.next_slot(now)
    standing_next = editions.get(coming)
    if now >= coming - schedule.draft_before and _wants_draft(schedule, now, coming, standing_next):
        intents.append(Draft(coming))
    return tuple(intents)


def _wants_draft(schedule: Schedule, now: datetime, slot: datetime, standing: Standing | None) -> bool:
    """Whether there is no draft, or one made so early that the day's news is not in it.

    What an editor held or approved is never composed anew.
    """
    if standing is None or not standing.drafted:
        return standing is None or standing.state in {EditionState.DRAFT, EditionState.APPROVED}
    too_early = standing.moved_at < slot - schedule.draft_before
    from_the_future = standing.moved_at > now  # of a clock that was ahead
    return standing.state is EditionState.DRAFT and (too_early or from_the_future)


def go_on(schedule: Schedule, now: datetime, slot: datetime, standing: Standing) -> Resume | Pause:
    """What to do with an edition that has begun."""
    if schedule.goes_on(slot, standing.moved_at, now):
        return Resume(standing.edition_id)
    ref = schedule.ref(slot)
    text = (
        f"the edition {ref} began, but did not finish within {_hours(schedule.finish_within)};"
        f" it is paused: `digest release --edition {ref}` goes on with it"
    )
    return Pause(standing.edition_id, text)


def _due(
    schedule: Schedule,
    now: datetime,
    due: datetime,
    editions: Mapping[datetime, Standing],
    could_begin: datetime,
    *,
    clock_jumped: bool,
    doubted: bool,
) -> list[Intent]:
    standing = editions.get(due)
    state = standing.state if standing else EditionState.DRAFT
    day = schedule.day_of(due)
    if any(other.state in SETTLED and schedule.day_of(slot) == day for slot, other in editions.items()):
        return []  # this day's edition has gone out, perhaps at another hour of another schedule
    ref = schedule.ref(due)
    draft: list[Intent] = [Draft(due)] if _wants_draft(schedule, now, due, standing) else []
    if doubted and now - due <= schedule.finish_within and state is EditionState.DRAFT:
        return [*draft, Alert(f"doubted:{ref}", in_doubt(ref))]
    if doubted and now - due > schedule.finish_within and state is not EditionState.APPROVED:
        return []  # it may be out: the alert of the doubt has said so, and what to do
    if now - could_begin > schedule.max_lateness or now - due > schedule.finish_within:
        return [] if standing and standing.quiet else [_late(schedule, due, state)]
    if state is EditionState.HELD:
        text = f"the edition {ref} is held by an editor; `digest release --edition {ref}` lets it go"
        return [Alert(f"held:{ref}", text)]
    waits: Alert | None = None
    if state is not EditionState.APPROVED:
        if not schedule.silence_sends:
            text = f"the edition {ref} waits for approval: `digest approve --edition {ref}` sends it"
            waits = Alert(f"approval:{ref}", text)
        elif clock_jumped and _beyond_next(schedule, due, editions):
            local = now.astimezone(ZoneInfo(schedule.timezone))
            text = (
                f"the clock jumped ahead to {local:%Y-%m-%d %H:%M} {schedule.timezone}, past an edition that"
                f" was due before; if the date is right, `digest approve --edition {ref}` sends what is due"
            )
            waits = Alert(f"clock:{ref}", text)
    return [*draft, waits or Send(due)]


def in_doubt(ref: str) -> str:
    """What the editor is told of an edition that may have gone out before the database was put back."""
    return (
        f"the database was put back from a backup, and can't tell whether the edition {ref} went out:"
        f" if readers have not got it, `digest send --edition {ref}` sends it;"
        f" if they have, `digest cancel --readers-have-it --edition {ref}` says so"
    )


def _late(schedule: Schedule, due: datetime, state: EditionState) -> Alert:
    # Nothing is stored: if the clock was wrong and comes back, the slot is still open.
    ref = schedule.ref(due)
    if state is EditionState.HELD:
        first = f"it is held by an editor: `digest release --edition {ref}`"
    else:
        first = f"`digest draft --series {schedule.series} --date {schedule.day_of(due)}`"
    text = (
        f"the edition {ref} was not sent in time and is more than {_hours(schedule.max_lateness)} late;"
        f" {first} and `digest send --edition {ref}` send it all the same"
    )
    return Alert(f"late:{ref}", text)


def _beyond_next(schedule: Schedule, due: datetime, editions: Mapping[datetime, Standing]) -> bool:
    settled = [slot for slot, standing in editions.items() if standing.state in SETTLED and slot < due]
    return bool(settled) and due > schedule.next_slot(max(settled))


def _hours(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:g} h"
