"""When a story was told, as a reader of the edition wants it."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from digest.model.wording import Wording


def time_of(published: datetime | None, day: date, zone: ZoneInfo, words: Wording) -> str:
    """The time alone on the edition's ``day``, with the weekday in the week before, else with the date."""
    if published is None:
        return ""
    local = published.astimezone(zone)
    clock, age = f"{local:%H:%M}", (day - local.date()).days
    if age == 0:
        return clock
    if 0 < age < len(words.weekdays):
        return words.weekday_time.format(weekday=words.weekdays[local.weekday()], time=clock)
    return words.date_time.format(date=words.day(local.date(), short=True), time=clock)
