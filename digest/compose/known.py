"""What readers know, or could, of a story: all that was told of it, to hold against what is said now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from digest.compose.facts import CORRECTION, Fact, Kind, facts, tolls
from digest.compose.reading import Reading, lines_of

_WORD = re.compile(r"\w+")
_MAX_CHARS = 6_000  # of a told text
_PROPORTION = 20  # times a headline's toll


@dataclass(frozen=True, slots=True)
class Known:
    """All that has been told, as far as it can be told apart.

    ``tolls`` are the highest of what happened, ``tolls_said`` all of them, the background's among them.
    """

    terms: frozenset[str]
    words: frozenset[str]
    values: frozenset[float]
    tolls: Mapping[str, float]
    tolls_said: frozenset[tuple[str, float]]
    units: frozenset[str]
    events: frozenset[str]

    def share_new(self, text: str, reading: Reading) -> float:
        """Share of the text's words of meaning that were not told; 0 for a text without any."""
        terms = reading.terms(text)
        return len(terms - self.terms) / max(len(terms), 1)

    def new(self, said: Iterable[Fact]) -> set[Fact]:
        """Those of the facts that were not told."""
        found = set(said)
        corrects = any(fact.kind is Kind.EVENT and fact.what == CORRECTION for fact in found)
        return {fact for fact in found if self._is_new(fact, corrects=corrects)}

    def _is_new(self, fact: Fact, *, corrects: bool) -> bool:
        if fact.kind in {Kind.EVENT, Kind.STATEMENT}:
            return fact.what not in self.events
        if fact.kind is Kind.NAME:
            return self.words.isdisjoint(_WORD.findall(fact.what))
        if fact.kind is Kind.FIGURE:
            return fact.value not in self.values and fact.what in self.units
        if (fact.what, fact.value) in self.tolls_said:
            return False
        return corrects or fact.value > self.tolls.get(fact.what, 0.0)


def known(told: Sequence[str], leads: Sequence[str], reading: Reading) -> Known:
    """What the texts ``told`` say; ``leads`` are the parts of them that say what happened."""
    whole = [text[:_MAX_CHARS] for text in told]
    said = {fact for text in whole for line in lines_of(text) for fact in facts(line, reading)}
    by_line = [[facts(line, reading) for line in lines_of(text)] for text in leads]
    happened = {fact for lines in by_line for line in lines for fact in line}
    headlines = tolls(fact for lines in by_line for line in lines[:1] for fact in line)
    return Known(
        terms=frozenset().union(*(reading.terms(text) for text in whole)),
        words=frozenset(word for text in whole for word in _WORD.findall(text.casefold())),
        values=frozenset(value for text in whole for value in reading.numbers(text)),
        tolls=tolls(fact for fact in happened if _in_proportion(fact, headlines)),
        tolls_said=frozenset((fact.what, fact.value) for fact in said if fact.kind is Kind.TOLL),
        units=frozenset(fact.what for fact in said if fact.kind is Kind.FIGURE),
        events=frozenset(fact.what for fact in happened if fact.kind in {Kind.EVENT, Kind.STATEMENT}),
    )


def _in_proportion(fact: Fact, headlines: Mapping[str, float]) -> bool:
    """Whether it can be of what a headline tells: else it is the toll of a war, which hides the day's."""
    return fact.value <= _PROPORTION * headlines.get(fact.what, inf)
