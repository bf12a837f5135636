"""Near-duplicates: wire copies, truncated and lightly edited repeats of one text.

Two texts are copies when the shorter has at least half of its five-word runs in the longer
(containment, not Jaccard: a cut copy shares all of its own runs and few of the whole's). Runs that
one publisher prints under three or more of its articles are its furniture and don't count.
Everything is done on sorted integer arrays, so that cost grows with the words, not with the pairs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digest.group.text import fold, words
from digest.model.news import Article

_RUN = 5
_FEWEST_RUNS = 6  # below this a text is a phrase, and only the same phrase is a copy
_FURNITURE = 3
_SHORT_TEXT_WORDS = 40
_MOST_SHARERS = 80  # a run in more texts than this says nothing about any two of them
_ROOTS = np.array(
    [6364136223846793005, 2862933555777941757, 3202034522624059733, 3935559000370003845, 1], np.uint64
)

_Ints = NDArray[np.int64]
_Runs = NDArray[np.uint64]


def copy_pairs(articles: Sequence[Article], containment: float) -> dict[tuple[int, int], float]:
    """Pairs (i, j), i < j, of articles that are copies of one another, and their containment."""
    runs, owners, sizes = _runs(articles)
    if not runs.size:
        return {}
    families: dict[str, int] = {}
    family = np.array([families.setdefault(article.family, len(families)) for article in articles], np.int64)
    runs, owners = _without_furniture(runs, owners, family)
    sizes = np.bincount(owners, minlength=len(articles)).astype(np.int64)
    return _contained(runs, owners, sizes, containment)


def _tokens(article: Article) -> list[str]:
    """The words to compare; a short text needs its headline, or any two stubs would be copies."""
    tokens = words(fold(article.text).lower())
    if len(tokens) < _SHORT_TEXT_WORDS:
        tokens = words(fold(f"{article.title}\n{article.dek}\n{article.text}").lower())
    return tokens


def _runs(articles: Sequence[Article]) -> tuple[_Runs, _Ints, _Ints]:
    """All five-word runs as numbers, each once per article, sorted by run; and whose they are."""
    numbers: dict[str, int] = {}
    parts: list[_Runs] = []
    sizes = np.zeros(len(articles), np.int64)
    for at, article in enumerate(articles):
        tokens = _tokens(article)
        if len(tokens) < _RUN:
            continue
        ids = np.array([numbers.setdefault(token, len(numbers) + 1) for token in tokens], np.uint64)
        windows = np.lib.stride_tricks.sliding_window_view(ids, _RUN)
        mixed = np.zeros(len(windows), np.uint64)
        for column in range(_RUN):
            mixed = (mixed ^ windows[:, column]) * _ROOTS[column]
            mixed ^= mixed >> np.uint64(29)
        unique = np.unique(mixed)
        sizes[at] = unique.size
        parts.append(unique)
    if not parts:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64), sizes
    owners = np.repeat(np.arange(len(articles), dtype=np.int64), sizes)
    runs = np.concatenate(parts)
    order = np.argsort(runs, kind="stable")
    return runs[order], owners[order], sizes


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


def _contained(runs: _Runs, owners: _Ints, sizes: _Ints, containment: float) -> dict[tuple[int, int], float]:
    """Pairs that share enough runs. ``runs`` is sorted, its owners ascend within a run."""
    total = len(sizes)
    codes: list[_Ints] = []
    for step in range(1, _MOST_SHARERS):
        same = np.flatnonzero(runs[step:] == runs[:-step])
        if not same.size:
            break
        codes.append(owners[same] * total + owners[same + step])
    if not codes:
        return {}
    pairs, shared = np.unique(np.concatenate(codes), return_counts=True)
    found: dict[tuple[int, int], float] = {}
    first, second = pairs // total, pairs % total
    shorter = np.minimum(sizes[first], sizes[second])
    share = shared / shorter
    needed = np.where(shorter < _FEWEST_RUNS, 1.0, containment)
    for at in np.flatnonzero(share >= needed):
        low, high = sorted((int(first[at]), int(second[at])))
        found[low, high] = float(share[at])
    return found
