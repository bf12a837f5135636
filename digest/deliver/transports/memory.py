"""Keeps messages in memory: for tests, and for measuring everything but a transport."""

from __future__ import annotations

from collections.abc import Callable

from digest.deliver.envelope import Envelope
from digest.deliver.transports.simple import SimpleTransport
from digest.model.delivery import Accepted, Outcome


class MemoryTransport(SimpleTransport):
    """Appends each message to ``messages``, unless ``answer`` returns another outcome for it."""

    name = "memory"

    def __init__(self, answer: Callable[[Envelope], Outcome] | None = None) -> None:
        self.messages: list[Envelope] = []
        self._answer = answer

    def check(self) -> None:
        """Memory is always there."""

    def hand_over(self, envelope: Envelope) -> Outcome:
        """Keep it."""
        outcome = self._answer(envelope) if self._answer else Accepted()
        if isinstance(outcome, Accepted):
            self.messages.append(envelope)
        return outcome

    def finish(self) -> None:
        """Nothing to tidy up."""
