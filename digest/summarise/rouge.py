"""ROUGE-1, ROUGE-2 and ROUGE-L, so that summaries can be measured without another dependency.

The procedure is that of Lin, "ROUGE: A Package for Automatic Evaluation of Summaries" (2004), with the
text handling of Google's ``rouge-score``: lower case, runs of ASCII letters and digits, Porter stems for
tokens of more than three letters, and ROUGE-L over the text as one sequence. Figures are therefore
comparable with those that library prints; its stemmer has a few extensions that ours lacks.
Only ASCII counts, as there: texts in other scripts score 0 and should be measured in another way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

_TOKEN = re.compile(r"[a-z0-9]+")
_STEM_FROM = 4  # letters; shorter tokens are left alone, as rouge-score does
_PORTER = snowballstemmer.stemmer("porter")


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and their harmonic mean, each 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean; 0 when both are 0."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Rouge:
    """The three scores of one summary against one reference."""

    one: Score
    two: Score
    longest: Score


@lru_cache(maxsize=50_000)
def _stem(token: str) -> str:
    return str(_PORTER.stemWord(token)) if len(token) >= _STEM_FROM else token


def tokens(text: str) -> list[str]:
    """The stemmed tokens that ROUGE compares."""
    return [_stem(token) for token in _TOKEN.findall(text.lower())]


def _score(matches: int, candidate: int, reference: int) -> Score:
    return Score(matches / candidate if candidate else 0.0, matches / reference if reference else 0.0)


def rouge_n(candidate: Sequence[str], reference: Sequence[str], n: int) -> Score:
    """Overlap of n-grams, each counted as often as it occurs in both."""
    mine = Counter(zip(*(candidate[i:] for i in range(n)), strict=False))
    theirs = Counter(zip(*(reference[i:] for i in range(n)), strict=False))
    return _score((mine & theirs).total(), mine.total(), theirs.total())


def rouge_l(candidate: Sequence[str], reference: Sequence[str]) -> Score:
    """Length of the longest common subsequence, over the text as one sequence."""
    row = [0] * (len(reference) + 1)
    for token in candidate:
        diagonal = 0
        for column, other in enumerate(reference, 1):
            above = row[column]
            row[column] = diagonal + 1 if token == other else max(above, row[column - 1])
            diagonal = above
    return _score(row[-1], len(candidate), len(reference))


def rouge(summary: str, reference: str) -> Rouge:
    """All three scores of ``summary`` against ``reference``."""
    mine, theirs = tokens(summary), tokens(reference)
    return Rouge(rouge_n(mine, theirs, 1), rouge_n(mine, theirs, 2), rouge_l(mine, theirs))
