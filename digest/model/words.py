"""Measuring text in any script: how many words it is, and which way it runs.

Limits are set in words, and several scripts write without spaces. There a word is reckoned as two
characters of Chinese or Japanese and five of Thai, Lao, Khmer or Burmese, near enough to what a
reader of those languages would count to keep a card the same size.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

CHARS_PER_HAN_WORD = 2
CHARS_PER_THAI_WORD = 5

_HAN = re.compile(
    "[\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003134f]"
)
_THAI = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_RTL = frozenset({"R", "AL"})
_SHOWN = 400  # characters that decide the direction; a hostile megabyte costs no more


def count_words(text: str) -> int:
    """How many words ``text`` is for a reader, whatever its script.

    Where words are parted by spaces, whatever stands between two spaces counts, a lone dash too.
    """
    han, thai = len(_HAN.findall(text)), len(_THAI.findall(text))
    if not han and not thai:
        return len(text.split())
    rest = _THAI.sub(" ", _HAN.sub(" ", text)).split()
    spaced = sum(any(char.isalnum() for char in word) for word in rest)
    return spaced + -(-han // CHARS_PER_HAN_WORD) + -(-thai // CHARS_PER_THAI_WORD)


def is_rtl(text: str) -> bool:
    """Whether most letters of ``text`` run from right to left (Arabic, Hebrew, Syriac, N'Ko...).

    Counted over the letters, so that a Latin name at the start of an Arabic headline does not turn it.
    """
    kinds = [unicodedata.bidirectional(char) for char in islice(text, _SHOWN) if char.isalpha()]
    return 2 * sum(kind in _RTL for kind in kinds) > len(kinds)
