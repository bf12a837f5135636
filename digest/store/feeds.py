"""The sources, and how they have been doing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, or_, select, update

from digest.errors import InputError
from digest.model.news import Feed, FeedHealth, FeedKind
from digest.store.sql import among, id_of, insert_or_ignore, storable_text, upsert
from digest.store.tables import feed_health, feeds

MAX_URL_BYTES = 2000  # PostgreSQL indexes no text beyond some 2,700 bytes

_COLUMNS = [feeds.c[field.name] for field in fields(Feed)]
_HEALTH_COLUMNS = [feed_health.c[field.name] for field in fields(FeedHealth)]
_HEALTH_NAMES = [field.name for field in fields(FeedHealth)]
_KIND = [field.name for field in fields(Feed)].index("kind")
_FROM_SETTINGS = "settings"
_TROUBLE_LENGTH = 60


def add_feed(conn: Connection, feed: Feed, now: datetime) -> tuple[Feed, bool]:
    """Store a feed; the stored one, and whether it is new.

    One whose address is known already stays as it was, and becomes active again.

    Raises:
        InputError: its address is longer than any server accepts.
    """
    result = conn.execute(insert_or_ignore(conn, feeds).values(**_values(feed), added_at=now))
    created = result.rowcount == 1
    if not created:
        conn.execute(update(feeds).where(feeds.c.url == feed.url).values(active=True))
    return _feed(conn.execute(select(*_COLUMNS).where(feeds.c.url == feed.url)).one()), created


def sync_settings_feeds(conn: Connection, wanted: Sequence[Feed], now: datetime) -> None:
    """Make the feeds of origin "settings" those of ``wanted``; ones no longer listed become inactive.

    A feed that was added by hand and now stands in the settings belongs to the settings. One that may be on
    a private address from now on, or is of another kind, is due at once: its trouble may be over.

    Raises:
        InputError: an address is longer than any server accepts.
    """
    rows = [{**_values(feed), "origin": _FROM_SETTINGS, "active": True, "added_at": now} for feed in wanted]
    if rows:
        changing = [name for name in rows[0] if name not in {"url", "added_at"}]
        _make_due(conn, wanted)
        conn.execute(upsert(conn, feeds, ["url"], changing), rows)
    listed = among(conn, feeds.c.url, [feed.url for feed in wanted])
    dropped = and_(feeds.c.origin == _FROM_SETTINGS, feeds.c.active, ~listed)
    conn.execute(update(feeds).where(dropped).values(active=False))


def _make_due(conn: Connection, wanted: Sequence[Feed]) -> None:
    """Have those fetched at once that are reached or read in another way than before."""
    how = {feed.url: (feed.kind.value, feed.allow_private) for feed in wanted}
    listed = among(conn, feeds.c.url, list(how))
    stored = conn.execute(select(feeds.c.id, feeds.c.url, feeds.c.kind, feeds.c.allow_private).where(listed))
    changed = [row.id for row in stored if (row.kind, bool(row.allow_private)) != how[row.url]]
    if changed:
        conn.execute(update(feed_health).where(feed_health.c.feed_id.in_(changed)).values(due_at=None))


def list_feeds(conn: Connection, *, active_only: bool = True) -> list[Feed]:
    """Feeds in the order in which they were added."""
    query = select(*_COLUMNS).order_by(feeds.c.id)
    if active_only:
        query = query.where(feeds.c.active)
    return [_feed(row) for row in conn.execute(query)]


def find_feed(conn: Connection, ref: str) -> Feed | None:
    """The feed with this id, address or exact name; an address goes before a name, active before not."""
    conditions = [feeds.c.url == ref, feeds.c.name == ref]
    if (number := id_of(ref)) is not None:
        conditions.append(feeds.c.id == number)
    query = (
        select(*_COLUMNS)
        .where(or_(*conditions))
        .order_by((feeds.c.url == ref).desc(), feeds.c.active.desc(), feeds.c.id)
    )
    row = conn.execute(query).first()
    return None if row is None else _feed(row)


def trust(conn: Connection, feed_id: int) -> bool:
    """Let a feed be on a private address, and have it fetched at once; False if it might be there before."""
    new = update(feeds).where(feeds.c.id == feed_id, ~feeds.c.allow_private).values(allow_private=True)
    if conn.execute(new).rowcount != 1:
        return False
    conn.execute(update(feed_health).where(feed_health.c.feed_id == feed_id).values(due_at=None))
    return True


def remove_feed(conn: Connection, feed_id: int) -> bool:
    """Forget a feed and its health; its articles stay. Whether it was there."""
    return conn.execute(delete(feeds).where(feeds.c.id == feed_id)).rowcount == 1


def all_health(conn: Connection) -> dict[int, FeedHealth]:
    """The health of every feed that was ever checked, by feed id."""
    rows = conn.execute(select(*_HEALTH_COLUMNS))
    return {row.feed_id: FeedHealth(*row) for row in rows}


def save_health(conn: Connection, health: FeedHealth) -> None:
    """Replace what is known of a feed's health; nothing happens if the feed was removed meanwhile."""
    known = conn.execute(select(feeds.c.id).where(feeds.c.id == health.feed_id)).first()
    if known is None:
        return
    values = dict(zip(_HEALTH_NAMES, astuple(health), strict=True))
    values["trouble"] = health.trouble[:_TROUBLE_LENGTH]
    values["message"] = storable_text(health.message)
    conn.execute(upsert(conn, feed_health, ["feed_id"], _HEALTH_NAMES[1:]), values)


def added(conn: Connection) -> dict[int, datetime]:
    """When each feed was first listed, by its id."""
    return dict(conn.execute(select(feeds.c.id, feeds.c.added_at)).all())


def due_feeds(conn: Connection, now: datetime) -> list[tuple[Feed, FeedHealth]]:
    """Active feeds to fetch now: never checked, never given a time, or past it.

    One that was checked later than now was so by a clock that ran ahead, and its time says nothing.
    """
    query = (
        select(*_COLUMNS, *_HEALTH_COLUMNS)
        .select_from(feeds.outerjoin(feed_health))
        .where(
            feeds.c.active,
            or_(feed_health.c.due_at.is_(None), feed_health.c.due_at <= now, feed_health.c.checked_at > now),
        )
        .order_by(feeds.c.id)
    )
    size = len(_COLUMNS)
    found = []
    for row in conn.execute(query):
        feed = _feed(row[:size])
        checked = row[size] is not None
        found.append((feed, FeedHealth(*row[size:]) if checked else FeedHealth(feed_id=feed.id)))
    return found


def _values(feed: Feed) -> dict[str, Any]:
    if len(feed.url.encode(errors="replace")) > MAX_URL_BYTES:
        raise InputError(f"the feed address {feed.url[:60]}... is longer than {MAX_URL_BYTES} bytes")
    return {
        "url": feed.url,
        "name": feed.name,
        "publisher": feed.publisher,
        "kind": feed.kind.value,
        "weight": feed.weight,
        "allow_private": feed.allow_private,
        "origin": feed.origin,
    }


def _feed(row: Row[Any] | Sequence[Any]) -> Feed:
    """A row of ``_COLUMNS``, which stand in the order of Feed's fields."""
    values = list(row)
    values[_KIND] = FeedKind(values[_KIND])
    return Feed(*values)
