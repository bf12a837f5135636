"""What is stored that themes can be tried on: past articles, and how editors filed them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from digest.model.decisions import Decision, DecisionKind
from digest.model.news import Article
from digest.store import articles as article_store
from digest.store.decisions import list_decisions


@dataclass(frozen=True, slots=True)
class Past:
    """Articles in order of time, and for some of them (by place) the themes that an editor gave.

    ``gone`` counts the corrections of articles that are no longer stored.
    """

    articles: tuple[Article, ...] = ()
    truth: Mapping[int, frozenset[str]] = field(default_factory=dict)
    gone: int = 0


def corrections(conn: Connection, publication: str) -> list[Decision]:
    """What editors said about which themes an article belongs to."""
    made = list_decisions(conn, publication, "")
    return [decision for decision in made if decision.kind is DecisionKind.FILE]


def past(conn: Connection, publication: str, *, now: datetime, days: float) -> Past:
    """The articles of the last ``days``, and those that were ever corrected."""
    filed = {made.article_id: frozenset(made.slugs) for made in corrections(conn, publication)}
    recent = article_store.recent_articles(
        conn, since=now - timedelta(days=days), until=now + timedelta(days=1)
    )
    older = article_store.articles_by_id(conn, set(filed) - {article.id for article in recent})
    articles: Sequence[Article] = (*(older[key] for key in sorted(older)), *recent)
    truth = {at: filed[article.id] for at, article in enumerate(articles) if article.id in filed}
    return Past(tuple(articles), truth, len(filed) - len(truth))
