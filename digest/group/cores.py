"""What holds a story together: its centre, its side pieces, and the tellings far from it.

A day's largest event is told from many sides (victims, witnesses, causes), and a side piece is like no
other telling closely, though it shares with all of them what the event is about. So an article alone
joins a story of ten or more when it holds at least three of the story's central terms and is near its
centre. Articles that already make a story of two or more stay one: a neighbouring event has tellings
of its own.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

_LARGE = 10  # tellings from which a story draws side pieces in
_CENTRAL_SHARE = 0.2  # of the tellings that hold a term for it to be central
_CENTRAL_TERMS = 3
_NEAR = 0.1  # of a unit centre; vectors are shorter than 1, those of short items far shorter
_FEW = 3  # in fewer tellings none is the odd one out
_FAR = 0.5  # of the median closeness

Vector = Mapping[str, float]


def with_side_pieces(
    groups: Sequence[list[int]], vectors: Sequence[Vector], reachable: Callable[[int, int], bool]
) -> list[list[int]]:
    """``groups`` (lists of places in ``vectors``) after large ones took in their side pieces.

    The largest chooses first. ``reachable`` says whether two articles may be compared at all.
    """
    alone = {group[0] for group in groups if len(group) == 1}
    grown: dict[int, list[int]] = {}
    large = [number for number, group in enumerate(groups) if len(group) >= _LARGE]
    for number in sorted(large, key=lambda number: (-len(groups[number]), number)):
        core = groups[number]
        centre, central = _centre(core, vectors)
        joined = [
            at
            for at in sorted(alone)
            if sum(term in central for term in vectors[at]) >= _CENTRAL_TERMS
            and _dot(vectors[at], centre) >= _NEAR
            and any(reachable(at, member) for member in core)
        ]
        alone.difference_update(joined)
        grown[number] = sorted([*core, *joined])
    taken = {at for group in grown.values() for at in group}
    rest = [group for number, group in enumerate(groups) if number not in grown and group[0] not in taken]
    return sorted([*grown.values(), *rest])


def _centre(group: Sequence[int], vectors: Sequence[Vector]) -> tuple[dict[str, float], set[str]]:
    """The group's mean direction, as a vector of length 1, and its central terms."""
    spread = Counter(term for at in group for term in vectors[at])
    central = {term for term, count in spread.items() if count >= len(group) * _CENTRAL_SHARE}
    sums = _sum([vectors[at] for at in group])
    length = math.sqrt(math.fsum(value * value for value in sums.values())) or 1.0
    return {term: value / length for term, value in sums.items()}, central


def odd_ones(vectors: Sequence[Vector]) -> set[int]:
    """Places of the tellings far from the others, which never lead.

    Under half the median closeness; in a large story, which took days or many sides in, the less close half.
    """
    if len(vectors) < _FEW:
        return set()
    sums = _sum(vectors)
    closeness = [
        _dot(vector, sums) - math.fsum(value * value for value in vector.values()) for vector in vectors
    ]
    middle = sorted(closeness)[len(closeness) // 2]
    least = middle if len(vectors) >= _LARGE else middle * _FAR
    return {at for at, value in enumerate(closeness) if value < least}


def _sum(vectors: Sequence[Vector]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for vector in vectors:
        for term, value in vector.items():
            sums[term] = sums.get(term, 0.0) + value
    return sums


def _dot(first: Vector, second: Vector) -> float:
    return math.fsum(value * second.get(term, 0.0) for term, value in first.items())
