"""The demo is the shop window: what grouping makes of its articles is what visitors see first."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

import digest
from digest.demo import newsroom
from digest.group import group, load_themes
from digest.model.news import Article, Story, Verdict

NOW = datetime(2026, 2, 3, 7, tzinfo=UTC)
THEMES = ("indo-pacific", "arctic", "middle-east")


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return [
        Article(
            url=f"https://demo.example.org{piece.path}",
            canonical_url=f"https://demo.example.org{piece.path}",
            title=piece.title,
            dek=piece.dek,
            text="\n\n".join(part for part in piece.paragraphs if not part.startswith("## ")),
            published_at=piece.published_at,
            language=piece.language,
            outlet=piece.outlet.name,
            publisher=piece.outlet.publisher,
        )
        for piece in newsroom(NOW).pieces
    ]


@pytest.fixture(scope="module")
def stories(articles: list[Article]) -> tuple[Story, ...]:
    return grouped(articles)


def grouped(articles: list[Article]) -> tuple[Story, ...]:
    return group(articles, load_themes([Path(digest.__file__).parent / "themes"], THEMES))


def story_of(stories: tuple[Story, ...], name: str) -> Story:
    return next(
        story for story in stories if any(name in article.url for article in (*story.articles, *story.copies))
    )


def themes_of(story: Story) -> set[str]:
    return {score.theme for score in story.themes if score.verdict is Verdict.IN}


def test_every_theme_has_stories_enough_and_the_rest_stands_outside(stories: tuple[Story, ...]) -> None:
    for theme in THEMES:
        assert sum(len(s.articles) + len(s.copies) for s in stories if theme in themes_of(s)) >= 8
    assert sum(not themes_of(story) for story in stories) >= 8


@pytest.mark.parametrize(
    ("names", "publishers", "theme"),
    [
        (("red-sea-lane", "muscat-accord", "premiums-fall", "what-we-know"), 4, {"middle-east"}),
        (("lebanon-banks", "lebanon-imf"), 2, {"middle-east"}),
        (("subic-missiles", "tokyo-manila", "missile-plant"), 3, {"indo-pacific"}),
        (("reed-bank", "collision", "reed-bank-video"), 3, {"indo-pacific"}),
        (("svalbard-cable", "svalbard-anchor", "svalbard-cable-third"), 3, {"arctic"}),
        (("greenland-mining-law", "narsaq-after-vote", "greenland-royalty"), 2, {"arctic"}),
        (("malaria-plant", "dakar-vaccine"), 2, set()),
    ],
)
def test_tellings_of_one_event_are_one_story(
    stories: tuple[Story, ...], names: tuple[str, ...], publishers: int, theme: set[str]
) -> None:
    found = {story_of(stories, name).key for name in names}
    assert len(found) == 1
    story = story_of(stories, names[0])
    assert len(story.articles) == len(names)
    assert len(story.publishers) == publishers
    assert themes_of(story) == theme


@pytest.mark.parametrize("name", ["north-korea-wire", "opec-wire"])
def test_agency_copies_count_once(stories: tuple[Story, ...], name: str) -> None:
    story = story_of(stories, name)
    assert len(story.articles) == 1
    assert len(story.copies) == 2


@pytest.mark.parametrize("name", ["school-orchestra", "doha-relay", "penguin-count"])
def test_look_alikes_stay_outside_the_themes(stories: tuple[Story, ...], name: str) -> None:
    assert not themes_of(story_of(stories, name))


def test_other_scripts_are_themed_too(stories: tuple[Story, ...]) -> None:
    assert themes_of(story_of(stories, "unifil-arabic")) == {"middle-east"}


def test_what_a_few_articles_share_by_their_subject_makes_them_no_story(
    articles: list[Article], stories: tuple[Story, ...]
) -> None:
    """A small newsletter, or anybody's first days: few articles, all on three subjects."""
    event_of = {one.url: story.key for story in stories for one in (*story.articles, *story.copies)}
    chance = Random(5)
    wrong, pairs = 0, 0
    for size in (8, 15, 25, 34):
        for _ in range(10):
            for story in grouped(chance.sample(articles, size)):
                events = Counter(event_of[one.url] for one in (*story.articles, *story.copies))
                wrong += len(events) > 1
                pairs += sum(count > 1 for count in events.values())
    assert wrong <= 4, "one in ten of these editions"
    assert pairs >= 100, "and what does belong together is still found"
