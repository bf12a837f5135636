"""A theme as grouping uses it: its terms, its pairs, its look. Made by ``theme_files``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from digest.model.edition import ThemeStyle

STRONG, MEDIUM, WEAK = 3.0, 1.5, 0.5
FOREIGN_WEIGHT = -MEDIUM  # what a foreign place takes away besides
WEIGHTS = {"strong": STRONG, "medium": MEDIUM, "weak": WEAK}


class Role(StrEnum):
    """What finding a term does."""

    SCORE = "score"  # adds its weight, or takes it away when the weight is negative
    MASK = "mask"  # a name-alike: the words it covers are not looked at again
    VETO = "veto"  # in the title or the lead, it ends the matter
    FOREIGN = "foreign"  # another region: takes away; in the title, it also halves the pairs
    TOPIC = "topic"  # counts only as a part of a pair
    SUPPORT = "support"  # a place that counts only as a part of a pair


@dataclass(frozen=True, slots=True)
class Term:
    """One idea and the forms it takes: a country with its people and its capital, or one phrase.

    A form written in small letters is found in any case; a word of it written with a capital is
    found with a capital only; an ``exact`` one letter by letter. ``key`` is unique in its theme.
    """

    key: str
    label: str
    forms: tuple[str, ...]
    weight: float = 0.0
    role: Role = Role.SCORE
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """Terms that mean something only together: a place and a topic, and maybe a second place.

    The members are keys of terms. ``others`` empty asks for no second place; a term never stands
    for both places. ``topics`` empty asks for no topic.
    """

    name: str
    weight: float
    places: frozenset[str]
    others: frozenset[str]
    topics: frozenset[str]
    needs_hard: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Theme:
    """One theme. Colours are #rrggbb. Compared by identity: its terms run to thousands.

    ``priority`` says where a story of two themes appears when it fits both equally: lowest first.
    """

    slug: str
    name: str
    colour: str
    colour_dark: str
    priority: int
    terms: tuple[Term, ...]
    pairs: tuple[Pair, ...] = ()
    hard: frozenset[str] = frozenset()  # keys of what makes news of its places its news
    soft: frozenset[str] = frozenset()  # keys of the topics it leaves to others
    roundups: frozenset[str] = frozenset()  # keys of what marks a round-up of many matters
    wider: frozenset[str] = frozenset()  # keys of matters of which the theme may be but an example
    rows: frozenset[str] = frozenset()  # keys of what it may be but the trigger or the setting of
    dealings: frozenset[str] = frozenset()  # keys of what alone is hard beside such a row
    asks_for_hard: bool = False  # whether a place with nothing hard beside it is doubtful

    @property
    def style(self) -> ThemeStyle:
        """What rendering needs."""
        return ThemeStyle(self.slug, self.name, self.colour, self.colour_dark)
