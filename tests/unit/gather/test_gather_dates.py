from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.gather.dates import ZONES, believable, first_believable, parse_date

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Tue, 10 Mar 2026 09:30:00 GMT", datetime(2026, 3, 10, 9, 30, tzinfo=UTC)),
        ("Tue, 10 Mar 2026 09:30:00 +0900", datetime(2026, 3, 10, 0, 30, tzinfo=UTC)),
        ("Tue, 10 Mar 2026 09:30:00 JST", datetime(2026, 3, 10, 0, 30, tzinfo=UTC)),
        ("10 Mar 2026 09:30 CET", datetime(2026, 3, 10, 8, 30, tzinfo=UTC)),
        ("Tue, 10 Mar 2026 09:30:00 EST", datetime(2026, 3, 10, 14, 30, tzinfo=UTC)),
        ("2026-03-10T09:30:00Z", datetime(2026, 3, 10, 9, 30, tzinfo=UTC)),
        ("2026-03-10T09:30:00.1234567+01:00", datetime(2026, 3, 10, 8, 30, 0, 123456, tzinfo=UTC)),
        ("2026-03-10 09:30:00 +0100", datetime(2026, 3, 10, 8, 30, tzinfo=UTC)),
        ("Tue, 10 Mar 2026 09:30:00 -05:00", datetime(2026, 3, 10, 14, 30, tzinfo=UTC)),
        ("Mar 10, 2026 2:30 PM", datetime(2026, 3, 10, 14, 30, tzinfo=UTC)),
        ("Tue, 10 Mar 2026 02:30:00 p.m. EST", datetime(2026, 3, 10, 19, 30, tzinfo=UTC)),
        ("Tue, 10 Mar 2026 14:30:00 PM GMT", datetime(2026, 3, 10, 14, 30, tzinfo=UTC)),
        ("10 Mar 2026 12:05 am", datetime(2026, 3, 10, 0, 5, tzinfo=UTC)),
        ("10 Mar 2026 12:05 PM +01:00", datetime(2026, 3, 10, 11, 5, tzinfo=UTC)),
        ("2026-03-10", datetime(2026, 3, 10, 12, tzinfo=UTC)),
        ("1773135000", datetime(2026, 3, 10, 9, 30, tzinfo=UTC)),
        ("1773135000000", datetime(2026, 3, 10, 9, 30, tzinfo=UTC)),
    ],
)
def test_dates_are_read_in_every_usual_notation(written: str, expected: datetime) -> None:
    assert parse_date(written) == expected


@pytest.mark.parametrize("written", ["", "yesterday", "32 Foo 2026", "2026-13-45", "1" * 90, "0000-00-00"])
def test_what_is_no_date_is_none(written: str) -> None:
    assert parse_date(written) is None


def test_dates_that_cannot_be_true_are_not_believed() -> None:
    assert believable(datetime(1785, 1, 1, tzinfo=UTC), NOW) is None
    assert believable(NOW + timedelta(days=3), NOW) is None
    assert believable(NOW + timedelta(hours=5), NOW) == NOW
    assert believable(NOW - timedelta(days=400), NOW) == NOW - timedelta(days=400)


def test_the_first_believable_date_wins_and_says_where_it_is_from() -> None:
    candidates = [("feed", "12 Jan 1970 00:00:00 GMT"), ("json-ld", None), ("meta", "2026-03-09T08:00:00Z")]
    assert first_believable(candidates, NOW) == (datetime(2026, 3, 9, 8, tzinfo=UTC), "meta")
    assert first_believable([("feed", "soon")], NOW) == (None, "")


@given(st.text(max_size=40))
def test_no_text_trips_the_date_reader(text: str) -> None:
    moment = parse_date(text)
    assert moment is None or moment.utcoffset() == timedelta(0)


# Where each abbreviation is used: in winter of the northern half of the world, then in its summer.
WINTER = {
    "UTC": "UTC", "UT": "UTC", "GMT": "Europe/London", "Z": "UTC", "WET": "Europe/Lisbon",
    "CET": "Europe/Paris", "MEZ": "Europe/Berlin", "EET": "Europe/Athens", "SAST": "Africa/Johannesburg",
    "MSK": "Europe/Moscow", "TRT": "Europe/Istanbul", "IRST": "Asia/Tehran", "PKT": "Asia/Karachi",
    "IST": "Asia/Kolkata", "ICT": "Asia/Bangkok", "WIB": "Asia/Jakarta", "HKT": "Asia/Hong_Kong",
    "SGT": "Asia/Singapore", "PHT": "Asia/Manila", "AWST": "Australia/Perth", "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul", "ACDT": "Australia/Adelaide", "AEDT": "Australia/Sydney",
    "NZDT": "Pacific/Auckland", "EST": "America/New_York", "CST": "America/Chicago",
    "MST": "America/Denver", "PST": "America/Los_Angeles", "AKST": "America/Anchorage",
    "HST": "Pacific/Honolulu", "BRT": "America/Sao_Paulo", "ART": "America/Argentina/Buenos_Aires",
}  # fmt: skip
SUMMER = {
    "BST": "Europe/London", "WEST": "Europe/Lisbon", "CEST": "Europe/Paris", "MESZ": "Europe/Berlin",
    "EEST": "Europe/Athens", "ACST": "Australia/Adelaide", "AEST": "Australia/Sydney",
    "NZST": "Pacific/Auckland", "EDT": "America/New_York", "CDT": "America/Chicago",
    "MDT": "America/Denver", "PDT": "America/Los_Angeles", "AKDT": "America/Anchorage",
}  # fmt: skip


@pytest.mark.parametrize("abbreviation", ZONES)
def test_an_abbreviated_zone_is_as_far_from_utc_as_where_it_is_used(abbreviation: str) -> None:
    place = WINTER.get(abbreviation) or SUMMER[abbreviation]
    there = datetime(2026, 1 if abbreviation in WINTER else 7, 15, 9, 30, tzinfo=ZoneInfo(place))
    assert parse_date(f"{there:%Y-%m-%d %H:%M} {abbreviation}") == there
