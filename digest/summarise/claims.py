"""What a summary can claim, and how a claim that no source bears out is reported."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Claim(StrEnum):
    """What kind of thing a source has to bear out."""

    NUMBER = "number"
    NAME = "name"
    QUOTATION = "quotation"
    POLARITY = "polarity"


@dataclass(frozen=True, slots=True)
class Ungrounded:
    """Something the summary says and no source does.

    ``text`` is as it stands in the summary; ``reason`` says in a few words what is wrong with it.
    """

    kind: Claim
    text: str
    reason: str

    def __str__(self) -> str:
        """For a message: what is claimed, and what is wrong with it."""
        what = "words" if self.kind is Claim.POLARITY else self.kind
        return f"the {what} {self.text!r} ({self.reason})"
