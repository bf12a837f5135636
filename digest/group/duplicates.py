"""Near-duplicates: wire copies, truncated and lightly edited repeats of one text.

Two texts are copies when the shorter has at least half of its five-word runs in the longer
(containment, not Jaccard: a cut copy shares all of its own runs and few of the whole's). Runs that
one publisher prints under three or more of its articles are its furniture and don't count; versions of one
article, as an agency sends them out again and again, are one here.
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
_MOST_SHARERS = 80  # of a run that more texts have, each meets only its next ones, and the first
_VERSION = 0.8  # of the shorter one's runs: of two versions of one article
_MOST_VERSIONS = 8  # what stands under more articles of one publisher is furniture at once
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
    work = _works(articles, runs, begins, family)
    sizes = np.zeros(len(articles), np.int64)
    met: list[_Ints] = []
    shared: list[_Ints] = []
    for places in _parts(runs):
        order = places[np.argsort(runs[places], kind="stable")]
        owners = np.searchsorted(begins, order, side="right") - 1
        kept, whose = _without_furniture(runs[order], owners, family, work)
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


def _works(articles: Sequence[Article], runs: _Runs, begins: _Ints, family: _Ints) -> _Ints:
    """For each article the number of the first of which it is a version: mostly its own.

    Versions are of one publisher, under much the same headline, and share nearly all of their text.
    """
    work = np.arange(len(articles))
    sizes = np.diff(begins)
    met: list[_Ints] = []
    shared: list[_Ints] = []
    for places in _parts(runs):
        order = places[np.argsort(runs[places], kind="stable")]
        owners = np.searchsorted(begins, order, side="right") - 1
        by_family = np.lexsort((owners, family[owners], runs[order]))
        inside, _starts, counts = _in_families(runs[order][by_family], family[owners[by_family]])
        few = np.repeat((counts >= _FURNITURE) & (counts <= _MOST_VERSIONS), counts)
        pairs, times = _meetings(inside[few], owners[by_family][few], len(articles))
        met.append(pairs)
        shared.append(times)
    titles = [frozenset(words(fold(article.title).lower())) for article in articles]
    for first, second in sorted(_contained(met, shared, sizes, _VERSION)):
        both = titles[first] & titles[second]
        if 2 * len(both) >= min(len(titles[first]), len(titles[second])):
            work[second] = min(work[second], work[first])
    return work


def _in_families(runs: _Runs, family: _Ints) -> tuple[_Runs, _Ints, _Ints]:
    """Runs as numbers that differ from family to family too, where each begins, and how many there are.

    Both are sorted, by run and then by family.
    """
    new = np.ones(runs.size, bool)
    new[1:] = (runs[1:] != runs[:-1]) | (family[1:] != family[:-1])
    starts = np.flatnonzero(new)
    return np.cumsum(new).astype(np.uint64), starts, np.diff(np.append(starts, runs.size))


def _without_furniture(runs: _Runs, owners: _Ints, family: _Ints, work: _Ints) -> tuple[_Runs, _Ints]:
    """The runs that no publisher prints under three or more articles, versions of one being one."""
    their, theirs = family[owners], work[owners]
    order = np.lexsort((theirs, their, runs))
    by_run, by_family, by_work = runs[order], their[order], theirs[order]
    once = np.ones(runs.size, bool)
    once[1:] = (by_run[1:] != by_run[:-1]) | (by_work[1:] != by_work[:-1])
    by_run, by_family = by_run[once], by_family[once]
    _, starts, counts = _in_families(by_run, by_family)
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
    else:  # of a crowd beyond that each meets the first at least, which is enough to be its copy
        starts = np.flatnonzero(np.append(True, runs[1:] != runs[:-1]))
        first = np.repeat(starts, np.diff(np.append(starts, runs.size)))
        far = np.flatnonzero(np.arange(runs.size) - first >= _MOST_SHARERS)
        codes.append(owners[first[far]] * total + owners[far])
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
