"""For ``explain``: how alike articles are, and what makes them so."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from digest.group.options import GroupOptions
from digest.group.order import hour_of
from digest.model.news import Article

_SHOWN_TERMS = 8


@dataclass(frozen=True, slots=True)
class Sameness:
    """How alike two articles are, and why. ``shared`` pairs a term with its part of ``likeness``."""

    likeness: float
    shared: tuple[tuple[str, float], ...]
    containment: float  # of the shorter one's five-word runs, where it is a copy, else 0
    hours_apart: float


def why_same(
    article: Article,
    others: Sequence[Article],
    batch: Sequence[Article] = (),
    options: GroupOptions | None = None,
) -> tuple[tuple[Article, Sameness], ...]:
    """Each of ``others`` with how alike it is to ``article``, were it from another publisher.

    Copies come first, then the most alike. ``batch`` is what was grouped, which the weights depend on.
    """
    found = list(zip(others, _compared(article, others, batch, options or GroupOptions()), strict=True))
    found.sort(key=lambda pair: (-pair[1].containment, -pair[1].likeness, pair[0].canonical_url))
    return tuple(found)


def _compared(
    first: Article, seconds: Sequence[Article], others: Sequence[Article], options: GroupOptions
) -> list[Sameness]:
    # NumPy takes 150 ms, which commands that group nothing need not wait for.
    import numpy as np  # noqa: PLC0415 - see above

    from digest.group.countries import ELSEWHERE, Whereabouts  # noqa: PLC0415 - see above
    from digest.group.duplicates import copy_pairs  # noqa: PLC0415 - see above
    from digest.group.features import extract  # noqa: PLC0415 - see above
    from digest.group.linkage import best_shared, likenesses_of_first  # noqa: PLC0415 - see above
    from digest.group.partition import fading  # noqa: PLC0415 - see above

    batch = {article.canonical_url: article for article in others}
    batch |= {article.canonical_url: article for article in (first, *seconds)}
    place = {url: at for at, url in enumerate(sorted(batch))}
    vectors = extract([batch[url] for url in sorted(batch)], options.window_h)
    mine = place[first.canonical_url]
    found = []
    for second in seconds:
        its = place[second.canonical_url]
        hours = hour_of(second) - hour_of(first)
        likeness = float(likenesses_of_first(vectors.take([mine, its]))[0]) * float(
            fading(np.array([hours]), options.window_h)[0]
        )
        if Whereabouts([first, second]).elsewhere(0, np.array([1]))[0]:
            likeness *= ELSEWHERE
        shared = best_shared(vectors.row(mine), vectors.row(its))
        share = likeness / math.fsum(part for _, part in shared) if shared else 0.0
        found.append(
            Sameness(
                likeness=round(likeness, 3),
                shared=tuple((term, round(part * share, 3)) for term, part in shared[:_SHOWN_TERMS]),
                containment=round(copy_pairs([first, second], options.copy_containment).get((0, 1), 0.0), 3),
                hours_apart=round(abs(hours), 1),
            )
        )
    return found
