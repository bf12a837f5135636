"""What stands under a story as related: alike, of one theme, another story, and never in a ring."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose.related import Alike, RelatedOptions, measure, relate
from digest.group.kinship import kinship
from digest.model.edition import EditionStory, SourceLink, ToldStory
from digest.model.news import Article

SLOT = datetime(2026, 3, 1, 6, tzinfo=UTC)
OPTIONS = RelatedOptions()


def card(key: str, *, themes: tuple[str, ...] = ("north",), brief: bool = False) -> EditionStory:
    source = SourceLink(f"Outlet {key}", f"https://{key}.example.org/", f"Title {key}")
    return EditionStory(key, f"Headline {key}", None, (source,), themes=themes, brief=brief)


def told(key: str, *, themes: tuple[str, ...] = ("north",), follows: str = "") -> ToldStory:
    return ToldStory(1, "daily-1", SLOT, SLOT, "2026-03-01", key, f"Told {key}", themes, follows=follows)


@pytest.fixture
def related() -> Callable[..., dict[str, list[str]]]:
    """Relate stories by given likenesses: ("a", "b") for peers, ("a", 0) for a told one."""

    def run(
        *stories: EditionStory,
        alike: Mapping[tuple[str, str | int], float],
        past: tuple[ToldStory, ...] = (),
        tellings: Mapping[str, tuple[Article, ...]] | None = None,
    ) -> dict[str, list[str]]:
        peers = {(a, b): value for (a, b), value in alike.items() if isinstance(b, str)}
        to_told: dict[str, dict[int, float]] = {}
        for (a, b), value in alike.items():
            if isinstance(b, int):
                to_told.setdefault(a, {})[b] = value
        url = "https://gazette.example.org/editions/{}#{}".format
        found = relate(
            stories, tellings or {}, Alike(peers, to_told), past, lambda one: url(one.ref, one.key), OPTIONS
        )
        assert [replace(one, related=()) for one in found] == list(stories)
        return {one.key: [line.title for line in one.related] for one in found if one.related}

    return run


Related = Callable[..., dict[str, list[str]]]


def test_the_higher_story_names_its_neighbour_with_its_outlet(related: Related) -> None:
    assert related(card("a"), card("b"), alike={("a", "b"): 0.1}) == {"a": ["Headline b"]}
    (first, _second) = relate(
        [card("b"), card("a")], {}, Alike({("a", "b"): 0.1}, {}), (), lambda one: one.ref, OPTIONS
    )
    (line,) = first.related
    assert (line.outlet, line.url, line.published_at) == ("Outlet a", "https://a.example.org/", None)


def test_what_is_hardly_alike_or_of_another_theme_is_not_named(related: Related) -> None:
    assert related(card("a"), card("b"), alike={("a", "b"): OPTIONS.likeness - 0.001}) == {}
    assert related(card("a"), card("b", themes=("sea",)), alike={("a", "b"): 0.5}) == {}
    assert related(card("a"), alike={("a", 0): 0.5}, past=(told("x", themes=("sea",)),)) == {}


def test_a_line_of_the_page_that_names_the_neighbour_helps(related: Related) -> None:
    page = Article("u", "u", "t", related=("Title b: the harbour opens", "Title b"))
    close = {("a", "b"): OPTIONS.likeness - 0.01}
    assert related(card("a"), card("b"), alike=close, tellings={"a": (page,)}) == {"a": ["Headline b"]}
    assert related(card("a"), card("b"), alike={}, tellings={"a": (page,)}) == {}


def test_the_best_three_stand_best_first(related: Related) -> None:
    alike = {("a", "b"): 0.1, ("a", "c"): 0.3, ("a", "d"): 0.2, ("a", "e"): 0.06}
    found = related(card("a"), *(card(key) for key in "bcde"), alike=alike)
    assert found["a"] == ["Headline c", "Headline d", "Headline b"]


def test_earlier_editions_are_named_with_their_day_and_place() -> None:
    past = (told("x"), told("y"))
    found = relate(
        [card("a")],
        {},
        Alike({}, {"a": {0: 0.1, 1: 0.2}}),
        past,
        lambda one: f"https://e.org/#{one.key}",
        OPTIONS,
    )
    assert [(line.title, line.url, line.outlet, line.published_at) for line in found[0].related] == [
        ("Told y", "https://e.org/#y", "", SLOT),
        ("Told x", "https://e.org/#x", "", SLOT),
    ]


def test_of_a_running_story_only_the_latest_telling_is_named(related: Related) -> None:
    past = (told("x"), told("y", follows="x"))
    assert related(card("a"), alike={("a", 0): 0.3, ("a", 1): 0.2}, past=past) == {"a": ["Told y"]}


def test_an_update_names_what_it_updates_first_however_unlike(related: Related) -> None:
    update = replace(card("a"), follows="x")
    found = related(update, alike={("a", 1): 0.3}, past=(told("x"), told("y")))
    assert found == {"a": ["Told x", "Told y"]}


def test_a_one_liner_is_named_and_names_nothing(related: Related) -> None:
    alike = {("a", "b"): 0.1, ("b", "c"): 0.1}
    assert related(card("a"), card("b", brief=True), card("c"), alike=alike) == {"a": ["Headline b"]}


def test_the_same_headline_stands_once_under_a_story(related: Related) -> None:
    past = (told("x"), replace(told("y"), headline="Told x"))
    assert related(card("a"), alike={("a", 0): 0.2, ("a", 1): 0.3}, past=past) == {"a": ["Told x"]}


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 12), st.floats(0.06, 0.9))
def test_in_a_cluster_nobody_is_named_more_than_twice_nor_by_itself(size: int, value: float) -> None:
    keys = [f"k{number:02}" for number in range(size)]
    peers = {(a, b): value for a in keys for b in keys if a < b}
    found = relate([card(key) for key in keys], {}, Alike(peers, {}), (), lambda one: one.ref, OPTIONS)
    lines = [(one.headline, line.title) for one in found for line in one.related]
    assert all(a != b and (b, a) not in lines for a, b in lines)
    named = [title for _, title in lines]
    assert max(named.count(title) for title in named) <= OPTIONS.named
    assert all(len(one.related) <= OPTIONS.most for one in found)


def test_likenesses_are_measured_between_todays_stories_and_to_the_told_ones() -> None:
    def article(number: int, title: str) -> Article:
        return Article(f"u{number}", f"u{number}", title, text=f"{title} as sailors said.")

    today = {
        "b": [article(1, "Icebreaker Kelda stuck near Cape Odden")],
        "a": [article(2, "Onion prices climb in Marrow Vale")],
        "c": [article(3, "Kelda crew near Cape Odden gets supplies")],
    }
    past = [[article(4, "Icebreaker Kelda leaves Cape Odden")], [article(5, "Onion harvest in Marrow Vale")]]
    found = measure(today, past, kinship)
    assert set(found.peers) == {("b", "c")}
    assert {key: set(places) for key, places in found.told.items()} == {"a": {1}, "b": {0}, "c": {0}}
    assert all(low < high for low, high in found.peers)
    assert list(pairwise(sorted(found.told))) == [("a", "b"), ("b", "c")]
