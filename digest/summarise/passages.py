# ruff: noqa: RUF001 - typographic marks stand in its patterns
"""Texts as sentences of stemmed words, so that a claim can be held against the words around it.

Two places in two texts are alike when the same words stand near both, on the same side of them, the nearer
and the rarer the more. That is how a figure is known to count what the summary says it counts.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from digest.summarise import stems
from digest.summarise.abbreviations import word_set
from digest.summarise.figures import Figure, figures
from digest.summarise.letters import LETTER, UNSPACED
from digest.summarise.naming import Name, in_sentence, plain
from digest.summarise.polarity import OPPOSITES, Denial, denials, unprefixed
from digest.summarise.sentences import sentences

_TOKEN = re.compile(rf"\d[\d.,]*\d|\d|{LETTER}+(?:[’'.]{LETTER}+)*")
COMMON = word_set(
    """
    the a an of to in on for and or but is are was were be been being has have had it its that this these
    those with as at by from he she they we you i his her their our your my him them us me who whom which what
    said says say will would can could should may might must do does did done than then there here into onto
    out up down over under again about also more most some any all both each every other such own same so
    very just after before during while when where why how if because until since through between against
    within among per via a.m p.m mr mrs ms not no nor never cannot
    """
)
MOST_PLACES = 400  # places of one word that are compared: more is no article, and would take long
_MOST_KEPT = 32  # stories whose sources are kept at once
_WEAR = 0.25  # how fast a word's weight falls with how often the sources use it
_OTHER_SIDE = 0.4  # of its weight, for a word that stands on the other side

Place = tuple["Passage", int]  # a word by its number
Context = Mapping[str, tuple[float, int]]  # word to how near it is, 0 to 1, and on which side, -1 or 1


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """One sentence. ``words`` are in lower case, ``stems`` the same stemmed, "" for words without meaning."""

    text: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    spots: tuple[tuple[int, int], ...]  # where each word stands in the text
    figures: tuple[Figure, ...]
    names: tuple[Name, ...]
    denials: tuple[Denial, ...]
    denied: frozenset[int]  # words that any of the denials reaches
    plainly_denied: frozenset[int]  # words that a 'not' reaches

    def between(self, start: int, end: int) -> tuple[int, int]:
        """The numbers of the first word after ``start`` in the text and of the first after ``end``."""
        first = bisect_right(self.spots, start, key=itemgetter(1))
        last = bisect_left(self.spots, end, key=itemgetter(0))
        return first, max(first, last)

    def opposable(self, place: int) -> bool:
        """Whether a word has an opposite, and is no part of a name ('South Korea')."""
        start, _ = self.spots[place]
        return self.words[place] in OPPOSITES and not (place and self.text[start].isupper())


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a lower-case word; names with other spellings made one; figures as they are."""
    one = plain(word)
    return stems.stem(one) if one.isalpha() else one


def passage(text: str, language: str = "") -> Passage:
    """One sentence as words."""
    tokens = _tokens(text)
    words = tuple(text[start:end].lower().replace("’", "'") for start, end in tokens)
    found = denials(text, words, tokens)
    return Passage(
        text,
        words,
        tuple("" if word in COMMON else stem(word) for word in words),
        tokens,
        figures(text, language),
        tuple(in_sentence(text)),
        found,
        frozenset(at for one in found for at in one.reach),
        frozenset(at for one in found if one.plain for at in one.reach),
    )


def _tokens(text: str) -> tuple[tuple[int, int], ...]:
    """Where words begin and end; in scripts without spaces each character is one."""
    if not UNSPACED.search(text):
        return tuple(match.span() for match in _TOKEN.finditer(text))
    spots = []
    for match in _TOKEN.finditer(text):
        begin = match.start()
        for char in UNSPACED.finditer(text, match.start(), match.end()):
            if char.start() > begin:
                spots.append((begin, char.start()))
            spots.append(char.span())
            begin = char.end()
        if begin < match.end():
            spots.append((begin, match.end()))
    return tuple(spots)


def passages(text: str, language: str = "") -> tuple[Passage, ...]:
    """The sentences of a text as words."""
    return tuple(passage(sentence, language) for sentence in sentences(text, language))


@dataclass(frozen=True, slots=True, eq=False)
class Grounds:
    """The sources of a story, ready to be looked up."""

    passages: tuple[Passage, ...]
    weights: Mapping[str, float]  # how much a shared word tells, the rarer the more, 0 to 1
    places: Mapping[str, Sequence[Place]]  # where a stem stands
    spelled: Mapping[str, Sequence[Place]]  # where a word stands that has an opposite
    denying: frozenset[str]  # the stem of 'lawful' where a source has 'unlawful'
    denials: Sequence[tuple[Passage, Denial]]

    def likeness(self, mine: Context, theirs: Context) -> float:
        """How much two contexts have in common; 0 when nothing."""
        total = 0.0
        for word, (near, side) in mine.items():
            if other := theirs.get(word):
                weight = self.weights.get(word, 1.0) * (near * other[0]) ** 0.5
                total += weight if other[1] == side else _OTHER_SIDE * weight
        return total


@lru_cache(maxsize=_MOST_KEPT)
def grounds(sources: tuple[str, ...], language: str) -> Grounds:
    """The sources as words; kept, since every summary that is tried for a story asks for the same."""
    found = tuple(one for source in sources for one in passages(source, language))
    places: dict[str, list[Place]] = defaultdict(list)
    spelled: dict[str, list[Place]] = defaultdict(list)
    denying: set[str] = set()
    counts: Counter[str] = Counter()
    for one in found:
        counts.update({word for word in one.stems if word})
        for at, word in enumerate(one.stems):
            if word:
                places[word].append((one, at))
        for at, word in enumerate(one.words):
            if one.opposable(at):
                spelled[word].append((one, at))
            if bare := unprefixed(word):
                denying.add(stem(bare))
    weights = {word: (1.0 + _WEAR * count) ** -0.5 for word, count in counts.items()}
    denials = [(one, denial) for one in found for denial in one.denials]
    return Grounds(
        found, weights, _first(places), _first(spelled), frozenset(denying), tuple(denials[:MOST_PLACES])
    )


def _first(places: Mapping[str, Sequence[Place]]) -> dict[str, Sequence[Place]]:
    return {word: found[:MOST_PLACES] for word, found in places.items()}


@lru_cache(maxsize=20_000)
def context(one: Passage, first: int, last: int, window: int, fade: float) -> Context:
    """The words of meaning around the words ``first`` to ``last`` - 1.

    Args:
        one: The sentence.
        first: Where the place begins.
        last: The word after it.
        window: Words of meaning looked at on either side.
        fade: How fast a word counts less with its distance: the second counts 1 / (1 + ``fade``).
    """
    near: dict[str, tuple[float, int]] = {}
    for side, places in ((-1, range(first - 1, -1, -1)), (1, range(last, len(one.stems)))):
        distance = 0
        for place in places:
            if word := one.stems[place]:
                value = 1.0 / (1.0 + fade * distance)
                distance += 1
                if distance > window:
                    break
                if value > near.get(word, (0.0, 0))[0]:
                    near[word] = (value, side)
    return near
