"""Likeness of articles, and linkage over it, on sparse data.

The likeness of two articles is the dot product of their vectors, less the share of it that rests on
a single term: ``dot x (1 - 1/n)``, where ``n`` is how many equal terms would be as spread out (the inverse
Simpson index of the terms' parts). One shared word, however rare, is no evidence (n = 1); two count half.
Where both name something and nothing that both name is the same, it counts three quarters.
Only pairs within the time window that share a term which isn't in too many articles are ever looked at,
and only likenesses worth having are kept; a pair that isn't kept counts as 0, which errs towards two
stories instead of one.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digest.group.bonds import Bonds
from digest.group.vectors import Floats, Ints, Vectors, spans

_FLOOR = 0.04
_NO_SHARED_NAME = 0.75
# Between average linkage (0) and the cosine of the groups' sums (1). The former breaks up a day's
# largest event, whose tellings differ; the latter draws in its neighbours.
_LENIENCE = 0.35
_EVENT = 3  # tellings that make two groups events of their own, ...
_NEIGHBOURS = 0.85  # ... which are then this much less alike: a neighbouring event has tellings of its own
_AT_ONCE = 50_000  # pairs made objects of Python at a time: they are ten times as large
_COMMON_SHARE = 0.06  # terms in more of the articles than this find no candidates ...
_COMMON_LEAST = 400  # ... unless they are fewer than this: a day's largest event is in many of them

Damping = Callable[[int, Ints], Floats]


class Pairs(NamedTuple):
    """Pairs ``low[k] < high[k]`` with their likeness, in ascending order."""

    low: NDArray[np.int32]
    high: NDArray[np.int32]
    likeness: NDArray[np.float32]


def likenesses(vectors: Vectors, reach: Sequence[int], damping: Damping) -> Pairs:
    """Likeness of every i < j < reach[i], above the floor.

    The articles stand in order of time; ``reach[i]`` is the first one too late for ``i``, and never
    sinks. ``damping(i, others)`` says what is left of the likeness of ``i`` to each of ``others``.
    """
    postings = _Postings(vectors)
    measure = _Measure(vectors)
    lows, highs, values = [], [], []
    for here in range(len(vectors)):
        others, most = postings.candidates(here, reach[here])
        left = damping(here, others)
        hopeful = most * left >= _FLOOR
        others, left = others[hopeful], left[hopeful]
        found = measure.of(here, others) * left
        keep = found >= _FLOOR
        lows.append(np.full(np.count_nonzero(keep), here, np.int32))
        highs.append(others[keep].astype(np.int32))
        values.append(found[keep].astype(np.float32))
    if not lows:
        return Pairs(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.float32))
    return Pairs(np.concatenate(lows), np.concatenate(highs), np.concatenate(values))


class _Postings:
    """For each term the articles that have it, with a window over them that moves with the time."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors
        order = np.argsort(vectors.ids, kind="stable")
        self._owners = np.repeat(np.arange(len(vectors), dtype=np.int32), np.diff(vectors.starts))[order]
        self._weights = vectors.weights[order]
        spread = np.bincount(vectors.ids, minlength=len(vectors.terms))
        self._begins = np.cumsum(spread) - spread
        self._ends = self._begins.copy()
        self._reached = 0
        self._finds = spread <= max(_COMMON_LEAST, int(len(vectors) * _COMMON_SHARE))
        # How long the part of each vector is that finds nothing: the product is the most it can add.
        rest = np.where(self._finds[vectors.ids], 0.0, np.square(vectors.weights, dtype=np.float64))
        owners = np.repeat(np.arange(len(vectors)), np.diff(vectors.starts))
        self._rest = np.sqrt(np.bincount(owners, rest, minlength=len(vectors)))

    def candidates(self, here: int, end: int) -> tuple[Ints, Floats]:
        """The articles after ``here`` and before ``end`` that it may be like, and the most they can be.

        To be asked in order.
        """
        vectors = self._vectors
        for late in range(self._reached, end):
            self._ends[vectors.ids[vectors.starts[late] : vectors.starts[late + 1]]] += 1
        self._reached = max(self._reached, end)
        part = slice(vectors.starts[here], vectors.starts[here + 1])
        self._begins[vectors.ids[part]] += 1
        finding = self._finds[vectors.ids[part]]
        ids, weights = vectors.ids[part][finding], vectors.weights[part][finding]
        places, lengths = spans(self._begins[ids], self._ends[ids])
        if not len(places):
            return np.zeros(0, np.int64), np.zeros(0)
        parts = np.repeat(weights, lengths) * self._weights[places]
        most = np.bincount(self._owners[places] - (here + 1), parts)
        found = np.flatnonzero(most)
        most = most[found] + self._rest[here] * self._rest[found + here + 1]
        return found + here + 1, most


