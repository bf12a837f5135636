"""Text as grouping sees it: folded, split into words, the same way for terms and for articles.

Folding makes spellings of one word equal: curly apostrophes, dashes, accents ("Türkiye" and
"Turkiye"), full-width letters, dotted abbreviations ("U.S." and "US"), possessives, the article or
preposition that French and Italian glue on ("l'Iran"), and the Arabic letters that are typed in
several ways. It keeps capitals, because "Turkey" and "turkey", or "WHO" and "who", are different words.
"""

from __future__ import annotations

import re
import unicodedata

_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_POSSESSIVE = re.compile(r"'[sS](?![^\W_])")
_ELISION = re.compile(r"(?<![^\W_])(?:[dlnDLN]|[dDnNsS]ell|[aA]ll|[qQ]u)'(?=[^\W\d_]{2})")
# Accents, Hebrew points, Arabic vowel and hamza signs, the Arabic stretching line; nothing that changes
# a Japanese or Indian letter.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u0655\u0670\u200c-\u200f\u00ad]")
_APOSTROPHES = re.compile("[\u2018\u2019\u201b\u02bc\u02b9\u2032\u00b4`\uff07]")
# Letters that have no decomposition, and so keep their stroke under NFD; Persian and Arabic twins.
_STROKES = (
    ("ø", "o"), ("Ø", "O"), ("ł", "l"), ("Ł", "L"), ("đ", "d"), ("Đ", "D"), ("\u0131", "i"),
    ("\u06cc", "\u064a"), ("\u0649", "\u064a"), ("\u06a9", "\u0643"),
)  # fmt: skip
# A stop, what closes with it, white space, and what opens a sentence; not after "Sen." or an initial.
_STOP = re.compile(
    r"(?<![A-Z])(?<!\b[A-Z][a-z])(?<!\b[A-Z][a-z]{2})[.!?\u2026][\"')\]\u201d\u00bb]*"
    r"\s+(?=[\"'(\u201c\u00ab]?[A-Z\d])"
)
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
)


def fold(text: str) -> str:
    """``text`` with its spelling variants made equal; capitals stay."""
    if not text.isascii():
        text = _APOSTROPHES.sub("'", unicodedata.normalize("NFKC", text))
        text = _MARKS.sub("", unicodedata.normalize("NFD", text))
        text = unicodedata.normalize("NFC", text)
        for letter, plain in _STROKES:
            text = text.replace(letter, plain)
    if "." in text:
        text = _DOTTED.sub(lambda match: match.group().replace(".", ""), text)
    return text


def words(folded: str) -> list[str]:
    """The words of a folded text, without possessive endings, elisions and inner apostrophes."""
    if "'" not in folded:
        return _WORD.findall(folded)
    bare = _ELISION.sub("", _POSSESSIVE.sub("", folded))
    return [word.replace("'", "") for word in _WORD.findall(bare)]


def sentence_starts(folded: str, most: int) -> tuple[int, ...]:
    """The numbers of the words that open the sentences of a folded text, 0 first, as far as word ``most``.

    A rough cut, for languages with spaces and capitals: it only tells whether two words share a sentence.
    """
    starts, at, begin = [0], 0, 0
    for stop in _STOP.finditer(folded):
        at += len(words(folded[begin : stop.end()]))
        begin = stop.end()
        if at >= most:
            break
        starts.append(at)
    return tuple(starts)


def is_unspaced(text: str) -> bool:
    """Whether ``text`` has letters of a script that sets no spaces between words, or glues endings on.

    Chinese, Japanese, Thai, Lao, Khmer and Burmese set none; Korean adds its particles to the noun.
    Terms in them are looked for as they stand, anywhere.
    """
    return _UNSPACED.search(text) is not None


def is_shouted(folded: str) -> bool:
    """Whether a line is all capitals, in which an acronym can't be told from a word."""
    return folded.isupper() and folded.count(" ") >= 2  # noqa: PLR2004 - "NATO AUKUS" is no sentence
