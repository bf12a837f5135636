"""How a run went over time, in few enough figures to keep: a picture is drawn from them."""

from __future__ import annotations

from collections.abc import Mapping

from digest.model.delivery import DeliveryState

MOST_STEPS = 240
SHOWN = (DeliveryState.SENT, DeliveryState.DEFERRED, DeliveryState.FAILED, DeliveryState.UNCERTAIN)


class Timeline:
    """Outcomes per step of time: of one second at first, of twice as many whenever the steps get too many."""

    def __init__(self) -> None:
        self.step_s = 1.0
        self._steps: dict[DeliveryState, list[int]] = {state: [] for state in SHOWN}
        self._known: dict[DeliveryState, int] = dict.fromkeys(SHOWN, 0)

    def note(self, at_s: float, tally: Mapping[DeliveryState, int]) -> None:
        """Take the run's tally, ``at_s`` seconds after its start; later calls have later times."""
        while at_s >= self.step_s * MOST_STEPS:
            self._widen()
        index = int(at_s / self.step_s)
        for state, steps in self._steps.items():
            steps.extend([0] * (index + 1 - len(steps)))
            steps[index] += tally.get(state, 0) - self._known[state]
            self._known[state] = tally.get(state, 0)

    def _widen(self) -> None:
        self.step_s *= 2
        self._steps = {
            state: [sum(steps[at : at + 2]) for at in range(0, len(steps), 2)]
            for state, steps in self._steps.items()
        }

    def as_json(self) -> dict[str, object]:
        """The length of a step in seconds, and the outcomes of each step by state."""
        return {"step_s": self.step_s, **{state.value: steps for state, steps in self._steps.items()}}
