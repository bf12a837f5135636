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
        words: The same in order, as often as they stand there.
        numbers: Every number of a text (digits and English words, scaled) with how it is written.
        names: The names in a text.
        leans: Whether a sentence leans on the one before it.
    """

    sentences: Callable[[Article], Sequence[str]]
    terms: Callable[[str], frozenset[str]]
    words: Callable[[str], Sequence[str]]
    numbers: Callable[[str], Mapping[float, str]]
    names: Callable[[str], Sequence[str]]
    leans: Callable[[str], bool]


# A stop behind these ends no sentence: "on Oct. 7", "the No. 2 leader".
_SHORT = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|No|Mr|Mrs|Ms|Dr|St|Gen|Col|Lt|Maj|Capt|Sgt|Sen|Rep|Gov)\.$"
)


def lines_of(text: str) -> list[str]:
    """A text's sentences, roughly cut: enough to tell what stands in one of them."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        open_ended = False
        for line in re.split(r"(?<=[.!?])\s+", paragraph):
            if open_ended:
                lines[-1] = f"{lines[-1]} {line}"
            elif line:
                lines.append(line)
            open_ended = bool(_SHORT.search(line))
    return lines
