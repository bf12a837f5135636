"""XML made tame before a parser sees it: no document type, CDATA, comments or instructions left.

Feeds are often broken, and the parser that reads broken ones takes minutes over a few megabytes of
``<`` or of unclosed elements. So what is broken is mended here, in linear time, and what is absurd is
refused. Where text can be scanned with ``str.find`` it is: a lazy pattern that finds no end starts
over at every character.
"""

from __future__ import annotations

import html
import re

from digest.errors import ParseError

MAX_TAGS = 250_000
MAX_PIECES = 600_000  # character references and line ends: each costs the parser a call
MAX_DEPTH = 500  # open elements within one item; broken HTML never closes its paragraphs
MAX_TAG = 20_000  # characters in one tag
KEPT = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"}

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_PROLOG_TOKEN = re.compile(r"\s+|<!--|<\?|<!DOCTYPE\b|<(?=[A-Za-z_])|[^<]+|<", re.IGNORECASE)
_DOCTYPE_TOKEN = re.compile(r"[\"'\[\]<>]|<!--|-->")
_SPECIAL = re.compile(r"<!\[CDATA\[|<!--|<\?")
_CLOSERS = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}
_GAPS = re.compile(r"\n\s*\n\s*")
_STRAY = re.compile(r"<(?![A-Za-z_/][^<>]*>)")
_REFERENCE = re.compile(r"&(?:#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)?")
_TAG = re.compile(r"<(/?)([^\s<>/]+)([^<>]*)>")
_LONG_TAG = re.compile(rf"<([^\s<>/]+)\s[^<>]{{{MAX_TAG},}}>")
_ITEM_NAME = re.compile(r"(?:[\w.-]+:)?(?:item|entry)", re.IGNORECASE)


def tamed(text: str) -> str:
    """``text`` as XML that holds elements, attributes and text only, with no entity left to define.

    Entities can only be defined within a document type: without it there is nothing to expand, no
    external file to read and no bomb.
    """
    text = without_prolog(_NOT_XML.sub("", text))
    parts, at = [], 0
    while found := _SPECIAL.search(text, at):
        parts.append(_mended(text[at : found.start()]))
        mark = found.group()
        end = text.find(_CLOSERS[mark], found.end())
        inner = text[found.end() : end if end >= 0 else len(text)]
        parts.append(html.escape(inner, quote=False) if mark == "<![CDATA[" else "")
        at = end + len(_CLOSERS[mark]) if end >= 0 else len(text)
    parts.append(_mended(text[at:]))
    return "".join(parts)


def without_prolog(text: str) -> str:
    """``text`` from its first element on; "" if it has none."""
    at = 0
    while found := _PROLOG_TOKEN.match(text, at):
        mark = found.group()
        if mark == "<" and text[found.end() : found.end() + 1].isidentifier():
            return text[found.start() :]
        if mark in _CLOSERS:
            end = text.find(_CLOSERS[mark], found.end())
            at = end + len(_CLOSERS[mark]) if end >= 0 else len(text)
        elif mark.upper() == "<!DOCTYPE":
            at = _doctype_end(text, found.end())
        else:
            at = found.end()
    return ""


def _doctype_end(text: str, start: int) -> int:
    """Where the document type that is open at ``start`` closes; the text's end if it never does."""
    subset, at = False, start
    while found := _DOCTYPE_TOKEN.search(text, at):
        mark, at = found.group(), found.end()
        if mark in "\"'":
            end = text.find(mark, at)
            at = end + 1 if end >= 0 else at
        elif mark in "[]":
            subset = mark == "["
        elif mark == ">" and not subset:
            return at
    return len(text)


def _mended(text: str) -> str:
    """``text`` with stray ``<`` and ``&`` escaped, HTML's named characters written out, tags bounded."""
    text = _STRAY.sub("&lt;", _GAPS.sub("\n\n", text))
    text = _LONG_TAG.sub(r"<\1>", text)
    return _REFERENCE.sub(_reference, text)


def _reference(found: re.Match[str]) -> str:
    written = found.group()
    if written in KEPT:
        return written
    character = html.unescape(written)
    if written in {"&", character}:
        return "&amp;" + written[1:]
    return html.escape(_NOT_XML.sub("", character), quote=True)


def demand_sane(text: str) -> None:
    """Raise ParseError if tamed ``text`` has more elements, or deeper ones, than any feed needs."""
    if text.count("&") + text.count("\n") > MAX_PIECES:
        raise ParseError("too-large", f"the feed has more than {MAX_PIECES:,} references and line ends")
    depth = 0
    for count, found in enumerate(_TAG.finditer(text)):
        closing, name, rest = found.groups()
        if count >= MAX_TAGS:
            raise ParseError("too-large", f"the feed has more than {MAX_TAGS:,} elements")
        if _ITEM_NAME.fullmatch(name):
            depth = 0
        elif not rest.endswith("/"):
            depth += -1 if closing else 1
        if depth > MAX_DEPTH:
            raise ParseError("bad-xml", f"elements nested more than {MAX_DEPTH} deep")
