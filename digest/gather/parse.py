"""Bytes to entries, whatever format they are in. No network, no clock.

Every string that comes out is plain and bounded, except ``Entry.content``, which stays HTML and
untrusted.
"""

from __future__ import annotations

import re

from digest.errors import ParseError
from digest.gather.clean import cut
from digest.gather.decode import decoded, unpacked
from digest.gather.discover import feed_links
from digest.gather.feedread import FeedRead
from digest.gather.jsonfeed import parse_json_feed
from digest.gather.sitemap import parse_sitemap
from digest.gather.xmlfeed import parse_xml_feed
from digest.gather.xmltext import tamed

__all__ = ["FeedRead", "parse_feed"]

FEED_ROOTS = {"rss", "rdf", "feed", "channel"}  # channel: CDF, from before RSS
SITEMAP_ROOTS = {"urlset", "sitemapindex"}
HTML_ROOTS = {"html", "head", "body", "div", "p", "meta", "title", "script", "link", "style", "table", "h1"}
_ROOT = re.compile(r"\s*<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_WRAPPED = re.compile(r"<(?:feed|rss)(?=\s)[^<>]*>", re.IGNORECASE)
WRAPPER = 2000  # characters within which a feed may open inside an HTML page


def parse_feed(data: bytes, url: str, *, charset: str = "", max_entries: int = 200) -> FeedRead:
    """What the document at ``url`` says. ``charset`` is the server's word on its encoding.

    Raises ParseError: 'empty', 'not-a-feed' (naming the feed that a web page links to), 'bad-xml',
    'bad-json', 'bad-encoding' or 'too-large'.
    """
    text = decoded(unpacked(data), charset).lstrip("\ufeff \t\r\n\x00")
    if not text:
        raise ParseError("empty", "the answer is empty")
    if text[0] in "{[":
        return parse_json_feed(text, url, max_entries)
    xml = tamed(text)
    found = _ROOT.match(xml)
    root = found.group(1).lower() if found else ""
    if root in HTML_ROOTS and (wrapped := _WRAPPED.search(xml[:WRAPPER])):
        xml, root = xml[wrapped.start() :], "feed"  # some software serves its feed inside a page
    if root in SITEMAP_ROOTS:
        return parse_sitemap(xml, max_entries)
    if root in FEED_ROOTS:
        return parse_xml_feed(xml, url, max_entries)
    raise _not_a_feed(text, url, root)


def _not_a_feed(text: str, url: str, root: str) -> ParseError:
    if root == "opml":
        return ParseError(
            "not-a-feed", "a list of feeds (OPML), no feed; `digest feeds import` takes its file"
        )
    if root and root not in HTML_ROOTS:
        # No angle brackets: what is told of a feed has its tags taken out.
        return ParseError("not-a-feed", f"an XML document of another kind ({cut(root, 40)}), no feed")
    what = "a web page" if root else "plain text or something unknown"
    links = feed_links(text, url)
    hint = f"; it links to this feed: {links[0]}" if links else ""
    return ParseError("not-a-feed", f"{what}, no feed{hint}")
