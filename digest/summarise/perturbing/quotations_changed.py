# ruff: noqa: RUF001 - typographic quotation marks are what is put in
"""Quotations made false: a word of one exchanged, or one made up."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from digest.summarise.perturbing.editing import replaced
from digest.summarise.quoting import quotations, words_of

_LONG_ENOUGH = 3  # words of a quotation that is altered
_FILLERS = ["yesterday", "quietly", "harbour", "seven", "window", "paper", "gladly", "winter"]
_MADE_UP = (
    "we have never seen anything like this winter",
    "there was simply nobody left to ask",
    "it will be finished when it is finished",
    "I told them so a year ago",
)


def altered(text: str, sources: Sequence[str], pick: random.Random) -> str | None:
    """A word of a quotation replaced, so that nobody said it so."""
    known = [f" {' '.join(words_of(source))} " for source in sources]
    found = [quote for quote in quotations(text) if len(words_of(quote.text)) >= _LONG_ENOUGH]
    found = [quote for quote in found if any(f" {' '.join(words_of(quote.text))} " in one for one in known)]
    if not found:
        return None
    quote = pick.choice(found)
    words = list(re.finditer(r"[\w’']+", quote.text))
    word = pick.choice(words)
    new = pick.choice([filler for filler in _FILLERS if filler != word.group().lower()])
    changed = replaced(quote.text, word.start(), word.end(), new)
    if any(f" {' '.join(words_of(changed))} " in one for one in known):
        return None
    return replaced(text, quote.start, quote.end, changed)


def invented(text: str, sources: Sequence[str], pick: random.Random) -> str | None:
    """A sentence added in which an official says what nobody said."""
    known = " ".join(words_of(" ".join(sources)))
    made = [quote for quote in _MADE_UP if " ".join(words_of(quote)) not in known]
    return f"{text} An official said: “{pick.choice(made)}.”" if made and text.strip() else None
