"""How alike stories are, as one stage measures it and another uses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def _no_terms(_low: int, _high: int) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Likenesses:
    """Likeness (0 to 1) of stories i < j by their places; pairs that are missing are unlike.

    ``shared`` gives the terms (stems) that two of them have in common, those that weigh most first.
    """

    pairs: Mapping[tuple[int, int], float] = field(default_factory=dict)
    shared: Callable[[int, int], tuple[str, ...]] = _no_terms
