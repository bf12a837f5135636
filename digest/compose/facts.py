"""What a sentence says that can be new: a figure of its kind, an event, a name.

Word lists are English: in other languages only figures that stand next to the same noun are found, so
that fewer stories pass as updates, and none wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from digest.compose.reading import Reading
from digest.model.tolls import DATE_WORDS, TOKEN, Counted, counted


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


# Each line is one kind of event: what is told of it is told. Common words with a second sense are left out.
_EVENTS = """
    arrested arrest arrests detain detained detains custody
    charged indict indicted indicts indictment prosecuted
    convicted convict convicts sentenced jailed jails verdict guilty
    acquitted pardon pardoned pardons exonerated
    resigned resign resigns resignation quits
    sacked sacks ousted dismissed dismisses impeached toppled topples
    appointed appoint appoints inaugurated sworn
    died die dies dead death deaths kill killed kills killing
    signed signs signing
    approved approve approves ratified ratifies adopt adopted adopts
    rejected reject rejects veto vetoed vetoes
    agreed agree agrees agreement accord truce ceasefire
    collapsed collapse collapses
    struck strikes strike bomb bombed bombs bombing bombards shelled airstrike attacked attacks attack\
 raid raided raids
    launched launch launches
    seized seize seizes capture captured captures boarded overran
    retook retake retakes retaken recapture recaptured recaptures liberated
    released release releases freed frees
    rescued rescue rescues
    evacuated evacuate evacuates
    sank sinks capsized
    crashed crash crashes
    reopened reopen reopens resume resumed resumes
    closed closes shuts
    suspended suspend suspends halt halted halts
    banned ban bans outlawed
    sanctioned sanctions sanction
    lifted lifts eased eases
    withdrew withdraw withdraws withdrawn withdrawal retreats
    deployed deploy deploys
    surrendered surrender surrenders
    cancelled cancels scrap scrapped scraps
    postponed postpone postpones
    confessed admitted admits
    expelled expel expels deported
    recovered recovers
    exploded explode explosion blast
    dissolved dissolve dissolves
    ordered orders
    corrected corrects correction retracted retracts revised revises
"""
_STATEMENTS = """
    threatened threaten threatens threat
    warned warn warns warning
    condemned condemn condemns condemning
    urged urge urges
    demanded demand demands
    denied denies deny
    vowed vow vows pledge pledged pledges
    accused accuse accuses
    apologised apologise apologises apologized
"""
CORRECTION = "corrected"
# Behind these a thing is planned, feared or denied, and not done.
_NOT_DONE = frozenset(
    {
        *("to", "will", "would", "could", "can", "may", "might", "must", "should", "shall"),
        *("won't", "cannot", "not", "never", "be", "if", "unless", "or"),
    }
)
# Behind these a noun speaks of what is known: "the ceasefire", "since the attack", "their demands".
_KNOWN = frozenset(
    {
        *("the", "its", "his", "her", "their", "our", "your", "my", "this", "that", "these", "those"),
        *("during", "since", "after", "before", "despite", "amid", "under", "until", "following"),
    }
)
# Forms that can be no nouns, besides those in -ed.
_VERBS = frozenset(
    {
        *("struck", "overran", "retook", "retaken", "sank", "withdrew", "withdrawn", "sworn"),
        *("resign", "resigns", "die", "dies"),
    }
)
# Who is said to have been killed by these was attacked, in whatever words.
_WEAPONS = """
    drone drones missile missiles rocket rockets bomber gunman gunmen shelling warplanes shooting
"""
_ATTACK, _KILLED = "struck", frozenset({"died", "dead"})  # an event; an event and a toll
_WORDS = re.compile(r"\w+(?:[.,'\u2019-]\w+)*['\u2019]?")
_MOSTLY = 0.7  # of the longer words of a headline


def tolls(said: Iterable[Fact]) -> dict[str, float]:
    """The highest toll of each kind among the facts."""
    found: dict[str, float] = {}
    for fact in said:
        if fact.kind is Kind.TOLL:
            found[fact.what] = max(fact.value, found.get(fact.what, 0.0))
    return found


def facts(text: str, reading: Reading, *, told: bool = False) -> set[Fact]:
    """All that ``text`` (one sentence or a headline) says of these kinds.

    Of what was ``told`` any form of a word will do, so that a ban that was planned is known. New is only what
    is said to have been done, in a form that the lists have: "to seize", "the ceasefire" or "according to"
    say nothing of that.
    """
    stems = reading.terms(text)
    written = _said_done(text)
    found = {_figure(one) for one in counted(text, reading.numbers) if one.toll or _unit(one.behind)}
    for kind, lines in ((Kind.EVENT, _EVENTS), (Kind.STATEMENT, _STATEMENTS)):
        for name, written_so, forms in _stemmed(lines, reading):
            if forms & stems and (told or written_so & written):
                found.add(Fact(kind, name, said=name))
    if told and stems & reading.terms(_WEAPONS) and any(one.what in _KILLED for one in found):
        found.add(Fact(Kind.EVENT, _ATTACK, said=_ATTACK))
    if not _is_title_case(text):
        found |= {
            Fact(Kind.NAME, name.casefold(), said=name) for name in reading.names(text) if _is_name(name)
        }
    return found


def _said_done(text: str) -> set[str]:
    """The words of a text but for those that speak of what is planned or known."""
    words = _WORDS.findall(text.casefold().replace("\u2019", "'"))
    found = set()
    for at, word in enumerate(words):
        before = words[max(0, at - 2) : at]
        is_noun = not word.endswith("ed") and word not in _VERBS
        known = is_noun and any(one in _KNOWN or one.endswith(("'s", "s'")) for one in before)
        if not known and (not before or before[-1] not in _NOT_DONE):
            found.add(word.rstrip("'"))
    return found


@lru_cache(maxsize=8)
def _stemmed(lines: str, reading: Reading) -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
    """Of each line its name, its forms as they are written, and their stems."""
    return tuple(
        (line.split()[0], frozenset(line.split()), reading.terms(line))
        for line in lines.strip().splitlines()
        if line.strip()
    )


def _figure(one: Counted) -> Fact:
    if one.toll:
        return Fact(Kind.TOLL, one.toll, one.value, one.written)
    return Fact(Kind.FIGURE, _unit(one.behind), one.value, one.written)


def _unit(behind: Sequence[str]) -> str:
    """What is counted: the first plural in the three words after the number, or per cent."""
    for token in behind[:3]:
        if token in {"%", "percent", "per"}:
            return "%"
        if token == "people" or (token.endswith("s") and not token.endswith("ss") and len(token) > 3):  # noqa: PLR2004, S105 - "was", "its"
            return token
    return ""


def _is_name(name: str) -> bool:
    return len(name) > 3 and name.casefold() not in DATE_WORDS  # noqa: PLR2004 - "Mr", "UN"


def _is_title_case(text: str) -> bool:
    """Whether most words begin with a capital, so that capitals say nothing."""
    long: list[str] = [word for word in TOKEN.findall(text) if len(word) > 3]  # noqa: PLR2004 - small words are small anyway
    return sum(word[0].isupper() for word in long) > _MOSTLY * len(long)
