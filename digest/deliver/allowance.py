"""When, and how much, may go out today: the delivery window and the warm-up. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import log10
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_MORE_THAN_READERS = 9.0  # as a power of ten


@dataclass(frozen=True, slots=True)
class Window:
    """The hours in which messages are handed over; one that closes before it opens spans midnight."""

    opens: time
    closes: time

    @classmethod
    def of(cls, text: str) -> Window:
        """From two times of day with a hyphen between, as ``str`` gives it."""
        opens, _, closes = text.partition("-")
        return cls(time.fromisoformat(opens), time.fromisoformat(closes))

    def holds(self, local: time) -> bool:
        """Whether this local time is inside."""
        if self.opens < self.closes:
            return self.opens <= local < self.closes
        return local >= self.opens or local < self.closes

    def __str__(self) -> str:
        """As it is written in the settings."""
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"


@dataclass(frozen=True, slots=True)
class WarmUp:
    """A new sender's first weeks: ``first`` messages on the first day, each day ``growth`` times as many."""

    begins: date
    first: int
    growth: float

    def cap(self, day: date) -> int | None:
        """The most messages on this day; None before it begins, and once nobody has so many readers."""
        passed = (day - self.begins).days
        if passed < 0:
            return None
        # In logarithms: a growth of 6 is past what a float holds within 400 days.
        if log10(self.first) + passed * log10(self.growth) > _MORE_THAN_READERS:
            return None
        return int(self.first * self.growth**passed)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may go out from now on. ``most`` messages (None: any number), until ``until`` (UTC; None: no end).

    ``shut`` says why nothing may at the moment, "" where something may.
    """

    most: int | None = None
    until: datetime | None = None
    shut: str = ""


UNLIMITED = Allowance()


@dataclass(frozen=True, slots=True)
class Limits:
    """The publication's own hours and warm-up, in its time zone."""

    zone: ZoneInfo
    window: Window | None = None
    warm_up: WarmUp | None = None

    def day_began(self, now: datetime) -> datetime:
        """When the local day of ``now`` began."""
        local = now.astimezone(self.zone)
        return datetime.combine(local.date(), time(), self.zone).astimezone(UTC)

    def allowance(self, now: datetime, sent_today: int) -> Allowance:
        """What may go out at ``now``, when ``sent_today`` messages were accepted since the day began."""
        local = now.astimezone(self.zone)
        cap = self.warm_up.cap(local.date()) if self.warm_up else None
        if self.window and not self.window.holds(local.time()):
            return Allowance(0, shut=f"outside the delivery window {self.window} ({self.zone.key})")
        if cap is not None and sent_today >= cap:
            return Allowance(0, shut=f"the warm-up's {cap:,} messages of {local:%Y-%m-%d} are out")
        return Allowance(None if cap is None else cap - sent_today, self._closes_after(local))

    def _closes_after(self, local: datetime) -> datetime | None:
        if self.window is None:
            return None
        closing = local.replace(
            hour=self.window.closes.hour, minute=self.window.closes.minute, second=0, microsecond=0
        )
        if closing <= local:
            closing += _DAY  # of the wall clock, whatever the hours of this day
        return closing.astimezone(UTC)
