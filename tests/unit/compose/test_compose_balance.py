"""No outlet fills an edition while others have something to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose import Composition
from digest.compose.cut import choose
from digest.model.news import Article, Story

MakeArticle = Callable[..., Article]
MakeStory = Callable[..., Story]
Compose = Callable[..., Composition]


def test_an_outlet_that_leads_many_stories_falls_behind_one_nearly_as_good(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    loud = [story(article(n, hours=3, publisher="Loud")) for n in range(1, 9)]
    quiet = story(article(20, "The quiet paper's only story", hours=5, publisher="Quiet"))
    found = composed(*loud, quiet)
    order = [one.headline for one in found.edition.stories]
    assert order.index("The quiet paper's only story") == 1
    parts = [{part.name: part for part in one.rank} for one in found.edition.stories]
    loudest = [part["balance"] for part in parts if part["publishers"].note.endswith("Loud")]
    assert [part.value for part in loudest] == pytest.approx([0, -0.1, -0.2, -0.3, -0.4, -0.5, -0.5, -0.5])
    assert loudest[2].note == "Outlet 3 leads 2 stories above"


def test_what_several_publishers_tell_matters_whoever_leads_it(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    loud = [story(article(n, hours=1, publisher="Loud")) for n in range(1, 5)]
    big = story(article(9, "Told by four", publisher="Loud"), *(article(n) for n in (10, 11, 12)))
    found = composed(*loud, big)
    assert found.edition.stories[0].headline == "Told by four"
    pair = story(article(13, "Told by two", hours=20, publisher="Loud"), article(14, hours=20))
    second = composed(*loud, big, pair).edition.stories[1]
    assert second.headline == "Told by two"
    assert second.rank[-1].value == pytest.approx(-0.05)


def test_no_outlet_takes_more_than_a_third_of_the_cards_while_others_wait(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    loud = [story(article(n, publisher="Loud", weight=3.0)) for n in range(1, 16)]
    others = [story(article(n)) for n in range(21, 31)]
    shown = [one for one in composed(*loud, *others, max_stories=9).edition.stories if not one.brief]
    assert sum(one.rank[0].note == "single source: Loud" for one in shown) == 3
    alone = [one for one in composed(*loud, max_stories=9).edition.stories if not one.brief]
    assert len(alone) == 9


def test_a_themes_three_best_are_of_several_outlets_where_it_has_them() -> None:
    themes = ["north"] * 6 + ["south"]
    outlets = ["Loud"] * 5 + ["Other", "Loud"]
    cards, _ = choose(themes, outlets, max_stories=4, also_max=0, fits=lambda _: True)
    assert cards == [0, 1, 5, 6]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["north", "south", ""]), st.sampled_from("ABCD")), max_size=30),
    st.integers(0, 12),
)
def test_every_place_is_filled(stories: list[tuple[str, str]], places: int) -> None:
    themes, outlets = [theme for theme, _ in stories], [outlet for _, outlet in stories]
    cards, left = choose(themes, outlets, max_stories=places, also_max=0, fits=lambda _: True)
    themed = [index for index, theme in enumerate(themes) if theme]
    assert len(cards) == min(places, len(themed))
    assert sorted([*cards, *left]) == themed


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("AABCD"), max_size=30), st.integers(1, 12))
def test_an_outlet_has_more_than_its_share_only_where_no_other_waits(outlets: list[str], places: int) -> None:
    cards, left = choose(
        ["north"] * len(outlets), outlets, max_stories=places, also_max=0, fits=lambda _: True
    )
    taken = Counter(outlets[index] for index in cards)
    if any((count - 1) * 3 >= places for count in taken.values()):
        assert all(taken[outlets[index]] * 3 >= places for index in left)
