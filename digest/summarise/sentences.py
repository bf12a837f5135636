# ruff: noqa: RUF001 - quotation marks and stops of many scripts stand in its patterns
"""Text to sentences, for any script, in linear time.

Terminators fall in three kinds. Those of Chinese, Japanese, Devanagari, Burmese and the like end a
sentence wherever they stand; ``!``, ``?``, the ellipsis and their Arabic forms end one when white space
and something other than a small letter follow; so does the full stop, unless what stands before it is
an abbreviation, an initial or an ordinal. Nothing is split inside a pair of double quotation marks or
brackets, so that half a quotation is never taken for a sentence.

Every look-around is bounded by a constant number of characters, and no pattern can backtrack: a
megabyte of anything takes time in proportion.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from digest.summarise.abbreviations import (
    AFTER_HOUR,
    AMBIGUOUS,
    BEFORE_NUMBER,
    HOURS,
    ORDINAL_FOLLOWERS,
    ORDINAL_LANGUAGES,
    STARTERS,
    TITLES,
)

_ANYWHERE = "。｡！？।॥။።፧፨។៕։"  # full stops that need no space after them
_SPACED = ".!?…؟۔"
_GREEK_QUESTION = ";\u037e"
_CLOSERS = "\"'”’»›)]}」』】〉》）］"
_OPENERS = "\"'“‘«‹„([{¿¡「『（［—–-•* "  # passed over on the way to the next word
_PAIRS = {"“": "”", "„": "“”", "«": "»", "(": ")", "[": "]", "「": "」", "『": "』", "（": "）"}
_SHUTS = frozenset("”“»)]」』）")
_MAX_PAIR = 700  # characters; a longer "pair" is a lost mark, and holds nothing together
_MAX_OPEN = 8  # unclosed marks remembered at once
_LOOK = 40  # characters looked at on either side of a terminator

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_MARK = re.compile('["“”„«»()\\[\\]「」『』（）]')
_DOTTED = re.compile(r"(?:\w\.){1,6}\w")
_WORD = re.compile(r"\w+(?:[.'’]\w+)*")
_QUOTE_GOES_ON = frozenset("、，,とって")  # after a closing 」 the sentence that holds the quotation goes on


def sentences(text: str, language: str = "") -> tuple[str, ...]:
    """The sentences of ``text`` in order, each on one line, with the marks that belong to it.

    Args:
        text: Plain text; a blank line always ends a sentence, a single line break never does by itself.
        language: BCP 47, a hint only. It settles Greek question marks and ordinals such as ``3.``

    Nothing but white space, and leading pieces without a letter or a digit, is lost.
    """
    code = language.lower().partition("-")[0]
    found: list[str] = []
    for block in _BLANK_LINE.split(text):
        paragraph: list[list[str]] = []
        for piece in _pieces(" ".join(block.split()), code):
            if any(char.isalnum() for char in piece):
                paragraph.append([piece])
            elif paragraph:
                paragraph[-1].append(piece)
        found += [" ".join(parts) for parts in paragraph]
    return tuple(found)


def _pieces(paragraph: str, code: str) -> Iterator[str]:
    marks = _ANYWHERE + _SPACED + (_GREEK_QUESTION if code == "el" else "")
    pairs = _quoted_spans(paragraph)
    starts = [start for start, _ in pairs]
    shut = {end for _, end in pairs}  # “ opens in English and closes in German
    begin = 0
    for match in re.finditer(f"[{re.escape(marks)}]+", paragraph):
        stop = match.end()
        while stop < len(paragraph) and (paragraph[stop] in _CLOSERS or stop in shut):
            stop += 1
        held = bisect_right(starts, match.start()) - 1
        if held >= 0 and stop <= pairs[held][1]:
            continue  # within a quotation or brackets that close later
        if stop > begin and _ends(paragraph, match, stop, code):
            yield paragraph[begin:stop].strip()
            begin = stop
    if rest := paragraph[begin:].strip():
        yield rest


def _quoted_spans(paragraph: str) -> list[tuple[int, int]]:
    """The outermost pairs of quotation marks and brackets, as (index of opener, index of closer)."""
    spans: list[tuple[int, int]] = []
    opened: list[tuple[int, str]] = []  # where, and what closes it
    for match in _MARK.finditer(paragraph):
        mark, at = match.group(), match.start()
        level = next((i for i in range(len(opened) - 1, -1, -1) if mark in opened[i][1]), -1)
        if level >= 0 and (mark in _SHUTS or mark == '"'):
            start = opened[level][0]
            del opened[level:]
            if at - start <= _MAX_PAIR:
                while spans and spans[-1][0] > start:
                    spans.pop()
                spans.append((start, at))
        elif mark == '"' or mark in _PAIRS:
            opened.append((at, _PAIRS.get(mark, '"')))
            del opened[:-_MAX_OPEN]
    return spans


def _ends(paragraph: str, match: re.Match[str], stop: int, code: str) -> bool:
    """Whether the terminator run ``match``, with its closing marks up to ``stop``, ends a sentence."""
    run = match.group()
    after = paragraph[stop : stop + _LOOK]
    if not after:
        return True
    if run[-1] in _ANYWHERE:
        return not (stop > match.end() and after[0] in _QUOTE_GOES_ON)
    follower = after.lstrip(_OPENERS)
    if not after[0].isspace() or is_small(follower[:1]):
        return False
    if run != "." or not follower:
        return True
    word = _WORD.match(follower)
    return _full_stop_ends(_before(paragraph, match.start()), word.group() if word else "", code)


def is_small(char: str) -> bool:
    """Whether a character is a small letter of a script that has large ones in use.

    Unicode gives Georgian capitals, which nobody opens a sentence with.
    """
    return char.islower() and not "\u10d0" <= char <= "\u10ff"


def _before(paragraph: str, at: int) -> str:
    """The token that ends just before ``at``, without opening marks."""
    return paragraph[max(0, at - _LOOK) : at].rpartition(" ")[2].lstrip(_OPENERS)


def _full_stop_ends(token: str, follower: str, code: str) -> bool:
    """Whether a full stop between ``token`` and ``follower`` (capitalised or uncased) ends a sentence."""
    low = token.lower()
    next_low = follower.lower()
    if low in TITLES and token[:1].isalpha():
        return not follower
    if low in BEFORE_NUMBER:
        return not follower[:1].isdigit()
    if low in HOURS:
        return next_low not in AFTER_HOUR
    if token.isdigit() and len(token) <= 2:  # noqa: PLR2004 - ordinals of days and centuries
        return code not in ORDINAL_LANGUAGES and next_low not in ORDINAL_FOLLOWERS
    initial = len(token) == 1 and token.isalpha()
    if initial or low in AMBIGUOUS or _DOTTED.fullmatch(token):
        return next_low in STARTERS
    return True
