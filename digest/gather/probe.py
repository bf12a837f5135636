"""A look at one source before it is added, and its check later: is it there, and is it a feed?"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from digest.errors import FeedError, ParseError
from digest.gather.discover import discover_feeds
from digest.gather.feedread import FeedRead
from digest.gather.fetch import fetch
from digest.gather.health import failed
from digest.gather.merge import article_of
from digest.gather.options import GatherOptions
from digest.gather.outcome import Gathered, article_of_page, judged
from digest.gather.outlet import outlet_name
from digest.gather.sources import SourceRead, private_origin, read_source
from digest.gather.urls import canonical_url, origin
from digest.model.news import Article, Feed, FeedHealth


def probe(feed: Feed, options: GatherOptions, now: datetime) -> Gathered:
    """Read ``feed`` once, without its articles' pages and whatever their age.

    A web page that names its feed is answered with that feed (another ``url``, and its name), and a
    note that says so. Failures are in the health, as in a gathering run.
    """
    health = FeedHealth(feed_id=feed.id)
    notes: list[str] = []
    try:
        try:
            source = read_source(feed, health, options, now)
        except ParseError as error:
            found = _behind_page(feed, options, now) if error.trouble == "not-a-feed" else ""
            if not found:
                raise
            notes.append(f"{feed.url} is a web page; its feed is {found}")
            own = feed.allow_private and origin(found) == origin(feed.url)  # another host's, the page chose
            feed = replace(feed, url=found, allow_private=own)
            source = read_source(feed, health, options, now)
    except FeedError as error:
        return Gathered(feed, failed(health, error, now, options), (), tuple(notes))
    health, more = judged(health, source, now, options)
    name, articles = _content(feed, source, now)
    return Gathered(replace(feed, name=feed.name or name), health, articles, (*notes, *more))


def _content(feed: Feed, source: SourceRead, now: datetime) -> tuple[str, tuple[Article, ...]]:
    """What the source calls itself, and its articles as far as it tells them."""
    if source.folder is not None:
        return "", source.folder.articles
    if source.page is not None:
        return "", (article_of_page(source.page, feed, now),)
    read = source.read or FeedRead(format="")
    linked = [entry for entry in read.entries if entry.url]
    outlet = outlet_name((feed.name, read.title), (read.home_url, feed.url))
    make = partial(article_of, now=now, outlet=outlet, language=read.language)
    return read.title, tuple(make(entry, feed, None) for entry in linked)


def _behind_page(feed: Feed, options: GatherOptions, now: datetime) -> str:
    """The first feed that the page at ``feed.url`` names; "" if it names none."""
    fetched = fetch(feed.url, options, now=now, private=private_origin(feed))
    links = discover_feeds(fetched.body, fetched.url, fetched.charset)
    return next((link for link in links if canonical_url(link) != canonical_url(feed.url)), "")
