"""Ranked stories put in an order in which no outlet leads one story after the other."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from digest.compose.rank import outlet_part
from digest.compose.ranked import Ranked


def balanced(every: Sequence[Ranked]) -> list[Ranked]:
    """The stories best first, each with the part that its outlet's stories above it cost it.

    Of each outlet and number of publishers only the best that is left can be next, so that a look at these
    settles each place.
    """
    above: Counter[str] = Counter()
    found: list[Ranked] = []
    for _, alike in groupby(sorted(every, key=lambda one: one.order), key=lambda one: one.order[:2]):
        queues: dict[tuple[str, int], deque[Ranked]] = {}
        for one in alike:
            queues.setdefault((one.outlet, len(one.story.publishers)), deque()).append(one)
        while queues:
            place = min(queues, key=lambda place: _next(queues[place][0], above))
            best = queues[place].popleft()
            if not queues[place]:
                del queues[place]
            part = outlet_part(best.story, above[best.outlet])
            found.append(replace(best, parts=(*best.parts, part)))
            above[best.outlet] += 1
    return found


def _next(one: Ranked, above: Counter[str]) -> tuple[float, float, str]:
    """Sorts what stands next first."""
    _, _, rank, newest, key = one.order
    return round(rank - outlet_part(one.story, above[one.outlet]).value, 9), newest, key
