"""What a sentence says that can be new: a figure of its kind, an event, a name.

Word lists are English: in other languages only figures that stand next to the same noun are found, so
that fewer stories pass as updates, and none wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from math import inf
from operator import itemgetter

from digest.compose.reading import Reading


class Kind(StrEnum):
    """What kind of thing is said."""

    TOLL = "toll"  # so many dead, hurt, missing, held or driven out
    FIGURE = "figure"  # so many of anything else
    EVENT = "event"  # something was done
    STATEMENT = "statement"  # something was said: news only when somebody new says it
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Fact:
    """One such thing. ``what`` is its kind of figure or event, or the name; ``said`` how it is written."""

    kind: Kind
    what: str
    value: float = 0.0
    said: str = field(default="", compare=False)


_TOLLS = {
    "dead": "dead die dies died death deaths kill kills killed killing fatalities toll bodies perished",
    "hurt": "hurt injured injuring injuries wounded wounding casualties",
    "missing": "missing unaccounted",
    "held": "arrested arrests detained hostages captives jailed prisoners",
    "driven out": "displaced homeless evacuated fled stranded",
}
_TOLL_OF = {word: name for name, line in _TOLLS.items() for word in line.split()}
# Each line is one kind of event: what is told of it is told. Common words with a second sense are left out.
_EVENTS = """
    arrest arrested detained custody
    charged indicted indictment prosecuted
    convicted sentenced jailed verdict guilty
    acquitted pardoned exonerated
    resign resigned resignation quits
    sacked ousted dismissed impeached toppled
    appointed inaugurated sworn
    died dies dead death killed kills killing
    signed signs signing
    approved approves ratified ratifies adopted adopts
    rejected rejects vetoed vetoes
    agreed agrees agreement accord truce ceasefire
    collapsed collapses
    struck strikes strike bombed bombs bombing bombards shelled airstrike attacked attacks attack raid raided
    launched launches
    seized seizes captured captures boarded overran
    retook retakes retaken recaptured recaptures liberated
    released releases freed frees
    rescued rescues
    evacuated evacuates
    sank sinks capsized
    crashed crashes
    reopened reopens resumed resumes
    closed closes shuts
    suspended suspends halted halts
    banned bans outlawed
    sanctions sanctioned
    lifted lifts eased eases
    withdrew withdraws withdrawn withdrawal retreats
    deployed deploys
    surrendered surrenders
    cancelled cancels scrapped
    postponed postpones
    confessed admitted admits
    expelled expels deported
    recovered recovers
    exploded explosion blast
    dissolved dissolves
    ordered orders
    corrected corrects correction retracted retracts revised revises
"""
_STATEMENTS = """
    threatened threatens threat
    warned warns warning
    condemned condemns
    urged urges
    demanded demands
    denied denies
    vowed vows pledged pledges
    accused accuses
    apologised apologises apologized
