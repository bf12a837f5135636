"""What two articles are compared by: stemmed words, of which names and numbers weigh a little more.

Weights are TF-IDF over title, dek and the first words of the text. Names are found by their capitals
inside sentences, so that a headline in capitals adds none; digits that stand alone say nothing. Words
and names stand in one vector (on short items a vector of names alone is one country, and makes all of
its news alike), shorter than 1, the more so the less an article says: two lines that share a country
are not yet one event.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from digest.group.stopwords import STOPWORDS
from digest.group.text import fold, is_unspaced, words
from digest.model.news import Article

_TEXT_WORDS = 100
_NAME_FACTOR = 1.2  # a name weighs this much more than another word
_RARITY = 1.25  # power of the inverse document frequency
_DOUBT = 1000.0  # added to the squared length: about that of a headline and a line of text
_TITLE_COUNT = 3
_SENTENCE = re.compile(r"(?<=[.!?:;…\n|])[\s\"'(\[“”]+|[\"“”]")
# Imaginary other articles, so that in a handful of articles a shared word still means something.
_BACKGROUND = 100
_STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "nb": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Features:
    """One article's vector, as stem to weight, shorter than 1."""

    weights: dict[str, float]


class _Stemmer(Protocol):
    def stemWord(self, word: str, /) -> str: ...  # noqa: N802 - the library's name


@lru_cache(maxsize=32)
def _stemmer(language: str) -> _Stemmer | None:
    import snowballstemmer  # noqa: PLC0415 - 30 ms that only grouping needs

    name = _STEMMERS.get(language.partition("-")[0].lower())
    return snowballstemmer.stemmer(name) if name else None


@lru_cache(maxsize=200_000)
def _stem(word: str, language: str) -> str:
    stemmer = _stemmer(language)
    return stemmer.stemWord(word) if stemmer is not None else word


def _pieces(tokens: Iterable[str], language: str) -> Iterable[str]:
    for token in tokens:
        lower = token.lower()
        if is_unspaced(lower):
            yield from (lower[at : at + 2] for at in range(max(1, len(lower) - 1)))
        elif lower not in STOPWORDS and len(lower) > 1:
            yield _stem(lower, language)


@dataclass(frozen=True, slots=True)
class _Raw:
    title: list[str]
    body: list[str]
    inside: frozenset[str]  # lower-cased words written with a capital inside a sentence
    plain: frozenset[str]  # words written without
    language: str


def _raw(article: Article) -> _Raw:
    dek, text = article.dek, article.text
    if dek and text.startswith(dek[:60]):
        dek = ""
    body = fold(" ".join(f"{dek}\n{text}".split(" ")[: _TEXT_WORDS + 40]))
    kept: list[str] = []
    inside: set[str] = set()
    plain: set[str] = set()
    for sentence in _SENTENCE.split(body):
        tokens = words(sentence)
        for at, token in enumerate(tokens[: max(0, _TEXT_WORDS - len(kept))]):
            if token[0].islower():
                plain.add(token)
            elif at and token[0].isupper():
                inside.add(token.lower())
        kept.extend(tokens)
    return _Raw(
        words(fold(article.title)),
        kept[:_TEXT_WORDS],
        frozenset(inside),
        frozenset(plain),
        article.language or "en",
    )


def extract(articles: Sequence[Article]) -> list[Features]:
    """The vectors of a batch; weights depend on the batch, not on its order."""
    raws = [_raw(article) for article in articles]
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for raw in raws:
        capital.update(raw.inside)
        small.update(raw.plain)
    names = {word for word, count in capital.items() if count > small[word] and word not in STOPWORDS}
    counted = [_counts(raw) for raw in raws]
    spread = Counter(term for counts in counted for term in counts)
    total = len(counted) + _BACKGROUND
    rarity = {term: math.log(total / (count + 1)) ** _RARITY for term, count in spread.items()}
    return [
        Features(_unit(_weighed(counts, rarity, _named(raw, names))))
        for raw, counts in zip(raws, counted, strict=True)
    ]


def _counts(raw: _Raw) -> Counter[str]:
    counts = Counter(_pieces(raw.body, raw.language))
    for piece in _pieces(raw.title, raw.language):
        counts[piece] += _TITLE_COUNT
    return counts


def _named(raw: _Raw, names: set[str]) -> set[str]:
    """The stems of an article's names and numbers."""
    tokens = {token for token in (*raw.title, *raw.body) if token.lower() in names or token[0].isdigit()}
    return set(_pieces(tokens, raw.language))


def _weighed(counts: Counter[str], rarity: dict[str, float], named: set[str]) -> dict[str, float]:
    return {
        term: (1 + math.log(count)) * rarity[term] * (_NAME_FACTOR if term in named else 1.0)
        for term, count in sorted(counts.items())
    }


def _unit(weights: dict[str, float]) -> dict[str, float]:
    """The vector with a length just under 1."""
    length = math.sqrt(math.fsum(weight * weight for weight in weights.values()) + _DOUBT)
    return {term: weight / length for term, weight in weights.items()} if length else weights
