"""What readers have been told: derived from the editions that went out.

So a draft, a test or a failed send uses nothing up. See ``docs/decisions/used-stories.md`` for when an
edition counts.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, select, update

from digest.model.edition import Edition, EditionStory, ToldStory
from digest.model.links import edition_ref
from digest.store.codec import edition_from_json
from digest.store.freezing import use_up
from digest.store.runs import accept_first
from digest.store.sql import among
from digest.store.tables import edition_articles, editions


def told_stories(
    conn: Connection, publication: str, series: str, *, transports: Collection[str], since: datetime
) -> tuple[ToldStory, ...]:
    """The stories of this series that readers were sent, oldest first, one-liners included.

    Only of editions with a slot not before ``since``, of which one of ``transports`` accepted a message.
    """
    query = (
        select(editions.c.id, editions.c.content)
        .where(_accepted(publication, series, transports), editions.c.slot >= since)
        .order_by(editions.c.slot, editions.c.id)
    )
    found: list[ToldStory] = []
    for edition_id, content in conn.execute(query):
        edition = edition_from_json(content)
        found += [_told(edition_id, edition, story) for story in edition.stories]
    return tuple(found)


def used_articles(
    conn: Connection, publication: str, series: str, *, transports: Collection[str], ids: Collection[int]
) -> dict[int, int]:
    """Those of the articles ``ids`` that readers of this series were sent, with the latest such edition's id.

    However long ago that was: an article never stands in two editions.
    """
    query = (
        select(edition_articles.c.article_id, editions.c.id)
        .join_from(edition_articles, editions)
        .where(_accepted(publication, series, transports), among(conn, edition_articles.c.article_id, ids))
        .order_by(editions.c.slot, editions.c.id)  # the latest comes last, and so stays
    )
    return dict(conn.execute(query).all())


def count(conn: Connection, edition_id: int, *, transport: str, at: datetime) -> None:
    """Count what an edition tells as told, though no ``transport`` is known to have accepted it.

    Raises:
        StateError: it has no content.
    """
    use_up(conn, edition_id)
    accept_first(conn, edition_id, transport=transport, now=at)


def discount(conn: Connection, edition_id: int) -> None:
    """Take ``count`` back, of an edition that nothing was sent of."""
    own = editions.c.id == edition_id
    conn.execute(update(editions).where(own).values(accepted_at=None, transport=""))


def _accepted(publication: str, series: str, transports: Collection[str]) -> ColumnElement[bool]:
    return and_(
        editions.c.publication == publication,
        editions.c.series == series,
        editions.c.accepted_at.is_not(None),
        editions.c.transport.in_(sorted(transports)),
    )


def _told(edition_id: int, edition: Edition, story: EditionStory) -> ToldStory:
    said = (story.update_of, story.summary.text if story.summary else "")
    return ToldStory(
        edition_id=edition_id,
        ref=edition_ref(edition.key),
        slot=edition.key.slot,
        composed_at=edition.composed_at or edition.key.slot,
        local_date=edition.local_date,
        key=story.key,
        headline=story.headline,
        themes=story.themes,
        article_ids=story.article_ids,
        summary=" ".join(text for text in said if text),
        follows=story.follows,
    )
