"""Likeness of articles, and linkage over it, on sparse data.

The likeness of two articles is the dot product of their vectors, less the share of it that rests on
a single term: ``dot x (1 - 1/n)``, where ``n`` is how many equal terms would be as spread out (the inverse
Simpson index of the terms' parts). One shared word, however rare, is no evidence (n = 1); two count half.
Only pairs within the time window that share terms are ever looked at, and only likenesses worth
having are kept; a pair that isn't kept counts as 0, which errs towards two stories instead of one.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

_FLOOR = 0.04
# Between average linkage (0) and the cosine of the groups' sums (1). The former breaks up a day's
# largest event, whose tellings differ; the latter draws in its neighbours.
_LENIENCE = 0.3
_COMMON_SHARE = 0.15  # terms in more of the articles than this find no candidates ...
_COMMON_LEAST = 400  # ... unless they are fewer than this: a day's largest event is in many of them

Likeness = dict[tuple[int, int], float]


def likenesses(vectors: Sequence[Mapping[str, float]], reach: Sequence[int]) -> Likeness:
    """Likeness of every i < j < reach[i], above the floor.

    The articles stand in order of time; ``reach[i]`` is the first one too late for ``i``.
    """
    total = len(vectors)
    common = max(_COMMON_LEAST, int(total * _COMMON_SHARE))
    owners: dict[str, list[int]] = {}
    for at, vector in enumerate(vectors):
        for term in vector:
            owners.setdefault(term, []).append(at)
    arrays: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]] = {
        term: (np.array(where, np.int64), np.array([vectors[at][term] for at in where]))
        for term, where in owners.items()
        if 1 < len(where) <= common
    }
    at_of = dict.fromkeys(arrays, 0)
    sums, squares = np.zeros(total), np.zeros(total)
    found: Likeness = {}
    for here, vector in enumerate(vectors):
        end = reach[here]
        for term, weight in vector.items():
            if term not in arrays:
                continue
            where, weights = arrays[term]
            at_of[term] += 1
            start = at_of[term]
            stop = int(np.searchsorted(where, end)) if end < total else len(where)
            if start < stop:
                others, parts = where[start:stop], weight * weights[start:stop]
                sums[others] += parts
                squares[others] += parts * parts
        span, square = sums[here + 1 : end], squares[here + 1 : end]
        near = np.flatnonzero(span >= _FLOOR)
        for offset, value in zip(near.tolist(), _spread_out(span[near], square[near]).tolist(), strict=True):
            if value >= _FLOOR:
                found[here, here + 1 + offset] = value
        span[:] = 0
        square[:] = 0
    return found


def _spread_out(dots: NDArray[np.float64], squares: NDArray[np.float64]) -> NDArray[np.float64]:
    """``dot x (1 - 1/n)`` with ``1/n = squares / dot ** 2``: see the module."""
    return dots - squares / dots


def likeness_of(parts: Sequence[float]) -> float:
    """The likeness of two articles from the parts that their shared terms have in the dot product."""
    dot = math.fsum(parts)
    return dot - math.fsum(part * part for part in parts) / dot if dot > 0 else 0.0


def average_linkage(count: int, likeness: Likeness, threshold: float) -> list[list[int]]:
    """Groups of 0..count-1: the closest two are joined while they are alike by ``threshold`` or more.

    Ties go to the earliest articles. Groups and their members come out in ascending order. ``likeness``
    is used up: on large batches two of them are too many.
    """
    members: dict[int, list[int]] = {at: [at] for at in range(count)}
    sums: list[dict[int, float]] = [{} for _ in range(count)]
    heap: list[tuple[float, int, int]] = []
    while likeness:
        (low, high), value = likeness.popitem()
        sums[low][high] = value
        sums[high][low] = value
        if value >= threshold:
            heap.append((-value, low, high))
    spread = [1.0] * count
    within = [0.0] * count

    def mean_of(low: int, high: int, value: float) -> float:
        return value / (spread[low] * spread[high])

    heapq.heapify(heap)
    while heap:
        negative, low, high = heapq.heappop(heap)
        if low not in members or high not in members:
            continue
        between = sums[low].get(high, 0.0)
        mean = mean_of(low, high, between)
        if mean != -negative:
            continue  # an older figure: the current one stands in the heap by itself
        _join(low, high, members, sums)
        within[low] += within[high] + between
        size = len(members[low])
        spread[low] = size ** (1 - _LENIENCE) * (size + 2 * within[low]) ** (_LENIENCE / 2)
        for other, value in sums[low].items():
            mean = mean_of(low, other, value)
            if mean >= threshold:
                heapq.heappush(heap, (-mean, min(low, other), max(low, other)))
    return sorted(sorted(group) for group in members.values())


def _join(low: int, high: int, members: dict[int, list[int]], sums: list[dict[int, float]]) -> None:
    """Makes ``high`` a part of ``low``."""
    members[low].extend(members.pop(high))
    for other, value in sums[high].items():
        del sums[other][high]
        if other != low:
            sums[low][other] = sums[low].get(other, 0.0) + value
            sums[other][low] = sums[low][other]
    sums[high] = {}


def scaled(likeness: Likeness, factor: Callable[[int, int], float]) -> Likeness:
    """The likenesses times ``factor(i, j)``, in place, less those that end up under the floor."""
    for pair in list(likeness):
        value = likeness[pair] * factor(*pair)
        if value < _FLOOR:
            del likeness[pair]
        else:
            likeness[pair] = value
    return likeness


def reaches(times: Sequence[float], window: float) -> list[int]:
    """For each of ascending ``times``, the first place more than ``window`` later."""
    return [int(at) for at in np.searchsorted(np.array(times), np.array(times) + window, side="right")]


def best_shared(
    first: Mapping[str, float], second: Mapping[str, float], most: int
) -> list[tuple[str, float]]:
    """The terms that make two vectors alike, strongest first."""
    shared: Iterable[tuple[str, float]] = (
        (term, weight * second[term]) for term, weight in first.items() if term in second
    )
    return sorted(shared, key=lambda pair: (-pair[1], pair[0]))[:most]