class _Measure:
    """The likeness of one article to others, over all their terms."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors
        self._own = np.zeros(len(vectors.terms))
        owners = np.repeat(np.arange(len(vectors)), np.diff(vectors.starts))
        self._has_name = np.bincount(owners, vectors.named[vectors.ids], minlength=len(vectors)) > 0

    def of(self, here: int, others: Ints) -> Floats:
        """The likeness of ``here`` to each of ``others``."""
        vectors, own = self._vectors, self._own
        part = slice(vectors.starts[here], vectors.starts[here + 1])
        own[vectors.ids[part]] = vectors.weights[part]
        places, lengths = spans(vectors.starts[others], vectors.starts[others + 1])
        ids = vectors.ids[places]
        parts = own[ids] * vectors.weights[places]
        own[vectors.ids[part]] = 0.0
        owners = np.repeat(np.arange(len(others)), lengths)
        dots = np.bincount(owners, parts, minlength=len(others))
        squares = np.bincount(owners, parts * parts, minlength=len(others))
        names = np.bincount(owners, (parts > 0) & vectors.named[ids], minlength=len(others))
        found = np.maximum(dots - squares / np.maximum(dots, 1e-9), 0.0)
        nameless = (names == 0) & self._has_name[others] & self._has_name[here]
        return np.where(nameless, found * _NO_SHARED_NAME, found)


def likenesses_of_first(vectors: Vectors) -> Floats:
    """The likeness of the first of ``vectors`` to each of the others, in their order."""
    return _Measure(vectors).of(0, np.arange(1, len(vectors)))


def linked(pairs: Pairs, threshold: float, bonds: Bonds) -> list[list[int]]:
    """The groups of ``bonds`` after the closest of their articles were joined, while alike by ``threshold``.

    Ties go to the earliest articles. An article that is alike to no other by ``threshold`` stays alone.
    The articles of a group that ``bonds`` has already are compared each by itself, so that a newcomer need
    be like one of them only; they come out as one.
    """
    clusters = _Clusters(pairs, threshold)
    heap = clusters.closest()
    heapq.heapify(heap)
    while heap:
        negative, low, high = heapq.heappop(heap)
        if clusters.mean(low, high) != -negative or not bonds.may_join(low, high):
            continue  # an older figure, whose current one stands in the heap by itself; or ruled out
        bonds.join(low, high)
        for pair in clusters.join(low, high):
            heapq.heappush(heap, pair)
    return bonds.groups()


class _Clusters:
    """What is alike so far: for each cluster, by its earliest article, the summed likeness to others."""

    def __init__(self, pairs: Pairs, threshold: float) -> None:
        self._threshold = threshold
        near = pairs.likeness >= threshold
        living = np.union1d(pairs.low[near], pairs.high[near])
        kept = np.isin(pairs.low, living) & np.isin(pairs.high, living)
        self._sums: dict[int, dict[int, float]] = {at: {} for at in living.tolist()}
        same = {at: at for at in self._sums}  # one object for a number, or a million pairs make two million
        self._size = dict.fromkeys(self._sums, 1)
        self._spread = dict.fromkeys(self._sums, 1.0)
        self._within = dict.fromkeys(self._sums, 0.0)
        for places in np.array_split(np.flatnonzero(kept), 1 + len(kept) // _AT_ONCE):
            columns = (column[places].tolist() for column in pairs)
            for one, other, value in zip(*columns, strict=True):
                low, high = same[one], same[other]
                self._sums[low][high] = self._sums[high][low] = value

    def closest(self) -> list[tuple[float, int, int]]:
        """The pairs worth joining, for a heap."""
        return [pair for low in self._sums for pair in self._worth(low) if pair[1] == low]

    def mean(self, low: int, high: int) -> float:
        """How alike two clusters are; 0 where either has gone into another."""
        value = self._sums.get(low, {}).get(high, 0.0) / (self._spread[low] * self._spread[high])
        return value * _NEIGHBOURS if min(self._size[low], self._size[high]) >= _EVENT else value

    def join(self, low: int, high: int) -> list[tuple[float, int, int]]:
        """Makes ``high`` a part of ``low``, and tells the pairs of it worth joining."""
        mine = self._sums[low]
        self._within[low] += self._within[high] + mine.get(high, 0.0)
        self._size[low] += self._size[high]
        for other, value in self._sums.pop(high).items():
            del self._sums[other][high]
            if other != low:
                mine[other] = self._sums[other][low] = mine.get(other, 0.0) + value
        size = self._size[low]
        self._spread[low] = size ** (1 - _LENIENCE) * (size + 2 * self._within[low]) ** (_LENIENCE / 2)
        return list(self._worth(low))

    def _worth(self, cluster: int) -> Iterator[tuple[float, int, int]]:
        for other in self._sums[cluster]:
            mean = self.mean(cluster, other)
            if mean >= self._threshold:
                yield -mean, min(cluster, other), max(cluster, other)


def reaches(hours: Floats, window_h: float) -> list[int]:
    """For each of ascending ``hours``, the first place more than a window later."""
    return [int(at) for at in np.searchsorted(hours, hours + window_h, side="right")]


def best_shared(first: Mapping[str, float], second: Mapping[str, float]) -> list[tuple[str, float]]:
    """The terms that two vectors share with their parts of the dot product, strongest first."""
    shared = ((term, weight * second[term]) for term, weight in first.items() if term in second)
    return sorted(shared, key=lambda pair: (-pair[1], pair[0]))
