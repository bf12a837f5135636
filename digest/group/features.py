"""What two articles are compared by: stemmed words, of which names and numbers weigh a little more.

Weights are TF-IDF over title, dek and the first words of the text; what stands further down counts
half. Names are found by their capitals inside sentences, so that a headline in capitals adds none; digits
that stand alone say nothing. Words and names stand in one vector (on short items a vector of names alone
is one country, and makes all of its news alike), shorter than 1, the more so the less an article says:
two lines that share a country are not yet one event.

How rare a word is, the batch alone can't say. What is in the news on any day (``background``) is
taken to be in a share of all articles besides. And what a day's largest event is about is in many articles
without being common: of a word that stands in the headlines of two fifths of its articles, a time
window's further ones don't count from some number on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from digest.group.background import ALWAYS_IN_THE_NEWS
from digest.group.order import hour_of
from digest.group.stopwords import STOPWORDS
from digest.group.text import fold, is_unspaced, words
from digest.group.vectors import Floats, Vectors, offsets
from digest.model.news import Article

_HEAD_WORDS = 100
_TEXT_WORDS = 300
_MOST_TERMS = 120  # the weightiest of an article; the others cost more than they tell
_REST = 0.5  # a word after the head counts this much
_TITLE = 3.0
_NAME_FACTOR = 1.2  # a name or a number weighs this much more than another word
_NUMBER_DIGITS = 3  # shorter ones are of as many things as words are
_RARITY = 1.25  # power of the inverse document frequency
_DOUBT = 1000.0  # added to the squared length: about that of a headline and a line of text
# Imaginary other articles, so that in a handful of articles a shared word still means something.
_BACKGROUND = 100
_ALWAYS_SHARE = 0.025  # of all articles that a word always in the news is taken to be in besides
_SUBJECT_SHARE = 0.4  # of its articles whose title has a word, for it to be what they are about, ...
_BURST_LEAST, _BURST_SHARE = 15, 0.04  # ... so that only this many of a window's count, or this share
_SENTENCE = re.compile(r"(?<=[.!?:;…\n|])[\s\"'(\[“”]+|[\"“”]")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_YEAR = re.compile("(?:19|20)[0-9]{2}")  # always in the news too
_STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "nb": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip


_Numbers = NDArray[np.int32]


class _Stemmer(Protocol):
    def stemWord(self, word: str, /) -> str: ...  # noqa: N802 - the library's name


@lru_cache(maxsize=32)
def _stemmer(language: str) -> _Stemmer | None:
    import snowballstemmer  # noqa: PLC0415 - 30 ms that only grouping needs

    name = _STEMMERS.get(language.partition("-")[0].lower())
    return snowballstemmer.stemmer(name) if name else None


def _folded(text: str) -> str:
    """Folded, with "12,500" as one number."""
    return _THOUSANDS.sub("", fold(text))


def _pieces(token: str, language: str) -> Iterable[str]:
    lower = token.lower()
    if is_unspaced(lower):
        yield from (lower[at : at + 2] for at in range(max(1, len(lower) - 1)))
    elif lower not in STOPWORDS and len(lower) > 1:
        stemmer = _stemmer(language)
        yield stemmer.stemWord(lower) if stemmer is not None else lower


@lru_cache(maxsize=1)
def _always() -> frozenset[str]:
    return frozenset(piece for word in ALWAYS_IN_THE_NEWS for piece in _pieces(word, "en"))


class _Words(dict[str, tuple[int, ...]]):
    """Each word of one language with the numbers of its terms, made when first asked for."""

    def __init__(self, language: str, numbers: dict[str, int]) -> None:
        super().__init__()
        self._language = language
        self._numbers = numbers

    def __missing__(self, token: str) -> tuple[int, ...]:
        numbers = self._numbers
        self[token] = found = tuple(
            numbers.setdefault(piece, len(numbers)) for piece in _pieces(token, self._language)
        )
        return found


@dataclass(frozen=True, slots=True)
class _Read:
    """One article's terms and how often each stands there; which are in its title, or written which way."""

    ids: _Numbers
    counts: NDArray[np.float32]
    titled: _Numbers
    capital: _Numbers
    small: _Numbers


