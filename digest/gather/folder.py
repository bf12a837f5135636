"""A folder as a source: .txt, .md and .html files that an editor drops in, one article each."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import lxml.html
from markdown_it import MarkdownIt

from digest.errors import FetchError, ParseError
from digest.gather.anatomy import Anatomy, Kind, Line, dissect
from digest.gather.clean import fragment, harmless, one_line, plain
from digest.gather.dates import first_believable
from digest.gather.decode import decoded
from digest.gather.extract import extract_page
from digest.gather.language import language_of
from digest.gather.options import GatherOptions
from digest.gather.urls import canonical_url, web_url
from digest.model.news import Article, Feed

SUFFIXES = {".txt", ".text", ".md", ".markdown", ".html", ".htm"}
MAX_FILES = 2000
FRONT_MATTER_KEYS = {
    "title", "dek", "date", "url", "outlet", "publisher", "author", "language", "comments", "ai_notice",
}  # fmt: skip
_BLOCKS = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "pre")
_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.DOTALL)
_FIELD = re.compile(r"([A-Za-z_-]{1,30})\s*:\s*(.*)")
_SENTENCE_END = re.compile("[.!?\u3002\uff01\uff1f][\"'\u201d\u2019)]*$")


@dataclass(frozen=True, slots=True)
class FolderRead:
    """A folder's articles, and what could not be read, in words."""

    articles: tuple[Article, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Parts:
    title: str
    dek: str
    anatomy: Anatomy
    extra: dict[str, str] = field(default_factory=dict)  # what a page says of itself, keyed as front matter


def read_folder(feed: Feed, options: GatherOptions, now: datetime) -> FolderRead:
    """Every article in the folder ``feed.url`` and below, newest files first.

    A file that cannot be read costs itself alone. Links that lead out of the folder are not followed.
    An article without a ``url`` of its own is known by its ``file:`` address, which readers can't
    open. Raises FetchError 'no-folder'.
    """
    root = Path(feed.url)
    if not root.is_dir():
        raise FetchError("no-folder", f"{root} is no folder; make it, or correct the feed's path")
    articles, problems = [], []
    for path in _files(root)[:MAX_FILES]:
        try:
            articles.append(read_article(path, feed, options, now))
        except (OSError, ParseError, ValueError) as error:
            problems.append(f"{harmless(path.name)}: {error}")
    return FolderRead(tuple(articles), tuple(problems))


def _files(root: Path) -> list[Path]:
    """Files of known kinds whose real place is within ``root``, the newest first."""
    home = root.resolve()
    found = []
    for folder, _, names in os.walk(home, followlinks=False):
        for name in names:
            path = Path(folder, name)
            hidden = any(part.startswith(".") for part in path.relative_to(home).parts)
            if path.suffix.lower() not in SUFFIXES or hidden:
                continue
            # RuntimeError: a link that leads to itself. OSError: the file is gone meanwhile.
            with suppress(OSError, RuntimeError):
                if path.is_file() and path.resolve().is_relative_to(home):
                    found.append((-path.stat().st_mtime, path.name, path))
    return [path for _time, _name, path in sorted(found)]


def read_article(path: Path, feed: Feed, options: GatherOptions, now: datetime) -> Article:
    """The article in one file. Raises OSError, ParseError or ValueError when there is none."""
    size = path.stat().st_size
    if size > options.max_bytes:
        raise ParseError("too-large", f"larger than {options.max_bytes:,} bytes")
    data = path.read_bytes()
    whole = decoded(data)
    if "\0" in whole:
        raise ParseError("not-a-page", "a file of another kind, no text")
    fields, body = _front_matter(whole)
    kind = path.suffix.lower()
    parts = (
        _from_html(data, path)
        if kind in {".html", ".htm"}
        else _from_text(body, one_line(fields.get("title", "")), markdown=kind in {".md", ".markdown"})
    )
    fields = {**parts.extra, **fields}
    title = one_line(fields.get("title", "")) or parts.title or one_line(path.stem)
    if not title:
        raise ParseError("empty", "it has no headline, and its name no letter")
    url = web_url(fields.get("url", "")) or path.as_uri()
    text = "\n\n".join(parts.anatomy.paragraphs)
    dek = one_line(fields.get("dek", ""), 1000) or parts.dek
    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    moment, _ = first_believable([("file", fields.get("date")), ("file", min(modified, now))], now)
    return Article(
        url=url,
        canonical_url=canonical_url(url),
        title=title,
        dek=dek,
        text=text or dek,
        headings=parts.anatomy.headings,
        related=parts.anatomy.related,
        ai_notice=one_line(fields.get("ai_notice", ""), 1000) or parts.anatomy.ai_notice,
        published_at=moment,
        date_source="file",
        gathered_at=now,
        language=language_of(f"{title}. {dek} {text}", fields.get("language", "")),
        author=one_line(fields.get("author", ""), 200),
        outlet=one_line(fields.get("outlet", ""), 200) or feed.name,
        publisher=one_line(fields.get("publisher", "") or fields.get("outlet", ""), 200) or feed.publisher,
        weight=feed.weight,
        comments_url=web_url(fields.get("comments", "")),
        entry_id=path.as_uri(),
        feed_id=feed.id,
    )


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """``key: value`` lines between two ``---`` at the top, and the rest. Unknown keys are left alone."""
    found = _FRONT.match(text)
    if not found:
        return {}, text
    fields = {}
    for line in found.group(1).splitlines():
        field_ = _FIELD.fullmatch(line.strip())
        if field_ and field_.group(1).lower().replace("-", "_") in FRONT_MATTER_KEYS:
            fields[field_.group(1).lower().replace("-", "_")] = harmless(field_.group(2)).strip("\"'")
    return fields, text[found.end() :]


def _from_html(data: bytes, path: Path) -> _Parts:
    page = extract_page(data, path.as_uri())
    extra = {"author": page.meta.author, "language": page.meta.language, "comments": page.meta.comments_url}
    extra["date"] = next((written for _, written in page.meta.dates), "")
    anatomy = Anatomy(page.paragraphs, page.headings, page.related, page.ai_notice)
    return _Parts(page.title, page.dek, anatomy, {key: value for key, value in extra.items() if value})


def _from_text(text: str, known: str, *, markdown: bool) -> _Parts:
    """Headline first, then the dek, then the text; Markdown's headings are headings, a text's are guessed.

    Where the headline is ``known`` from the front matter, the first line is one too only if it is marked as
    one, or says the same.
    """
    lines = _markdown_lines(text) if markdown else _text_lines(text)
    if not lines:
        raise ParseError("empty", "the file is empty")
    title, rest = one_line(lines[0].text), lines[1:]
    if known and lines[0].kind is not Kind.HEADING and title.casefold() != known.casefold():
        title, rest = known, lines
    dek = ""
    if rest and rest[0].kind is Kind.TEXT and len(rest) > 1 and _is_dek(rest[0].text):
        dek, rest = rest[0].text, rest[1:]
    return _Parts(title, one_line(dek, 1000), dissect(rest, guess_headings=not markdown))


def _is_dek(line: str) -> bool:
    """One short paragraph that ends as a sentence does."""
    return len(line.split()) <= 60 and bool(_SENTENCE_END.search(line))  # noqa: PLR2004 - a dek is short


def _text_lines(text: str) -> list[Line]:
    """The lines of a plain text; where blank lines part paragraphs, wrapped lines are joined.

    A text is wrapped if most of its blocks between blank lines hold several lines of like length.
    """
    text = harmless(text)
    blocks = [block.split("\n") for block in text.split("\n\n") if block.strip()]
    wrapped = [block for block in blocks if len(block) > 1 and max(map(len, block)) < 100]  # noqa: PLR2004
    if len(blocks) > 1 and len(wrapped) * 2 >= len(blocks):
        return [Line(" ".join(" ".join(block).split())) for block in blocks]
    return [Line(line.strip()) for block in blocks for line in block if line.strip()]


def _markdown_lines(text: str) -> list[Line]:
    """Markdown's blocks. Raw HTML in it counts for its text alone."""
    tree = fragment(MarkdownIt("commonmark").render(text))
    lines = []
    for element in tree.iter(*_BLOCKS) if tree is not None else ():
        own = deepcopy(element)  # without the blocks in it, such as the points below a point: they follow
        for inner in list(own.iterdescendants(*_BLOCKS)):
            inner.drop_tree()
        words = one_line(plain(lxml.html.tostring(own, encoding="unicode")), 20_000)
        kind = Kind.HEADING if element.tag[0] == "h" else Kind.ITEM if element.tag == "li" else Kind.TEXT
        if words:
            lines.append(Line(words, kind))
    return lines
