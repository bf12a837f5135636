"""Back-off, pace and ownership: decisions without a network or a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import clock
from digest.deliver.backoff import RetryOptions, retry_delay_s, settle
from digest.deliver.owner import fate_of, new_owner
from digest.deliver.pace import Pace
from digest.model.delivery import Accepted, Deferred, DeliveryState, Outcome, Recipient, Rejected, Uncertain
from digest.store.batches import Fate

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
OPTIONS = RetryOptions(max_attempts=3, base_s=100, longest_s=250)


def to(attempts: int) -> Recipient:
    return Recipient(1, 1, "a@example.org", "", "all", attempts)


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 100), (2, 200), (3, 250), (60, 250)])
def test_waits_double_up_to_the_longest(attempts: int, seconds: float) -> None:
    assert retry_delay_s(attempts, OPTIONS, 0.5) == pytest.approx(seconds)
    assert retry_delay_s(attempts, OPTIONS, 0.0) == pytest.approx(seconds * 0.8)
    assert retry_delay_s(attempts, OPTIONS, 1.0) == pytest.approx(seconds * 1.2)


@pytest.mark.parametrize(
    ("outcome", "attempts", "state", "text"),
    [
        (Accepted(250, "ok"), 0, DeliveryState.SENT, "ok"),
        (Rejected(550, "no"), 0, DeliveryState.FAILED, "no"),
        (Deferred(451, "later"), 0, DeliveryState.DEFERRED, "later"),
        (Deferred(451, "later"), 2, DeliveryState.FAILED, "given up after 3 tries: later"),
        (Uncertain("cut off"), 0, DeliveryState.UNCERTAIN, "cut off"),
    ],
)
def test_an_outcome_leaves_a_state(outcome: Outcome, attempts: int, state: DeliveryState, text: str) -> None:
    settled = settle(to(attempts), outcome, OPTIONS, now=NOW, chance=0.5)
    assert (settled.state, settled.text) == (state, text)
    assert (settled.sent_at is not None) == (state in {DeliveryState.SENT, DeliveryState.UNCERTAIN})
    assert (settled.due_at is not None) == (state is DeliveryState.DEFERRED)


def test_a_deferral_may_name_its_own_wait() -> None:
    settled = settle(to(0), Deferred(retry_after_s=0), OPTIONS, now=NOW, chance=0.9)
    assert (settled.due_at, settled.code) == (NOW, None)
    later = settle(to(0), Deferred(451), OPTIONS, now=NOW, chance=0.5)
    assert later.due_at == NOW + timedelta(seconds=100)


def test_a_long_answer_is_cut() -> None:
    assert len(settle(to(0), Rejected(550, "x" * 9999), OPTIONS, now=NOW, chance=0).text) == 500


@given(st.floats(min_value=0.5, max_value=500), st.lists(st.floats(min_value=0, max_value=3), max_size=200))
def test_no_pace_is_ever_outrun_by_more_than_its_burst(per_s: float, pauses: list[float]) -> None:
    pace, time, taken = Pace(per_s), 0.0, 0
    for pause in pauses:
        time += pause
        while pace.wait_s(time) <= 0:
            pace.spend(time)
            taken += 1
    assert taken <= (time + 0.1) * per_s + 2


def test_without_a_pace_nobody_waits() -> None:
    pace = Pace(None)
    pace.spend(1.0)
    assert pace.wait_s(1.0) == 0


def test_a_living_process_is_not_gone_and_names_are_unique() -> None:
    assert fate_of(new_owner()) is (Fate.ALIVE if clock.boot_id() else Fate.UNKNOWN)
    assert new_owner() != new_owner()


def changed(place: int, value: str) -> str:
    parts = new_owner().split("/")
    parts[place] = value
    return "/".join(parts)


@pytest.mark.skipif(not clock.boot_id(), reason="this system has no boot id")
def test_what_can_be_told_of_a_process() -> None:
    assert fate_of(changed(4, "1")) is Fate.GONE  # another process has its id by now
    assert fate_of(changed(3, "999999999")) is Fate.GONE
    assert fate_of(changed(1, "another-boot")) is Fate.REBOOTED


@pytest.mark.parametrize("place", [0, 2])
def test_of_another_machine_or_container_nothing_can_be_told(place: int) -> None:
    assert fate_of(changed(place, "elsewhere")) is Fate.UNKNOWN


@pytest.mark.parametrize("name", ["", "somebody", "a/b/c/d/e/f/g"])
def test_of_an_unknown_name_nothing_can_be_told(name: str) -> None:
    assert fate_of(name) is Fate.UNKNOWN
