# ruff: noqa: RUF001 - dashes of every kind part a headline from its outlet
"""Headlines as a reader wants them: without the name of the outlet at the end, which stands below anyway."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from digest.model.news import Article
from digest.model.words import count_words

MAX_CHARS = 300  # of a title; what is longer is no headline, and is cut at a word

_SEPARATORS = (" | ", " - ", " – ", " — ", " · ", " :: ", " » ")
_WORD = re.compile(r"\w+")
_FILLERS = frozenset({"the", "news", "online", "com", "org", "net", "www", "daily", "english"})
_MIN_HEAD = 3  # words that must remain
_MAX_TAIL = 6  # words of a tail that can be an outlet's name
_MAX_KICKER = 3  # words of a rubric between two bars


def clean_headline(article: Article) -> str:
    """The article's title on one line, without a trailing ' - Outlet' or ' | Rubric | Outlet'.

    Only a tail that names the outlet, its publisher or its host goes (and, before such a one, a rubric set
    between bars): 'live updates' and the like stay, as they tell the reader what to expect.
    """
    title = " ".join(article.title.split())
    if len(title) > MAX_CHARS:
        title = title[:MAX_CHARS].rsplit(" ", 1)[0] + "…"
    head, separator = _without_outlet(title, article)
    if separator == " | ":
        shorter, bar, rubric = head.rpartition(separator)
        if bar and len(rubric.split()) <= _MAX_KICKER and count_words(shorter) >= _MIN_HEAD:
            return shorter.strip()
    return head


def _without_outlet(title: str, article: Article) -> tuple[str, str]:
    for separator in _SEPARATORS:
        head, found, tail = title.rpartition(separator)
        if found and count_words(head) >= _MIN_HEAD and _names_outlet(tail, article):
            return head.strip(), separator
    return title, ""


def _names_outlet(tail: str, article: Article) -> bool:
    words = _WORD.findall(tail.lower())
    if not 0 < len(words) <= _MAX_TAIL:
        return False
    host = (urlsplit(article.url).hostname or "").removeprefix("www.")
    if "".join(words) in {host.replace(".", ""), host.partition(".")[0]}:
        return True
    for name in (article.outlet, article.publisher):
        wanted = _WORD.findall(name.lower())
        if wanted and set(words) - _FILLERS == set(wanted) - _FILLERS:
            return True
    return False


def same_words(headline: str) -> tuple[str, ...]:
    """What two headlines have in common when they say the same in the same words, in their order."""
    return tuple(_WORD.findall(headline.casefold()))
