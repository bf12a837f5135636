# ruff: noqa: RUF001 - quotation marks and stops of many scripts stand in its patterns
"""The sentences of a story's articles that may be printed at all, and what a text is made of for comparing.

Terms are stems of words; where no spaces part the words, overlapping groups of characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.model.genre import is_opinion
from digest.model.news import Article, Story
from digest.model.tolls import contradict, tolls
from digest.model.words import count_words
from digest.summarise.abbreviations import word_set
from digest.summarise.acquaintance import Acquaintance, Reader
from digest.summarise.deks import repeats
from digest.summarise.figures import numbers
from digest.summarise.furniture import is_furniture, is_no_comment, strip_label
from digest.summarise.judge import (
    is_bare_quote,
    is_caption,
    is_exclamation,
    is_question,
    is_whole,
    is_whole_without_stop,
    strip_dateline,
)
from digest.summarise.leaning import is_author_speaking, is_dangling
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
    surnames: Acquaintance


def candidates(story: Story, *, max_words: int, at_odds: bool = True) -> list[Sentence]:
    """The sentences of all tellings that may be printed at all, in order of telling and place.

    What somebody thinks counts only where it leads the story. Those in which an author speaks are left out
    unless no other could open a summary; so are those of the other tellings with another toll than the
    headline's, and those of the lead without ``at_odds``.
    """
    found: list[Sentence] = []
    headline = tolls(story.heading, numbers)
    for telling, article in enumerate(story.articles[:MAX_TELLINGS]):
        if telling and is_opinion(article):
            continue
        judged = bool(headline) and (telling > 0 or not at_odds)
        body = article.text[:MAX_CHARS]
        lines = sentences(strip_dateline(body.lstrip()), article.language)
        if len(article.text) > MAX_CHARS:
            lines = lines[:-1]  # cut by us
        reader = Reader(article.language)
        for place, raw in enumerate(lines[:MAX_SENTENCES]):
            line = strip_label(strip_dateline(raw))  # what stands above a dateline is a caption
            surnames = reader.read(line)
            if len(line) > MAX_SENTENCE_CHARS or not _printable(line, article):
                continue
            if judged and contradict(headline, tolls(line, numbers)):
                continue
            words = count_words(line)
            if words <= max_words:
                terms = terms_of(line)
                found.append(
                    Sentence(
                        line,
                        article,
                        telling,
                        place,
                        terms,
                        frozenset(terms) - _COMMON,
                        words,
                        is_dangling(line),
                        surnames,
                    )
                )
    news = [sentence for sentence in found if not is_author_speaking(sentence.text)]
    return found if all(sentence.leans for sentence in news) else news


def _printable(line: str, article: Article) -> bool:
    language = article.language or "en"
    return (
        (is_whole(line) or (_THAI.search(line) is not None and is_whole_without_stop(line, language)))
        and not is_question(line)
        and not is_exclamation(line)
        and not is_furniture(line)
        and not is_no_comment(line)
        and not is_bare_quote(line)
        and not is_caption(line, language)
        and not repeats(line, article.title)
        and not _holds_title(line, article.title)
    )


def _holds_title(line: str, title: str) -> bool:
    """Whether it is a headline run together with what stands under it on its page."""
    rest = line[len(title) :].lstrip()
    return bool(title) and line.lower().startswith(title.lower()) and rest[:1].isupper()


def content_terms(text: str) -> frozenset[str]:
    """The stems of a text's words of meaning."""
    return frozenset(terms_of(text)) - _COMMON


def content_words(text: str) -> tuple[str, ...]:
    """The same, in order, as often as they stand there."""
    return tuple(term for term in terms_of(text) if term not in _COMMON)


def terms_of(text: str) -> tuple[str, ...]:
    """The stemmed words of a text; overlapping groups of characters where no spaces part the words."""
    plain = text.lower().replace("’s ", " ").replace("'s ", " ")
    if not plain.isascii():
        plain = _HAN.sub(lambda match: _grams(match.group(), _HAN_TERM), plain)
        plain = _THAI.sub(lambda match: _grams(match.group(), _THAI_TERM), plain)
    return tuple(stem(word) for word in _WORD.findall(plain))


def _grams(run: str, size: int) -> str:
    return f" {' '.join(run[at : at + size] for at in range(max(1, len(run) - size + 1)))} "
