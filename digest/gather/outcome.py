"""What one source's reading came to: its health, its notes, its articles. Pure."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from digest.gather.health import succeeded
from digest.gather.merge import article_of
from digest.gather.options import GatherOptions
from digest.gather.sources import PageRead, SourceRead
from digest.model.news import Article, Entry, Feed, FeedHealth


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one feed gave in this run. ``notes`` are for the editor: what was left out, and why."""

    feed: Feed
    health: FeedHealth
    articles: tuple[Article, ...] = ()
    notes: tuple[str, ...] = ()

    def to_log(self, before: FeedHealth) -> list[tuple[int, str]]:
        """What a log has not been told of yet, with its level; ``before`` is the feed's health until now.

        What stays the same was told when it began: a trouble with all its notes, or that the feed has moved.
        """
        trouble, message = self.health.trouble, self.health.message
        same = (trouble, message) == (before.trouble, before.message)
        if trouble and same:
            return []
        told = [(logging.WARNING, message)] if trouble else []
        said = message if trouble or same else ""
        return told + [(logging.INFO, note) for note in self.notes if note not in said]


def judged(
    health: FeedHealth, source: SourceRead, now: datetime, options: GatherOptions
) -> tuple[FeedHealth, list[str]]:
    """The health after a reading that did not fail, and the notes that come with it."""
    notes = list(source.notes)
    if source.folder is not None:
        problems = source.folder.problems
        word = "unreadable-files" if problems else ""
        count = len(source.folder.articles)
        message = "; ".join(problems)
        well = succeeded(health, now, options, status=None, entries=count, trouble=word, message=message)
        return well, [*notes, *problems]
    fetched, read = source.fetched, source.read
    assert fetched is not None, "what is no folder was fetched"
    entries, word, message = len(read.entries) if read else 1, "", ""
    if fetched.moved_to:  # no trouble, for it was read; but every later look at its health tells it
        message = f"the feed has moved for good to {fetched.moved_to}; change its address"
        notes.append(message)
    etag, modified = fetched.etag, fetched.last_modified
    if fetched.not_modified:  # a 304 need not repeat the validators
        etag, modified, entries = etag or health.etag, modified or health.last_modified, health.entries
    elif read is not None and read.children:  # which change while the index that names them does not
        etag = modified = ""
    elif read is not None and read.truncated:  # the whole document may follow under the same validators
        etag = modified = ""
        word, message = "truncated", "the document is cut off; its complete entries were read"
    well = succeeded(
        health,
        now,
        options,
        status=fetched.status,
        entries=entries,
        etag=etag,
        last_modified=modified,
        trouble=word,
        message=message,
    )
    return well, notes


def article_of_page(read: PageRead, feed: Feed, now: datetime) -> Article:
    """The article of a page that is a source by itself."""
    entry = Entry(id=feed.url, url=feed.url, title="")
    return article_of(entry, feed, read.page, now=now, page_url=read.url, last_resort=read.day)
