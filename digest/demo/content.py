"""The demo's articles: Markdown files with a few lines of facts at their head, made into pieces with dates.

The head of an article, between two lines of three hyphens:

    title, dek, author      as published; without ``dek`` the page has no standfirst
    hours                   how long ago it was published
    lang                    BCP 47, when it is not the outlet's
    ai                      the page's own words that software helped to write it
    comments, paywall, undated: yes
    copy                    outlet/name of the agency text that this is a copy of; the file has no text then
    edit: old => new        a change that this outlet made to the copy; may stand several times
    cut                     how many paragraphs it left out at the end

``{day}`` in a text becomes the weekday of publication, in UTC and in the language of the text.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "ar": ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
    "ja": ("月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日"),
}
RTL = frozenset({"ar", "he"})


@dataclass(frozen=True, slots=True)
class Outlet:
    """An invented publication. ``format`` is rss, atom, json or sitemap."""

    slug: str
    name: str
    publisher: str
    format: str
    tagline: str
    language: str = "en"
    full_text: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One article as its outlet publishes it. ``paragraphs`` that begin with "## " are headings."""

    outlet: Outlet
    slug: str
    title: str
    dek: str
    author: str
    paragraphs: tuple[str, ...]
    published_at: datetime
    language: str
    ai_notice: str = ""
    comments: bool = False
    paywalled: bool = False
    dated: bool = True

    @property
    def path(self) -> str:
        """Where its page stands on the site."""
        return f"/{self.outlet.slug}/{self.slug}"

    @property
    def direction(self) -> str:
        """The direction of its script, for the dir attribute."""
        return "rtl" if self.language in RTL else "ltr"


@dataclass(frozen=True)
class Newsroom:
    """All outlets, and their pieces with the newest first."""

    outlets: tuple[Outlet, ...]
    pieces: tuple[Piece, ...]

    @cached_property
    def by_path(self) -> dict[str, Piece]:
        """The pieces by the path of their page."""
        return {piece.path: piece for piece in self.pieces}

    def of(self, outlet: Outlet) -> tuple[Piece, ...]:
        """One outlet's pieces, newest first."""
        return tuple(piece for piece in self.pieces if piece.outlet == outlet)


@dataclass(frozen=True, slots=True)
class _Source:
    facts: dict[str, str]
    edits: tuple[tuple[str, str], ...]
    paragraphs: tuple[str, ...]


def newsroom(now: datetime) -> Newsroom:
    """The demo's content as of ``now`` (aware); publication times lie within the day and a bit before it."""
    package = files("digest.demo")
    tables = tomllib.loads(package.joinpath("outlets.toml").read_text(encoding="utf-8"))["outlet"]
    outlets = tuple(Outlet(**table) for table in tables)
    sources = {
        f"{outlet.slug}/{file.name.removesuffix('.md')}": (outlet, _read(file))
        for outlet in outlets
        for file in package.joinpath("articles", outlet.slug).iterdir()
    }
    texts = {ref: source for ref, (_, source) in sources.items()}
    pieces = [_piece(ref, outlet, source, texts, now) for ref, (outlet, source) in sources.items()]
    newest_first = sorted(pieces, key=lambda piece: (-piece.published_at.timestamp(), piece.path))
    return Newsroom(outlets, tuple(newest_first))


def _read(file: Traversable) -> _Source:
    _, head, body = file.read_text(encoding="utf-8").split("---\n", 2)
    facts, edits = {}, []
    for line in head.splitlines():
        name, _, value = line.partition(": ")
        if name == "edit":
            old, _, new = value.partition(" => ")
            edits.append((old, new))
        else:
            facts[name] = value
    return _Source(facts, tuple(edits), tuple(part for part in body.strip().split("\n\n") if part))


def _piece(ref: str, outlet: Outlet, source: _Source, texts: dict[str, _Source], now: datetime) -> Piece:
    facts = source.facts
    published_at = (now - timedelta(hours=float(facts["hours"]))).replace(second=0, microsecond=0)
    language = facts.get("lang", outlet.language)
    day = WEEKDAYS[language][published_at.weekday()]
    paragraphs = source.paragraphs if "copy" not in facts else _copied(source, texts[facts["copy"]])
    return Piece(
        outlet=outlet,
        slug=ref.partition("/")[2],
        title=facts["title"],
        dek=facts.get("dek", "").replace("{day}", day),
        author=facts["author"],
        paragraphs=tuple(paragraph.replace("{day}", day) for paragraph in paragraphs),
        published_at=published_at,
        language=language,
        ai_notice=facts.get("ai", ""),
        comments="comments" in facts,
        paywalled="paywall" in facts,
        dated="undated" not in facts,
    )


def _copied(source: _Source, agency: _Source) -> tuple[str, ...]:
    text = "\n\n".join(agency.paragraphs[: len(agency.paragraphs) - int(source.facts.get("cut", "0"))])
    for old, new in source.edits:
        assert old in text, f"the agency text does not hold {old!r}"
        text = text.replace(old, new)
    return tuple(text.split("\n\n"))
