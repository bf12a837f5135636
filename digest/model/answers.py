"""What a language model answered, and what it has used up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """An answer on record, good or bad. ``key`` names the question: equal keys, equal questions.

    ``article_id`` is the lead of the story. ``text`` is the summary as answered; ``sentences`` are the ones
    it was said to rest on, each with the number of its article in the question. ``reason`` says why it was
    not accepted.
    """

    key: str
    model: str
    article_id: int
    accepted: bool
    text: str
    sentences: tuple[tuple[int, str], ...]
    answered_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and money, of one request or one day. The money is in millionths of the prices' currency."""

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_millionths: int = 0

    @property
    def tokens(self) -> int:
        """In and out together."""
        return self.tokens_in + self.tokens_out


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that one UTC day may use. None: no limit."""

    tokens: int | None = None
    cost_millionths: int | None = None
