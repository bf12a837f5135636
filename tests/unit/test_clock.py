from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from digest.clock import Beat, beat, jumped, utc_now

THEN = Beat(datetime(2026, 3, 1, 6, tzinfo=UTC), "boot-a", 1000.0)


def later(wall: timedelta, uptime: timedelta, boot: str = "boot-a") -> Beat:
    return Beat(THEN.wall + wall, boot, THEN.uptime_s + uptime.total_seconds())


def test_clocks_that_run_together_did_not_jump() -> None:
    day = timedelta(days=3)
    assert not jumped(THEN, later(day, day))


def test_a_wall_clock_ahead_of_the_uptime_jumped() -> None:
    assert jumped(THEN, later(timedelta(days=3), timedelta(minutes=1)))


def test_a_small_correction_is_no_jump() -> None:
    assert not jumped(THEN, later(timedelta(minutes=9), timedelta(0)))


def test_a_clock_set_back_is_no_jump_ahead() -> None:
    assert not jumped(THEN, later(timedelta(days=-1), timedelta(minutes=1)))


def test_across_a_reboot_nothing_can_be_told() -> None:
    assert not jumped(THEN, later(timedelta(days=3), timedelta(minutes=1), boot="boot-b"))


def test_a_beat_survives_storing() -> None:
    now = beat(utc_now())
    assert Beat.load(now.dump()) == now


def test_a_beat_is_stored_no_later_than_it_was() -> None:
    begun = replace(THEN, uptime_s=1000.7)  # rounded up, the next beat would seem to come before it
    moments_later = replace(later(timedelta(days=4), timedelta()), uptime_s=1000.8)
    assert jumped(Beat.load(begun.dump()), moments_later)
