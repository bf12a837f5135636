from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.group import group
from digest.model.decisions import Rulings
from digest.model.news import Article, Story

MakeArticle = Callable[..., Article]

FERRY = (
    ("Ferry sinks off Vardø in gale", "A ferry with 80 people aboard sank off Vardø in a gale at dusk."),
    (
        "Six missing after ferry sinks off Vardø",
        "Six passengers of the ferry that sank off Vardø are missing.",
    ),
    ("Vardø ferry: divers find the wreck", "Divers found the ferry that sank off Vardø in a gale."),
)
BASIN = (
    "The harbour authority said on Monday that the eastern basin would close for dredging until the autumn, "
    "because silt had cut the depth at the oil jetty to nine metres. Ships of the larger classes must unload "
    "in the roads. Brokers expect the delay to add two days to each voyage and some cost to every tonne."
)
UNKNOWN = "https://news.example.org/never-gathered"
NAMES = ("ferry0", "ferry1", "ferry2", "basin", "basin-copy", "basin-cut", "bread", "otters")
URLS = tuple(f"https://news.example.org/{name}" for name in NAMES)
URL = st.sampled_from((*URLS, UNKNOWN))
TOGETHER = st.lists(st.lists(URL, min_size=1, max_size=3).map(tuple), max_size=3).map(tuple)
APART = st.lists(st.tuples(URL, URL), max_size=4).map(tuple)
MANY = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture
def batch(article: MakeArticle) -> list[Article]:
    ferry = [
        article(title, text, name=f"ferry{number}", outlet=f"Outlet {number}", hours=number)
        for number, (title, text) in enumerate(FERRY)
    ]
    return [
        *ferry,
        article("Basin to close for dredging", BASIN, name="basin", outlet="Wire One"),
        article("Eastern basin closes", BASIN, name="basin-copy", outlet="Daily Two", hours=3),
        article(
            "Dredging shuts port", " ".join(BASIN.split()[:45]), name="basin-cut", outlet="Port", hours=4
        ),
        article(
            "Bakery recalls rye bread", "A customer found glass in a loaf.", name="bread", outlet="Local"
        ),
        article(
            "Nine young otters counted", "Biologists looked under the mill.", name="otters", outlet="Wild"
        ),
    ]


def homes(stories: tuple[Story, ...]) -> dict[str, int]:
    return {
        item.url: number for number, story in enumerate(stories) for item in (*story.articles, *story.copies)
    }


@MANY
@given(together=TOGETHER, apart=APART, seed=st.integers(0, 5))
def test_every_ruling_holds_and_stories_stay_a_partition(
    batch: list[Article],
    together: tuple[tuple[str, ...], ...],
    apart: tuple[tuple[str, str], ...],
    seed: int,
) -> None:
    rulings = Rulings(together, apart)
    stories = group(batch, (), rulings=rulings)
    home = homes(stories)
    assert sorted(home) == sorted(URLS)
    assert sum(len(story.articles) + len(story.copies) for story in stories) == len(URLS)
    assert all(
        home[one] != home[other] for one, other in apart if one != other and {one, other} <= home.keys()
    )
    shuffled = random.Random(seed).sample(batch, len(batch))
    assert group(shuffled, (), rulings=Rulings(together[::-1], apart[::-1])) == stories


@MANY
@given(together=TOGETHER)
def test_without_a_contradiction_every_group_is_one_story(
    batch: list[Article], together: tuple[tuple[str, ...], ...]
) -> None:
    home = homes(group(batch, (), rulings=Rulings(together)))
    assert all(len({home[url] for url in urls if url in home}) <= 1 for urls in together)


def test_an_editor_merges_what_nothing_makes_alike_and_the_story_says_so(batch: list[Article]) -> None:
    rulings = Rulings(together=((URLS[0], URLS[6]),))
    stories = group(batch, (), rulings=rulings)
    home = homes(stories)
    assert home[URLS[0]] == home[URLS[6]] == home[URLS[1]]
    assert stories[home[URLS[0]]].why[0] == "an editor's ruling"
    assert not any("an editor's ruling" in story.why for story in group(batch, ()))


