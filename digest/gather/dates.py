"""Dates as publishers write them, and which of them can be believed."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web; what is older is a wrong unit or a default
FUTURE_TOLERANCE = timedelta(days=1)
MAX_DATE = 80

# Hours east of UTC. Only abbreviations with one meaning in news use; IST is taken as India's.
ZONES = {
    "UTC": 0, "UT": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2,
    "MESZ": 2, "EET": 2, "SAST": 2, "EEST": 3, "MSK": 3, "TRT": 3, "IRST": 3.5, "PKT": 5, "IST": 5.5,
    "ICT": 7, "WIB": 7, "HKT": 8, "SGT": 8, "PHT": 8, "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5,
    "AEST": 10, "ACDT": 10.5, "AEDT": 11, "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4, "CST": -6,
    "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "BRT": -3,
    "ART": -3,
}  # fmt: skip
_ZONE = re.compile(r"\s*\(?\b([A-Z]{1,5})\)?$")
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{13}")
_DAY_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}")
_ISO_START = re.compile(r"\d{4}-?\d{2}-?\d{2}")
_HALF_DAY = re.compile(r"\b(\d{1,2})(:\d{2}(?::\d{2})?) ?([ap])\.?m\b\.?", re.IGNORECASE | re.ASCII)
_COLON = re.compile(r"([+-]\d{2}):(\d{2})$", re.ASCII)
_FRACTION = re.compile(r"(\.\d{6})\d+")


def parse_date(text: str) -> datetime | None:
    """An instant in UTC from RFC 822, ISO 8601 or epoch seconds or milliseconds; None if it is none.

    A time without a zone counts as UTC; a day without a time as its noon, which is wrong by half a
    day at most.
    """
    text = " ".join(text.split())
    if not text or len(text) > MAX_DATE:
        return None
    try:
        if _EPOCH.fullmatch(text):
            number = float(text)
            return datetime.fromtimestamp(number / 1000 if number > 1e12 else number, UTC)  # noqa: PLR2004 - ms
        if _DAY_ONLY.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), time(12), UTC)
        moment = _iso(text) if _ISO_START.match(text) else _rfc(text)
        return moment.astimezone(UTC) if moment else None
    except (ValueError, OverflowError, TypeError):
        return None


def _zone(text: str) -> tuple[str, timezone | None]:
    """``text`` without a zone's abbreviation at its end, and that zone."""
    found = _ZONE.search(text)
    if found and found.group(1) in ZONES:
        return text[: found.start()], timezone(timedelta(hours=ZONES[found.group(1)]))
    return text, None


def _iso(text: str) -> datetime:
    rest, zone = _zone(text)
    rest = _FRACTION.sub(r"\1", rest.strip().replace("t", "T"))
    rest = re.sub(r"\s+(?=[+-]\d)", "", rest)
    moment = datetime.fromisoformat(rest)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone or UTC)


def _rfc(text: str) -> datetime | None:
    rest, zone = _zone(_HALF_DAY.sub(_of_24, text))
    rest = _COLON.sub(r"\1\2", rest)
    try:
        moment = email.utils.parsedate_to_datetime(rest)
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone or UTC)


def _of_24(found: re.Match[str]) -> str:
    """A time of day with AM or PM on the clock of 24 hours; one that was on it already stays."""
    hour, rest, half = int(found[1]), found[2], found[3].lower()
    noon = 12
    if hour <= noon:
        hour = hour % noon + (noon if half == "p" else 0)
    return f"{hour:02}{rest}"


def believable(moment: datetime | None, now: datetime) -> datetime | None:
    """``moment`` if it can be true, else None.

    Up to a day ahead is a wrong zone or a scheduled post and counts as ``now``; further ahead, or
    before 1990, is no date of publication.
    """
    if moment is None or moment < EARLIEST or moment > now + FUTURE_TOLERANCE:
        return None
    return min(moment, now)


def first_believable(
    candidates: Iterable[tuple[str, str | datetime | None]], now: datetime
) -> tuple[datetime | None, str]:
    """The first candidate (source, date) that can be true, with its source; (None, "") if none can."""
    for source, raw in candidates:
        moment = believable(parse_date(raw) if isinstance(raw, str) else raw, now)
        if moment is not None:
            return moment, source
    return None, ""
