"""Is the publisher's own dek fit to be the summary, and how much of it?

A dek (standfirst, subheading, feed description) is the best summary there is when it is one: whole
sentences that say what happened. Many are not: copies of the title, cut off in the middle, slogans of
the site, calls to subscribe, photo captions. This module tells them apart and says why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.model.news import Article
from digest.model.words import count_words
from digest.summarise.furniture import has_credit, is_furniture, is_slogan, strip_label
from digest.summarise.judge import (
    is_caption,
    is_cut,
    is_question,
    is_whole,
    is_whole_without_stop,
    strip_dateline,
    with_stop,
)
from digest.summarise.sentences import sentences

MAX_CHARS = 4_000  # of a dek that are looked at; a longer one is a whole article

_APPEARED = re.compile(r"\bThe post\b.{0,400}?\bappeared first on\b.{0,120}", re.IGNORECASE | re.DOTALL)
_TRAIL = re.compile(
    r"(?:\s*(?:continue reading|read (?:more|on|the full (?:story|article))|full story|see more|view more)\b"
    r"[^.!?\n]{0,60}[.…»>→]*)$",
    re.IGNORECASE,
)
_BREAK = re.compile(r"\s[*•‣▪]\s|\n")  # bullets of a live page; a line of a feed's text is a block of its own
_PROMO = re.compile(
    r"\b(?:get|download) our [^.!?\n]{0,60}\b(?:e-?mail|app|podcast|newsletter)s?\b"
    r"(?:\s+(?:or|and)\s+[^.!?\n]{0,20}\bpodcast\b)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_ARTICLES = frozenset({"the", "a", "an"})  # that headlines leave out
_COPY = 0.85  # share of words in common from which a dek only repeats the title


@dataclass(frozen=True, slots=True)
class DekVerdict:
    """``text`` is what of the dek may be printed, or "" with the reason in ``why_not``."""

    text: str
    why_not: str = ""


def judge_dek(article: Article, *, max_sentences: int, max_words: int) -> DekVerdict:
    """What of the article's dek may stand as its summary.

    Only whole sentences are ever left away, from the end; if the first that would do is longer than
    ``max_words``, the dek is not used at all, since cutting inside a sentence changes what it says.
    """
    dek = _cleaned(article.dek[:MAX_CHARS])
    if why_not := _unusable(dek, article.title):
        return DekVerdict("", why_not)
    found = sentences(dek, article.language)
    kept: list[str] = []
    why = "it holds no whole sentence"
    for sentence in dict.fromkeys(found):  # some feeds say it twice
        problem = _problem(sentence, article, alone=len(found) == 1)
        if not problem:
            kept.append(sentence)
            continue
        if kept:
            break  # what follows would hang in the air
        why = problem
    if len(kept) == 1 and repeats(kept[0], article.title):
        return DekVerdict("", "it repeats the title")
    return _fitted(kept, max_sentences, max_words) if kept else DekVerdict("", why)


def _unusable(dek: str, title: str) -> str:
    """Why the dek as a whole can't be a summary; "" when it may."""
    if not dek:
        return "there is none"
    if is_slogan(dek):
        return "it describes the site, not the story"
    if has_credit(dek):
        return "it is the caption of a picture"
    return "it repeats the title" if repeats(dek, title) else ""


def _fitted(kept: list[str], max_sentences: int, max_words: int) -> DekVerdict:
    while kept and (len(kept) > max_sentences or count_words(" ".join(kept)) > max_words):
        kept = kept[:-1]
    if not kept:
        return DekVerdict("", f"its first sentence is longer than {max_words} words")
    return DekVerdict(" ".join(map(with_stop, kept)))


def _cleaned(dek: str) -> str:
    """The dek without what feeds hang on to it."""
    text = _BREAK.sub("\n\n", _PROMO.sub("\n\n", _APPEARED.sub("", dek)).strip())
    return strip_label(strip_dateline(_TRAIL.sub("", text).strip()))


def _problem(sentence: str, article: Article, *, alone: bool) -> str:
    """Why this sentence of a dek can't be printed; "" when it can."""
    language = article.language or "en"
    tests = (
        (is_cut(sentence), "it is cut off"),
        (is_furniture(sentence), "it is a caption, a byline or a call to act"),
        (is_question(sentence), "it only asks a question"),
        (is_caption(sentence, language), "it has no verb, as a caption"),
        (is_whole(sentence), ""),
    )
    if (verdict := next((words for fails, words in tests if fails), None)) is not None:
        return verdict
    if alone and is_whole_without_stop(sentence, language):
        return "it is the start of the text, cut off" if _runs_on(sentence, article.text) else ""
    return "it is no whole sentence"


def _runs_on(sentence: str, text: str) -> bool:
    """Whether the text's first paragraph begins with this very piece and its sentence then goes on."""
    first = strip_dateline(text[: 2 * MAX_CHARS].lstrip()).partition("\n\n")[0]
    opening = " ".join(first.split())
    rest = opening[len(sentence) :]
    return opening.startswith(sentence) and bool(rest) and rest[0] not in ".!?"


def repeats(sentence: str, title: str) -> bool:
    """Whether ``sentence`` says no more than ``title`` does."""
    mine = set(_WORD.findall(sentence.lower())) - _ARTICLES
    theirs = set(_WORD.findall(title.lower())) - _ARTICLES
    if not mine or not theirs:
        return False
    if mine <= theirs:
        return True
    return len(mine & theirs) / len(mine | theirs) >= _COPY
