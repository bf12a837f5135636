# ruff: noqa: RUF001 - typographic marks stand in its patterns
"""Does a summary say only what its sources say? Figures, names, quotations, yes and no.

The guard in front of every summary, whoever wrote it. It reads words, not meaning: each figure, name,
quotation and 'not' is looked up in the sources together with what stands around it there. What it passes
may still be wrong; how often, by kind of mistake, stands in docs/reference/summaries.md.
Sentences that stand in a source as they are need no check. Texts in scripts without capital letters are held
to their figures and quotations only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.summarise.check_figures import check_figures
from digest.summarise.check_names import check_names
from digest.summarise.check_polarity import check_polarity
from digest.summarise.check_quotations import check_quotations
from digest.summarise.claims import Claim, Ungrounded
from digest.summarise.passages import grounds, passage
from digest.summarise.sentences import sentences

__all__ = ["Claim", "Ungrounded", "ungrounded"]

MAX_CHARS = 20_000  # of each source that are looked at
MAX_SUMMARY = 2_000  # characters; a longer text is no summary, and is not let through

_ENGLISH = re.compile(r"\b(?:the|of|and|was|were|with|has|have|that|from|said|says)\b")
_BEFORE = "\n-*•‣▪|>.!?…:—–。！？؟।॥”’\"'»)]"  # what may stand before a sentence that is taken over whole


def ungrounded(summary: str, sources: Sequence[str], *, language: str = "") -> tuple[Ungrounded, ...]:
    """What ``summary`` claims and none of ``sources`` bears out, by kind: number, name, quotation, polarity.

    Args:
        summary: The text to be printed.
        sources: Title, dek and text of every telling.
        language: BCP 47 of the summary; "" when nobody knows.
    """
    cut = tuple(source[:MAX_CHARS] for source in sources)
    flat = ["\n".join(" ".join(block.split()) for block in source.split("\n\n")) for source in cut]
    if len(summary) > MAX_SUMMARY:
        return (Ungrounded(Claim.QUOTATION, summary[:40], "it is too long to be checked"),)
    lines = [line for line in sentences(summary, language) if not _taken_over(line, flat)]
    if not lines:
        return ()
    mine = [passage(line, language) for line in lines]
    theirs = grounds(cut, language)
    english = _is_english(summary, language)
    return (
        *check_figures(mine, theirs),
        *check_names(mine, theirs, language, english=english),
        *check_quotations(mine, cut),
        *(check_polarity(mine, theirs) if english else ()),
    )


def _taken_over(line: str, sources: Sequence[str]) -> bool:
    """Whether a source has this very sentence, from its beginning to its end."""
    for source in sources:
        at = source.find(line)
        while at >= 0:
            if not at or source[max(0, at - 2) : at].rstrip(" ")[-1:] in _BEFORE:
                return True
            at = source.find(line, at + 1)
    return False


def _is_english(text: str, language: str) -> bool:
    if language:
        return language.partition("-")[0].lower() == "en"
    return bool(_ENGLISH.search(text))
