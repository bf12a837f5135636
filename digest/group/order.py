"""Where an article stands: in time, in a batch, and among the tellings of its story."""

from __future__ import annotations

from datetime import datetime

from digest.model.genre import aside
from digest.model.news import FULL_TEXT_WORDS, Article

_HOUR_S = 3600
_UNDATED = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def time_of(article: Article) -> datetime:
    """When it came out: published, else gathered; far in the past without either."""
    return article.published_at or article.gathered_at or _UNDATED


def hour_of(article: Article) -> float:
    """The same in hours since 1970."""
    return time_of(article).timestamp() / _HOUR_S


def batch_order(article: Article) -> tuple[datetime, str, str, str]:
    """Sorts a batch: the same for any order it came in."""
    return (time_of(article), article.canonical_url, article.url, article.title)


def preference(article: Article, language: str) -> tuple[bool, bool, bool, bool, float, datetime, str]:
    """Sorts the better telling first, a report before an opinion; ``language`` is the publication's."""
    base = language.partition("-")[0]
    foreign = bool(article.language) and article.language.partition("-")[0] != base
    full = len(article.text.split()) >= FULL_TEXT_WORDS
    return (
        foreign,
        bool(article.ai_notice),
        bool(aside(article)),
        not full,
        -article.weight,
        time_of(article),
        article.canonical_url,
    )
