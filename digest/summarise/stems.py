"""English stems. The library's stemmers keep the word they are at: threads can't share one unguarded."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock

import snowballstemmer

_ENGLISH = snowballstemmer.stemmer("english")
_turn = Lock()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a lower-case word; a word with other than ASCII letters as it stands."""
    if not word.isascii():
        return word
    with _turn:
        return str(_ENGLISH.stemWord(word))
