# ruff: noqa: RUF001 - quotation marks and stops of many scripts stand in its patterns
"""Does a summary say only what its sources say? Figures, names and quotations, checked word by word.

The guard in front of every summary, whoever wrote it. It is strict in one direction: what it passes may
still be wrong (figures swapped between two names, a lost 'not'), what it stops is not in the sources.
Texts in scripts without capital letters are held to their figures and quotations only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from digest.summarise.abbreviations import STARTERS, word_set
from digest.summarise.sentences import sentences

MAX_CHARS = 20_000  # of each source and of the summary that are looked at


class Claim(StrEnum):
    """What kind of thing a source has to contain."""

    NUMBER = "number"
    NAME = "name"
    QUOTATION = "quotation"


@dataclass(frozen=True, slots=True)
class Ungrounded:
    """Something the summary says and no source does. ``text`` is as it stands in the summary."""

    kind: Claim
    text: str


_UNITS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: value for value, word in enumerate(_UNITS.split())} | {
    word: 10 * ten for ten, word in enumerate(_TENS.split(), 2)
}
_SCALE = {
    "hundred": 1e2,
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "millions": 1e6,
    "mn": 1e6,
    "m": 1e6,
    "billion": 1e9,
    "billions": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "trillion": 1e12,
    "tn": 1e12,
}
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<digits>\d[\d,]{0,30}(?:\.\d{1,20})?)(?:(?P<unit>bn|tn|mn|[kmb])\b)?(?:[\s-](?P<scale>[a-z]{2,9})\b)?",
    re.IGNORECASE,
)
_SPELLED = "|".join([*_SMALL, "hundred", "thousand", "million", "billion", "trillion"])
_IN_WORDS = re.compile(rf"\b(?:{_SPELLED})(?:[\s-](?:and\s)?(?:{_SPELLED})\b){{0,6}}\b", re.IGNORECASE)
_LOOSE = frozenset({"one", "zero"})  # far too common as ordinary words
_NAME = re.compile(r"[^\W\d_][\w’'.-]*")
_JOINING = word_set("of the de la le du von van der den al el bin ibn")
_QUOTED = re.compile('“([^”]{1,600})”|"([^"]{1,600})"|«([^»]{1,600})»|„([^“”]{1,600})[“”]|「([^」]{1,600})」')
_MIN_QUOTE = 2  # words; a single word in marks is often the writer's own irony, and checked as a word
_WORD = re.compile(r"\w+")


def ungrounded(summary: str, sources: Sequence[str], *, language: str = "") -> tuple[Ungrounded, ...]:
    """What ``summary`` claims and none of ``sources`` contains, in the order number, name, quotation.

    Args:
        summary: The text to be printed.
        sources: Title, dek and text of every telling.
        language: BCP 47 of the summary; a hint for finding its sentences.
    """
    text = summary[:MAX_CHARS]
    grounds = [source[:MAX_CHARS] for source in sources]
    return (*_numbers(text, grounds), *_names(text, grounds, language), *_quotations(text, grounds))


def numbers(text: str) -> dict[float, str]:
    """Every figure of ``text`` with how it is written, in digits or in English words, scaled ('5bn')."""
    found: dict[float, str] = {}
    for match in _NUMBER.finditer(text):
        value = float(match["digits"].replace(",", ""))
        unit = (match["unit"] or "").lower() or (match["scale"] or "").lower()
        written = match.group() if unit in _SCALE else match["digits"]
        found.setdefault(value * _SCALE.get(unit, 1.0), written)
    for match in _IN_WORDS.finditer(text):
        if (spelled := _spelled(match.group())) is not None:
            found.setdefault(spelled, match.group())
    return found


def _spelled(words: str) -> float | None:
    total, group = 0.0, 0.0
    parts = [part for part in re.split(r"[\s-]+", words.lower()) if part != "and"]
    if len(parts) == 1 and parts[0] in _LOOSE | _SCALE.keys():
        return None
    for part in parts:
        scale = _SCALE.get(part)
        if scale is None:
            group += float(_SMALL[part])
        elif part == "hundred":
            group = (group or 1.0) * scale
        else:
            total += (group or 1.0) * scale
            group = 0.0
    return total + group


def _numbers(text: str, grounds: Sequence[str]) -> Iterator[Ungrounded]:
    known = {value for ground in grounds for value in numbers(ground)}
    for value, written in numbers(text).items():
        if not any(abs(value - other) <= 1e-9 * max(1.0, abs(value)) for other in known):
            yield Ungrounded(Claim.NUMBER, written)


def _plain(word: str) -> str:
    return word.replace("’", "'").removesuffix("'s").rstrip("'.").lower()


def _names(text: str, grounds: Sequence[str], language: str) -> Iterator[Ungrounded]:
    """Names of which no source has all words, nor the sources together."""
    sources = [frozenset(_plain(word) for word in _NAME.findall(ground)) for ground in grounds]
    everything = frozenset().union(*sources)
    for name in names(text, language):
        parts = [_plain(part) for part in name.split()]
        wanted = [part for part in parts if part not in _JOINING]
        if not any(source.issuperset(wanted) for source in sources) and not everything.issuperset(wanted):
            yield Ungrounded(Claim.NAME, name)


def names(text: str, language: str = "") -> tuple[str, ...]:
    """The runs of capitalised words in ``text``, each once, in order.

    A single one that opens a sentence says nothing by its capital and is left out.
    """
    found: dict[str, None] = {}
    for sentence in sentences(text, language):
        run: list[str] = []
        words = [match.group().rstrip(".'’") for match in _NAME.finditer(sentence)] + [""]
        for position, word in enumerate(words):
            if word[:1].isupper() and not (position == 0 and _opens(word, words[1])):
                run.append(word)
            elif not (run and word in _JOINING):
                _keep(run, found)
                run = []
            else:
                run.append(word)
    return tuple(found)


def _opens(word: str, follower: str) -> bool:
    """Whether a sentence's first word is capitalised for that reason alone, as far as one can see."""
    plain = word[1:].islower() or len(word) == 1
    return plain and (not follower[:1].isupper() or word.lower() in STARTERS)


def _keep(run: list[str], found: dict[str, None]) -> None:
    while run and run[-1] in _JOINING:
        run.pop()
    if run:
        found.setdefault(" ".join(run))


def _quotations(text: str, grounds: Sequence[str]) -> Iterator[Ungrounded]:
    known = [" ".join(_WORD.findall(ground.lower().replace("’", "'"))) for ground in grounds]
    for match in _QUOTED.finditer(text):
        quoted = next(group for group in match.groups() if group is not None)
        words = _WORD.findall(quoted.lower().replace("’", "'"))
        wanted = " ".join(words)
        if len(words) >= _MIN_QUOTE and not any(f" {wanted} " in f" {ground} " for ground in known):
            yield Ungrounded(Claim.QUOTATION, quoted)
