"""What a parsed feed is, and how its entries are cleaned, whatever format they came in."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from digest.gather.clean import MAX_TITLE, cut, harmless, literal, one_line, plain
from digest.gather.language import tag
from digest.gather.pageimage import MAX_ALT, credited
from digest.gather.urls import web_url
from digest.model.news import FULL_TEXT_WORDS, Entry

MAX_ID = 500
MAX_SUMMARY = 5000
MAX_CONTENT = 400_000  # of HTML
MAX_NAME = 200
MAX_CATEGORIES = 20
READ_AHEAD = 5  # times max_entries are parsed, so that a feed sorted oldest first still gives its newest
LONG_AGO = datetime.min.replace(tzinfo=UTC)

_PARAGRAPHS = re.compile(r"\n\s*\n")
# What blog software hangs on to every summary.
_TRAILER = re.compile(
    r"\s*(?:The post .{1,300}? (?:appeared first|first appeared) on .{1,150}?\.?"
    r"|\[?(?:Continue reading|Read (?:more|on|the full (?:article|story)))\b.{0,120}?\]?"
    r"|\[(?:…|\.\.\.)\])\s*$",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class FeedRead:
    """A feed's own name, page and language, and its entries, newest first where they are dated.

    ``children`` are the sitemaps that a sitemap index names. ``truncated``: the document broke off,
    and the entries are those that were complete.
    """

    format: str
    title: str = ""
    home_url: str = ""
    language: str = ""
    entries: tuple[Entry, ...] = ()
    children: tuple[str, ...] = ()
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class RawEntry:
    """An entry as found: strings may hold markup, controls and anything else. ``base`` resolves links."""

    base: str
    id: str = ""
    url: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    author: str = ""
    language: str = ""
    comments_url: str = ""
    image_url: str = ""
    image_credit: str = ""
    image_alt: str = ""
    image_width: int = 0
    categories: Sequence[str] = ()
    title_is_text: bool = False  # and so holds no markup, whatever it looks like
    summary_is_text: bool = False


def as_html(text: str) -> str:
    """Plain text as HTML, since content is HTML: paragraphs kept, markup characters literal."""
    return "".join(f"<p>{html.escape(part)}</p>" for part in _PARAGRAPHS.split(text) if part.strip())


def cleaned(raw: RawEntry) -> Entry:
    """``raw`` as an Entry: stripped, bounded, links absolute and http(s) only.

    A description as long as an article becomes the content.
    """
    summary = (literal if raw.summary_is_text else plain)(raw.summary, MAX_CONTENT)
    content = raw.content
    if not content and len(summary.split()) >= FULL_TEXT_WORDS:
        summary, content = "", as_html(raw.summary) if raw.summary_is_text else raw.summary
    summary = _TRAILER.sub("", summary)
    url = web_url(raw.url, raw.base)
    return Entry(
        id=cut(harmless(raw.id), MAX_ID) or url,
        url=url,
        title=title_line(raw.title, is_text=raw.title_is_text),
        summary=cut(summary, MAX_SUMMARY),
        content=content[:MAX_CONTENT],
        published_at=raw.published_at,
        updated_at=raw.updated_at,
        author=one_line(raw.author, MAX_NAME),
        language=tag(raw.language),
        comments_url=web_url(raw.comments_url, raw.base) if raw.comments_url else "",
        image_url=web_url(raw.image_url, raw.base) if raw.image_url else "",
        image_credit=credited(raw.image_credit),
        image_alt=one_line(plain(raw.image_alt, MAX_SUMMARY), MAX_ALT),
        image_width=raw.image_width,
        categories=names(raw.categories),
    )


def title_line(title: str, *, is_text: bool) -> str:
    """A title on one line."""
    return " ".join(literal(title, MAX_TITLE).split()) if is_text else one_line(title, MAX_TITLE)


def names(raw: Iterable[str]) -> tuple[str, ...]:
    """Short labels, cleaned, each once, not too many."""
    labels = dict.fromkeys(one_line(label, MAX_NAME // 2) for label in raw)
    return tuple(label for label in labels if label)[:MAX_CATEGORIES]


def newest(entries: Sequence[Entry], limit: int) -> tuple[Entry, ...]:
    """At most ``limit`` of ``entries``: all in the feed's order, or the newest if there are more.

    Undated ones count as old, in the feed's order.
    """
    if len(entries) <= limit:
        return tuple(entries)
    dated = sorted(entries, key=lambda e: e.published_at or e.updated_at or LONG_AGO, reverse=True)
    return tuple(dated[:limit])
