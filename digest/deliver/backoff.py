"""What an answer means for the ledger, and when to try again. Pure: time and chance are arguments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.model.delivery import Accepted, Deferred, DeliveryState, Outcome, Recipient, Rejected, Untried
from digest.store.ledger import Settled

MAX_TEXT = 500  # of a server's answer, in characters


@dataclass(frozen=True, slots=True)
class RetryOptions:
    """How patiently a deferred delivery is tried again. Delays double from ``base_s`` to ``longest_s``."""

    max_attempts: int = 8
    base_s: float = 300.0
    longest_s: float = 3600.0


def retry_delay_s(attempts: int, options: RetryOptions, chance: float) -> float:
    """Seconds until the next try after ``attempts`` tries; ``chance`` (0 to 1) spreads them by a fifth.

    Without the spread, all that one busy minute put off would come back in one minute.
    """
    doubled = options.base_s * 2.0 ** min(attempts - 1, 30)
    return min(doubled, options.longest_s) * (0.8 + 0.4 * chance)


def longest_wait_s(options: RetryOptions) -> float:
    """Seconds from the first try to the last, as long as chance may make them."""
    return sum(retry_delay_s(attempts, options, 1.0) for attempts in range(1, options.max_attempts))


def settle(
    recipient: Recipient, outcome: Outcome, options: RetryOptions, *, now: datetime, chance: float
) -> Settled:
    """The state that an outcome leaves a delivery in."""
    text = outcome.text[:MAX_TEXT]
    match outcome:
        case Accepted(code=code):
            return Settled(recipient, DeliveryState.SENT, code, text, sent_at=now)
        case Rejected(code=code):
            return Settled(recipient, DeliveryState.FAILED, code or None, text)
        case Deferred(code=code, retry_after_s=asked):
            attempts = recipient.attempts + 1
            if attempts >= options.max_attempts:
                return Settled(
                    recipient, DeliveryState.FAILED, code or None, f"given up after {attempts} tries: {text}"
                )
            wait = retry_delay_s(attempts, options, chance) if asked is None else asked
            due_at = now + timedelta(seconds=wait)
            return Settled(recipient, DeliveryState.DEFERRED, code or None, text, due_at=due_at)
        case Untried():
            before = recipient._replace(attempts=recipient.attempts - 1)  # which recording adds again
            return Settled(before, DeliveryState.PENDING, None, text)
        case _:
            return Settled(recipient, DeliveryState.UNCERTAIN, None, text, sent_at=now)
