"""A batch's vectors as sparse arrays: twenty thousand articles in some tens of megabytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Vectors:
    """Row ``i`` has the terms ``ids[starts[i]:starts[i + 1]]``, ascending, with their ``weights``.

    ``terms`` are in order of the alphabet, so that nothing depends on the order of the articles.
    ``named``: whether a term is a name or a number. ``common``: whether it is in the news on any day.
    """

    terms: Sequence[str]
    starts: Ints
    ids: NDArray[np.int32]
    weights: NDArray[np.float32]
    named: NDArray[np.bool_]
    common: NDArray[np.bool_]

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.starts) - 1

    def row(self, at: int) -> dict[str, float]:
        """One vector, as term to weight."""
        part = slice(int(self.starts[at]), int(self.starts[at + 1]))
        return {
            self.terms[term]: weight
            for term, weight in zip(self.ids[part].tolist(), self.weights[part].tolist(), strict=True)
        }

    def take(self, rows: Sequence[int]) -> Vectors:
        """The vectors of these rows alone, in this order."""
        chosen = np.array(rows, np.int64)
        places, lengths = spans(self.starts[chosen], self.starts[chosen + 1])
        return Vectors(
            self.terms, offsets(lengths), self.ids[places], self.weights[places], self.named, self.common
        )


def spans(begins: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """All places of the spans ``begins[i]..ends[i]``, one span after the other, and the spans' lengths."""
    lengths = ends - begins
    firsts = offsets(lengths)
    return np.repeat(begins - firsts[:-1], lengths) + np.arange(firsts[-1]), lengths


def offsets(lengths: Ints) -> Ints:
    """Where each of consecutive spans of these lengths begins, and where the last one ends."""
    found = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=found[1:])
    return found
