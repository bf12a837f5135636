"""Names made false: invented, or exchanged for another of the sources."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from digest.summarise.abbreviations import word_set
from digest.summarise.name_words import CALENDAR
from digest.summarise.naming import WORD, Name, in_sentence, key_words, located, plain
from digest.summarise.perturbing.editing import replaced, told

_HEADLINE = 0.6  # of the longer words in capitals
_PEOPLE = "Oskar Lindqvist/Marta Velloso/Tobias Hartwell/Ingrid Solheim/Davit Berulava/Noor Al-Hakim"
_PLACES = "Velden/Karsholm/Orvalia/Port Ellery/Tirvania/Lake Ondara/Hestmark/Brennick"
_DAYS = word_set("monday tuesday wednesday thursday friday saturday sunday")


def _namings(text: str) -> list[Name]:
    """The names of a text, those of headlines in capitals left out: there every word looks like one."""
    found = []
    for offset, sentence in located(text, ""):
        long = list(re.findall(r"[^\W\d_]{4,}", sentence))
        if sum(word[0].isupper() for word in long) <= _HEADLINE * len(long):
            found += [
                Name(name.text, name.start + offset, name.end + offset, name.words)
                for name in in_sentence(sentence)
                if key_words(name) and "-" not in name.text
            ]
    return found


def _borne_out(name: Name, sources: Sequence[str]) -> bool:
    known = {plain(word) for source in sources for word in WORD.findall(source)}
    return known.issuperset(name.words)


def invented(text: str, sources: Sequence[str], pick: random.Random) -> str | None:
    """A name replaced by one that nobody has."""
    found = [name for name in _namings(text) if _borne_out(name, sources)]
    known = " ".join(sources).lower()
    made = [name for name in f"{_PEOPLE}/{_PLACES}".split("/") if name.lower().split()[-1] not in known]
    if not found or not made:
        return None
    name = pick.choice(found)
    fitting = [one for one in made if (" " in one) == (" " in name.text)] or made
    return replaced(text, name.start, name.end, pick.choice(fitting))


def swapped(text: str, sources: Sequence[str], pick: random.Random) -> str | None:
    """A name replaced by another that the sources have, elsewhere."""
    mine = [name for name in _namings(text) if _borne_out(name, sources)]
    theirs = {name.text: name for source in sources for name in _namings(source)}
    whole = [set(name.words) for name in theirs.values()]
    options = [
        (old, new)
        for old in mine
        for new in theirs.values()
        if _confusable(old, new)
        and not any(one & set(key_words(old)) and one & set(key_words(new)) for one in whole)
    ]
    pick.shuffle(options)
    for old, new in options:
        changed = replaced(text, old.start, old.end, new.text)
        beside = text[max(0, old.start - 5) : old.start] + text[old.end : old.end + 5]
        joined = " and " in beside or "," in beside or "(" in beside  # 'Holt and Brandt' is 'Brandt and Holt'
        if not joined and not told(changed, old.start, old.start + len(new.text), sources):
            return changed
    return None


def _confusable(old: Name, new: Name) -> bool:
    """Whether the one could stand for the other: both days, both months or neither, and no word in common."""
    mine, theirs = set(key_words(old)), set(key_words(new))
    return (
        all(bool(mine & kind) == bool(theirs & kind) for kind in (_DAYS, CALENDAR - _DAYS))
        and not {word[:4] for word in mine} & {word[:4] for word in theirs}
        and not _initials(old, new)
        and not _initials(new, old)
    )


def _initials(short: Name, long: Name) -> bool:
    return "".join(word[0] for word in long.words).startswith(short.text.replace(".", "").lower())
