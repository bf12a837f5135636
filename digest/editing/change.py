"""What an edit comes to: decisions made and taken back, in words too, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from digest.editing.sheet import Block, Problem
from digest.model.decisions import Decision, DecisionKind


@dataclass(frozen=True, slots=True)
class Wording:
    """New words that have to be in the articles ``ids``, unless ``confirmed`` by the editor."""

    name: str
    text: str
    ids: frozenset[int]
    is_headline: bool
    confirmed: bool
    line: int


@dataclass(slots=True)
class Change:
    """What an edit decides and takes back, each with words for people."""

    series: str
    by: str
    now: datetime
    made: list[Decision] = field(default_factory=list)
    taken: list[Decision] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    wordings: list[Wording] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def decide(self, kind: DecisionKind, number: int, value: str = "", *, other: int = 0) -> None:
        """Note a decision."""
        series, by, now = self.series, self.by, self.now
        made = Decision(kind, number, other, value, series, decided_by=by, decided_at=now)
        self.made.append(made.settled)

    def say(self, kind: DecisionKind, block: Block, value: str) -> None:
        """Decide about a story, in place of all of the kind that was said of its other articles."""
        self.revoke(kind, block, but=block.number)
        self.decide(kind, block.number, value)

    def revoke(self, kind: DecisionKind, block: Block, *, but: int = 0) -> None:
        """Take back what was said of a story's articles."""
        self.taken += [one for one in block.decided if one.kind is kind and one.article_id != but]