def test_a_new_telling_joins_a_merged_story_by_its_likeness_to_one_part_of_it(batch: list[Article]) -> None:
    rulings = Rulings(together=((URLS[0], URLS[7]), (URLS[0], URLS[6])))
    without_late = group([item for item in batch if item.url != URLS[2]], (), rulings=rulings)
    assert URLS[2] not in homes(without_late)
    home = homes(group(batch, (), rulings=rulings))
    assert home[URLS[2]] == home[URLS[6]] == home[URLS[7]]


def test_what_is_merged_beyond_the_window_is_one_story(article: MakeArticle) -> None:
    early, late = article("Ferry sinks", FERRY[0][1]), article("Otters counted", "Nine.", hours=24 * 9)
    (story,) = group([early, late], (), rulings=Rulings(together=((early.url, late.url),)))
    assert len(story.articles) == 2


def test_a_split_holds_through_a_third_article_that_is_like_both(batch: list[Article]) -> None:
    assert len({homes(group(batch, ()))[url] for url in URLS[:3]}) == 1
    home = homes(group(batch, (), rulings=Rulings(apart=((URLS[0], URLS[1]),))))
    assert home[URLS[0]] != home[URLS[1]]
    assert home[URLS[2]] in {home[URLS[0]], home[URLS[1]]}


def test_a_copy_that_is_split_off_is_a_story_by_itself(batch: list[Article]) -> None:
    home = homes(group(batch, (), rulings=Rulings(apart=((URLS[3], URLS[4]),))))
    assert home[URLS[3]] != home[URLS[4]]
    assert home[URLS[5]] in {home[URLS[3]], home[URLS[4]]}


def test_a_text_that_is_split_off_from_one_copy_is_still_a_copy_of_another(article: MakeArticle) -> None:
    def long(word: str) -> str:
        return " ".join(f"{word}{number}" for number in range(90))

    early = article("Port news", f"{BASIN} {long('early')}", name="early", outlet="One")
    middle = article("Basin closes", BASIN, name="middle", outlet="Two", hours=1)
    late = article("Harbour notes", f"{BASIN} {long('late')}", name="late", outlet="Three", hours=2)
    rulings = Rulings(apart=((early.url, middle.url),))
    stories = group([early, middle, late], (), rulings=rulings)
    assert sorted(len(story.articles) for story in stories) == [1, 1]
    assert {item.url for story in stories for item in story.copies} <= {middle.url, late.url}


def test_a_copy_that_is_merged_elsewhere_brings_its_original_and_still_counts_for_nothing(
    batch: list[Article],
) -> None:
    stories = group(batch, (), rulings=Rulings(together=((URLS[4], URLS[6]),)))
    story = stories[homes(stories)[URLS[4]]]
    assert [item.url for item in story.articles] == [URLS[3], URLS[6]] or [
        item.url for item in story.articles
    ] == [URLS[6], URLS[3]]
    assert {item.url for item in story.copies} == {URLS[4], URLS[5]}
    assert story.publishers == tuple(item.outlet for item in story.articles)


def test_apart_wins_over_together(batch: list[Article]) -> None:
    home = homes(group(batch, (), rulings=Rulings(((URLS[6], URLS[7]),), ((URLS[7], URLS[6]),))))
    assert home[URLS[6]] != home[URLS[7]]


def test_addresses_that_no_article_has_change_nothing(batch: list[Article]) -> None:
    rulings = Rulings(together=((UNKNOWN, URLS[0]),), apart=((UNKNOWN, URLS[1]), (URLS[2], UNKNOWN)))
    assert group(batch, (), rulings=rulings) == group(batch, ())
