"""From a source to a story: Feed, Entry, Article, Story, and how each was judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

FULL_TEXT_WORDS = 150  # an article of that many words is there whole; a teaser has fewer
_DEK_COPY_CHARS = 60  # from which a text that begins as the dek does is taken to repeat it


class FeedKind(StrEnum):
    """What stands behind a feed's address."""

    FEED = "feed"  # RSS, Atom or JSON Feed: told apart by content
    SITEMAP = "sitemap"  # a news sitemap
    PAGE = "page"  # one web page, an article by itself
    FOLDER = "folder"  # a local folder of .txt, .md or .html articles


@dataclass(frozen=True, slots=True)
class Feed:
    """A source of articles.

    ``url`` is an http(s) address, or an absolute path for a folder. ``publisher`` is the family the
    outlet belongs to ("BBC" for all its feeds): independent publishers are counted by it. ``weight``
    (0 to 3, 1 is ordinary) raises or lowers its stories. ``allow_private`` lets this feed's own host
    and port be a private address, and nothing else. ``origin`` is "settings" or "added".
    """

    url: str
    name: str
    publisher: str = ""
    kind: FeedKind = FeedKind.FEED
    weight: float = 1.0
    allow_private: bool = False
    origin: str = "added"
    id: int = 0  # 0: not stored yet


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """What the last fetches of a feed were like. ``trouble`` is "" when all is well."""

    feed_id: int
    checked_at: datetime | None = None
    succeeded_at: datetime | None = None
    due_at: datetime | None = None
    status: int | None = None
    failures: int = 0  # in a row
    trouble: str = ""
    message: str = ""
    entries: int = 0  # in the last good answer
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as its feed published it: cleaned of markup and control characters, nothing else."""

    id: str  # guid, Atom id or link
    url: str
    title: str
    summary: str = ""  # plain text of the description or summary
    content: str = ""  # HTML of the full text, where the feed carries it; untrusted
    published_at: datetime | None = None
    updated_at: datetime | None = None
    author: str = ""
    language: str = ""  # BCP 47, as declared
    comments_url: str = ""
    image_url: str = ""
    image_credit: str = ""
    image_alt: str = ""  # what it shows, in words
    image_width: int = 0  # pixels, as declared; 0: unknown
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """An entry with its text, cleaned. ``text`` holds paragraphs separated by blank lines.

    ``related`` and ``ai_notice`` are what the page's anatomy pass took out of the text: the
    one-liners about other articles, and the page's own words that it is AI-made.
    ``date_source`` says who claimed ``published_at``: feed, json-ld, meta, page, file or "".
    """

    url: str
    canonical_url: str
    title: str
    dek: str = ""
    text: str = ""
    headings: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    ai_notice: str = ""
    published_at: datetime | None = None
    date_source: str = ""
    gathered_at: datetime | None = None
    language: str = ""  # BCP 47; "" when it can't be told
    author: str = ""
    outlet: str = ""  # the feed's name, as shown to readers
    publisher: str = ""  # the family of outlets
    weight: float = 1.0  # the feed's
    comments_url: str = ""
    image_url: str = ""
    image_credit: str = ""
    image_alt: str = ""
    paywalled: bool = False
    categories: tuple[str, ...] = ()
    entry_id: str = ""
    feed_id: int = 0
    id: int = 0  # 0: not stored yet

    @property
    def family(self) -> str:
        """What independence is counted by: the publisher, else the outlet."""
        return self.publisher or self.outlet

    @property
    def opens_with_dek(self) -> bool:
        """Whether the text begins as the dek does, so that the dek adds nothing to it."""
        return opens_with(self.text, self.dek)

    @property
    def below_title(self) -> str:
        """The dek and the text, without a dek that adds nothing."""
        return f"{'' if self.opens_with_dek else self.dek}\n{self.text}"


def opens_with(text: str, dek: str) -> bool:
    """Whether ``text`` begins as ``dek`` does; an empty dek opens nothing."""
    start = dek.strip()[:_DEK_COPY_CHARS]
    return bool(start) and text.startswith(start)


class Verdict(StrEnum):
    """Whether an article belongs to a theme."""

    IN = "in"
    CHECK = "check"  # for an editor to look at
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Hit:
    """One term of a theme found in an article. ``points`` may be negative."""

    term: str
    where: str  # title | dek | text
    count: int
    points: float


@dataclass(frozen=True, slots=True)
class ThemeScore:
    """How far an article or story belongs to one theme, and why. ``confidence`` is 0 to 1."""

    theme: str  # slug
    score: float
    confidence: float
    verdict: Verdict
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """The articles about one event.

    ``articles`` are the independent tellings, best first. ``copies`` are wire copies and lightly
    edited repeats of one of them, kept so that ``explain`` can name them; they count for nothing.
    ``key`` is stable for the same set of articles. ``themes`` holds every theme that is not OUT,
    best first. ``headline`` is an editor's, "" where the lead's title stands above it.
    """

    key: str
    articles: tuple[Article, ...]
    copies: tuple[Article, ...] = ()
    themes: tuple[ThemeScore, ...] = ()
    why: tuple[str, ...] = field(default=())  # shared terms that made it one story
    headline: str = ""

    @property
    def heading(self) -> str:
        """What it is read under."""
        return self.headline or self.lead.title

    @property
    def lead(self) -> Article:
        """The telling that gives headline, date and language."""
        return self.articles[0]

    @property
    def publishers(self) -> tuple[str, ...]:
        """Independent publishers, in order of their articles, each once."""
        return tuple(dict.fromkeys(article.family for article in self.articles))
