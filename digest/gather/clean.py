"""Strangers' text made harmless: no markup, no controls, no invisible tricks, no absurd lengths.

What comes out is plain text. It is still a stranger's: whoever shows it in HTML escapes it.
"""

from __future__ import annotations

import html
import re
import unicodedata

import lxml.etree
import lxml.html

from digest.gather.markup import bounded

MAX_TITLE = 400
MAX_LINE = 2000
MAX_TEXT = 200_000
MAX_MARKS = 3  # combining marks on one character: Vietnamese and Hebrew need up to 3
MAX_MARKUP = 2_000_000

# C0 and C1 controls but tab and newline (terminals obey CSI, U+009B), bidi controls, zero-width characters,
# soft hyphen, invisible operators, interlinear marks, tags, and lone surrogates.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
# Joiners shape Persian and Indic words and emoji; between other characters they only hide.
_JOINER = re.compile("[\u200c\u200d]")
# Only runs without letters, digits, spaces and ASCII can hold too many marks; the search for them is cheap.
_PILED = re.compile(r"(?:(?![\s!-~])\W){%d,}" % (MAX_MARKS + 1))  # noqa: UP031 - braces of its own
_BREAKS = re.compile("\r\n?|[\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n[ \n]*")
_LOOKS_LIKE_MARKUP = re.compile(r"<(?:[a-zA-Z!?][^<>]*|/[a-zA-Z][^<>]*)>|<!--")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")

DROPPED = frozenset({
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "canvas",
    "audio", "video", "select", "textarea", "button", "head", "title",
})  # fmt: skip
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
})  # fmt: skip


def harmless(text: str) -> str:
    """``text`` without control, direction-changing and invisible characters; marks bounded.

    Newlines stay; other white space becomes single spaces.
    """
    text = _FORBIDDEN.sub("", _BREAKS.sub("\n", text))
    text = _JOINER.sub(_joiner, text)
    text = _PILED.sub(_bound_marks, text)
    return _BLANK_LINES.sub(
        lambda gap: "\n\n" if gap.group().count("\n") > 1 else "\n", _SPACES.sub(" ", text)
    ).strip()


def _joiner(found: re.Match[str]) -> str:
    """Keep a joiner only within a word of a script that shapes by it, or between emoji."""
    text, at = found.string, found.start()
    if not 0 < at < len(text) - 1:
        return ""
    before, after = text[at - 1], text[at + 1]
    # From the Arabic block on: no Latin, Greek, Cyrillic or Hebrew word needs a joiner.
    return found.group() if min(before, after) >= "\u0600" and not after.isspace() else ""


def _bound_marks(found: re.Match[str]) -> str:
    """A run of signs with at most MAX_MARKS combining marks in a row."""
    kept, marks = [], 0
    for character in found.group():
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def fragment(markup: str) -> lxml.html.HtmlElement | None:
    """``markup`` as an element tree; None if nothing is in it. Never fetches, never expands entities."""
    markup = _FORBIDDEN.sub("", markup[:MAX_MARKUP])
    if not markup.strip():
        return None
    try:
        parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        return lxml.html.document_fromstring(f"<div>{bounded(markup)}</div>".encode(), parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError):
        return None


def plain(markup: str, limit: int = MAX_TEXT) -> str:
    """HTML (or plain text that may hold some) as plain text: paragraphs separated by newlines.

    Text such as ``3 < 5`` or ``AT&T`` survives; scripts, styles and their content do not.
    """
    if _LOOKS_LIKE_MARKUP.search(markup[:MAX_MARKUP]) or _REFERENCE.search(markup[:MAX_MARKUP]):
        # A lone "<" before anything but a tag would be eaten by the parser.
        tree = fragment(re.sub(r"<(?![a-zA-Z/!?])", "&lt;", markup[:MAX_MARKUP]))
        markup = tree_text(tree) if tree is not None else ""
        if _LOOKS_LIKE_MARKUP.search(markup):  # was escaped twice, or written to survive one pass
            markup = _LOOKS_LIKE_MARKUP.sub(" ", markup)
        markup = resolved(markup)
    return cut(harmless(markup), limit)


def resolved(text: str) -> str:
    """``text`` with the references that double escaping left over (``&quot;`` for a reader to see) read."""
    return _REFERENCE.sub(lambda found: html.unescape(found.group()), text)


def start_of(element: lxml.html.HtmlElement, limit: int) -> str:
    """The first ``limit`` characters in ``element``: of nested ones, all of it would fill memory."""
    parts: list[str] = []
    left = limit
    for part in element.itertext():
        parts.append(part[:left])
        left -= len(parts[-1])
        if left <= 0:
            break
    return "".join(parts)


def tree_text(tree: lxml.html.HtmlElement) -> str:
    """The text of ``tree``, blocks on lines of their own, without scripts and the like.

    Walks events instead of calling itself: a tree may be as deep as the parser allows.
    """
    parts: list[str] = []
    skipping = 0
    for event, element in lxml.etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if skipping or not tag or tag in DROPPED:
                skipping += 1
                continue
            parts.append("\n" if tag in BLOCKS else "")
            parts.append(_SPACES.sub(" ", (element.text or "").replace("\n", " ")))
        else:
            if skipping:
                skipping -= 1
            elif tag in BLOCKS and tag != "br":
                parts.append("\n")
            if not skipping and element is not tree:
                parts.append((element.tail or "").replace("\n", " "))
    return "".join(parts).strip()


def literal(text: str, limit: int = MAX_TEXT) -> str:
    """Text that is said to be plain, made harmless: what looks like markup in it is none.

    Character references are read even so: far more often they were written by mistake than meant.
    """
    return cut(harmless(resolved(text[:MAX_MARKUP])), limit)


def one_line(markup: str, limit: int = MAX_TITLE) -> str:
    """HTML or text as one line of plain text."""
    return cut(" ".join(plain(markup, MAX_LINE * 4).split()), limit)


def cut(text: str, limit: int) -> str:
    """``text`` of at most ``limit`` characters, ended at a word and marked as cut."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    space = head.rfind(" ", limit // 2)
    return (head[:space] if space > 0 else head).rstrip() + "…"
