"""How alike whole stories are: for what is related, and for follow-ups after days of silence.

The likeness of two tellings (``linkage``), taken between the means of two stories. Time doesn't fade it,
and themes don't scale it: what it is good for is the caller's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from digest.group.features import extract
from digest.model.news import Article

_MOST = 6  # tellings of a story that are looked at


def kinship(stories: Sequence[Sequence[Article]]) -> dict[tuple[int, int], float]:
    """Likeness (0 to 1) of stories i < j, each given as its tellings, best first; unlike pairs are left out.

    Weights depend on the stories given: what most of them share says nothing.
    """
    from digest.group.linkage import likenesses  # noqa: PLC0415 - needs NumPy: see ``stories``

    kept = [list(tellings[:_MOST]) for tellings in stories]
    features = iter(extract([article for tellings in kept for article in tellings]))
    means = [_mean([next(features).weights for _ in tellings]) for tellings in kept]
    return likenesses(means, [len(means)] * len(means))


def nearest(article: Article, others: Sequence[Article], most: int) -> list[Article]:
    """The ``most`` articles most like this one, the closest first, weighted as among all of them.

    ``why_same`` says how close each is. Those that share nothing with it are left out.
    """
    from digest.group.linkage import likeness_of  # noqa: PLC0415 - needs NumPy: see ``stories``

    first, *rest = (features.weights for features in extract([article, *others]))
    found = []
    for other, vector in zip(others, rest, strict=True):
        if value := likeness_of([weight * vector[term] for term, weight in first.items() if term in vector]):
            found.append((-value, other.canonical_url, other))
    return [other for *_, other in sorted(found, key=lambda entry: entry[:2])[:most]]


def _mean(vectors: Iterable[Mapping[str, float]]) -> dict[str, float]:
    every = list(vectors)
    sums: dict[str, float] = {}
    for vector in every:
        for term, weight in vector.items():
            sums[term] = sums.get(term, 0.0) + weight / len(every)
    return sums