def _read(article: Article, terms_of: _Words) -> _Read:
    body = _folded(" ".join(article.below_title.split(" ", _TEXT_WORDS + 40)[: _TEXT_WORDS + 40]))
    tokens: list[str] = []
    firsts: set[int] = set()
    for sentence in _SENTENCE.split(body):
        firsts.add(len(tokens))
        tokens += words(sentence)
    capital: list[int] = []
    small: list[int] = []
    for at, token in enumerate(tokens[:_HEAD_WORDS]):
        if token[0].islower():
            small += terms_of[token]
        elif at not in firsts and token[0].isupper():
            capital += terms_of[token]
    title = [number for token in words(_folded(article.title)) for number in terms_of[token]]
    head = [number for token in tokens[:_HEAD_WORDS] for number in terms_of[token]]
    rest = [number for token in tokens[_HEAD_WORDS:_TEXT_WORDS] for number in terms_of[token]]
    ids, places = np.unique(np.array(title + head + rest, np.int32), return_inverse=True)
    weights = np.repeat([_TITLE, 1.0, _REST], [len(title), len(head), len(rest)])
    counts = np.bincount(places, weights, minlength=len(ids)).astype(np.float32)
    return _Read(ids, counts, _distinct(title), _distinct(capital), _distinct(small))


def _distinct(numbers: list[int]) -> _Numbers:
    return np.array(list(set(numbers)), np.int32)


def extract(articles: Sequence[Article], window_h: float) -> Vectors:
    """The vectors of a batch; weights depend on the batch, not on its order."""
    known: dict[str, int] = {}
    languages = {article.language or "en" for article in articles}
    by_language = {language: _Words(language, known) for language in sorted(languages)}
    read = [_read(article, by_language[article.language or "en"]) for article in articles]
    terms = sorted(known)
    rank = np.zeros(len(terms), np.int32)
    for at, term in enumerate(terms):
        rank[known[term]] = at
    starts = offsets(np.array([len(one.ids) for one in read], np.int64))
    ids = np.zeros(starts[-1], np.int32)
    weights = np.zeros(starts[-1], np.float32)
    written = np.zeros(len(terms), np.int64)
    titled = np.zeros(len(terms), np.int64)
    for at, one in enumerate(read):
        order = np.argsort(rank[one.ids])
        part = slice(starts[at], starts[at + 1])
        ids[part], weights[part] = rank[one.ids][order], one.counts[order]
        written[rank[one.capital]] += 1
        written[rank[one.small]] -= 1
        titled[rank[one.titled]] += 1
    numbers = np.array([term[0].isdigit() and len(term) >= _NUMBER_DIGITS for term in terms], bool)
    common = np.array([term in _always() or _YEAR.fullmatch(term) is not None for term in terms], bool)
    vectors = Vectors(terms, starts, ids, weights, (written > 0) | numbers, common)
    subjects = (titled >= _SUBJECT_SHARE * np.bincount(ids, minlength=len(terms))) & ~common
    spread = _spread(vectors, subjects, np.array([hour_of(article) for article in articles]), window_h)
    return _weighed(vectors, spread)


def _spread(vectors: Vectors, subjects: NDArray[np.bool_], hours: Floats, window_h: float) -> Floats:
    """In how many articles each term is; of a subject's burst in one time window not all are counted."""
    spread = np.zeros(len(vectors.terms))
    if not len(vectors):
        return spread
    windows = ((hours.max() - hours) // max(window_h, 1.0)).astype(np.int64)
    window_of = np.repeat(windows, np.diff(vectors.starts))
    for window in np.unique(windows):
        counts = np.bincount(vectors.ids[window_of == window], minlength=len(spread))
        most = max(_BURST_LEAST, _BURST_SHARE * np.count_nonzero(windows == window))
        spread += np.where(subjects, np.minimum(counts, most), counts)
    return spread


def _weighed(vectors: Vectors, spread: Floats) -> Vectors:
    """Weights in place of the counts, those of the weightiest terms."""
    total = len(vectors) + _BACKGROUND
    met = spread + 1 + np.where(vectors.common, _ALWAYS_SHARE * total, 0.0)
    rarity = np.log(np.maximum(total / met, 1.0)) ** _RARITY
    rarity *= np.where(vectors.named, _NAME_FACTOR, 1.0)
    lengths = np.minimum(np.diff(vectors.starts), _MOST_TERMS)
    starts = offsets(lengths)
    ids = np.zeros(starts[-1], np.int32)
    weights = np.zeros(starts[-1], np.float32)
    for at in range(len(vectors)):
        whole = slice(vectors.starts[at], vectors.starts[at + 1])
        counts = vectors.weights[whole].astype(np.float64)
        row = np.where(counts >= 1, 1 + np.log(np.maximum(counts, 1.0)), counts) * rarity[vectors.ids[whole]]
        kept = np.sort(np.argsort(-row, kind="stable")[:_MOST_TERMS])
        part = slice(starts[at], starts[at + 1])
        ids[part] = vectors.ids[whole][kept]
        weights[part] = row[kept] / np.sqrt(np.sum(np.square(row[kept])) + _DOUBT)
    return replace(vectors, starts=starts, ids=ids, weights=weights)
