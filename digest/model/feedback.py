"""What comes back after a message has left: bounces, complaints, and readers who leave by e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class FeedbackKind(StrEnum):
    """What a report says, by what follows from it."""

    HARD = "hard-bounce"  # there is no such mailbox, for good: never mailed again
    SOFT = "soft-bounce"  # full, disabled, timed out: counted, and too many in a row end it
    POLICY = "policy-bounce"  # refused for what we sent or who we are: no fault of the reader's
    COMPLAINT = "complaint"  # the reader pressed "this is spam": never mailed again
    LEAVE = "unsubscribe"  # the reader asked to leave by e-mail, or through their provider


BOUNCES = frozenset({FeedbackKind.HARD, FeedbackKind.SOFT, FeedbackKind.POLICY})


@dataclass(frozen=True, slots=True)
class Feedback:
    """One report, as read; whom it is about is known only once its references have been verified.

    ``event_id`` is unique for a ``provider``: nothing is applied twice. ``references`` are what may be a
    delivery's reference (``digest.model.tokens.delivery_ref``), ``tokens`` what may be an unsubscribe token:
    both from the report, and so whatever its sender wrote. ``edition`` is the reference of the edition that
    the returned message names, "" where it names none. ``detail`` is what the server said, in one line.
    """

    provider: str
    event_id: str
    kind: FeedbackKind
    references: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    edition: str = ""
    detail: str = ""


class ToReader(NamedTuple):
    """An edition that went to one reader: its date, and whether it came back softly."""

    slot: datetime
    came_back: bool
