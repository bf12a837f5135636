"""The kinds of values that count, last or list: numbers, spans of time, times of day, lists of names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from ipaddress import ip_network

from digest.settings.kinds import SLUG, Kind, quoted

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HIGHEST_PORT = 65_535
_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:\d{1,9}[dhms])+", re.ASCII)
_LONGEST_OFF = timedelta(days=365)
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_DOMAIN_RATE = re.compile(r"[A-Za-z0-9.-]+ +[0-9]{1,5}(\.[0-9]{1,3})?")
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def boolean() -> Kind[bool]:
    """True or false; the environment may also say yes, no, on, off, 1 and 0."""

    def read(value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError("is neither true nor false; write true or false, without quotation marks")  # noqa: TRY004  (one exception for every refusal)
        return value

    def from_text(found: str) -> object:
        word = found.strip().casefold()
        return True if word in _TRUE else False if word in _FALSE else found

    return Kind("true or false", read, lambda value: "true" if value else "false", from_text)


def integer(lowest: int, highest: int, unit: str = "") -> Kind[int]:
    """A whole number within limits, both included."""

    def read(value: object) -> int:
        advice = f"write one from {lowest} to {highest}, without quotation marks"
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(f"is no whole number; {advice}")  # noqa: TRY004  (one exception for every refusal)
        if not lowest <= value <= highest:
            raise ValueError(f"is out of range; write a whole number from {lowest} to {highest}")
        return value

    def from_text(found: str) -> object:
        return int(found) if re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", found) else found

    return Kind(f"whole number, {lowest} to {highest}{unit}", read, str, from_text)


def number(lowest: float, highest: float, unit: str = "") -> Kind[float]:
    """A number within limits, both included."""

    def read(value: object) -> float:
        advice = f"write one from {lowest:g} to {highest:g}, without quotation marks"
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ValueError(f"is no number; {advice}")  # noqa: TRY004  (one exception for every refusal)
        if not lowest <= value <= highest:
            raise ValueError(f"is out of range; write a number from {lowest:g} to {highest:g}")
        return float(value)

    def from_text(found: str) -> object:
        return float(found) if re.fullmatch(r"\s*[+-]?[0-9]{1,12}(\.[0-9]{1,12})?\s*", found) else found

    return Kind(f"number, {lowest:g} to {highest:g}{unit}", read, lambda value: f"{value:.12g}", from_text)


def show_duration(span: timedelta) -> str:
    """A span the way it is written in the settings: 1h30m."""
    left, parts = int(span.total_seconds()), []
    for unit, seconds in _UNITS.items():
        count, left = divmod(left, seconds) if unit != "d" or left % seconds == 0 else (0, left)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def duration(lowest: timedelta, highest: timedelta) -> Kind[timedelta]:
    """A span of time with its unit, like 30m or 1h30m; limits included."""

    def read(value: object) -> timedelta:
        found = value.replace(" ", "") if isinstance(value, str) else ""
        if not _DURATION.fullmatch(found):
            raise ValueError(
                'is no span of time; write a number and s, m, h or d, like "90s", "30m" or "1h30m"'
            )
        counts = re.findall(r"(\d+)([dhms])", found)
        seconds = sum(int(count) * _UNITS[unit] for count, unit in counts)
        if not lowest.total_seconds() <= seconds <= highest.total_seconds():
            limits = f'"{show_duration(lowest)}" to "{show_duration(highest)}"'
            raise ValueError(f"is out of range; write a span from {limits}")
        return timedelta(seconds=seconds)

    name = f"span of time, {show_duration(lowest)} to {show_duration(highest)}"
    return Kind(name, read, lambda span: quoted(show_duration(span)))


def time_of_day() -> Kind[time]:
    """Hours and minutes, local to the publication."""

    def read(value: object) -> time:
        if isinstance(value, time) and value == value.replace(second=0, microsecond=0):
            return value
        match = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
        if not match:
            raise ValueError('is no time of day; write hours and minutes with two digits each, like "06:30"')
        return time(int(match[1]), int(match[2]))

    return Kind("time of day", read, lambda value: quoted(f"{value:%H:%M}"))


def maybe_time_of_day() -> Kind[time | None]:
    """``time_of_day``; None where it is empty."""
    plain = time_of_day()
    return Kind(
        plain.name,
        lambda value: None if value == "" else plain.read(value),
        lambda moment: quoted("") if moment is None else plain.show(moment),
    )


def day() -> Kind[date | None]:
    """A day of the calendar; None where it is empty."""

    def read(value: object) -> date | None:
        if value == "":
            return None
        try:
            found = value if isinstance(value, date) else date.fromisoformat(str(value).strip())
        except ValueError:
            found = None
        if found is None or isinstance(found, datetime):
            raise ValueError("is no day; write year, month and day, like 2026-03-01")
        return found

    return Kind("day", read, lambda value: value.isoformat() if value else quoted(""))


def days_off() -> Kind[tuple[str, ...]]:
    """Days of the calendar, and spans of them with both ends, "2026-12-24..2027-01-03"; may be none."""
    mend = 'write days like ["2026-12-25"], and spans of at most a year like ["2026-12-24..2027-01-03"]'

    def read(value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise ValueError(f"is no list; {mend}")  # noqa: TRY004  (one exception for every refusal)
        found = []
        for span in value:
            try:
                first, last = ends_of(str(span))
            except ValueError:
                raise ValueError(f"holds {str(span)!r}, which is no day or span of days; {mend}") from None
            if not timedelta(0) <= last - first <= _LONGEST_OFF:
                raise ValueError(f"holds {str(span)!r}, which ends before it begins or is too long; {mend}")
            found.append(f"{first}..{last}" if last > first else f"{first}")
        return tuple(found)

    return Kind("list of days and spans of days", read, _show_names, _split)


def ends_of(span: str) -> tuple[date, date]:
    """The first and the last day of one of ``days_off``.

    Raises:
        ValueError: it is none.
    """
    first, dots, last = span.partition("..")
    begins = date.fromisoformat(first.strip())
    return begins, date.fromisoformat(last.strip()) if dots else begins


def window() -> Kind[str]:
    """Two times of day with a hyphen between; "" is all day."""

    def read(value: object) -> str:
        found = re.sub(r"\s", "", value) if isinstance(value, str) else "?"
        if not found:
            return ""
        opens, hyphen, closes = found.partition("-")
        if not (hyphen and _TIME.fullmatch(opens) and _TIME.fullmatch(closes) and opens != closes):
            raise ValueError('is no window; write two different times of day, like "06:00-21:00"')
        return found

    return Kind("two times of day", read, quoted)


def domain_rates() -> Kind[tuple[str, ...]]:
    """Domains, each with the most messages a second that it is sent."""

    def read(value: object) -> tuple[str, ...]:
        lines = value if isinstance(value, list) else [None]
        if not all(isinstance(line, str) and _DOMAIN_RATE.fullmatch(line.strip()) for line in lines):
            raise ValueError(
                'is no list of domains and rates; write it like ["gmail.com 20", "outlook.com 5"]'
            )
        return tuple(str(line).strip().lower() for line in lines)

    return Kind("list of domains and rates", read, _show_names, _split)


def networks() -> Kind[tuple[str, ...]]:
    """IP addresses, and networks as 10.0.0.0/8; may be none."""
    advice = 'write it like ["127.0.0.1", "10.0.0.0/8"]'

    def read(value: object) -> tuple[str, ...]:
        names = [name for name in _as_names(value, advice) if name]
        for name in names:
            try:
                ip_network(name)
            except ValueError:
                raise ValueError(f"holds something else than an IP address or network; {advice}") from None
        return tuple(names)

    return Kind("list of IP addresses", read, _show_names, _split)


def weekdays() -> Kind[tuple[str, ...]]:
    """Days of the week, mon to sun, in their order; at least one."""

    def read(value: object) -> tuple[str, ...]:
        names = _as_names(value, 'write it like ["mon", "tue", "wed", "thu", "fri"]')
        if not names or not set(names) <= set(DAY_NAMES):
            raise ValueError(f"does not name days of the week; choose from {', '.join(DAY_NAMES)}")
        return tuple(day for day in DAY_NAMES if day in names)

    return Kind("list of days", read, _show_names, _split)


def slugs() -> Kind[tuple[str, ...]]:
    """A list of short names, at least one and each once, in an order that means something."""

    def read(value: object) -> tuple[str, ...]:
        names = _as_names(value, 'write it like ["arctic", "middle-east"]')
        if not all(SLUG.fullmatch(name) for name in names):
            raise ValueError('holds something else than lower-case short names like "middle-east"')
        if not names:
            raise ValueError("is empty; name at least one")
        if len(set(names)) < len(names):
            raise ValueError("names something twice; name each once")
        return tuple(names)

    return Kind("list of short names", read, _show_names, _split)


def _as_names(value: object, advice: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"is no list of names; {advice}")
    return [item.strip().casefold() for item in value]


def _show_names(names: Sequence[str]) -> str:
    return "[" + ", ".join(quoted(name) for name in names) + "]"


def _split(found: str) -> object:
    return [part.strip() for part in found.split(",") if part.strip()]
