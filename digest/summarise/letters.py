"""What a letter is in any script, and which scripts set no spaces between words: parts of patterns."""

from __future__ import annotations

import re

# Signs set on letters, which \w leaves out.
_SIGNS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u1056-\u1059"
    "\u135d-\u135f\u17b4-\u17d3\u200c\u200d"
)
LETTER = rf"(?:[^\W_]|[{_SIGNS}])"
"""A letter or digit of any script, or a sign set on one."""

HAN = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""For a character class: Chinese and Japanese."""
THAI = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""For a character class: Thai, Lao, Burmese and Khmer."""

UNSPACED = re.compile(f"([{HAN}{THAI}])")
"""One character of a script that sets no spaces between words."""
