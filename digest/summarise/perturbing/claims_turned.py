# ruff: noqa: RUF001 - typographic apostrophes stand in its patterns
"""Claims turned round: a 'not' put in or taken out, a word exchanged for its opposite."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from digest.summarise.abbreviations import word_set
from digest.summarise.passages import COMMON, stem
from digest.summarise.perturbing.editing import replaced, told
from digest.summarise.polarity import OPPOSITES, negates
from digest.summarise.quoting import quotations, words_of

_TO_BE = r"is|are|was|were|has|have|had|will|would|can|could|should|may|might|must|did|does|do"
_DROPPED = re.compile(
    rf"\b(?P<verb>{_TO_BE})(?:\s(?:not|never)\b|n['’]t\b)|\bnot\s(?=(?:to|be|the|a)\b)|\bnever\s(?=\w+ed\b)",
    re.IGNORECASE,
)
_NEGATABLE = re.compile(rf"\b(?:{_TO_BE})\b(?!\s(?:not|never|no)\b|n['’]t)(?=\s[a-z])")
_REGULAR = word_set(
    """
    accept accuse add advance agree allow announce approve arrest ask attack back block call cancel
    change claim confirm consider criticize decide declare defend demand deny deploy detain dismiss
    endorse expect express face fire follow impose introduce issue join kill launch lead name
    nominate offer order pass pledge praise promise propose protest question raise reach receive
    refuse reject release remove report request resign respond reveal sign suggest support suspend
    target testify threaten urge visit vote vow warn want
    """
)
_IRREGULAR = """
    said/say told/tell gave/give made/make won/win took/take met/meet began/begin found/find
    broke/break spoke/speak sent/send held/hold left/leave denied/deny testified/testify
"""
_PAST = {f"{base}{'d' if base.endswith('e') else 'ed'}": base for base in _REGULAR} | dict(
    pair.split("/") for pair in _IRREGULAR.split()
)
_PAST_VERB = re.compile(
    rf"(?<=[a-z]\s)(?:{'|'.join(sorted(_PAST))})(?=\s(?:the|a|an|that|on|to|his|her|its|for|it)\b)"
)


def _said(sources: Sequence[str]) -> tuple[set[str], set[str]]:
    """The stems of the sources' words, and of those that stand shortly after a 'not' or the like."""
    said: set[str] = set()
    denied: set[str] = set()
    for source in sources:
        words = words_of(source)
        said.update(map(stem, words))
        for place, word in enumerate(words):
            if negates(word):
                denied.update(map(stem, words[place + 1 : place + 5]))
    return said, denied


def negated(text: str, sources: Sequence[str], pick: random.Random) -> str | None:
    """A 'not' taken out where there is one, or else (and half the time anyhow) put in."""
    quoted = [(quote.start, quote.end) for quote in quotations(text)]
    plain_words, denied_words = _said(sources)

    def free(match: re.Match[str], known: AbstractSet[str], at: int) -> bool:
        near = [stem(word) for word in words_of(text[at : at + 60])[:3] if word not in COMMON]
        quoted_here = any(start <= match.start() < end for start, end in quoted)
        return not quoted_here and any(word in known for word in near)

    out = [match for match in _DROPPED.finditer(text) if free(match, denied_words, match.end())]
    into = [match for match in _NEGATABLE.finditer(text) if free(match, plain_words, match.end())]
    past = [match for match in _PAST_VERB.finditer(text) if free(match, plain_words, match.start())]
    if out and (pick.random() < 0.5 or not (into or past)):  # noqa: PLR2004 - half of them
        match = pick.choice(out)
        return replaced(text, match.start(), match.end(), match["verb"] or "")
    if not (into or past):
        return None
    match = pick.choice(into + past)
    base = _PAST.get(match.group())
    return replaced(text, match.start(), match.end(), f"did not {base}" if base else f"{match.group()} not")


def opposed(text: str, sources: Sequence[str], pick: random.Random) -> str | None:
    """A word exchanged for its opposite: rose, fell; more, less; before, after."""
    quoted = [(quote.start, quote.end) for quote in quotations(text)]
    said, _ = _said(sources)
    found = [
        (match, opposite)
        for match in re.finditer(r"(?<!-)\b[a-z]+\b(?!-)", text)
        for opposite in sorted(OPPOSITES.get(match.group(), ()))
        if stem(match.group()) in said and not any(start <= match.start() < end for start, end in quoted)
    ]
    pick.shuffle(found)
    for match, opposite in found:
        changed = replaced(text, match.start(), match.end(), opposite)
        if not told(changed, match.start(), match.start() + len(opposite), sources):
            return changed
    return None
