"""How fast messages may be taken, over all connections of one run. Pure: the time is an argument."""

from __future__ import annotations

_BURST_S = 0.1  # how much unused time may be made up for


class Pace:
    """At most ``per_s`` messages a second; None is as fast as it goes. Times in seconds of one clock."""

    def __init__(self, per_s: float | None) -> None:
        self._gap = 1.0 / per_s if per_s else 0.0
        self._next = 0.0

    def wait_s(self, now: float) -> float:
        """Seconds until the next message may be taken; 0 or less: now."""
        return self._next - now if self._gap else 0.0

    def spend(self, now: float) -> None:
        """One message was taken."""
        if self._gap:
            self._next = max(self._next, now - _BURST_S) + self._gap
