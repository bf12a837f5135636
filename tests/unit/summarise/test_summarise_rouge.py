from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.summarise.rouge import rouge, rouge_l, rouge_n, tokens


def test_the_textbook_example_scores_as_published() -> None:
    # Lin (2004), section 3.1
    reference = ["police", "killed", "the", "gunman"]
    assert rouge_l(["police", "kill", "the", "gunman"], reference).f1 == pytest.approx(3 / 4)
    assert rouge_l(["the", "gunman", "kill", "police"], reference).f1 == pytest.approx(2 / 4)


def test_stems_make_forms_of_a_word_equal_from_four_letters_on() -> None:
    assert tokens("Ships sailing, 3.5 times; gas") == ["ship", "sail", "3", "5", "time", "gas"]


def test_repeated_words_count_as_often_as_both_have_them() -> None:
    score = rouge_n(["the", "the", "the", "cat"], ["the", "cat", "the", "mat"], 1)
    assert (score.precision, score.recall) == (3 / 4, 3 / 4)


def test_bigrams_need_their_order() -> None:
    assert rouge("cat sat mat", "mat sat cat").two.f1 == 0
    assert rouge("the cat sat", "the cat ran").two.f1 == pytest.approx(0.5)


def test_nothing_scores_nothing() -> None:
    assert rouge("", "a word").one.f1 == 0
    assert rouge("東京", "東京").longest.f1 == 0


@given(st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12))
def test_the_longest_sequence_is_symmetric_and_never_beats_unigrams(one: list[str], other: list[str]) -> None:
    assert rouge_l(one, other).f1 == pytest.approx(rouge_l(other, one).f1)
    assert rouge_l(one, other).f1 <= rouge_n(one, other, 1).f1 + 1e-9
