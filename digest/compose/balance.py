"""Ranked stories put in an order in which no outlet leads one story after the other."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Protocol, TypeVar

from digest.compose.rank import outlet_part
from digest.model.edition import RankPart
from digest.model.news import Story


class Ranked(Protocol):
    """What is put in order: see ``assemble``."""

    @property
    def story(self) -> Story:
        """The story itself."""

    @property
    def outlet(self) -> str:
        """The publisher family that leads it."""

    @property
    def order(self) -> tuple[bool, bool, float, float, str]:
        """What it is sorted by, the first two being its class: one class stands below all of another."""


Item = TypeVar("Item", bound=Ranked)


def balanced(every: Sequence[Item], add: Callable[[Item, RankPart], Item]) -> list[Item]:
    """The stories best first, each with the part that its outlet's stories above it cost it.

    Of each outlet and number of publishers only the best that is left can be next, so that a look at these
    settles each place.
    """
    above: Counter[str] = Counter()
    found: list[Item] = []
    for _, alike in groupby(sorted(every, key=lambda one: one.order), key=lambda one: one.order[:2]):
        queues: dict[tuple[str, int], deque[Item]] = {}
        for one in alike:
            queues.setdefault((one.outlet, len(one.story.publishers)), deque()).append(one)
        while queues:
            place = min(queues, key=lambda place: _next(queues[place][0], above))
            best = queues[place].popleft()
            if not queues[place]:
                del queues[place]
            found.append(add(best, outlet_part(best.story, above[best.outlet])))
            above[best.outlet] += 1
    return found


def _next(one: Ranked, above: Counter[str]) -> tuple[float, float, str]:
    """Sorts what stands next first."""
    _, _, rank, newest, key = one.order
    return round(rank - outlet_part(one.story, above[one.outlet]).value, 9), newest, key
