"""What holds a story together: its centre, its side pieces, and the tellings far from it.

A day's largest event is told from many sides (victims, witnesses, causes), and a side piece is like no
other telling closely, though it shares with all of them what the event is about. So an article alone
joins a story of ten or more when it holds at least three of the story's central terms, not all of them
such as are always in the news, is near its centre, and isn't about other countries alone. Articles that
already make a story of two or more stay one: a neighbouring event has tellings of its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from digest.group.bonds import Bonds
from digest.group.countries import Whereabouts
from digest.group.vectors import Floats, Ints, Vectors, offsets, spans

_LARGE = 10  # tellings from which a story draws side pieces in
_CENTRAL_SHARE = 0.2  # of the tellings that hold a term for it to be central
_CENTRAL_TERMS = 3
_NEAR = 0.1  # of a unit centre; vectors are shorter than 1, those of short items far shorter
_FEW = 3  # in fewer tellings none is the odd one out
_FAR = 0.5  # of the median closeness

Vector = Mapping[str, float]


def with_side_pieces(
    groups: Sequence[list[int]],
    vectors: Vectors,
    hours: Floats,
    where: Whereabouts,
    window_h: float,
    bonds: Bonds,
) -> list[list[int]]:
    """``groups`` (those of ``bonds``) after large ones took in their side pieces, which ``bonds`` allows.

    The largest chooses first. ``hours`` says when each article came out; nobody joins a story all of
    whose articles are more than ``window_h`` away.
    """
    large = [group for group in groups if len(group) >= _LARGE]
    alone = _Alone([group[0] for group in groups if len(group) == 1], vectors)
    for core in sorted(large, key=lambda group: (-len(group), group)):
        near = alone.side_pieces(core)
        for at in near[_gaps(hours[near], hours[core]) <= window_h].tolist():
            if bonds.may_join(at, core[0]) and not where.outside(at, core):
                bonds.join(at, core[0])
                alone.lose(at)
    return bonds.groups()


class _Alone:
    """The articles that are in no story yet, by the terms they hold."""

    def __init__(self, places: Sequence[int], vectors: Vectors) -> None:
        self._vectors = vectors
        self._alone = np.zeros(len(vectors), np.bool_)
        self._alone[places] = True
        rows = vectors.take(places)
        order = np.argsort(rows.ids, kind="stable")
        self._owners = np.repeat(np.array(places, np.int64), np.diff(rows.starts))[order]
        self._begins = offsets(np.bincount(rows.ids, minlength=len(vectors.terms)))

    def lose(self, place: int) -> None:
        """It is in a story now."""
        self._alone[place] = False

    def side_pieces(self, core: Sequence[int]) -> Ints:
        """Those that are about what the group ``core`` is about."""
        vectors = self._vectors
        told = vectors.take(core)
        held = np.bincount(told.ids, minlength=len(vectors.terms))
        central = np.flatnonzero(held >= len(core) * _CENTRAL_SHARE)
        hold = self._how_many(central) >= _CENTRAL_TERMS
        hold &= self._how_many(central[~vectors.common[central]]) > 0
        found = np.flatnonzero(hold & self._alone)
        centre = np.bincount(told.ids, told.weights, minlength=len(vectors.terms))
        length = math.sqrt(float(centre @ centre)) or 1.0
        rows = vectors.take(found.tolist())
        owners = np.repeat(np.arange(len(found)), np.diff(rows.starts))
        near = np.bincount(owners, rows.weights * centre[rows.ids], minlength=len(found))
        return found[near >= _NEAR * length]

    def _how_many(self, terms: Ints) -> Ints:
        """How many of ``terms`` each article holds."""
        places, _ = spans(self._begins[terms], self._begins[terms + 1])
        return np.bincount(self._owners[places], minlength=len(self._vectors))


def _gaps(hours: Floats, others: Floats) -> Floats:
    """How far each of ``hours`` is from the nearest of ``others``."""
    ordered = np.sort(others)
    after = np.minimum(np.searchsorted(ordered, hours), len(ordered) - 1)
    before = np.maximum(after - 1, 0)
    gaps: Floats = np.minimum(np.abs(ordered[after] - hours), np.abs(ordered[before] - hours))
    return gaps


def odd_ones(vectors: Sequence[Vector]) -> set[int]:
    """Places of the tellings far from the others, which never lead.

    Under half the median closeness; in a large story, which took days or many sides in, the less close half.
    """
    if len(vectors) < _FEW:
        return set()
    sums: dict[str, float] = {}
    for vector in vectors:
        for term, value in vector.items():
            sums[term] = sums.get(term, 0.0) + value
    closeness = [
        math.fsum(value * (sums[term] - value) for term, value in vector.items()) for vector in vectors
    ]
    middle = sorted(closeness)[len(closeness) // 2]
    least = middle if len(vectors) >= _LARGE else middle * _FAR
    return {at for at, value in enumerate(closeness) if value < least}
