"""One source read once: its document fetched and parsed, or its page, or its folder. Runs in a worker.

Nothing here decides what becomes of it; nothing raises but FeedError and Stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from digest.errors import FeedError
from digest.gather.extract import Page, extract_page, page_date
from digest.gather.feedread import FeedRead, newest
from digest.gather.fetch import ACCEPT_PAGE, Fetched, fetch
from digest.gather.folder import FolderRead, read_folder
from digest.gather.options import GatherOptions
from digest.gather.parse import parse_feed
from digest.gather.urls import origin, same_site
from digest.model.news import Entry, Feed, FeedHealth, FeedKind

Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class PageRead:
    """An article's page. ``day`` is a date found in its text, looked for only where it claims none."""

    page: Page
    url: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class SourceRead:
    """What a source gave: one of ``read``, ``page`` and ``folder``, or none of them (not modified)."""

    fetched: Fetched | None = None
    read: FeedRead | None = None
    page: PageRead | None = None
    folder: FolderRead | None = None
    notes: tuple[str, ...] = ()


def private_origin(feed: Feed) -> tuple[str, int] | None:
    """The one host and port that may be private for this feed."""
    return origin(feed.url) if feed.allow_private else None


def read_source(
    feed: Feed, health: FeedHealth, options: GatherOptions, now: datetime, stop: Stop = lambda: False
) -> SourceRead:
    """Read ``feed`` once. Raises FeedError, and Stopped when ``stop`` says so."""
    if feed.kind is FeedKind.FOLDER:
        return SourceRead(folder=read_folder(feed, options, now))
    get = partial(fetch, options=options, now=now, private=private_origin(feed), stop=stop)
    again = partial(get, etag=health.etag, last_modified=health.last_modified)
    if feed.kind is FeedKind.PAGE:
        fetched = again(feed.url, accept=ACCEPT_PAGE)
        return SourceRead(fetched, page=None if fetched.not_modified else _page(fetched))
    started = time.monotonic()
    fetched = again(feed.url)
    if fetched.not_modified:
        return SourceRead(fetched)
    read = _parsed(fetched, options)
    if not read.children:
        return SourceRead(fetched, read)
    read, notes = _with_children(read, fetched.url, get, options, started)
    return SourceRead(fetched, read, notes=notes)


def _parsed(fetched: Fetched, options: GatherOptions) -> FeedRead:
    return parse_feed(fetched.body, fetched.url, charset=fetched.charset, max_entries=options.max_entries)


def _with_children(
    index: FeedRead, url: str, get: Callable[[str], Fetched], options: GatherOptions, started: float
) -> tuple[FeedRead, tuple[str, ...]]:
    """The entries of the sitemaps that an index names, its own site's only, as far as time allows."""
    entries: list[Entry] = []
    notes: list[str] = []
    for child in index.children:
        if not same_site(child, url):
            notes.append(f"the sitemap {child} is another site's and was left out")
        elif time.monotonic() - started > options.timeout_s:
            notes.append("the time did not suffice for every sitemap of the index")
            break
        else:
            try:
                entries += _parsed(get(child), options).entries
            except FeedError as error:
                notes.append(f"one sitemap could not be read: {error}")
    return replace(index, entries=newest(entries, options.max_entries)), tuple(notes)


def read_page(
    url: str, feed: Feed, options: GatherOptions, now: datetime, *, dated: bool, stop: Stop
) -> PageRead:
    """Fetch and take apart an article's page. ``dated``: its feed dates it, so no day need be looked for.

    Raises FeedError, and Stopped.
    """
    private = private_origin(feed)
    fetched = fetch(url, options, now=now, private=private, accept=ACCEPT_PAGE, stop=stop)
    return _page(fetched, dated=dated)


def _page(fetched: Fetched, *, dated: bool = False) -> PageRead:
    page = extract_page(fetched.body, fetched.url, charset=fetched.charset)
    day = "" if dated or page.meta.dates else page_date(fetched.body, fetched.charset)
    return PageRead(page, fetched.url, day)
