"""Sentences by which an article says of itself that software wrote it.

An article about AI says such things of others all the time; so a sentence counts only if it speaks
of itself ("this article", "our summary") or is nothing but a label ("AI-generated content").
"""

from __future__ import annotations

import re
from itertools import pairwise

from digest.gather.phrases import AI_CAVEAT, AI_ELSEWHERE, AI_LABEL, AI_SENTENCE, OF_OTHERS

MAX_NOTICE_WORDS = 90  # a longer paragraph is about AI, not a notice
MAX_LABEL_WORDS = 9

_SPLIT = re.compile(
    "(?<=[.!?\u3002\uff01\uff1f])[\"'\u201d\u2019)\\]]*\\s*"
    "(?=[A-Z\"'\u201c\u2018(\\[\u00c0-\u00de\u0410-\u042f\u3040-\u30ff\u4e00-\u9fff])"
)
_PROVENANCE_TYPES = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia")


def says_ai_made_it(sentence: str) -> bool:
    """Whether one sentence says, of the article it stands in, that AI had a hand in it."""
    if AI_ELSEWHERE.search(sentence):
        return True
    if len(sentence.split()) <= MAX_LABEL_WORDS and AI_LABEL.match(sentence):
        return True
    found = AI_SENTENCE.match(sentence)
    return bool(found) and not OF_OTHERS.search(sentence)


def notice_span(paragraph: str) -> tuple[int, int]:
    """Where in ``paragraph`` the notice stands: the sentence and the caveats around it; (0, 0) if nowhere."""
    if len(paragraph) > 20_000:  # noqa: PLR2004 - no paragraph that long is a notice, and patterns cost time
        return 0, 0
    bounds = _sentences(paragraph)
    hits = [number for number, (start, end) in enumerate(bounds) if says_ai_made_it(paragraph[start:end])]
    if not hits:
        return 0, 0
    first, last = hits[0], hits[-1]
    if sum(len(paragraph[s:e].split()) for s, e in bounds[first : last + 1]) > MAX_NOTICE_WORDS:
        return 0, 0
    while last + 1 < len(bounds) and AI_CAVEAT.search(paragraph[slice(*bounds[last + 1])]):
        last += 1
    while first > 0 and _is_preface(paragraph[slice(*bounds[first - 1])]):
        first -= 1
    return bounds[first][0], bounds[last][1]


def notice_in(text: str) -> str:
    """The notice that ``text`` consists of or holds; "" if none."""
    if len(text.split()) > MAX_NOTICE_WORDS * 2:
        return ""
    start, end = notice_span(text)
    return text[start:end].strip()


def declared(source_type: str) -> str:
    """A page's machine-readable word on itself (IPTC digitalSourceType) as a notice; "" if it is another."""
    name = source_type.rstrip("/").rpartition("/")[2]
    return f"digitalSourceType: {name}" if name in _PROVENANCE_TYPES else ""


def _is_preface(sentence: str) -> bool:
    return len(sentence.split()) <= 3 and sentence.rstrip().endswith(("note.", "Disclaimer.", "Disclosure."))  # noqa: PLR2004


def _sentences(text: str) -> list[tuple[int, int]]:
    """Bounds of the sentences of ``text``, roughly: enough to tell a notice from its neighbours."""
    cuts = [0, *(found.end() for found in _SPLIT.finditer(text)), len(text)]
    return [(start, end) for start, end in pairwise(cuts) if start < end]
