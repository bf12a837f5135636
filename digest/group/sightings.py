"""Where the terms of one theme were seen in one article, and where a pair's parts meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from digest.group.terms import Pair

TITLE, DEK, LEAD, REST = range(4)
WHERE = ("title", "dek", "text", "text")
PLACE_FACTOR = (2.0, 1.0, 1.0, 0.35)
_ACROSS = 1.5  # a place in the title, another part in the dek or the lead; a topic alone there says less
_OUTSIDE_TITLE = 0.7
_NEAR_WORDS = 20


@dataclass(slots=True)
class Seen:
    """One term: its positions in title, dek, lead and rest, and the forms met."""

    positions: tuple[list[int], list[int], list[int], list[int]] = field(
        default_factory=lambda: ([], [], [], [])
    )
    forms: dict[str, None] = field(default_factory=dict)

    def titled(self) -> Seen:
        """The same with nothing but the title."""
        return Seen((self.positions[TITLE], [], [], []), self.forms)

    @property
    def best(self) -> int:
        """The most telling place it stands at."""
        title, dek, lead, _ = self.positions
        return TITLE if title else DEK if dek else LEAD if lead else REST

    @property
    def count(self) -> int:
        """How often it stands anywhere."""
        return sum(map(len, self.positions))


class Meeting(NamedTuple):
    """Where and how closely the parts of a pair meet; ``keys`` are the parts, topics last.

    ``titled``: a place of it stands in the title.
    """

    factor: float
    place: int
    keys: tuple[str, ...]
    topics: int
    titled: bool = False


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
    # Over what was seen, which is little, not over the pair, which may hold thousands.
    places = sorted(key for key in seen if key in pair.places)
    if not places:
        return None
    others = sorted(key for key in seen if key in pair.others)
    topics = sorted(key for key in seen if key in pair.topics)
    if not _complete(pair, places, others, topics):
        return None

    def at(keys: list[str], *where: int) -> list[str]:
        return [key for key in keys if any(seen[key].positions[place] for place in where)]

    top = [at(keys, TITLE, DEK, LEAD) for keys in (places, others, topics)]
    title = [at(keys, TITLE) for keys in (places, others, topics)]
    if _complete(pair, *title):
        keys = _members(title[0], title[1], top[2])
        return Meeting(PLACE_FACTOR[TITLE], TITLE, keys, len(top[2]), titled=True)
    if any(title) and _complete(pair, *top):
        named = bool(title[0])
        factor = _ACROSS if named else PLACE_FACTOR[LEAD]
        return Meeting(factor, LEAD, _members(*top), len(top[2]), titled=named)
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

    def near(key: str, other: str) -> bool:
        return _meet(seen[key].positions[where], seen[other].positions[where])

    def close(key: str) -> bool:
        return any(near(key, place) for place in places if place != key)

    near_topics = [key for key in topics if close(key)]
    if not topics:
        return places, [key for key in others if close(key)], []
    anchored = [place for place in places if any(near(topic, place) for topic in near_topics)]
    return anchored, [key for key in others if close(key)], near_topics


def _meet(some: Sequence[int], others: Sequence[int]) -> bool:
    """Whether one of each stands near the other; both ascend, so that one walk along them tells."""
    at = 0
    for here in some:
        while at < len(others) and others[at] < here - _NEAR_WORDS:
            at += 1
        if at < len(others) and others[at] <= here + _NEAR_WORDS:
            return True
    return False
