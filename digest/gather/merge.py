"""A feed's entry and its page made into one article. Pure: no network, no clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from digest.gather.address import is_public, parse_address
from digest.gather.anatomy import Anatomy
from digest.gather.clean import MAX_TEXT, cut, plain
from digest.gather.dates import believable, first_believable
from digest.gather.extract import Page, best_dek, dissect_fragment
from digest.gather.language import language_of
from digest.gather.outlet import outlet_name
from digest.gather.pageimage import WIDE, PageImage
from digest.gather.pagemeta import PageMeta
from digest.gather.urls import canonical_url, origin, tidy_url
from digest.model.news import FULL_TEXT_WORDS, Article, Entry, Feed

DEK_WORDS = 60
HEADLINE_WORDS = 14
LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".home.arpa")


def has_full_text(entry: Entry) -> bool:
    """Whether the feed itself carries the article, so that its page need not be fetched."""
    return len(plain(entry.content).split()) >= FULL_TEXT_WORDS


def addresses(entry: Entry) -> tuple[str, str]:
    """The link of an entry, and what it is known by."""
    return tidy_url(entry.url), canonical_url(entry.url)


def leads_inside(url: str, feed: Feed) -> bool:
    """Whether ``url`` names a host that is plainly not public, and is not the feed's own private one.

    Names that only resolve to private addresses are found out when they are connected to.
    """
    host, port = origin(url)
    if feed.allow_private and (host, port) == origin(feed.url):
        return False
    address = parse_address(host)
    if address is not None:
        return not is_public(address)
    return host == "localhost" or host.endswith(LOCAL_NAMES) or "." not in host


def entry_date(entry: Entry, now: datetime) -> datetime | None:
    """When the feed says that the entry was published, if that can be believed."""
    return believable(entry.published_at, now) or believable(entry.updated_at, now)


def _dates(entry: Entry, page: Page | None, last_resort: str) -> Iterator[tuple[str, str | datetime | None]]:
    yield "feed", entry.published_at
    if page is not None:
        yield from page.meta.dates
    yield "feed", entry.updated_at
    yield "page", last_resort


def article_of(
    entry: Entry,
    feed: Feed,
    page: Page | None,
    *,
    now: datetime,
    page_url: str = "",
    outlet: str = "",
    language: str = "",
    last_resort: str = "",
) -> Article:
    """The article of ``entry``, with what its page adds.

    ``page_url`` is where the page came from after redirects; ``outlet`` is what all articles of the
    feed come from, where it is known; ``language`` is the feed's own word, used where nothing better is
    known; ``last_resort`` is a day found in the page.
    The longer of the two texts is taken. An undated article has no ``published_at``.
    """
    url, canonical = addresses(entry)
    meta, title = PageMeta(), entry.title
    if page is not None:
        canonical = canonical_url(page.meta.canonical_url or page_url or url)
        meta, title = page.meta, entry.title or page.title
    body = _body(entry, page)
    text = cut("\n\n".join(body.paragraphs), MAX_TEXT)
    title = title or _headline(text)
    image = _image(entry, meta)
    moment, source = first_believable(_dates(entry, page, last_resort), now)
    return Article(
        url=url,
        canonical_url=canonical,
        title=title,
        dek=_dek(entry, page, title),
        text=text,
        headings=body.headings,
        related=body.related,
        ai_notice=body.ai_notice,
        published_at=moment,
        date_source=source,
        gathered_at=now,
        language=language_of(f"{title}. {text}", meta.language, entry.language, language),
        author=entry.author or meta.author,
        outlet=outlet or outlet_name((feed.name, meta.site_name), (url, feed.url)),
        publisher=feed.publisher,
        weight=feed.weight,
        comments_url=entry.comments_url or meta.comments_url,
        image_url=image.url,
        image_credit=image.credit,
        image_alt=image.alt,
        paywalled=meta.paywalled,
        categories=entry.categories or meta.categories,
        entry_id=entry.id,
        feed_id=feed.id,
    )


def _image(entry: Entry, meta: PageMeta) -> PageImage:
    """The feed's picture; the page's where the feed has none, or a thumbnail."""
    own = PageImage(entry.image_url, entry.image_alt, entry.image_credit, entry.image_width)
    if not own.url or (meta.image.url and 0 < own.width < WIDE):
        return meta.image
    page_knows = own.url == meta.image.url
    return PageImage(
        own.url,
        own.alt or (meta.image.alt if page_knows else ""),
        own.credit or (meta.image.credit if page_knows else ""),
        own.width,
    )


def _feed_anatomy(entry: Entry) -> Anatomy:
    """The text that the feed itself carries."""
    if entry.content:
        anatomy = dissect_fragment(entry.content, entry.title)
        if anatomy.paragraphs:
            return anatomy
    return dissect_fragment(entry.summary, entry.title, is_text=True)


def _body(entry: Entry, page: Page | None) -> Anatomy:
    """The longer of the two texts, with what either says beside it."""
    own = _feed_anatomy(entry)
    if page is None:
        return own
    longer = page if sum(map(len, page.paragraphs)) >= sum(map(len, own.paragraphs)) else own
    related, notice = page.related or own.related, page.ai_notice or own.ai_notice
    return Anatomy(longer.paragraphs, longer.headings, related, notice)


def _dek(entry: Entry, page: Page | None, title: str) -> str:
    """The page's standfirst or description, else the feed's summary; as written, it may be cut off."""
    summary = " ".join(entry.summary.split())
    whole = (page.dek if page is not None else "") or best_dek((summary,), title)
    if whole and len(whole.split()) <= DEK_WORDS:
        return whole
    short = 0 < len(summary.split()) <= DEK_WORDS and summary.casefold() != title.casefold()
    return summary if short else ""


def _headline(text: str) -> str:
    """The first words of an article that has no title, as microblogs have none."""
    words = text.split()
    return " ".join(words[:HEADLINE_WORDS]) + ("\u2026" if len(words) > HEADLINE_WORDS else "")
