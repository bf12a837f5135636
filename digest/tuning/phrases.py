"""Phrases of articles that could become terms: one to three words, written as a theme file would.

A phrase never runs across a sentence's end, a comma or a bracket, and neither begins nor ends with a word
that says nothing. Names keep their capitals: a word counts as one when it has a capital more often than not
inside sentences. Scripts without spaces between words give no phrases.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from digest.group.stopwords import STOPWORDS
from digest.group.text import fold, is_unspaced, words
from digest.model.news import Article
from digest.summarise.sentences import sentences

_LONGEST = 3  # words
_SHORTEST = 3  # letters of a phrase of one word; acronyms may have two
_ACRONYM_LETTERS = range(2, 7)
_LEAD_CHARS = 3000  # of a text; what stands further down is seldom what it is about
_BREAK = re.compile(r"[,;:()\[\]{}\"\u201c\u201d\u00ab\u00bb\u201e\u2026|/!?\n]+|\s[-\u2013\u2014]+\s|\u2014")
_PLURAL = re.compile(r"(?<![su'i])s$")
_NO_PLURAL = re.compile(r"(?:[scxz]h?es|ics|series|species)$")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as a theme file would write it, and where it stands: places in the list of articles."""

    text: str
    articles: frozenset[int]
    in_titles: frozenset[int]
    salient: frozenset[int]  # where it stands in the title, or twice
    count: int  # how often it stands anywhere

    @property
    def is_acronym(self) -> bool:
        """Whether it is to be found letter by letter."""
        return self.text.isalpha() and self.text.isupper() and len(self.text) in _ACRONYM_LETTERS

    @property
    def is_name(self) -> bool:
        """Whether any of its words has a capital."""
        return self.text != self.text.lower()


def phrases_of(articles: Sequence[Article]) -> list[Phrase]:
    """Every phrase of ``articles``, those in most of them first, then by the alphabet."""
    runs = [_runs(article) for article in articles]
    written = _spelling([line for found in runs for line in found])
    held: dict[Words, Counter[int]] = {}
    titled: dict[Words, set[int]] = {}
    for at, found in enumerate(runs):
        for line in found:
            for phrase in _phrases(line):
                key = _singular(phrase, written)
                held.setdefault(key, Counter())[at] += 1
                if line.is_title:
                    titled.setdefault(key, set()).add(at)
    made = []
    for key, counts in held.items():
        titles = titled.get(key, set())
        salient = {at for at, count in counts.items() if count > 1 or at in titles}
        text = " ".join(written.get(word, word) for word in key)
        made.append(Phrase(text, frozenset(counts), frozenset(titles), frozenset(salient), counts.total()))
    return sorted(made, key=lambda phrase: (-len(phrase.articles), phrase.text.lower(), phrase.text))


@dataclass(frozen=True, slots=True)
class _Run:
    """Words that stand together. ``opens``: its first word opens a sentence."""

    words: list[str]
    opens: bool
    is_title: bool


def _runs(article: Article) -> list[_Run]:
    found = list(_split(article.title, is_title=True))
    for text in (article.dek, article.text[:_LEAD_CHARS]):
        for sentence in sentences(text, article.language):
            found.extend(_split(sentence, is_title=False))
    return found


def _split(sentence: str, *, is_title: bool) -> Iterator[_Run]:
    opens = True
    for piece in _BREAK.split(sentence):
        tokens = words(fold(piece))
        if tokens:
            yield _Run(tokens, opens, is_title)
            opens = False


def _phrases(run: _Run) -> Iterator[Words]:
    """Its phrases. A name is taken whole or not at all, but where it is too long."""
    lower = [token.lower() for token in run.words]
    named = [at for at, token in enumerate(run.words) if _is_named(token, at, run)]
    names = set(named) if not _is_title_case(run) else set()
    for start in range(len(lower)):
        if {start - 1, start} <= names:
            continue
        for end in range(start + 1, min(start + _LONGEST, len(lower)) + 1):
            phrase = lower[start:end]
            if {end - 1, end} <= names or _empty(phrase[0]) or _empty(phrase[-1]):
                continue
            short = len(phrase) == 1 and len(phrase[0]) < _SHORTEST and not run.words[start].isupper()
            if not short and not any(map(is_unspaced, phrase)):
                yield tuple(phrase)


def _is_named(token: str, at: int, run: _Run) -> bool:
    opening = run.opens and at == 0
    return token[0].isupper() and not opening and token.lower() not in STOPWORDS


def _is_title_case(run: _Run) -> bool:
    """Whether every word of a headline that says something has a capital, so that these say nothing."""
    telling = (token for token in run.words[1:] if token.lower() not in STOPWORDS)
    return run.is_title and not any(token[0].islower() for token in telling)


def _empty(word: str) -> bool:
    return word in STOPWORDS or len(word) == 1 or word[0].isdigit()


def _spelling(runs: Iterable[_Run]) -> dict[str, str]:
    """Words that are names, in small letters, with how they are written."""
    capital: dict[str, Counter[str]] = {}
    small: Counter[str] = Counter()
    for run in runs:
        if _is_title_case(run):
            continue
        for token in run.words[1:] if run.opens else run.words:
            if token[0].isupper():
                capital.setdefault(token.lower(), Counter())[token] += 1
            else:
                small[token.lower()] += 1
        if run.opens and len(run.words[0]) > 1 and run.words[0].isupper():  # an acronym opens a sentence
            capital.setdefault(run.words[0].lower(), Counter())[run.words[0]] += 1
    return {
        word: min(forms, key=lambda form, forms=forms: (-forms[form], form))  # type: ignore[misc]
        for word, forms in capital.items()
        if forms.total() > small[word]
    }


def _singular(phrase: Words, written: dict[str, str]) -> Words:
    """Without a regular plural's ending, which is found by itself; names stay as they are."""
    return phrase if phrase[-1] in written else (*phrase[:-1], singular(phrase[-1]))


def singular(word: str) -> str:
    """A word in small letters without a regular plural's ending."""
    if len(word) <= _SHORTEST or _NO_PLURAL.search(word):
        return word
    if word.endswith("ies") and len(word) >= len("skies"):
        return f"{word[:-3]}y"
    return _PLURAL.sub("", word)