"""
CORRECTION = "corrected"
_CLAUSE = re.compile(
    r",(?!\d{3}\b)|[;()\u2013\u2014\u2026]|(?<!\d):|:(?!\d)|\b(?:and|while|with|but|after|as|including)\b"
)
_TOKEN = re.compile(r"\w+(?:[.,'\u2019-]\w+)*|%")
_MONTHS = frozenset({
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov",
    "dec",
})  # fmt: skip
_DAYS = frozenset({
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "today", "yesterday",
})  # fmt: skip
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
    "boats", "plane", "planes", "dollar", "dollars", "euro", "euros", "pound", "pounds", "percent", "times",
})  # fmt: skip
_BEHIND = 2  # words behind a number in which what it counts stands: "40 air strikes"
# "More than 70,000 people have been killed since the war began": of a war, not of the day.
_CUMULATIVE = re.compile(
    r"\bsince\b(?!\s+(?:dawn|midnight|noon|morning|last night|yesterday|today|\w+day\b))"
    r"|\b(?:so far this|over the (?:past|last)|in the (?:past|last)) (?:\w+ )?(?:week|month|year|decade)s?\b"
    r"|\bin all\b|\bsince the (?:war|conflict) began\b",
    re.IGNORECASE,
)
_NEAR = 5  # tokens between a number and the word that says of what
_MOSTLY = 0.7
_YEARS = range(1900, 2101)


def tolls(said: Iterable[Fact]) -> dict[str, float]:
    """The highest toll of each kind among the facts."""
    found: dict[str, float] = {}
    for fact in said:
        if fact.kind is Kind.TOLL:
            found[fact.what] = max(fact.value, found.get(fact.what, 0.0))
    return found


def facts(text: str, reading: Reading) -> set[Fact]:
    """All that ``text`` (one sentence or a headline) says of these kinds."""
    stems = reading.terms(text)
    found = set(_figures(text, reading))
    for kind, lines in ((Kind.EVENT, _EVENTS), (Kind.STATEMENT, _STATEMENTS)):
        for name, forms in _stemmed(lines, reading):
            if forms & stems:
                found.add(Fact(kind, name, said=name))
    if not _is_title_case(text):
        found |= {
            Fact(Kind.NAME, name.casefold(), said=name) for name in reading.names(text) if _is_name(name)
        }
    return found


@lru_cache(maxsize=8)
def _stemmed(lines: str, reading: Reading) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple(
        (line.split()[0], reading.terms(line)) for line in lines.strip().splitlines() if line.strip()
    )


def _figures(text: str, reading: Reading) -> Iterator[Fact]:
    of_the_day = not _CUMULATIVE.search(text)
    for clause in _CLAUSE.split(text):
        low = [token.lower() for token in _TOKEN.findall(clause)]
        tolls: dict[int, tuple[float, Fact]] = {}  # by the place of the word that says of what
        for value, written in reading.numbers(clause).items():
            at = _place(low, written.lower().split())
            if at is None or _is_date(low, at, value, written):
                continue
            size = len(written.split())
            if toll := _toll(low, at, size):
                place, distance = toll
                fact = Fact(Kind.TOLL, _TOLL_OF.get(low[place], "dead"), value, written)
                tolls[place] = min(tolls.get(place, (inf, fact)), (distance, fact), key=itemgetter(0))
            elif unit := _unit(low, at + size):
                yield Fact(Kind.FIGURE, unit, value, written)
        if of_the_day:
            yield from (fact for _, fact in tolls.values())


def _place(low: Sequence[str], written: Sequence[str]) -> int | None:
    for at in range(len(low)):
        if low[at : at + len(written)] == list(written):
            return at
    return None


def _is_date(low: Sequence[str], at: int, value: float, written: str) -> bool:
    beside = {*low[max(0, at - 1) : at], *low[at + 1 : at + 2]}
    year = value in _YEARS and len(written) == len("2026") and written.isdigit()
    return year or bool(beside & (_MONTHS | _DAYS | {"aged", "age"}))


def _toll(low: Sequence[str], at: int, size: int) -> tuple[int, float] | None:
    """Where the nearest word stands that makes a number a toll, and how far; of two as near the one after."""
    behind = low[at + size : at + size + _BEHIND]
    if _LIVES in behind:
        return at + size + behind.index(_LIVES), 1.0
    if not _NO_PEOPLE.isdisjoint(behind):
        return None
    words = (
        (place, at - place + 0.5 if place < at else float(place - (at + size - 1)))
        for place, token in enumerate(low)
        if token in _TOLL_OF
    )
    nearest = min(words, key=itemgetter(1), default=None)
    return nearest if nearest and nearest[1] <= _NEAR else None


def _unit(low: Sequence[str], after: int) -> str:
    """What is counted: the first plural in the three words after the number, or per cent."""
    for token in low[after : after + 3]:
        if token in {"%", "percent", "per"}:
            return "%"
        if token == "people" or (token.endswith("s") and not token.endswith("ss") and len(token) > 3):  # noqa: PLR2004, S105 - "was", "its"
            return token
    return ""


def _is_name(name: str) -> bool:
    return len(name) > 3 and name.casefold() not in _MONTHS | _DAYS  # noqa: PLR2004 - "Mr", "UN"


def _is_title_case(text: str) -> bool:
    """Whether most words begin with a capital, so that capitals say nothing."""
    long: list[str] = [word for word in _TOKEN.findall(text) if len(word) > 3]  # noqa: PLR2004 - small words are small anyway
    return sum(word[0].isupper() for word in long) > _MOSTLY * len(long)
