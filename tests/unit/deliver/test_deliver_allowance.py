"""What may go out today: hours and shares, over midnight and over changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.allowance import Limits, WarmUp, Window

BERLIN = ZoneInfo("Europe/Berlin")
DAY = Window(time(6), time(21))
NIGHT = Window(time(22), time(5))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("window", "when", "until"),
    [
        (DAY, "2026-03-02T06:00", "2026-03-02T21:00"),
        (DAY, "2026-03-02T20:59:59", "2026-03-02T21:00"),
        (DAY, "2026-03-29T06:30", "2026-03-29T21:00"),  # the day on which an hour is missing
        (NIGHT, "2026-03-02T23:00", "2026-03-03T05:00"),
        (NIGHT, "2026-03-02T04:00", "2026-03-02T05:00"),
        (NIGHT, "2026-03-28T23:00", "2026-03-29T05:00"),  # six hours of the clock, five of time
        (NIGHT, "2026-10-24T23:00", "2026-10-25T05:00"),  # seven of time
    ],
)
def test_inside_the_window_it_goes_until_that_closes(window: Window, when: str, until: str) -> None:
    allowance = Limits(BERLIN, window).allowance(at(when), 0)
    assert (allowance.most, allowance.until, allowance.shut) == (None, at(until), "")


@pytest.mark.parametrize(
    ("window", "when"),
    [
        (DAY, "2026-03-02T21:00"),
        (DAY, "2026-03-02T05:59"),
        (NIGHT, "2026-03-02T05:00"),
        (NIGHT, "2026-03-02T12:00"),
    ],
)
def test_outside_nothing_goes(window: Window, when: str) -> None:
    allowance = Limits(BERLIN, window).allowance(at(when), 0)
    assert allowance.most == 0
    assert allowance.shut == f"outside the delivery window {window} (Europe/Berlin)"


def test_a_window_is_written_as_it_is_read() -> None:
    assert str(Window.of("06:00-21:30")) == "06:00-21:30"


def test_a_warm_up_grows_day_by_day_and_ends() -> None:
    warm_up = WarmUp(date(2026, 3, 2), first=200, growth=1.5)
    assert [warm_up.cap(date(2026, 3, day)) for day in (1, 2, 3, 4)] == [None, 200, 300, 450]
    assert warm_up.cap(date(2027, 3, 2)) is None


@pytest.mark.parametrize("growth", [6.0, 10.0])
def test_a_warm_up_that_was_left_in_the_settings_for_years_is_no_trouble(growth: float) -> None:
    warm_up = WarmUp(date(2020, 3, 2), first=200, growth=growth)
    assert warm_up.cap(date(2020, 3, 4)) == int(200 * growth**2)
    assert warm_up.cap(date(2026, 3, 2)) is None


def test_a_warm_up_that_does_not_grow_stays_as_it_is() -> None:
    assert WarmUp(date(2020, 3, 2), first=200, growth=1.0).cap(date(2026, 3, 2)) == 200


def test_what_went_out_today_counts_against_the_share() -> None:
    limits = Limits(BERLIN, warm_up=WarmUp(date(2026, 3, 2), 200, 2.0))
    assert limits.allowance(at("2026-03-02T06:30"), 0).most == 200
    assert limits.allowance(at("2026-03-02T06:30"), 150).most == 50
    spent = limits.allowance(at("2026-03-02T06:30"), 200)
    assert (spent.most, spent.shut) == (0, "the warm-up's 200 messages of 2026-03-02 are out")
    assert limits.allowance(at("2026-03-01T23:59"), 10**6).most is None
    assert limits.day_began(at("2026-03-02T06:30")) == at("2026-03-02T00:00")


@given(
    st.integers(0, 366 * 24 * 60).map(lambda minutes: at("2026-01-01T00:00") + timedelta(minutes=minutes)),
    st.times(),
    st.times(),
)
def test_the_end_of_a_window_is_ahead_and_outside(now: datetime, opens: time, closes: time) -> None:
    window = Window(opens.replace(second=0, microsecond=0), closes.replace(second=0, microsecond=0))
    allowance = Limits(BERLIN, window).allowance(now, 0)
    if allowance.until is not None:
        assert now < allowance.until <= now + timedelta(hours=25)
        assert allowance.until.astimezone(BERLIN).time() == window.closes or _in_a_gap(allowance.until)


def _in_a_gap(moment: datetime) -> bool:
    """Whether the clock was put forward over the time that was meant."""
    return moment.astimezone(BERLIN).date() == date(2026, 3, 29)
