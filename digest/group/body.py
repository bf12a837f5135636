"""An article's text as themes read it."""

from __future__ import annotations

import re

from digest.group.text import fold
from digest.model.news import Article

# "Iran-born", where somebody comes from.
_BIRTHPLACE = re.compile(r"\b[\w']+-born\b")
# "GAZA CITY (Reuters) -", where a report was written, which isn't what it is about; not "NATO-led".
_DATELINE = re.compile(
    r"\s*[A-Z][A-Z .,'/]{2,40}"
    r"(?:\([\w .]{2,20}\)\s*[\u2013\u2014-]+\s?|\s?\u2014+\s?|\s?[\u2013-]+\s)(?=\S)"
)


def body_of(article: Article) -> str:
    """The text, folded, without its dateline."""
    dateline = _DATELINE.match(article.text)
    return folded(article.text[dateline.end() :] if dateline else article.text)


def folded(text: str) -> str:
    """Folded, without birthplaces."""
    plain = fold(text)
    return _BIRTHPLACE.sub("", plain) if "-born" in plain else plain
