"""How good themes and stories are, against labels that people gave. Pure functions.

Themes: precision, recall and F1 per theme, their macro and micro means. Stories: BCubed (each
article's own precision and recall, averaged) and pairwise F1 (pairs put together rightly).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and their harmonic mean, 0 to 1; the counts where they are whole."""

    precision: float
    recall: float
    right: int = 0
    wrongly_in: int = 0
    missed: int = 0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    @classmethod
    def of(cls, right: int, wrongly_in: int, missed: int) -> Score:
        """From counts. With nothing to find and nothing found, both are 1."""
        return cls(
            precision=right / (right + wrongly_in) if right + wrongly_in else float(not missed),
            recall=right / (right + missed) if right + missed else float(not wrongly_in),
            right=right,
            wrongly_in=wrongly_in,
            missed=missed,
        )


@dataclass(frozen=True, slots=True)
class ThemeReport:
    """Scores by theme, and over all of them."""

    by_theme: Mapping[str, Score]
    micro: Score

    @property
    def macro_f1(self) -> float:
        """The mean of the themes' F1."""
        return (
            sum(score.f1 for score in self.by_theme.values()) / len(self.by_theme) if self.by_theme else 0.0
        )


def theme_report(
    labels: Sequence[Collection[str]], predicted: Sequence[Collection[str]], themes: Sequence[str]
) -> ThemeReport:
    """Labels against predictions, item by item, both as sets of theme slugs.

    Raises:
        ValueError: the two are not of one length.
    """
    by_theme: dict[str, Score] = {}
    for theme in themes:
        pairs = [(theme in truth, theme in guess) for truth, guess in zip(labels, predicted, strict=True)]
        by_theme[theme] = Score.of(
            right=pairs.count((True, True)),
            wrongly_in=pairs.count((False, True)),
            missed=pairs.count((True, False)),
        )
    micro = Score.of(
        right=sum(score.right for score in by_theme.values()),
        wrongly_in=sum(score.wrongly_in for score in by_theme.values()),
        missed=sum(score.missed for score in by_theme.values()),
    )
    return ThemeReport(by_theme, micro)


def bcubed(truth: Sequence[Hashable], predicted: Sequence[Hashable]) -> Score:
    """BCubed precision and recall of a grouping: one event and one story per item.

    Raises:
        ValueError: the two are not of one length.
    """
    both = Counter(zip(truth, predicted, strict=True))
    events, stories = Counter(truth), Counter(predicted)
    total = len(truth)
    if not total:
        return Score(1.0, 1.0)
    precision = sum(count * count / stories[story] for (_, story), count in both.items()) / total
    recall = sum(count * count / events[event] for (event, _), count in both.items()) / total
    return Score(precision, recall)


def pairwise(truth: Sequence[Hashable], predicted: Sequence[Hashable]) -> Score:
    """Precision and recall over the pairs of items that stand in one story.

    Raises:
        ValueError: the two are not of one length.
    """

    def pairs(counts: Counter[tuple[Hashable, ...]]) -> int:
        return sum(count * (count - 1) // 2 for count in counts.values())

    right = pairs(Counter(zip(truth, predicted, strict=True)))
    together = pairs(Counter((story,) for story in predicted))
    return Score.of(right, together - right, pairs(Counter((event,) for event in truth)) - right)


def largest_event(truth: Sequence[Hashable]) -> Hashable | None:
    """The event with the most items, the first of equals; a measure may leave it out."""
    counts = Counter(truth)
    return max(counts, key=lambda event: counts[event]) if counts else None
