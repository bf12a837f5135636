"""RSS, Atom, RDF and CDF, through feedparser, which gets clean XML only."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import feedparser

from digest.errors import ParseError
from digest.gather.dates import parse_date
from digest.gather.feedread import READ_AHEAD, FeedRead, RawEntry, as_html, cleaned, newest, title_line
from digest.gather.language import tag
from digest.gather.pageimage import PageImage
from digest.gather.urls import web_url
from digest.gather.xmltext import demand_sane

TAIL = 2000  # characters within which the root element must close
_ITEM = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
_ITEM_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_ROOT_END = re.compile(r"</(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
# feedparser takes a picture's description for one of the article; an element it doesn't know it leaves alone.
_MEDIA_DESCRIPTION = re.compile(r"<(/?)media:description\b[^>]*?(/?)>", re.IGNORECASE)
_THUMBNAIL = "144"  # pixels, where a thumbnail doesn't say: far below what an edition shows
_HTTP = re.compile(r"https?://", re.IGNORECASE)


def parse_xml_feed(text: str, url: str, max_entries: int) -> FeedRead:
    """The feed ``text``, already tamed, found at ``url``. Raises ParseError."""
    text, truncated = _whole_items(text)
    text = _at_most(text, max_entries * READ_AHEAD)
    text = _MEDIA_DESCRIPTION.sub(r"<\1media:caption\2>", text)
    demand_sane(text)
    # A file object: given bytes, feedparser would first try them as a file's name.
    result = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "ignore")),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    is_atom = result.version.startswith("atom")
    entries = [cleaned(_raw(item, url, is_atom=is_atom)) for item in result.entries]
    if truncated and not entries:
        raise ParseError("bad-xml", "the feed breaks off before its first entry ends")
    feed = result.feed
    return FeedRead(
        format=result.version or "rss",
        title=title_line(_text(feed, "title"), is_text=is_atom and _is_text(_get(feed, "title_detail"))),
        home_url=web_url(_text(feed, "link"), url),
        language=tag(_text(feed, "language")),
        entries=newest(entries, max_entries),
        truncated=truncated,
    )


def _whole_items(text: str) -> tuple[str, bool]:
    """``text`` without a last item that breaks off, and whether the document is cut off."""
    if _ROOT_END.search(text, max(0, len(text) - TAIL)):
        return text, False
    last_end = max((found.end() for found in _ITEM_END.finditer(text)), default=0)
    broken = _ITEM.search(text, last_end)
    return (text[: broken.start()] if broken else text), True


def _at_most(text: str, limit: int) -> str:
    """``text`` without the items after the first ``limit``: what is not read costs no time."""
    for count, found in enumerate(_ITEM.finditer(text)):
        if count == limit:
            start = found.start()
            end = max((found.end() for found in _ITEM_END.finditer(text, start)), default=len(text))
            return text[:start] + text[end:]
    return text


def _get(item: Any, key: str) -> Any:
    """``item[key]`` or None. feedparser's own look-up answers for other keys too, with warnings."""
    return dict.get(item, key)


def _text(item: Any, key: str) -> str:
    value = _get(item, key)
    return value if isinstance(value, str) else ""


def _parts(item: Any, key: str) -> list[Mapping[str, Any]]:
    value = _get(item, key)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _raw(item: Any, feed_url: str, *, is_atom: bool) -> RawEntry:
    """One of feedparser's entries, its pieces chosen."""
    details = [_get(item, "title_detail"), *_parts(item, "content"), _get(item, "summary_detail")]
    base = (
        next((web_url(d.get("base") or "", feed_url) for d in details if d and d.get("base")), "") or feed_url
    )
    contents = [part for part in _parts(item, "content") if isinstance(part.get("value"), str)]
    longest = max(contents, key=lambda part: len(part["value"]), default={})
    content, summary = str(longest.get("value", "")), _text(item, "summary")
    content_is_text = is_atom and _is_text(longest)
    summary_is_text = is_atom and _is_text(_get(item, "summary_detail"))
    if not summary or summary == content:
        summary_is_text = content_is_text if content else summary_is_text
        summary, content = content or summary, ""  # the caller tells a summary from a text by its length
    elif content_is_text:
        content = as_html(content)
    image = _image(item)
    return RawEntry(
        base=base,
        id=_text(item, "id"),
        url=_link(item),
        title=_text(item, "title"),
        summary=summary,
        content=content,
        published_at=_date(item, "published") or _date(item, "created"),
        updated_at=_date(item, "updated"),
        author=_text(item, "author"),
        language=next((str(d["language"]) for d in details if d and d.get("language")), ""),
        comments_url=_comments(item),
        image_url=image.url,
        image_credit=image.credit,
        image_alt=image.alt,
        image_width=image.width,
        categories=[str(part.get("term") or "") for part in _parts(item, "tags")],
        title_is_text=is_atom and _is_text(_get(item, "title_detail")),
        summary_is_text=summary_is_text,
    )


def _is_text(detail: Any) -> bool:
    """Whether Atom says that a piece is plain (RFC 4287, 3.1.1.1). In RSS it is HTML, whatever is said."""
    return isinstance(detail, dict) and detail.get("type") == "text/plain"


def _link(item: Any) -> str:
    """Where the article stands: before redirectors, else the alternate link, else an id that is one."""
    links = [link for link in _parts(item, "links") if link.get("href")]
    alternates = [str(link["href"]) for link in links if link.get("rel", "alternate") == "alternate"]
    identity = _text(item, "id")
    ways = [_text(item, "feedburner_origlink"), _text(item, "link"), *alternates]
    return next((way for way in ways if way), identity if _HTTP.match(identity) else "")


def _comments(item: Any) -> str:
    """The page for comments: RSS's comments element, or Atom's replies link (RFC 4685) that is HTML."""
    replies = [
        str(link.get("href") or "")
        for link in _parts(item, "links")
        if link.get("rel") == "replies" and link.get("type") == "text/html"
    ]
    return _text(item, "comments") or next(iter(replies), "")


def _image(item: Any) -> PageImage:
    """The largest picture an entry offers, whose it is and what it shows. A thumbnail has its own width."""
    media = [part for part in _parts(item, "media_content") if _is_image(part)]
    media.sort(key=lambda part: -_number(part.get("width")))
    links = [part for part in _parts(item, "links") if part.get("rel") == "enclosure" and _is_image(part)]
    enclosures = [{"url": part.get("href")} for part in links]
    thumbnails = [{"width": _THUMBNAIL, **part} for part in _parts(item, "media_thumbnail")]
    for part in (*media, *enclosures, *thumbnails):
        address = part.get("url")
        if isinstance(address, str) and address:
            credits_ = [str(credit.get("content") or "") for credit in _parts(item, "media_credit")]
            alt = _text(item, "media_caption")
            return PageImage(address, alt, next(iter(credits_), ""), _number(part.get("width")))
    return PageImage()


def _is_image(part: Mapping[str, Any]) -> bool:
    kind = str(part.get("type") or "")
    return part.get("medium") == "image" or kind.startswith("image/")


def _number(text: object) -> int:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 6 else 0  # noqa: PLR2004


def _date(item: Any, key: str) -> Any:
    """Our own reading of a date; feedparser's (always UTC) where the notation is a rare one."""
    written = _text(item, key)
    if not written:
        return None
    moment = parse_date(written)
    parsed = _get(item, f"{key}_parsed")
    if moment is None and parsed and not written.strip().isdecimal():
        moment = parse_date("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*parsed[:6]))
    return moment
