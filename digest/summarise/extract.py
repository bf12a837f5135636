# ruff: noqa: RUF001 - quotation marks and stops of many scripts stand in its patterns
"""The offline summary: sentences of the articles themselves, chosen over all tellings of a story.

A sentence scores by how much of the story's shared vocabulary it carries (its centroid: words and word
pairs of all tellings, earlier sentences and titles weighing more), with a small bonus for the lead article,
whose headline stands above the summary. Sentences are then taken greedily, each losing points for what
is already said (maximal marginal relevance, Carbonell and Goldstein 1998).

The weights are round numbers from a flat region found on development data; what moving each of them costs,
and how far the result is from what was aimed at, stands in docs/reference/summaries.md.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from digest.model.news import Article, Story
from digest.model.words import count_words
from digest.summarise.abbreviations import word_set
from digest.summarise.deks import repeats
from digest.summarise.furniture import is_furniture
from digest.summarise.judge import (
    is_bare_quote,
    is_caption,
    is_dangling,
    is_question,
    is_whole,
    is_whole_without_stop,
    strip_dateline,
)
from digest.summarise.letters import HAN, LETTER, THAI
from digest.summarise.sentences import sentences
from digest.summarise.stems import stem

MAX_TELLINGS = 8  # articles looked at; a story told more often is told the same
MAX_CHARS = 6_000  # of each, from the top
MAX_SENTENCES = 14  # of each, from the top
MAX_SENTENCE_CHARS = 900  # a longer "sentence" is a list or a lost paragraph

_DECAY = 0.9  # of a sentence's say in the centroid, for each sentence before it
_TITLE = 2.0  # a title's say, against 1 for a first sentence
_PAIRS = 0.3  # how much word pairs count beside words
_LENGTH = 0.4  # exponent; 0.5 would be the cosine, less favours fuller sentences
_LEAD = 0.05
_REDUNDANCY = 0.6
_SAME = 0.4  # more alike, and two never stand together; 0.5 has 0.3 more ROUGE-2 and repeats itself

_WORD = re.compile(rf"{LETTER}+")
_HAN = re.compile(f"[{HAN}]+")
_THAI = re.compile(f"[{THAI}]+")
_HAN_TERM, _THAI_TERM = 2, 4  # characters that make a term where no spaces part the words
_COMMON = word_set(
    """
    the a an of to in on for and or but is are was were be been being has have had it its that this with
    as at by from he she they his her their said will would not after who which than more about into
    also over out up if when while what there no can could new s t mr mrs ms
    """
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of one telling. ``telling`` and ``place`` count from 0; ``terms`` are its distinct words."""

    text: str
    article: Article
    telling: int
    place: int
    terms: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    words: int
    leans: bool  # on the sentence before it


def extract(story: Story, *, max_sentences: int, max_words: int) -> tuple[Sentence, ...]:
    """The chosen sentences in reading order; empty when no sentence of the story may stand by itself.

    Never more than ``max_sentences``, never more than ``max_words`` together, never part of a sentence.
    The first always stands on its own; one that leans on its predecessor comes only right after it.
    """
    pool = candidates(story, max_words=max_words)
    scores = _scores(pool, story)
    chosen: list[int] = []
    room = max_words
    while len(chosen) < max_sentences:
        options = [
            (scores[i] - _REDUNDANCY * likeness, -i)
            for i, sentence in enumerate(pool)
            if i not in chosen
            and sentence.words <= room
            and _may_follow(sentence, [pool[j] for j in chosen])
            and (likeness := max((_likeness(sentence, pool[j]) for j in chosen), default=0.0)) < _SAME
        ]
        if not options:
            break
        best = -max(options)[1]
        chosen.append(best)
        room -= pool[best].words
    return _in_order([pool[i] for i in chosen])


def candidates(story: Story, *, max_words: int) -> list[Sentence]:
    """The sentences of all tellings that may be printed at all, in order of telling and place."""
    found: list[Sentence] = []
    for telling, article in enumerate(story.articles[:MAX_TELLINGS]):
        body = article.text[:MAX_CHARS]
        lines = sentences(strip_dateline(body.lstrip()), article.language)
        if len(article.text) > MAX_CHARS:
            lines = lines[:-1]  # cut by us
        for place, line in enumerate(lines[:MAX_SENTENCES]):
            if len(line) > MAX_SENTENCE_CHARS or not _printable(line, article):
                continue
            words = count_words(line)
            if words <= max_words:
                terms = _terms(line)
                found.append(
                    Sentence(
                        line,
                        article,
                        telling,
                        place,
                        frozenset(terms) - _COMMON,
                        frozenset(pairwise(terms)),
                        words,
                        is_dangling(line),
                    )
                )
    return found


def _printable(line: str, article: Article) -> bool:
    language = article.language or "en"
    return (
        (is_whole(line) or (_THAI.search(line) is not None and is_whole_without_stop(line, language)))
        and not is_question(line)
        and not is_furniture(line)
        and not is_bare_quote(line)
        and not is_caption(line, language)
        and not repeats(line, article.title)
    )


def content_terms(text: str) -> frozenset[str]:
    """The stems of a text's words of meaning."""
    return frozenset(_terms(text)) - _COMMON


def _terms(text: str) -> list[str]:
    """The stemmed words of a text; overlapping groups of characters where no spaces part the words."""
    plain = text.lower().replace("’s ", " ").replace("'s ", " ")
    if not plain.isascii():
        plain = _HAN.sub(lambda match: _grams(match.group(), _HAN_TERM), plain)
        plain = _THAI.sub(lambda match: _grams(match.group(), _THAI_TERM), plain)
    return [stem(word) for word in _WORD.findall(plain)]


def _grams(run: str, size: int) -> str:
    return f" {' '.join(run[at : at + size] for at in range(max(1, len(run) - size + 1)))} "


def _scores(pool: Sequence[Sentence], story: Story) -> list[float]:
    titles = [_terms(article.title) for article in story.articles[:MAX_TELLINGS]]
    words = _closeness(
        [sentence.terms for sentence in pool],
        [sentence.place for sentence in pool],
        [frozenset(title) - _COMMON for title in titles],
    )
    pairs = _closeness(
        [sentence.pairs for sentence in pool],
        [sentence.place for sentence in pool],
        [frozenset(pairwise(title)) for title in titles],
    )
    return [
        word + _PAIRS * pair + _LEAD * (sentence.telling == 0)
        for word, pair, sentence in zip(words, pairs, pool, strict=True)
    ]


def _closeness(
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


def _likeness(one: Sentence, other: Sentence) -> float:
    size = len(one.terms) * len(other.terms)
    return len(one.terms & other.terms) / math.sqrt(size) if size else 0.0


def _may_follow(sentence: Sentence, chosen: Sequence[Sentence]) -> bool:
    """One that leans on its predecessor needs that very predecessor, and nothing between them."""
    if not sentence.leans:
        return True
    return any(other.telling == sentence.telling and other.place == sentence.place - 1 for other in chosen)


def _in_order(chosen: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """Each telling's sentences together and in order of its text, the telling that starts highest first."""
    starts: dict[int, int] = {}
    for sentence in chosen:
        starts[sentence.telling] = min(starts.get(sentence.telling, sentence.place), sentence.place)
    return tuple(sorted(chosen, key=lambda s: (starts[s.telling], s.telling, s.place)))
