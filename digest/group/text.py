"""Text as grouping sees it: folded, split into words, the same way for terms and for articles.

Folding makes spellings of one word equal: curly apostrophes, dashes, accents ("Türkiye" and
"Turkiye"), full-width letters, dotted abbreviations ("U.S." and "US") and possessives. It keeps
capitals, because "Turkey" and "turkey", or "WHO" and "who", are different words.
"""

from __future__ import annotations

import re
import unicodedata

_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_POSSESSIVE = re.compile(r"'[sS](?![^\W_])")
# Accents, Hebrew points and Arabic vowel signs, and nothing that changes a Japanese or Indian letter.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0670\u200c-\u200f\u00ad]")
_APOSTROPHES = re.compile("[\u2018\u2019\u201b\u02bc\u02b9\u2032\u00b4`\uff07]")
# Letters that have no decomposition, and so keep their stroke under NFD.
_STROKES = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "\u0131": "i"})
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
)


def fold(text: str) -> str:
    """``text`` with its spelling variants made equal; capitals stay."""
    if not text.isascii():
        text = _APOSTROPHES.sub("'", unicodedata.normalize("NFKC", text))
        text = _MARKS.sub("", unicodedata.normalize("NFD", text))
        text = unicodedata.normalize("NFC", text).translate(_STROKES)
    if "." in text:
        text = _DOTTED.sub(lambda match: match.group().replace(".", ""), text)
    return text


def words(folded: str) -> list[str]:
    """The words of a folded text, without possessive endings and inner apostrophes."""
    if "'" not in folded:
        return _WORD.findall(folded)
    return [word.replace("'", "") for word in _WORD.findall(_POSSESSIVE.sub("", folded))]


def is_unspaced(text: str) -> bool:
    """Whether ``text`` has letters of a script that sets no spaces between words, or glues endings on.

    Chinese, Japanese, Thai, Lao, Khmer and Burmese set none; Korean adds its particles to the noun.
    Terms in them are looked for as they stand, anywhere.
    """
    return _UNSPACED.search(text) is not None


def is_shouted(folded: str) -> bool:
    """Whether a line is all capitals, in which an acronym can't be told from a word."""
    return folded.isupper() and folded.count(" ") >= 2  # noqa: PLR2004 - "NATO AUKUS" is no sentence
