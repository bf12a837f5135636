"""Style sheets, read as far as mails use them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Written so that what is never closed ends with the text: a pattern that finds no end starts over at each
# beginning, and takes minutes over a megabyte of them.
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_DECLARATION = re.compile(r"(?:[^;(]+|\([^)]*\)?)+")
_IMPORTANT = re.compile(r"!\s*important\s*$", re.IGNORECASE)
_WIDTH = re.compile(r"\((max|min)-(?:device-)?width\s*:\s*(\d+\.?\d*|\.\d+)(px|em|rem)?\s*\)")


@dataclass(frozen=True, slots=True)
class Declaration:
    """A property, its value, and whether ``!important`` stood after it."""

    name: str
    value: str
    important: bool


@dataclass(frozen=True, slots=True)
class StyleRule:
    """Declarations for one selector, under a media query ("" for every medium)."""

    selector: str
    declarations: tuple[Declaration, ...]
    media: str


@dataclass(frozen=True, slots=True)
class Screen:
    """What a page is looked at on: ``width`` in CSS pixels."""

    width: int
    dark: bool = False


def declarations(text: str) -> tuple[Declaration, ...]:
    """The declarations of a style attribute or a rule's body, in order."""
    found = []
    for piece in _DECLARATION.findall(_COMMENT.sub("", text)):
        name, colon, value = piece.partition(":")
        if colon and value.strip():
            plain = _IMPORTANT.sub("", value)
            found.append(Declaration(name.strip().lower(), plain.strip(), plain != value))
    return tuple(found)


def rules(css: str, media: str = "") -> Iterator[StyleRule]:
    """Every rule of a style sheet, those within ``@media`` too; other at-rules are passed over."""
    css = _COMMENT.sub("", css)
    at = 0
    while (brace := css.find("{", at)) >= 0:
        prelude = css[at:brace].rpartition(";")[2].strip()
        end = _closing(css, brace)
        body = css[brace + 1 : end]
        at = end + 1
        if prelude.lower().startswith("@media"):
            yield from rules(body, f"{media} and {prelude[6:]}" if media else prelude[6:].strip())
        elif not prelude.startswith("@"):
            declared = declarations(body)
            for selector in prelude.split(","):
                yield StyleRule(selector.strip(), declared, media)


def applies(media: str, screen: Screen) -> bool:
    """Whether a media query, read liberally, holds on ``screen``; of a list, whether any does."""
    return not media or any(_holds(query.lower(), screen) for query in media.split(","))


def _holds(query: str, screen: Screen) -> bool:
    if re.search(r"\bprint\b|\bnot\b|\bspeech\b", query):
        return False
    if "prefers-color-scheme" in query and ("dark" in query) != screen.dark:
        return False
    for bound, number, unit in _WIDTH.findall(query):
        limit = float(number) * (16 if unit in {"em", "rem"} else 1)
        if screen.width > limit if bound == "max" else screen.width < limit:
            return False
    # A query about anything else (a proprietary hook, a resolution) aims at one program's quirks.
    known = re.sub(r"\((?:(?:max|min)-(?:device-)?width|prefers-color-scheme)[^)]*\)", "", query)
    return "(" not in known


def _closing(css: str, opening: int) -> int:
    depth = 0
    for found in re.compile(r"[{}]").finditer(css, opening):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.start()
    return len(css)
