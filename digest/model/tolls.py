"""How many are dead, hurt, missing, held or driven out, as a sentence or a headline says it.

Word lists are English: in other languages nothing is a toll.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from math import inf
from operator import itemgetter
from typing import NamedTuple

Numbers = Callable[[str], Mapping[float, str]]
"""Every number of a text with how it is written."""

_TOLLS = {
    "dead": "dead die dies died death deaths kill kills killed killing fatalities toll bodies perished",
    "hurt": "hurt injured injuring injuries wounded wounding casualties",
    "missing": "missing unaccounted",
    "held": "arrested arrests detained hostages captives jailed prisoners",
    "driven out": "displaced homeless evacuated fled stranded",
}
_TOLL_OF = {word: name for name, line in _TOLLS.items() for word in line.split()}
_CLAUSE = re.compile(
    r",(?!\d{3}\b)|[;()\u2013\u2014\u2026]|(?<!\d):|:(?!\d)|\b(?:and|while|with|but|after|as|including)\b"
)
TOKEN = re.compile(r"\w+(?:[.,'\u2019-]\w+)*|%")
_MONTHS = frozenset({
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov",
    "dec",
})  # fmt: skip
_DAYS = frozenset({
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "today", "yesterday",
})  # fmt: skip
DATE_WORDS = _MONTHS | _DAYS
_LIVES = "lives"  # "12 lives", but "he lives in a town of 300"
# Behind a number, what it counts instead of people, however near it stands to a word that says of a toll.
_NO_PEOPLE = frozenset({
    "second", "seconds", "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "month",
    "months", "year", "years", "decade", "decades", "kilometre", "kilometres", "kilometer", "kilometers",
    "km", "mile", "miles", "metre", "metres", "meter", "meters", "feet", "ft", "strike", "strikes",
    "airstrike", "airstrikes", "attack", "attacks", "raid", "raids", "bombing", "bombings", "incident",
    "incidents", "clash", "clashes", "drone", "drones", "missile", "missiles", "rocket", "rockets", "shell",
    "shells", "bomb", "bombs", "shot", "shots", "round", "rounds", "town", "towns", "village", "villages",
    "city", "cities", "province", "provinces", "district", "districts", "country", "countries", "house",
    "houses", "home", "homes", "building", "buildings", "vehicle", "vehicles", "ship", "ships", "boat",
    "boats", "plane", "planes", "dollar", "dollars", "euro", "euros", "pound", "pounds", "percent", "%",
    "times",
})  # fmt: skip
_BEHIND = 2  # words behind a number in which what it counts stands: "40 air strikes"
# What it counts has ended before these: "kills 11 on boat".
_ENDS = frozenset({
    "in", "on", "at", "near", "over", "off", "after", "before", "of", "by", "from", "per", "when", "inside",
    "outside", "during", "across", "into", "to", "for", "under", "around", "since", "amid",
})  # fmt: skip
_RANKS = frozenset({"no", "number"})  # "the No. 2 leader killed"
_DYING = frozenset({"die", "dies", "died", "dead"})  # "dies at 90", but "toll put at 90"
_SENTENCED = frozenset({"jailed", "imprisoned", "sentenced"})  # "jailed for 12 for killing ..."
_BODIES = "bodies"  # of the dead, or of a ministry
_OF_THE_DEAD = frozenset({
    "found", "recovered", "pulled", "retrieved", "returned", "identified", "dug", "discovered", "exhumed",
    "of", "dead",
})  # fmt: skip
_MONEY = "$€£¥₹"
# "More than 70,000 people have been killed since the war began": of a war, not of the day.
_CUMULATIVE = re.compile(
    r"\bsince\b(?!\s+(?:dawn|midnight|noon|morning|last night|yesterday|today|\w+day\b))"
    r"|\b(?:so far this|over the (?:past|last)|in the (?:past|last)) (?:\w+ )?(?:week|month|year|decade)s?\b"
    r"|\bin all\b|\bsince the (?:war|conflict) began\b"
    r"|\b(?:in|of|during|throughout) the (?:\w+[ -])?(?:war|conflict|genocide)\b",
    re.IGNORECASE,
)
_NEAR = 5  # tokens between a number and the word that says of what
_YEARS = range(1900, 2101)


class Counted(NamedTuple):
    """A number that is no date; the kind of toll that it is, or ""; and the words ``behind`` it."""

    value: float
    written: str
    toll: str
    behind: tuple[str, ...]


def counted(text: str, numbers: Numbers) -> Iterator[Counted]:
    """What a sentence or a headline counts; of two numbers by one word of a toll only the nearer is one."""
    of_the_day = not _CUMULATIVE.search(text)
    for clause in _CLAUSE.split(text):
        low = [token.lower() for token in TOKEN.findall(clause)]
        tolls: dict[int, tuple[float, Counted]] = {}  # by the place of the word that tells of it
        for value, written in numbers(clause).items():
            at = _place(low, written.lower().split())
            if at is None or _is_date(low, at, value, written):
                continue
            size = len(written.split())
            one = Counted(value, written, "", tuple(low[at + size :]))
            if _counts_people(clause, low, at, value, written) and (toll := _toll(low, at, size)):
                place, distance = toll
                one = one._replace(toll=_TOLL_OF.get(low[place], "dead"))
                tolls[place] = min(tolls.get(place, (inf, one)), (distance, one), key=itemgetter(0))
            else:
                yield one
        if of_the_day:
            yield from (one for _, one in tolls.values())


def tolls(text: str, numbers: Numbers) -> dict[str, frozenset[float]]:
    """The tolls of each kind that a sentence or a headline tells."""
    found: dict[str, frozenset[float]] = {}
    for one in counted(text, numbers):
        if one.toll:
            found[one.toll] = found.get(one.toll, frozenset()) | {one.value}
    return found


def contradict(one: Mapping[str, frozenset[float]], other: Mapping[str, frozenset[float]]) -> bool:
    """Whether two sentences tell different tolls of one kind, and none alike."""
    return any(one[kind].isdisjoint(other[kind]) for kind in one.keys() & other.keys())


def _place(low: Sequence[str], written: Sequence[str]) -> int | None:
    for at in range(len(low)):
        if low[at : at + len(written)] == list(written):
            return at
    return None


def _is_date(low: Sequence[str], at: int, value: float, written: str) -> bool:
    beside = {*low[max(0, at - 1) : at], *low[at + 1 : at + 2]}
    year = value in _YEARS and len(written) == len("2026") and written.isdigit()
    return year or bool(beside & (DATE_WORDS | {"aged", "age"}))


def _counts_people(clause: str, low: Sequence[str], at: int, value: float, written: str) -> bool:
    """Whether a number could be of people: whole, no age, rank, money or years in prison."""
    before, earlier = (low[at - back] if at >= back else "" for back in (1, 2))
    return (
        value == int(value)
        and before not in _RANKS
        and not (before == "at" and "toll" not in low and not _DYING.isdisjoint(low))
        and not (before == "for" and earlier in _SENTENCED)
        and clause[max(0, clause.find(written) - 1) : clause.find(written)] not in tuple(_MONEY)
    )


def _toll(low: Sequence[str], at: int, size: int) -> tuple[int, float] | None:
    """Where the nearest word stands that makes a number a toll, and how far; of two as near the one after."""
    behind = low[at + size : at + size + _BEHIND]
    if _LIVES in behind:
        return at + size + behind.index(_LIVES), 1.0
    if not _NO_PEOPLE.isdisjoint(takewhile(lambda word: word not in _ENDS, behind)):
        return None
    of_the_dead = not _OF_THE_DEAD.isdisjoint(low)
    words = (
        (place, at - place + 0.5 if place < at else float(place - (at + size - 1)))
        for place, token in enumerate(low)
        if token in _TOLL_OF and (token != _BODIES or of_the_dead)
    )
    nearest = min(words, key=itemgetter(1), default=None)
    return nearest if nearest and nearest[1] <= _NEAR else None
