"""How alike whole stories are: for what is related, and for follow-ups after days of silence.

The likeness of two tellings (``linkage``), taken between the means of two stories. Time doesn't fade it,
and themes don't scale it: what it is good for is the caller's to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from digest.group.options import GroupOptions
from digest.model.likeness import Likenesses
from digest.model.news import Article

if TYPE_CHECKING:
    from digest.group.vectors import Floats, Ints, Vectors

# NumPy takes 150 ms, which commands that group nothing need not wait for: it is imported where it is used.

_MOST = 6  # tellings of a story that are looked at
_TERMS = 5  # that are told of what two stories share
_WINDOW_H = GroupOptions().window_h


def kinship(stories: Sequence[Sequence[Article]]) -> Likenesses:
    """How alike stories are, each given as its tellings, best first.

    Weights depend on the stories given: what most of them share says nothing.
    """
    import numpy as np  # noqa: PLC0415 - see above

    from digest.group.features import extract  # noqa: PLC0415 - see above
    from digest.group.linkage import best_shared, likenesses  # noqa: PLC0415 - see above

    if not stories:
        return Likenesses()
    kept = [list(tellings[:_MOST]) for tellings in stories]
    vectors = extract([article for tellings in kept for article in tellings], _WINDOW_H)
    means = _means(vectors, [len(tellings) for tellings in kept])

    def undamped(_here: int, others: Ints) -> Floats:
        return np.ones(len(others))

    def shared(low: int, high: int) -> tuple[str, ...]:
        return tuple(term for term, _part in best_shared(means.row(low), means.row(high))[:_TERMS])

    found = likenesses(means, [len(means)] * len(means), undamped)
    pairs = zip(found.low.tolist(), found.high.tolist(), found.likeness.tolist(), strict=True)
    return Likenesses({(low, high): value for low, high, value in pairs}, shared)


def nearest(article: Article, others: Sequence[Article], most: int) -> list[Article]:
    """The ``most`` articles most like this one, the closest first, weighted as among all of them.

    ``why_same`` says how close each is. Those that share nothing with it are left out.
    """
    from digest.group.features import extract  # noqa: PLC0415 - see above
    from digest.group.linkage import likenesses_of_first  # noqa: PLC0415 - see above

    likeness = likenesses_of_first(extract([article, *others], _WINDOW_H)).tolist()
    found = [
        (-value, other.canonical_url, other)
        for value, other in zip(likeness, others, strict=True)
        if value > 0
    ]
    return [other for *_, other in sorted(found, key=lambda entry: entry[:2])[:most]]


def _means(vectors: Vectors, sizes: Sequence[int]) -> Vectors:
    """One row for each run of ``sizes[i]`` rows: their mean."""
    import numpy as np  # noqa: PLC0415 - see above

    from digest.group.vectors import Vectors, offsets  # noqa: PLC0415 - see above

    row_of = np.repeat(np.arange(len(vectors)), np.diff(vectors.starts))
    owners = np.repeat(np.arange(len(sizes)), sizes)[row_of]
    weights = vectors.weights / np.array(sizes, np.float64)[owners]
    cells, at = np.unique(owners * len(vectors.terms) + vectors.ids, return_inverse=True)
    rows, ids = np.divmod(cells, max(1, len(vectors.terms)))
    return Vectors(
        vectors.terms,
        offsets(np.bincount(rows, minlength=len(sizes))),
        ids.astype(np.int32),
        np.bincount(at, weights, minlength=len(cells)).astype(np.float32),
        vectors.named,
        vectors.common,
    )
