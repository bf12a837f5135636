"""How well some sentences together would stand for their story.

Four measures, each in units of its own spread over the choices there are, with an equal say:

- *vocabulary*: how much of the story's words and word pairs they have (its centroid; earlier sentences and
  titles weigh more);
- *common pairs*: the word pairs that several tellings have, each counted once;
- *openings*: the overlap with the first words of every telling;
- *headlines*: the overlap with every headline.

The last two choose by minimum Bayes risk (Kumar and Byrne 2004): the outlets' own openings and headlines
stand in for the summary that a person would write, and what agrees with most of them is taken. Any one
measure follows the accidents of wording; four that err differently are steadier, and their shares aren't
fitted. What each is worth stands in docs/reference/summaries.md.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from statistics import fmean
from typing import TypeVar

from digest.model.news import Article, Story
from digest.summarise.candidates import MAX_CHARS, MAX_TELLINGS, Sentence, content_terms, terms_of

_Item = TypeVar("_Item", bound=Hashable)
Choice = tuple[int, ...]
"""Some sentences, by their place in the pool."""

_DECAY = 0.8  # of a sentence's say in the centroid, for each sentence before it; 0.6 to 0.8 choose alike
_TITLE = 2.0  # a title's say, against 1 for a first sentence
_PAIRS = 0.3  # how much word pairs count beside words
_LENGTH = 0.4  # exponent; 0.5 would be the cosine, less favours fuller sentences
_OPENING = 90  # terms of a telling that count as its opening: a summary of the longest kind
_OPENING_CHARS = 20 * _OPENING


@dataclass(frozen=True, slots=True)
class _Grams:
    """A text's terms and pairs of neighbouring terms, each as often as it stands there."""

    ones: Counter[str]
    twos: Counter[tuple[str, str]]

    @classmethod
    def of(cls, terms: Sequence[str]) -> _Grams:
        return cls(Counter(terms), Counter(pairwise(terms)))

    def overlap(self, other: _Grams) -> float:
        """F1 of what both have, of terms and of pairs, added: ROUGE-1 and ROUGE-2 in any script."""
        return _f1(self.ones, other.ones) + _f1(self.twos, other.twos)


class Standing:
    """The four measures, over the sentences of one story."""

    def __init__(self, story: Story, pool: Sequence[Sentence]) -> None:
        """``pool`` is what ``candidates`` found; choices are made from it."""
        tellings = story.articles[:MAX_TELLINGS]
        openings = (terms_of(article.text[:_OPENING_CHARS])[:_OPENING] for article in tellings)
        titles = (terms_of(article.title) for article in tellings)
        self._grams = [_Grams.of(sentence.terms) for sentence in pool]
        self._closeness = _closeness(pool, [article.title for article in tellings])
        self._common = _common_pairs(tellings)
        self._openings = [_Grams.of(terms) for terms in openings if terms]
        self._headlines = [_Grams.of(terms) for terms in titles if terms]

    def of(self, choices: Sequence[Choice]) -> list[float]:
        """How each of ``choices`` stands among them all: the sum of four standard scores, 0 in the middle."""
        joined = [self._joined(choice) for choice in choices]
        measures = (
            [math.fsum(self._closeness[number] for number in choice) for choice in choices],
            [float(sum(self._common[pair] for pair in grams.twos)) for grams in joined],
            [_agreement(grams, self._openings) for grams in joined],
            [_agreement(grams, self._headlines) for grams in joined],
        )
        return [sum(scores) for scores in zip(*map(_standard_scores, measures), strict=True)]

    def _joined(self, choice: Choice) -> _Grams:
        ones: Counter[str] = Counter()
        twos: Counter[tuple[str, str]] = Counter()
        for number in choice:
            ones.update(self._grams[number].ones)
            twos.update(self._grams[number].twos)
        return _Grams(ones, twos)


def likeness(one: Sentence, other: Sentence) -> float:
    """How much two sentences say the same, 0 to 1: the cosine of their words of meaning."""
    size = len(one.content) * len(other.content)
    return len(one.content & other.content) / math.sqrt(size) if size else 0.0


def _f1(mine: Counter[_Item], theirs: Counter[_Item]) -> float:
    total = mine.total() + theirs.total()
    shared = sum(min(count, theirs[item]) for item, count in mine.items() if item in theirs)
    return 2 * shared / total if total else 0.0


def _agreement(grams: _Grams, others: Sequence[_Grams]) -> float:
    return fmean(grams.overlap(other) for other in others) if others else 0.0


def _standard_scores(values: Sequence[float]) -> list[float]:
    middle = math.fsum(values) / len(values)
    spread = math.sqrt(math.fsum((value - middle) ** 2 for value in values) / len(values))
    return [(value - middle) / spread if spread else 0.0 for value in values]


def _common_pairs(tellings: Sequence[Article]) -> Counter[tuple[str, str]]:
    """Pairs of neighbouring terms, with the number of tellings beside the first that have them."""
    counts = Counter(
        chain.from_iterable(
            {*pairwise(terms_of(article.title)), *pairwise(terms_of(article.text[:MAX_CHARS]))}
            for article in tellings
        )
    )
    return Counter({pair: count - 1 for pair, count in counts.items() if count > 1})


def _closeness(pool: Sequence[Sentence], titles: Sequence[str]) -> list[float]:
    """How near each sentence is to the centroid, by words and by word pairs."""
    places = [sentence.place for sentence in pool]
    words = _to_centroid(
        [sentence.content for sentence in pool], places, [content_terms(title) for title in titles]
    )
    pairs = _to_centroid(
        [frozenset(pairwise(sentence.terms)) for sentence in pool],
        places,
        [frozenset(pairwise(terms_of(title))) for title in titles],
    )
    return [word + _PAIRS * pair for word, pair in zip(words, pairs, strict=True)]


def _to_centroid(
    units: Sequence[frozenset[Hashable]], places: Sequence[int], titles: Sequence[frozenset[Hashable]]
) -> list[float]:
    """How near each set of units is to the centroid of all of them, the nearest being 1."""
    centroid: Counter[Hashable] = Counter()
    for unit, place in zip(units, places, strict=True):
        centroid.update(dict.fromkeys(unit, _DECAY**place))
    for title in titles:
        centroid.update(dict.fromkeys(title, _TITLE))
    raw = [sum(sorted(centroid[item] for item in unit)) / max(len(unit), 1) ** _LENGTH for unit in units]
    top = max(raw, default=0.0) or 1.0
    return [value / top for value in raw]
