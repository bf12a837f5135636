"""The feeds that a web page names in its head."""

from __future__ import annotations

import lxml.html

from digest.gather.clean import fragment
from digest.gather.decode import decoded
from digest.gather.urls import web_url

FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
MAX_LINKS = 10


def feed_links(text: str, url: str) -> tuple[str, ...]:
    """Absolute addresses of the feeds that the page ``text`` at ``url`` links to, in its order."""
    tree = fragment(text)
    if tree is None:
        return ()
    found = [
        web_url(link.get("href") or "", base_of(tree, url)) for link in tree.iter("link") if _is_feed(link)
    ]
    return tuple(dict.fromkeys(link for link in found if link))[:MAX_LINKS]


def discover_feeds(data: bytes, url: str, charset: str = "") -> tuple[str, ...]:
    """``feed_links`` of a page's bytes."""
    return feed_links(decoded(data, charset), url)


def base_of(tree: lxml.html.HtmlElement, url: str) -> str:
    """What links in ``tree`` are relative to: its base element, else the page's address."""
    base = tree.find(".//base[@href]")
    return (web_url(base.get("href") or "", url) if base is not None else "") or url


def _is_feed(link: lxml.html.HtmlElement) -> bool:
    kind = (link.get("type") or "").split(";")[0].strip().lower()
    rel = (link.get("rel") or "").lower().split()
    return "alternate" in rel and kind in FEED_TYPES
