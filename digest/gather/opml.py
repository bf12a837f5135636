"""OPML subscription lists, read and written."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import listparser
import lxml.etree
import lxml.html

from digest.errors import InputError
from digest.gather.clean import harmless, one_line
from digest.gather.decode import decoded
from digest.gather.markup import bounded
from digest.gather.urls import origin, web_url
from digest.gather.xmltext import tamed
from digest.model.news import Feed, FeedKind

MAX_FEEDS = 5000
MAX_OPML_BYTES = 10 * 1024 * 1024
NAMESPACE = "https://digest.example.org/opml"  # of our own attributes: weight, publisher, kind
PREFIX = "digest:"
HEAVIEST = 3.0


@dataclass(frozen=True, slots=True)
class OpmlRead:
    """The feeds of a list, each address once, and what was left out, in words."""

    feeds: tuple[Feed, ...]
    problems: tuple[str, ...]


def read_opml(data: bytes) -> OpmlRead:
    """The feeds of an OPML document, also of a truncated one or of several in a row.

    Lists it includes are never fetched, and addresses other than http(s) are refused; both are
    named as problems. Raises InputError if it is no OPML.
    """
    if len(data) > MAX_OPML_BYTES:
        raise InputError(f"the OPML file is larger than {MAX_OPML_BYTES:,} bytes")
    # References instead of other characters: listparser's parser would guess the encoding.
    text = tamed(decoded(data)).encode("ascii", "xmlcharrefreplace").decode("ascii")
    if "<outline" not in text.lower() and "<opml" not in text.lower():
        raise InputError("the file is no OPML: it has no <opml> and no <outline> element")
    listed = listparser.parse(text.encode("ascii"))
    extras = _extras(text)
    feeds: dict[str, Feed] = {}
    problems = [
        f"an included list is not followed: {one_line(item.get('url', ''), 200)}" for item in listed.lists
    ]
    for item in listed.feeds:
        url = web_url(str(item.get("url") or ""))
        if not url:
            problems.append(f"no http or https address: {one_line(str(item.get('url')), 200)}")
        elif len(feeds) >= MAX_FEEDS:
            problems.append(f"more than {MAX_FEEDS:,} feeds: the rest is left out")
            break
        else:
            feeds.setdefault(url, _feed(url, str(item.get("title") or ""), extras.get(url, {})))
    return OpmlRead(tuple(feeds.values()), tuple(dict.fromkeys(problems)))


def _feed(url: str, title: str, extra: dict[str, str]) -> Feed:
    kind = extra.get("kind", "")
    kinds = {FeedKind.FEED.value, FeedKind.SITEMAP.value, FeedKind.PAGE.value}
    return Feed(
        url=url,
        name=one_line(title, 200) or origin(url)[0],
        publisher=one_line(extra.get("publisher", ""), 200),
        kind=FeedKind(kind) if kind in kinds else FeedKind.FEED,
        weight=_weight(extra.get("weight", "")),
    )


def _weight(written: str) -> float:
    try:
        weight = float(written)
    except ValueError:
        return 1.0
    return min(max(weight, 0.0), HEAVIEST) if math.isfinite(weight) else 1.0


def _extras(text: str) -> dict[str, dict[str, str]]:
    """Our own attributes by address, which listparser leaves out."""
    found: dict[str, dict[str, str]] = {}
    parser = lxml.etree.HTMLParser(encoding="utf-8", recover=True)
    tree: Any = lxml.etree.parse(io.BytesIO(bounded(text).encode("ascii")), parser)
    for outline in tree.iter("outline"):
        own = {
            name.rpartition(":")[2]: value
            for name, value in outline.attrib.items()
            if name.startswith("digest:")
        }
        if own:
            found[web_url(outline.get("xmlurl") or "")] = own
    return found


def write_opml(feeds: Sequence[Feed], title: str, now: datetime) -> bytes:
    """An OPML 2.0 document of ``feeds``, in their order. Folders have no place in it and are left out.

    ``allow_private`` is not written: trust in a private address is not something to hand on.
    """
    root = lxml.etree.Element("opml", version="2.0", nsmap={"digest": NAMESPACE})
    head = lxml.etree.SubElement(root, "head")
    lxml.etree.SubElement(head, "title").text = harmless(title)
    lxml.etree.SubElement(head, "dateCreated").text = format_datetime(now)
    body = lxml.etree.SubElement(root, "body")
    for feed in feeds:
        if feed.kind is FeedKind.FOLDER:
            continue
        outline = lxml.etree.SubElement(
            body, "outline", type="rss", text=one_line(feed.name), xmlUrl=feed.url
        )
        own = {"publisher": feed.publisher, "weight": f"{feed.weight:g}", "kind": feed.kind.value}
        usual = {"publisher": "", "weight": "1", "kind": FeedKind.FEED.value}
        for name, value in own.items():
            if value != usual[name]:
                outline.set(f"{{{NAMESPACE}}}{name}", harmless(value))
    return lxml.etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
