"""An article's page to its parts: text, headings, standfirst, notice, dates. No network, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace

import lxml.etree
import lxml.html

from digest.errors import ParseError
from digest.gather.ainotice import declared, notice_in
from digest.gather.anatomy import Anatomy, Kind, Line, dissect, is_furniture
from digest.gather.clean import MAX_TEXT, cut, fragment, harmless, one_line, resolved, start_of, tree_text
from digest.gather.decode import decoded
from digest.gather.markup import bounded
from digest.gather.pagemeta import PageMeta, read_meta
from digest.gather.prune import drop_furniture, drop_hidden, take_related

MAX_PARAGRAPH = 20_000
MAX_ELEMENTS = 30_000  # ten times an ordinary page; the extractor's time grows with them
LEAST_TEXT = 120  # characters; less from the extractor means that it lost the article
NOTICE_BLOCK = 600  # characters; a longer element is no notice
HEADING_TAGS = {"h2", "h3", "h4", "h5", "h6", "head"}
_ELLIPSIS = re.compile(r"(?:\u2026|\.\.\.|\[\u2026\])\s*$")
_ENDED = re.compile("[.!?\u3002\uff01\uff1f\u061f\u0964][\"'\u201d\u2019\u00bb)\\]]*$")


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds. ``paragraphs`` are the article's text and nothing else.

    ``dek`` is the standfirst or description, where it is a sentence and no copy of the title.
    """

    meta: PageMeta
    title: str = ""
    dek: str = ""
    paragraphs: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    ai_notice: str = ""

    @property
    def text(self) -> str:
        """The paragraphs, separated by blank lines."""
        return cut("\n\n".join(self.paragraphs), MAX_TEXT)


def parse_html(data: bytes, charset: str = "") -> lxml.html.HtmlElement:
    """The tree of a page's bytes. Raises ParseError 'not-a-page'."""
    text = bounded(decoded(data, charset).replace("\x00", ""))
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = lxml.html.document_fromstring(text.encode("utf-8", "ignore"), parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError) as error:
        raise ParseError("not-a-page", "the answer holds no web page") from error
    if sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
        raise ParseError("too-large", f"the page has more than {MAX_ELEMENTS:,} elements")
    return tree


def extract_page(data: bytes, url: str, *, charset: str = "") -> Page:
    """The parts of the page ``data`` found at ``url``.

    Raises ParseError 'not-a-page' (no HTML) or 'too-large'. A page without an article gives a Page
    without paragraphs.
    """
    if data[:5] in {b"%PDF-", b"\x89PNG\r"} or b"\x00" * 8 in data[:200]:
        raise ParseError("not-a-page", "the answer is a file of another kind, no web page")
    tree = parse_html(data, charset)
    meta = read_meta(tree, url)
    drop_hidden(tree)
    aside = _notice_beside(tree)
    related = take_related(tree)
    drop_furniture(tree)
    anatomy = dissect(_lines(tree, meta.title))
    notice = (
        anatomy.ai_notice
        or aside
        or next((word for kind in meta.source_types if (word := declared(kind))), "")
    )
    return Page(
        meta=meta,
        title=meta.title,
        dek=best_dek(meta.deks, meta.title),
        paragraphs=anatomy.paragraphs,
        headings=anatomy.headings,
        related=(*related, *anatomy.related),
        ai_notice=notice,
    )


def best_dek(candidates: tuple[str, ...], title: str) -> str:
    """The first candidate that is a whole sentence and says more than ``title``; "" if none does."""
    bare = _bare(title)
    for dek in candidates:
        whole = bool(_ENDED.search(dek)) and not _ELLIPSIS.search(dek)
        if whole and _bare(dek) != bare and not (bare and bare.startswith(_bare(dek))):
            return dek
    return ""


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


def _notice_beside(tree: lxml.html.HtmlElement) -> str:
    """A notice anywhere on the page: extractors drop the small print it stands in."""
    for element in tree.iter("p", "div", "small", "em", "aside", "section", "li", "span", "footer"):
        text = start_of(element, NOTICE_BLOCK + 1)
        if len(text) <= NOTICE_BLOCK and (found := notice_in(one_line(text, NOTICE_BLOCK))):
            return found
    return ""


def _lines(tree: lxml.html.HtmlElement, title: str) -> list[Line]:
    """The article's blocks in order, by trafilatura; by plain structure where that finds next to nothing."""
    lines = list(_blocks(_by_trafilatura(tree), title))
    if sum(len(line.text) for line in lines if line.kind is not Kind.HEADING) >= LEAST_TEXT:
        return lines
    own = list(_blocks(_main_part(tree), title))
    return max(lines, own, key=lambda found: sum(len(line.text) for line in found))


def _by_trafilatura(tree: lxml.html.HtmlElement) -> lxml.etree._Element | None:
    from trafilatura import bare_extraction  # noqa: PLC0415 - half a second, and only pages need it

    # A copy, for it changes what it reads, and the tree is needed again where it finds nothing.
    found = bare_extraction(
        deepcopy(tree), favor_precision=True, include_comments=False, include_tables=False
    )
    return getattr(found, "body", None)


def _main_part(tree: lxml.html.HtmlElement) -> lxml.html.HtmlElement:
    """The article element, else main, else the body."""
    for path in (".//article", ".//main", ".//*[@role='main']", ".//body"):
        parts = tree.findall(path)
        if parts:
            return max(parts, key=lambda part: len(part.text_content()))
    return tree


def _blocks(body: lxml.etree._Element | None, title: str) -> Iterator[Line]:
    """Headings, paragraphs and list items of ``body``, without the title's own repeat."""
    if body is None:
        return
    for element in body.iter(
        "p", "head", "h2", "h3", "h4", "h5", "h6", "item", "li", "quote", "blockquote", "pre"
    ):
        nested = any(child.tag in {"p", "item", "li"} for child in element.iterdescendants())
        if nested:
            continue
        text = cut(harmless(resolved(" ".join(str(element.xpath("string()")).split()))), MAX_PARAGRAPH)
        if not text or _bare(text) == _bare(title):
            continue
        if element.tag in HEADING_TAGS:
            yield Line(text, Kind.HEADING)
        elif not is_furniture(text) or element.tag == "p":
            yield Line(text, Kind.ITEM if element.tag in {"item", "li"} else Kind.TEXT)


def dissect_fragment(markup: str, title: str, *, is_text: bool = False) -> Anatomy:
    """The anatomy of HTML that a feed carries, or of plain text with a paragraph a line."""
    if is_text:
        return dissect(Line(line) for line in markup.splitlines())
    tree = fragment(markup)
    if tree is None:
        return Anatomy()
    drop_hidden(tree)
    related = take_related(tree)
    lines = list(_blocks(tree, title))
    blocks = sum(len(line.text) for line in lines)
    if blocks * 2 < len(tree.text_content()):  # text outside any paragraph, as line breaks part it
        lines = [Line(line) for line in harmless(resolved(tree_text(tree))).splitlines()]
    anatomy = dissect(lines)
    return replace(anatomy, related=(*related, *anatomy.related))


def page_date(data: bytes, charset: str = "") -> str:
    """A day that htmldate finds in the page's text or address, as YYYY-MM-DD; "" if it finds none.

    The last resort: it is slow, and claims a day for nearly every page.
    """
    from htmldate import find_date  # noqa: PLC0415 - slow to load, seldom needed

    try:
        tree = parse_html(data, charset)
        return find_date(tree, original_date=True, extensive_search=False) or ""
    except (ParseError, ValueError, TypeError, AttributeError, lxml.etree.LxmlError):
        return ""
