"""News sitemaps and sitemap indexes (sitemaps.org, with Google's news extension)."""

from __future__ import annotations

import re

import lxml.etree

from digest.errors import ParseError
from digest.gather.dates import parse_date
from digest.gather.feedread import LONG_AGO, READ_AHEAD, FeedRead, RawEntry, cleaned, newest
from digest.gather.urls import web_url
from digest.model.news import Entry

_EXTENSION = re.compile(r"\{[^}]*(?:image|video)[^}]*\}")
MAX_CHILDREN = 5  # sitemaps read of an index: the newest ones


def parse_sitemap(text: str, max_entries: int) -> FeedRead:
    """The entries of a sitemap, or the newest sitemaps that an index names. Raises ParseError 'bad-xml'.

    A sitemap of pages without news data gives entries without titles, dated by ``lastmod``.
    """
    parser = lxml.etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        recover=True,
        encoding="utf-8",
    )
    try:
        root = lxml.etree.fromstring(text.encode("utf-8", "ignore"), parser)
    except lxml.etree.XMLSyntaxError as error:
        raise ParseError("bad-xml", f"the sitemap is broken: {error}") from error
    if root is None:
        raise ParseError("bad-xml", "the sitemap is broken")
    prefix = f"{root.prefix}:" if root.prefix else ""
    truncated = f"</{prefix}{root.tag.rpartition('}')[2]}" not in text[-200:]
    if _name(root) == "sitemapindex":
        return FeedRead(format="sitemap-index", children=_children(root), truncated=truncated)
    urls = [element for element in root if _name(element) == "url"][: max_entries * READ_AHEAD]
    whole = urls[:-1] if truncated else urls  # the last one may have lost its end
    entries = [entry for entry in map(_entry, whole) if entry.url]
    return FeedRead(format="sitemap", entries=newest(entries, max_entries), truncated=truncated)


def _name(element: lxml.etree._Element) -> str:
    tag: object = element.tag  # a function for comments and processing instructions, whatever the stubs say
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _fields(element: lxml.etree._Element) -> dict[str, str]:
    """Every descendant's text by its name, the first of each."""
    found: dict[str, str] = {}
    for child in element.iterdescendants():
        # image:title and video:title would pass for the article's own.
        if not _EXTENSION.match(str(child.tag)):
            found.setdefault(_name(child), (child.text or "").strip())
    return found


def _entry(element: lxml.etree._Element) -> Entry:
    fields = _fields(element)
    return cleaned(
        RawEntry(
            base="",
            id=fields.get("loc", ""),
            url=fields.get("loc", ""),
            title=fields.get("title", ""),
            published_at=parse_date(fields.get("publication_date", ""))
            or parse_date(fields.get("lastmod", "")),
            language=fields.get("language", ""),
            categories=fields.get("keywords", "").split(","),
        )
    )


def _children(root: lxml.etree._Element) -> tuple[str, ...]:
    listed = [_fields(element) for element in root if _name(element) == "sitemap"]
    listed.sort(key=lambda fields: parse_date(fields.get("lastmod", "")) or LONG_AGO, reverse=True)
    links = [web_url(fields.get("loc", "")) for fields in listed]
    return tuple(dict.fromkeys(link for link in links if link))[:MAX_CHILDREN]
