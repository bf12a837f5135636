# ruff: noqa: RUF001 - quotation marks and stops of many scripts stand in its patterns
"""The sentences of a story's articles that may be printed at all, and what a text is made of for comparing.

Terms are stems of words; where no spaces part the words, overlapping groups of characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.model.news import Article, Story
from digest.model.words import count_words
from digest.summarise.abbreviations import word_set
from digest.summarise.deks import repeats
from digest.summarise.furniture import is_furniture
from digest.summarise.judge import (
    is_bare_quote,
    is_caption,
    is_question,
    is_whole,
    is_whole_without_stop,
    strip_dateline,
)
from digest.summarise.leaning import is_dangling, is_first_person
from digest.summarise.letters import HAN, LETTER, THAI
from digest.summarise.sentences import sentences
from digest.summarise.stems import stem

MAX_TELLINGS = 8  # articles looked at; a story told more often is told the same
MAX_CHARS = 6_000  # of each, from the top
MAX_SENTENCES = 14  # of each, from the top
MAX_SENTENCE_CHARS = 900  # a longer "sentence" is a list or a lost paragraph

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
    """A sentence of one telling. ``telling`` and ``place`` count from 0."""

    text: str
    article: Article
    telling: int
    place: int
    terms: tuple[str, ...]  # all of them, in order
    content: frozenset[str]  # those that have a meaning of their own
    words: int
    leans: bool  # on the sentence before it


def candidates(story: Story, *, max_words: int) -> list[Sentence]:
    """The sentences of all tellings that may be printed at all, in order of telling and place.

    Those that say 'I' or 'we' are an author speaking, and are left out unless there are no others.
    """
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
                found.append(
                    Sentence(
                        line,
                        article,
                        telling,
                        place,
                        terms_of(line),
                        content_terms(line),
                        words,
                        is_dangling(line),
                    )
                )
    return [sentence for sentence in found if not is_first_person(sentence.text)] or found


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
    return frozenset(terms_of(text)) - _COMMON


def terms_of(text: str) -> tuple[str, ...]:
    """The stemmed words of a text; overlapping groups of characters where no spaces part the words."""
    plain = text.lower().replace("’s ", " ").replace("'s ", " ")
    if not plain.isascii():
        plain = _HAN.sub(lambda match: _grams(match.group(), _HAN_TERM), plain)
        plain = _THAI.sub(lambda match: _grams(match.group(), _THAI_TERM), plain)
    return tuple(stem(word) for word in _WORD.findall(plain))


def _grams(run: str, size: int) -> str:
    return f" {' '.join(run[at : at + size] for at in range(max(1, len(run) - size + 1)))} "
