"""What a sentence says that can be new: a figure of its kind, an event, a name.

Word lists are English: in other languages only figures that stand next to the same noun are found, so
that fewer stories pass as updates, and none wrongly.
"""

from __future__ import annotations

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
_MOSTLY = 0.7  # of the longer words of a headline


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
    found = {_figure(one) for one in counted(text, reading.numbers) if one.toll or _unit(one.behind)}
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
