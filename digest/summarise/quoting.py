# ruff: noqa: RUF001 - quotation marks of many scripts stand in its patterns
"""Quotations in text: what stands between marks, and whether a source has it word for word."""

from __future__ import annotations

import re
from dataclasses import dataclass


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
# A letter or digit of any script, with the signs set on letters, which \w leaves out.
_SIGNS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u1056-\u1059"
    "\u135d-\u135f\u17b4-\u17d3\u200c\u200d"
)
LETTER = rf"(?:[^\W_]|[{_SIGNS}])"
UNSPACED = re.compile("([\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])")
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
