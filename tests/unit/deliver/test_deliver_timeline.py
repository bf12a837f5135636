"""Outcomes over time, kept in few figures."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.timeline import MOST_STEPS, SHOWN, Timeline
from digest.model.delivery import DeliveryState


def test_outcomes_stand_in_the_second_they_came() -> None:
    timeline = Timeline()
    timeline.note(0.2, {DeliveryState.SENT: 5})
    timeline.note(0.9, {DeliveryState.SENT: 7})
    timeline.note(2.5, {DeliveryState.SENT: 10, DeliveryState.FAILED: 1})
    assert timeline.as_json() == {
        "step_s": 1.0, "sent": [7, 0, 3], "deferred": [0, 0, 0], "failed": [0, 0, 1], "uncertain": [0, 0, 0],
    }  # fmt: skip


def test_a_long_run_has_longer_steps() -> None:
    timeline = Timeline()
    for second in range(1000):
        timeline.note(second, {DeliveryState.SENT: second + 1})
    kept = timeline.as_json()
    assert kept["step_s"] == 8.0
    assert kept["sent"] == [8] * 125


@given(st.lists(st.tuples(st.floats(0, 500), st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_nothing_is_lost_however_long_it_takes(notes: list[tuple[float, int, int]]) -> None:
    timeline, at, tally = Timeline(), 0.0, dict.fromkeys(SHOWN, 0)
    for passed, sent, failed in notes:
        at += passed
        tally[DeliveryState.SENT] += sent
        tally[DeliveryState.FAILED] += failed
        timeline.note(at, tally)
    kept = timeline.as_json()
    lists = {state: kept[state.value] for state in SHOWN}
    assert all(isinstance(steps, list) and len(steps) <= MOST_STEPS for steps in lists.values())
    assert {state: sum(steps) for state, steps in lists.items() if isinstance(steps, list)} == tally
