from __future__ import annotations

import pytest

from digest.group.evaluate import Score, bcubed, largest_event, pairwise, theme_report


def test_a_perfect_answer_scores_one() -> None:
    report = theme_report([{"a"}, set(), {"a", "b"}], [{"a"}, set(), {"a", "b"}], ["a", "b"])
    assert (report.macro_f1, report.micro.f1) == (1.0, 1.0)


def test_precision_recall_and_both_means_follow_the_counts() -> None:
    report = theme_report([{"a"}, {"a"}, {"b"}, set()], [{"a"}, set(), {"a", "b"}, {"b"}], ["a", "b"])
    first, second = report.by_theme["a"], report.by_theme["b"]
    assert (first.precision, first.recall, first.f1) == (0.5, 0.5, 0.5)
    assert (second.right, second.wrongly_in, second.missed) == (1, 1, 0)
    assert report.macro_f1 == pytest.approx((0.5 + 2 / 3) / 2)
    assert report.micro.f1 == pytest.approx(4 / 7)


def test_nothing_to_find_and_nothing_found_is_right() -> None:
    assert Score.of(0, 0, 0).f1 == 1.0
    assert Score.of(0, 1, 0).f1 == 0.0
    assert theme_report([], [], []).macro_f1 == 0.0


def test_bcubed_is_the_mean_over_items() -> None:
    # Three items of one event and one of another, put together: precision (3 x 3/4 + 1/4) / 4.
    score = bcubed(["x", "x", "x", "y"], [1, 1, 1, 1])
    assert (score.precision, score.recall) == (0.625, 1.0)
    apart = bcubed(["x", "x"], [1, 2])
    assert (apart.precision, apart.recall) == (1.0, 0.5)
    assert bcubed([], []).f1 == 1.0


def test_pairwise_counts_pairs() -> None:
    score = pairwise(["x", "x", "x", "y"], [1, 1, 2, 2])
    assert (score.right, score.wrongly_in, score.missed) == (1, 1, 2)
    assert score.f1 == pytest.approx(2 * 0.5 * (1 / 3) / (0.5 + 1 / 3))


def test_answers_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        bcubed(["x"], [])


def test_the_largest_event_is_the_first_of_equals() -> None:
    assert largest_event(["x", "y", "y", "x", "z"]) == "x"
    assert largest_event([]) is None
