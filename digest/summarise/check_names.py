# ruff: noqa: RUF001 - typographic marks stand in its patterns
"""Does each name stand in the sources, its words together as they have them?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from digest.summarise.abbreviations import word_set
from digest.summarise.claims import Claim, Ungrounded
from digest.summarise.name_words import CALENDAR, LONG_FORMS
from digest.summarise.naming import Name, alike, is_title, key_words, opener, ordinary, plain
from digest.summarise.passages import Grounds, Passage
from digest.summarise.quoting import quotations

_NOUNS_IN_CAPITALS = word_set("de lb nds gsw")  # there a single capitalised word is any noun
_MIN_STEM = 4
_MIN_ACRONYM = 2
_MARKS = "\"'“‘«„([ "  # may stand before the first word of a sentence


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    words: AbstractSet[str]  # every word of the sources, as names are compared
    starts: Mapping[str, Sequence[str]]  # by their first letters
    named: str  # the first letters of the words of each name, which an acronym may stand for
    written: str  # and of the words of each sentence
    acronyms: AbstractSet[str]
    before: Mapping[str, AbstractSet[str]]  # the words that stand before a word within names
    after: Mapping[str, AbstractSet[str]]


def check_names(
    summary: Sequence[Passage], grounds: Grounds, language: str, *, english: bool
) -> Iterator[Ungrounded]:
    """The names with a word that no source has, or with two that the sources only have in different names."""
    known = _known(grounds)
    alone = language.partition("-")[0].lower() not in _NOUNS_IN_CAPITALS
    for mine in summary:
        first = opener(mine.text) if english else None
        if first and not any(name.start <= first.start for name in mine.names) and not _kin(first, known):
            yield Ungrounded(Claim.NAME, first.text, "no source has this name")
        quoted = [(quote.start, quote.end) for quote in quotations(mine.text) if " " in quote.text]
        for name in mine.names:
            if any(start <= name.start < end for start, end in quoted):
                continue  # held to the word as a quotation
            if not alone and len(name.words) == 1 and not name.text.isupper():
                continue
            if not _stands(name, known, opens=not mine.text[: name.start].strip(_MARKS)):
                yield Ungrounded(Claim.NAME, name.text, "no source has this name")
            elif other := _mixed(name, known):
                yield Ungrounded(Claim.NAME, name.text, f"the sources have {other}")


@lru_cache(maxsize=32)
def _known(grounds: Grounds) -> _Known:
    words: set[str] = set()
    named: list[str] = []
    written: list[str] = []
    acronyms: set[str] = set()
    before: dict[str, set[str]] = defaultdict(set)
    after: dict[str, set[str]] = defaultdict(set)
    for one in grounds.passages:
        words.update(map(plain, one.words))
        words.update(part for word in one.words if "-" in word for part in word.split("-"))
        for name in one.names:
            words.update(name.words)
            acronyms.update(word for word in name.words if word.upper() in name.text)
            named.append("".join(word[0] for word in name.words))
            for left, right in zip(name.words, name.words[1:], strict=False):
                before[right].add(left)
                after[left].add(right)
        written.append("".join(word[0] for word in one.words))
    for long, short in LONG_FORMS:
        if short in words or set(long.split()) <= words:
            words.update((short, *long.split()))
    starts: dict[str, list[str]] = defaultdict(list)
    for word in words:
        starts[word[:_MIN_STEM]].append(word)
    return _Known(words, starts, " ".join(named), " ".join(written), acronyms, before, after)


def _stands(name: Name, known: _Known, *, opens: bool) -> bool:
    """Whether the sources have all of its words, in this form or another of the same name."""
    wanted = key_words(name)
    if opens and len(wanted) > 1 and ordinary(wanted[0]):
        wanted = wanted[1:]  # 'Drugmaker Holt': the capital is the sentence's
    missing = [
        word for word in wanted if not _word_stands(word, known) and not _stands_for(word, name, known)
    ]
    if not missing:
        return True
    spelled = "".join(word[0] for word in name.words)
    return any(
        len(short) > 1 and short in spelled and set(missing) <= set(name.words)
        for short in known.acronyms
        if len(short) == len(missing) or short == spelled
    )


def _stands_for(word: str, name: Name, known: _Known) -> bool:
    """Whether it is an acronym of something in the sources: of a name, or of three words and more."""
    short = word.replace(".", "")
    if word.upper() not in name.text or len(short) < _MIN_ACRONYM:
        return False
    return short in known.named or (len(short) > _MIN_ACRONYM and short in known.written)


def _kin(first: Name, known: _Known) -> bool:
    """Whether the sources have a word that begins like the one that opens a sentence."""
    return _word_stands(first.words[0], known) or bool(known.starts.get(first.words[0][:_MIN_STEM]))


def _word_stands(word: str, known: _Known) -> bool:
    if word in known.words:
        return True
    if any(alike(word, other) for other in known.starts.get(word[:_MIN_STEM], ())):
        return True
    parts = [part for part in word.replace("–", "-").split("-") if part]
    return len(parts) > 1 and all(part in known.words or plain(part) in known.words for part in parts)


def _mixed(name: Name, known: _Known) -> str:
    """What the sources have instead of two words that stand side by side: 'Ida Holt' for 'Nils Holt'.

    Only when both are always parts of other names: a word that also stands alone may be joined by anyone.
    """
    for left, right in zip(name.words, name.words[1:], strict=False):
        if _loose(left) or _loose(right) or right in known.after.get(left, ()):
            continue
        others, follow = _firm(known.before.get(right, set())), _firm(known.after.get(left, set()))
        if others and follow and name.words[-1] == right:
            return f"{others[0]} {right}".title()
    return ""


def _loose(word: str) -> bool:
    """Whether a word of a name may stand beside any other: a title, a day, a month."""
    return is_title(word) or word in CALENDAR


def _firm(words: AbstractSet[str]) -> list[str]:
    return sorted(word for word in words if not _loose(word))
