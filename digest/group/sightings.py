"""Where the terms of one theme were seen in one article, and where a pair's parts meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from digest.group.terms import Pair

TITLE, DEK, LEAD, REST = range(4)
WHERE = ("title", "dek", "text", "text")
PLACE_FACTOR = (2.0, 1.0, 1.0, 0.35)
_ACROSS = 1.5  # one part in the title, another in the dek or the lead
_OUTSIDE_TITLE = 0.7
_NEAR_WORDS = 20


@dataclass(slots=True)
class Seen:
    """One term: its positions in title, dek, lead and rest, and the forms met."""

    positions: tuple[list[int], list[int], list[int], list[int]] = field(
        default_factory=lambda: ([], [], [], [])
    )
    forms: dict[str, None] = field(default_factory=dict)

    @property
    def best(self) -> int:
        """The most telling place it stands at."""
        return next(place for place in range(4) if self.positions[place])

    @property
    def count(self) -> int:
        """How often it stands anywhere."""
        return sum(map(len, self.positions))


class Meeting(NamedTuple):
    """Where and how closely the parts of a pair meet; ``keys`` are the parts, topics last."""

    factor: float
    place: int
    keys: tuple[str, ...]
    topics: int


def _party(key: str) -> str:
    """A country, its leaders and its ministries are one party: keys are ``kind:party``."""
    return key.partition(":")[2]


def _complete(pair: Pair, places: Iterable[str], others: Iterable[str], topics: Iterable[str]) -> bool:
    first = {_party(key) for key in places}
    second = {_party(key) for key in others}
    if not first or (pair.topics and not any(True for _ in topics)):
        return False
    return not pair.others or (bool(second) and len(first | second) > 1)


def meet(pair: Pair, seen: Mapping[str, Seen]) -> Meeting | None:
    """The closest meeting of the pair's parts, or None."""
    places = sorted(pair.places & seen.keys())
    others = sorted(pair.others & seen.keys())
    topics = sorted(pair.topics & seen.keys())
    if not _complete(pair, places, others, topics):
        return None

    def at(keys: list[str], *where: int) -> list[str]:
        return [key for key in keys if any(seen[key].positions[place] for place in where)]

    top = [at(keys, TITLE, DEK, LEAD) for keys in (places, others, topics)]
    title = [at(keys, TITLE) for keys in (places, others, topics)]
    if _complete(pair, *title):
        return Meeting(PLACE_FACTOR[TITLE], TITLE, _members(title[0], title[1], top[2]), len(top[2]))
    if any(title) and _complete(pair, *top):
        return Meeting(_ACROSS, LEAD, _members(*top), len(top[2]))
    for where, factor in ((DEK, _OUTSIDE_TITLE), (LEAD, _OUTSIDE_TITLE), (REST, PLACE_FACTOR[REST])):
        here = [at(keys, where) for keys in (places, others, topics)]
        near = _near(here[0], here[1], here[2], seen, where)
        if _complete(pair, *near):
            return Meeting(factor, where, _members(*near), len(near[2]))
    return None


def _members(places: list[str], others: list[str], topics: list[str]) -> tuple[str, ...]:
    return (*dict.fromkeys([*places, *others]), *topics)


def _near(
    places: list[str], others: list[str], topics: list[str], seen: Mapping[str, Seen], where: int
) -> tuple[list[str], list[str], list[str]]:
    """Of each list, the terms that stand near one of the places."""

    def close(key: str) -> bool:
        return any(
            abs(here - there) <= _NEAR_WORDS
            for place in places
            if place != key
            for here in seen[key].positions[where]
            for there in seen[place].positions[where]
        )

    near_topics = [key for key in topics if close(key)]
    if not topics:
        return places, [key for key in others if close(key)], []
    anchored = [
        place
        for place in places
        if any(
            abs(here - there) <= _NEAR_WORDS
            for topic in near_topics
            for here in seen[topic].positions[where]
            for there in seen[place].positions[where]
        )
    ]
    return anchored, [key for key in others if close(key)], near_topics
