"""What an edition is composed from: the recent articles, and what earlier editions of the series told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from digest.compose import Past, Reading
from digest.model.decisions import ABOUT_STORIES, DecisionKind
from digest.model.edition import EditionKey, ToldStory
from digest.model.news import Article
from digest.parts import OUTBOX, Parts
from digest.store import articles as article_store
from digest.store import decisions, told
from digest.summarise.candidates import content_terms, content_words
from digest.summarise.figures import numbers
from digest.summarise.leaning import is_dangling
from digest.summarise.naming import names
from digest.summarise.reading import printable_sentences

REMEMBERED = timedelta(days=14)  # how long an edition's stories may be named, and not be told again as new
# How long their articles stand beside the fresh ones, to be met by them; since the last edition at least.
GROUPED_AGAIN = timedelta(days=5)
# What an editor says of a story by these holds for its later tellings, too, for as long.
_LASTING = ABOUT_STORIES | {DecisionKind.DROP}
MOST_TELLINGS = 12  # of one told story that do: enough to know it by, and a bound on the cost


READING = Reading(
    sentences=printable_sentences,
    terms=content_terms,
    words=content_words,
    numbers=numbers,
    names=names,
    leans=is_dangling,
)


@dataclass(frozen=True)
class Material:
    """``recent`` articles, from ``since`` (UTC) on, may go in.

    Older ones stand beside them for the stories they make together: those ``told`` have been in, those
    ``decided`` an editor has ruled on.
    """

    recent: list[Article]
    told: list[Article]
    decided: list[Article]
    past: Past
    since: datetime

    @property
    def batch(self) -> list[Article]:
        """All that is to be grouped."""
        return [*self.recent, *self.told, *self.decided]


def gathered(parts: Parts, conn: Connection, key: EditionKey, now: datetime) -> Material:
    """What there is to compose the edition of ``key`` from at ``now``."""
    parts = parts.for_series(key.series)
    since = parts.recency.since(parts.schedule, min(key.slot, now))
    recent = article_store.recent_articles(conn, since=since, until=now + timedelta(days=1))
    # What only a folder of files took counts as told while the outbox is still the transport: the first
    # edition that is really e-mailed may tell it again.
    told_by = {OUTBOX, "smtp"} if parts.transport_name == OUTBOX else {parts.transport_name}
    where = (conn, key.publication, key.series)
    stories = told.told_stories(*where, transports=told_by, since=key.slot - REMEMBERED)
    again = min(key.slot - GROUPED_AGAIN, parts.schedule.newest_slot(key.slot - timedelta(microseconds=1)))
    articles = _articles_of(conn, stories, again)
    ids = {article.id for article in recent} | articles.keys()
    used = told.used_articles(*where, transports=told_by, ids=ids)
    older = sorted(articles.keys() - {article.id for article in recent})
    decided = _decided(conn, key, again) - ids
    ruled = article_store.articles_by_id(conn, decided)
    return Material(
        recent,
        [articles[number] for number in older],
        [ruled[number] for number in sorted(ruled)],
        Past(stories, used, articles),
        since,
    )


def _decided(conn: Connection, key: EditionKey, since: datetime) -> set[int]:
    """The articles about which an editor has said since then what holds for the whole story."""
    standing = decisions.list_decisions(conn, key.publication, key.series)
    lasting = [one for one in standing if one.kind in _LASTING and one.moment >= since]
    return {number for one in lasting for number in (one.article_id, one.other_id) if number}


def _articles_of(conn: Connection, stories: Sequence[ToldStory], since: datetime) -> dict[int, Article]:
    """The articles of what was told since then, by id: the best tellings of each story."""
    ids = {number for story in stories if story.slot >= since for number in story.article_ids[:MOST_TELLINGS]}
    return article_store.articles_by_id(conn, ids)
