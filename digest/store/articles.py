"""The articles, each stored once under its canonical address."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, insert, or_, select, update

from digest.model.news import Article
from digest.store.feeds import MAX_URL_BYTES
from digest.store.merging import merge
from digest.store.sql import among, id_of, storable_text
from digest.store.tables import articles, feeds

_NAMES = [field.name for field in fields(Article)]
_COLUMNS = [articles.c[name] for name in _NAMES]
_LISTS = [_NAMES.index(name) for name in ("headings", "related", "categories")]
_FEED_ID = _NAMES.index("feed_id")
_LIMITS = {name: articles.c[name].type.length for name in ("date_source", "language")}  # type: ignore[attr-defined]


def save_articles(conn: Connection, found: Sequence[Article]) -> tuple[int, int]:
    """Store what was gathered; how many are new, and how many of the known ones changed.

    See ``digest.store.merging`` for what a known one takes over. Every article needs ``gathered_at``.
    An article whose address is longer than 2,000 bytes (no browser's or server's limit is lower) is
    left out: PostgreSQL couldn't index it. So are characters that a database can't hold.
    """
    fitting = [_clean(article) for article in found if _fits(article)]
    stored = _by_canonical_url(conn, {article.canonical_url for article in fitting})
    merged = dict(stored)
    for article in fitting:
        old = merged.get(article.canonical_url)
        merged[article.canonical_url] = article if old is None else merge(old, article)
    new = [article for url, article in merged.items() if url not in stored]
    changed = [article for url, article in merged.items() if url in stored and article != stored[url]]
    # A feed may have been removed while it was being fetched: its articles are then nobody's.
    ids = {article.feed_id for article in merged.values()}
    alive = set(conn.execute(select(feeds.c.id).where(among(conn, feeds.c.id, ids))).scalars())
    if new:
        conn.execute(insert(articles), [_row(article, alive) for article in new])
    if changed:
        statement = update(articles).where(articles.c.id == bindparam("key"))
        conn.execute(statement, [{**_row(article, alive), "key": article.id} for article in changed])
    return len(new), len(changed)


def known_urls(conn: Connection, urls: Collection[str]) -> set[str]:
    """Those of ``urls`` that are the address, or the canonical address, of a stored article."""
    query = select(articles.c.url).where(among(conn, articles.c.url, urls))
    canonical = select(articles.c.canonical_url).where(among(conn, articles.c.canonical_url, urls))
    return set(conn.execute(query.union(canonical)).scalars())


def recent_articles(conn: Connection, *, since: datetime, until: datetime) -> list[Article]:
    """Articles of [since, until) by publication time, or where unknown by when we gathered them.

    In the order of that time.
    """
    published, gathered = articles.c.published_at, articles.c.gathered_at
    # Spelled out rather than coalesced, so that both indexes serve.
    inside = or_(
        and_(published >= since, published < until),
        and_(published.is_(None), gathered >= since, gathered < until),
    )
    found = _select(conn, inside)
    return sorted(
        found, key=lambda article: (article.published_at or article.gathered_at or since, article.id)
    )


def find_article(conn: Connection, ref: str) -> Article | None:
    """The article with this canonical address, address or id; the latest, if an address has several.

    An id may have the letter that drafts write before it: 812 or s812.
    """
    conditions = [articles.c.canonical_url == ref, articles.c.url == ref]
    typed = ref.strip()
    if (number := id_of(typed[1:] if typed[:1] in {"s", "S"} else typed)) is not None:
        conditions.append(articles.c.id == number)
    found = _select(conn, or_(*conditions))
    return max(found, key=lambda article: (article.canonical_url == ref, article.id), default=None)


def articles_by_id(conn: Connection, ids: Collection[int]) -> dict[int, Article]:
    """The articles with these ids; ids that are not there are left out."""
    return {article.id: article for article in _select(conn, among(conn, articles.c.id, ids))}


def canonical_urls(conn: Connection, ids: Collection[int]) -> dict[int, str]:
    """The canonical addresses of the articles with these ids; ids that are not there are left out."""
    query = select(articles.c.id, articles.c.canonical_url).where(among(conn, articles.c.id, ids))
    return {row.id: row.canonical_url for row in conn.execute(query)}


def count_with_image(conn: Connection, image_url: str, outlet: str, since: datetime) -> int:
    """How many articles of the outlet, gathered since then, show the picture at this address."""
    alike = and_(
        articles.c.gathered_at >= since, articles.c.outlet == outlet, articles.c.image_url == image_url
    )
    return conn.execute(select(func.count()).where(alike)).scalar_one()


def _by_canonical_url(conn: Connection, urls: Collection[str]) -> dict[str, Article]:
    found = _select(conn, among(conn, articles.c.canonical_url, urls))
    return {article.canonical_url: article for article in found}


def _select(conn: Connection, condition: ColumnElement[bool]) -> list[Article]:
    return [_article(row) for row in conn.execute(select(*_COLUMNS).where(condition))]


def _fits(article: Article) -> bool:
    return all(
        len(url.encode(errors="replace")) <= MAX_URL_BYTES for url in (article.url, article.canonical_url)
    )


def _clean(article: Article) -> Article:
    """Without what one of the databases refuses: NUL, lone surrogates, overlong codes."""
    changes: dict[str, Any] = {}
    for name in _NAMES:
        value = getattr(article, name)
        good: Any
        if isinstance(value, str):
            good = storable_text(value)[: _LIMITS.get(name)]
        elif isinstance(value, tuple):
            good = tuple(storable_text(item) for item in value)
        else:
            continue
        if good != value:
            changes[name] = good
    return replace(article, **changes) if changes else article


def _row(article: Article, feeds_alive: AbstractSet[int]) -> dict[str, Any]:
    """As stored; without the id, which the database gives."""
    row = {name: getattr(article, name) for name in _NAMES if name != "id"}
    row["feed_id"] = article.feed_id if article.feed_id in feeds_alive else None
    for index in _LISTS:
        row[_NAMES[index]] = json.dumps(row[_NAMES[index]], ensure_ascii=False)
    return row


def _article(row: Sequence[Any]) -> Article:
    """A row of ``_COLUMNS``, which stand in the order of Article's fields."""
    values = list(row)
    values[_FEED_ID] = values[_FEED_ID] or 0
    for index in _LISTS:
        values[index] = tuple(json.loads(values[index])) if values[index] != "[]" else ()
    return Article(*values)
