"""Near-duplicates: wire copies, truncated and lightly edited repeats of one text.

Two texts are copies when the shorter has at least half of its five-word runs in the longer
(containment, not Jaccard: a cut copy shares all of its own runs and few of the whole's). Runs that
one publisher prints under three or more of its articles are its furniture and don't count.
Everything is done on sorted integer arrays, so that cost grows with the words, not with the pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from digest.group.text import fold, words
from digest.group.vectors import offsets
from digest.model.news import Article

_RUN = 5
_FEWEST_RUNS = 6  # below this a text is a phrase, and only the same phrase is a copy
_FURNITURE = 3
_SHORT_TEXT_WORDS = 40
_PART_RUNS = 500_000  # sorted at a time
_MOST_SHARERS = 80  # a run in more texts than this says nothing about any two of them
_ROOTS = np.array(
    [6364136223846793005, 2862933555777941757, 3202034522624059733, 3935559000370003845, 1], np.uint64
)

_Ints = NDArray[np.int64]
_Runs = NDArray[np.uint64]


def copy_pairs(articles: Sequence[Article], containment: float) -> dict[tuple[int, int], float]:
    """Pairs (i, j), i < j, of articles that are copies of one another, and their containment."""
    runs, begins = _runs(articles)
    families: dict[str, int] = {}
    family = np.array([families.setdefault(article.family, len(families)) for article in articles], np.int64)
    sizes = np.zeros(len(articles), np.int64)
    met: list[_Ints] = []
    shared: list[_Ints] = []
    for places in _parts(runs):
        order = places[np.argsort(runs[places], kind="stable")]
        owners = np.searchsorted(begins, order, side="right") - 1
        kept, whose = _without_furniture(runs[order], owners, family)
        sizes += np.bincount(whose, minlength=len(articles))
        pairs, counts = _meetings(kept, whose, len(articles))
        met.append(pairs)
        shared.append(counts)
    return _contained(met, shared, sizes, containment)


def _tokens(article: Article) -> list[str]:
    """The words to compare; a short text needs its headline, or any two stubs would be copies."""
    tokens = words(fold(article.text).lower())
    if len(tokens) < _SHORT_TEXT_WORDS:
        tokens = words(fold(f"{article.title}\n{article.dek}\n{article.text}").lower())
    return tokens


def _runs(articles: Sequence[Article]) -> tuple[_Runs, _Ints]:
    """All five-word runs as numbers, each once per article, and where each article's begin."""
    numbers: dict[str, int] = {}
    found: list[_Runs] = []
    for article in articles:
        tokens = _tokens(article)
        ids = np.array([numbers.setdefault(token, len(numbers) + 1) for token in tokens], np.uint64)
        if len(ids) < _RUN:
            found.append(np.zeros(0, np.uint64))
            continue
        windows = np.lib.stride_tricks.sliding_window_view(ids, _RUN)
        mixed = np.zeros(len(windows), np.uint64)
        for column in range(_RUN):
            mixed = (mixed ^ windows[:, column]) * _ROOTS[column]
            mixed ^= mixed >> np.uint64(29)
        found.append(np.unique(mixed))
    begins = offsets(np.array([len(runs) for runs in found], np.int64))
    whole = np.empty(begins[-1], np.uint64)
    for at in range(len(found)):
        whole[begins[at] : begins[at + 1]] = found[at]
        found[at] = whole[:0]  # or all of them would be held twice
    return whole, begins


def _parts(runs: _Runs) -> Iterator[_Ints]:
    """The places of the runs in parts that hold all equal ones, so that sorting them needs little memory."""
    count = min(-(-len(runs) // _PART_RUNS), 256)
    part = np.zeros(len(runs), np.uint8)
    for begin in range(0, len(runs), _PART_RUNS):
        chunk = slice(begin, begin + _PART_RUNS)
        part[chunk] = runs[chunk] % np.uint64(count)
    for number in range(count):
        yield np.flatnonzero(part == number)


def _without_furniture(runs: _Runs, owners: _Ints, family: _Ints) -> tuple[_Runs, _Ints]:
    """The runs that no publisher prints under three or more articles."""
    their = family[owners]
    order = np.lexsort((their, runs))
    by_run, by_family = runs[order], their[order]
    new = np.ones(runs.size, bool)
    new[1:] = (by_run[1:] != by_run[:-1]) | (by_family[1:] != by_family[:-1])
    starts = np.flatnonzero(new)
    counts = np.diff(np.append(starts, runs.size))
    furniture = np.unique(by_run[starts[counts >= _FURNITURE]])
    if not furniture.size:
        return runs, owners
    at = np.minimum(np.searchsorted(furniture, runs), furniture.size - 1)
    keep = furniture[at] != runs
    return runs[keep], owners[keep]


def _meetings(runs: _Runs, owners: _Ints, total: int) -> tuple[_Ints, _Ints]:
    """Pairs of owners, as ``first * total + second``, with how many runs they share.

    ``runs`` is sorted, its owners ascend within a run.
    """
    codes = [np.zeros(0, np.int64)]
    for step in range(1, _MOST_SHARERS):
        same = np.flatnonzero(runs[step:] == runs[:-step])
        if not same.size:
            break
        codes.append(owners[same] * total + owners[same + step])
    pairs, counts = np.unique(np.concatenate(codes), return_counts=True)
    return pairs, counts


def _contained(
    met: Sequence[_Ints], shared: Sequence[_Ints], sizes: _Ints, containment: float
) -> dict[tuple[int, int], float]:
    """Pairs that share enough of their runs."""
    if not met:
        return {}
    pairs, places = np.unique(np.concatenate(met), return_inverse=True)
    counts = np.bincount(places, np.concatenate(shared), minlength=len(pairs))
    first, second = pairs // len(sizes), pairs % len(sizes)
    shorter = np.minimum(sizes[first], sizes[second])
    share = counts / shorter
    needed = np.where(shorter < _FEWEST_RUNS, 1.0, containment)
    return {
        (int(first[at]), int(second[at])): float(share[at]) for at in np.flatnonzero(share >= needed).tolist()
    }
