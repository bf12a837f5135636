"""How compose reads texts: with what other stages know of language, handed in by the pipeline.

Stages don't import each other; what one needs of another it is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from digest.model.news import Article


@dataclass(frozen=True, slots=True)
class Reading:
    """What the summarising stage knows of language.

    Attributes:
        sentences: An article's sentences that may be printed by themselves, in order, from its top.
        terms: A text's words of meaning, as stems.
        numbers: Every number of a text (digits and English words, scaled) with how it is written.
        names: The names in a text.
        leans: Whether a sentence leans on the one before it.
    """

    sentences: Callable[[Article], Sequence[str]]
    terms: Callable[[str], frozenset[str]]
    numbers: Callable[[str], Mapping[float, str]]
    names: Callable[[str], Sequence[str]]
    leans: Callable[[str], bool]


def lines_of(text: str) -> list[str]:
    """A text's sentences, roughly cut: enough to tell what stands in one of them."""
    return [line for line in re.split(r"(?<=[.!?])\s+|\n+", text) if line]
