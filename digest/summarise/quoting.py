# ruff: noqa: RUF001 - quotation marks of many scripts stand in its patterns
"""Quotations in text: what stands between marks, and whether a source has it word for word."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.summarise.letters import LETTER, UNSPACED


@dataclass(frozen=True, slots=True)
class Quote:
    """What stands between two quotation marks, the marks themselves left out."""

    text: str
    start: int
    end: int


_QUOTED = re.compile(
    '“([^”]{1,600})”|"([^"]{1,600})"|«([^»]{1,600})»|»([^«]{1,600})«|„([^“”]{1,600})[“”]'
    "|「([^」]{1,600})」|『([^』]{1,600})』|‹([^›]{1,600})›|《([^》]{1,600})》"
    "|(?<![\\w’'])[‘']([^‘’'\"]{1,200}(?:\\w[’']\\w[^‘’'\"]{1,200}){0,6})[’'](?!\\w)"
)
_WORD = re.compile(rf"{LETTER}+(?:[’']{LETTER}+)*")


def quotations(text: str) -> list[Quote]:
    """The quotations of ``text`` in order, whatever the script's marks."""
    found = []
    for match in _QUOTED.finditer(text):
        group = match.lastindex or 1
        found.append(Quote(match[group], match.start(group), match.end(group)))
    return found


def words_of(text: str) -> list[str]:
    """The words of a text as quotations are compared: lower case, marks left out, apostrophes alike.

    Where words are not parted by spaces, each character is one.
    """
    spaced = UNSPACED.sub(r" \1 ", text) if not text.isascii() else text
    return _WORD.findall(spaced.lower().replace("’", "'"))
