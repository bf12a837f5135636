"""The pictures that editions show, each stored once under its hash, and what became of their addresses.

``edition_images`` says which edition shows which; what none shows is pruned.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, and_, delete, insert, select

from digest.model.edition import Edition
from digest.model.picture import Fetching, Jpeg, Picture
from digest.store.sql import insert_or_ignore, upsert
from digest.store.tables import edition_images, image_sources, images


def save_image(conn: Connection, url: str, jpeg: Jpeg, now: datetime) -> None:
    """Store a picture that was fetched from ``url``; the same bytes are stored once."""
    statement = insert_or_ignore(conn, images).values(
        hash=jpeg.hash, content=jpeg.content, width=jpeg.width, height=jpeg.height, stored_at=now
    )
    conn.execute(statement)
    _save_source(conn, url, now, jpeg.hash, "")


def save_trouble(conn: Connection, url: str, trouble: str, now: datetime) -> None:
    """Remember why there is no picture from ``url``."""
    _save_source(conn, url, now, None, trouble)


def _save_source(conn: Connection, url: str, now: datetime, image: str | None, trouble: str) -> None:
    statement = upsert(conn, image_sources, ["url"], ["hash", "trouble", "fetched_at"])
    conn.execute(statement.values(url=url, hash=image, trouble=trouble, fetched_at=now))


def last_fetch(conn: Connection, url: str) -> Fetching | None:
    """What the last fetch of this address came to; None if it was never fetched, or that was pruned."""
    query = (
        select(
            image_sources.c.trouble,
            image_sources.c.fetched_at,
            images.c.hash,
            images.c.width,
            images.c.height,
        )
        .select_from(image_sources.outerjoin(images, image_sources.c.hash == images.c.hash))
        .where(image_sources.c.url == url)
    )
    row = conn.execute(query).one_or_none()
    if row is None:
        return None
    picture = Picture(row.hash, row.width, row.height, source_url=url) if row.hash else None
    return Fetching(url, row.fetched_at, picture, row.trouble)


def image_content(conn: Connection, name: str) -> bytes | None:
    """The JPEG of this hash."""
    content: bytes | None = conn.execute(select(images.c.content).where(images.c.hash == name)).scalar()
    return content


def show_in(conn: Connection, edition_id: int, edition: Edition) -> None:
    """Note which pictures the edition shows now, in place of those it showed before."""
    conn.execute(delete(edition_images).where(edition_images.c.edition_id == edition_id))
    shown: Collection[str] = {story.picture.hash for story in edition.stories if story.picture}
    if shown:
        rows = [{"edition_id": edition_id, "hash": name} for name in sorted(shown)]
        conn.execute(insert(edition_images), rows)


def prune_images(conn: Connection, before: datetime) -> int:
    """Delete the pictures that no edition shows and whose last fetch was before this; how many.

    What is known of addresses that were last fetched before goes as well.
    """
    conn.execute(delete(image_sources).where(image_sources.c.fetched_at < before))
    shown = select(edition_images.c.hash).where(edition_images.c.hash == images.c.hash)
    fetched = select(image_sources.c.hash).where(image_sources.c.hash == images.c.hash)
    idle = and_(images.c.stored_at < before, ~shown.exists(), ~fetched.exists())
    return conn.execute(delete(images).where(idle)).rowcount
