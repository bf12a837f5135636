"""A row at home that another region is only the trigger of."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from digest.group import Theme
from digest.model.news import Article, Verdict

from .conftest import only

MakeArticle = Callable[..., Article]

GAZETTEER = '[places.laos]\nnames = ["Laos"]\n'
THEME = """
[places]
medium = ["laos"]
[subject]
hard = ["dam", "flood", "treaty"]
soft = ["football", "quiz"]
rows = ["campus", "flood"]
dealings = ["treaty", "senate"]
[[pairs]]
name = "water"
weight = "strong"
places = ["laos"]
topics = ["dam", "flood", "treaty"]
"""
WHOLE, MOST = 9, 7  # points of "Laos" and a topic in the title, and what a soft subject leaves of them


@pytest.fixture
def rivers(rivers_of: Callable[..., Theme]) -> Theme:
    return rivers_of(THEME, GAZETTEER)


def test_beside_a_row_in_the_title_its_trigger_is_not_hard(rivers: Theme, article: MakeArticle) -> None:
    row = only(rivers, article("Campus split over Laos dam"))
    assert row.score == pytest.approx(MOST / 3, abs=0.01)
    assert row.verdict is Verdict.OUT
    assert any(hit.term == "soft subject: campus" for hit in row.hits)


def test_another_soft_word_leaves_the_trigger_hard(rivers: Theme, article: MakeArticle) -> None:
    assert only(rivers, article("Football split over Laos dam")).score == WHOLE


def test_a_row_outside_the_title_leaves_the_trigger_hard(rivers: Theme, article: MakeArticle) -> None:
    told = only(rivers, article("Laos dam cracks", "A campus closed; its quiz and its football are off."))
    assert told.score == WHOLE


def test_dealings_with_the_region_stay_hard_beside_a_row(rivers: Theme, article: MakeArticle) -> None:
    assert only(rivers, article("Campus cheers Laos treaty")).score == WHOLE


def test_dealings_that_are_hard_only_beside_a_row_count_there(rivers: Theme, article: MakeArticle) -> None:
    assert only(rivers, article("Campus cheers as Senate bars Laos dam")).score == WHOLE


def test_a_phrase_that_is_hard_marks_no_row(rivers: Theme, article: MakeArticle) -> None:
    assert only(rivers, article("Laos flood")).score == WHOLE


def test_two_entries_that_find_one_word_count_once(
    rivers_of: Callable[..., Theme], article: MakeArticle
) -> None:
    twice = rivers_of(THEME.replace('"football", "quiz"', '"dog show", "dog-show"'), GAZETTEER)
    assert only(twice, article("Dog show at Laos dam")).score == WHOLE
