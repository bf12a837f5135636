"""What readers know, or could, of a story: all that was told of it, to hold against what is said now."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from digest.compose.facts import CORRECTION, Fact, Kind, facts, tolls
from digest.compose.reading import Reading, lines_of
from digest.model.tolls import DATE_WORDS, TOKEN

_WORD = re.compile(r"\w+")
_MAX_CHARS = 6_000  # of a told text
_RUN = 4  # words of meaning behind each other, from which a line says again what was told
_PROPORTION = 20  # times a headline's toll


@dataclass(frozen=True, slots=True)
class Known:
    """All that has been told, as far as it can be told apart.

    ``size`` is how many words of meaning the story itself was told in.
    ``runs`` are words of meaning that stood in one line behind each other, ``_RUN`` in each.
    ``tolls`` are the highest of what happened, ``tolls_said`` all of them, the background's among them.
    """

    terms: frozenset[str]
    words: frozenset[str]
    values: frozenset[float]
    tolls: Mapping[str, float]
    tolls_said: frozenset[tuple[str, float]]
    units: frozenset[str]
    events: frozenset[str]
    runs: frozenset[tuple[str, ...]]
    size: int

    def share_new(self, text: str, reading: Reading) -> float:
        """Share of the text's words of meaning that were not told; 0 for a text without any."""
        terms = reading.terms(text)
        return len(terms - self.terms) / max(len(terms), 1)

    def new(self, text: str, reading: Reading) -> set[Fact]:
        """The facts of a line that were not told.

        What was done or said in words that were told (a quotation, a sentence taken over) is not new either,
        nor that somebody said them.
        """
        found = facts(text, reading)
        if said := [fact for fact in found if fact.kind in {Kind.EVENT, Kind.STATEMENT}]:
            rest, unsaid = self._untold(text, reading)
            found.difference_update(said)
            found |= {fact for fact in facts(rest, reading) if fact.kind is Kind.EVENT}
            found |= {fact for fact in facts(unsaid, reading) if fact.kind is Kind.STATEMENT}
        corrects = any(fact.kind is Kind.EVENT and fact.what == CORRECTION for fact in found)
        return {fact for fact in found if self._is_new(fact, corrects=corrects)}

    def _untold(self, text: str, reading: Reading) -> tuple[str, str]:
        """The text without the runs of words that were told, and without the word before each run, too.

        Names and days don't count in a run: they stand in every report.
        """
        left_out = {word.casefold() for name in reading.names(text) for word in name.split()} | DATE_WORDS
        tokens = [token for token in TOKEN.finditer(text) if token[0].casefold() not in left_out]
        words = [(token, term) for token in tokens for term in reading.words(token[0])]
        terms = [term for _token, term in words]
        told = {
            place
            for at in range(len(terms) - _RUN + 1)
            if tuple(terms[at : at + _RUN]) in self.runs
            for place in range(at, at + _RUN)
        }
        return _without(text, words, told), _without(text, words, told | {place - 1 for place in told})

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


def _without(text: str, words: Sequence[tuple[re.Match[str], str]], places: Collection[int]) -> str:
    """The text with an ellipsis for each of these words."""
    spans = {token.span() for place, (token, _term) in enumerate(words) if place in places}
    for begin, end in sorted(spans, reverse=True):
        text = f"{text[:begin]}…{text[end:]}"
    return text


def known(told: Sequence[str], leads: Sequence[str], reading: Reading, akin: Sequence[str] = ()) -> Known:
    """What the texts ``told`` say; ``leads`` are the parts of them that say what happened.

    ``akin`` was told in other stories of the matter: its words and figures are known, and not which kinds of
    events it tells.
    """
    own = [text[:_MAX_CHARS] for text in told]
    whole = [*own, *akin]
    said = {fact for text in whole for line in lines_of(text) for fact in facts(line, reading, told=True)}
    by_line = [[facts(line, reading, told=True) for line in lines_of(text)] for text in leads]
    words = [reading.words(line) for text in whole for line in lines_of(text)]
    happened = {fact for lines in by_line for line in lines for fact in line}
    headlines = tolls(fact for lines in by_line for line in lines[:1] for fact in line)
    return Known(
        size=len(frozenset().union(*(reading.terms(text) for text in own))),
        terms=frozenset().union(*(reading.terms(text) for text in whole)),
        words=frozenset(word for text in whole for word in _WORD.findall(text.casefold())),
        values=frozenset(value for text in whole for value in reading.numbers(text)),
        tolls=tolls(fact for fact in happened if _in_proportion(fact, headlines)),
        tolls_said=frozenset((fact.what, fact.value) for fact in said if fact.kind is Kind.TOLL),
        units=frozenset(fact.what for fact in said if fact.kind is Kind.FIGURE),
        events=frozenset(fact.what for fact in happened if fact.kind in {Kind.EVENT, Kind.STATEMENT}),
        runs=frozenset(tuple(line[at : at + _RUN]) for line in words for at in range(len(line) - _RUN + 1)),
    )


def _in_proportion(fact: Fact, headlines: Mapping[str, float]) -> bool:
    """Whether it can be of what a headline tells: else it is the toll of a war, which hides the day's."""
    return fact.value <= _PROPORTION * headlines.get(fact.what, inf)
