"""The byte budget holds whatever the stories, and takes fairly from every theme."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.errors import RenderError
from digest.model.edition import (
    Edition,
    EditionKey,
    EditionStory,
    Method,
    Notice,
    Provenance,
    SourceLink,
    Summary,
    ThemeStyle,
)
from digest.render import Renderer, RenderOptions
from digest.render.fit import fit

SLUGS = ("alpha", "beta", "gamma")
WORDS = st.text(alphabet=st.characters(exclude_categories=[]), max_size=20)


@st.composite
def stories(draw: st.DrawFn) -> EditionStory:
    """Stories of all sizes, up to absurd ones; a feed decides about every text in it."""
    text = draw(WORDS) * draw(st.sampled_from([1, 1, 5, 60]))
    outlets = draw(st.integers(0, 12))
    link = f"https://outlet.example/{'x' * draw(st.sampled_from([10, 80, 1900]))}"
    sources = tuple(SourceLink(f"Outlet {n} {text[:30]}", f"{link}{n}", text) for n in range(outlets))
    made = Provenance(draw(st.sampled_from(Method)), source=text[:50], model="m", source_ai_notice=text)
    return EditionStory(
        key=draw(st.uuids()).hex,
        headline=text or "A headline",
        summary=Summary(text * 3, made) if text else None,
        sources=sources,
        themes=tuple(draw(st.lists(st.sampled_from(SLUGS), unique=True, max_size=3))),
        comments_url=link,
        brief=draw(st.booleans()),
        related=sources[:2],
    )


@st.composite
def editions(draw: st.DrawFn) -> Edition:
    some = draw(st.lists(stories(), min_size=1, max_size=6))
    many = draw(st.sampled_from([1, 3, 12, 30]))
    return Edition(
        key=EditionKey("p", "daily", datetime(2026, 3, 9, tzinfo=UTC)),
        title=draw(WORDS) or "Title",
        local_date="2026-03-09",
        themes=tuple(ThemeStyle(slug, slug * draw(st.integers(1, 9)), "#0b6170") for slug in SLUGS),
        stories=tuple(replace(one, key=f"{one.key}{n}") for n in range(many) for one in some),
        notice=Notice("Short notice.", "Full notice."),
    )


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(editions(), st.sets(st.sampled_from(SLUGS)))
def test_no_edition_is_too_large_for_anybody(
    tight_renderer: Renderer, edition: Edition, chosen: set[str]
) -> None:
    fitted = tight_renderer.fit(edition)
    for themes in (frozenset[str](), frozenset(chosen)):
        if fitted.for_themes(themes).sections():
            variant = tight_renderer.variant(fitted, themes)
            assert len(variant.html.encode()) <= 40 * 1024
    assert [story.key for story in fitted.stories] == [story.key for story in edition.stories]
    assert tight_renderer.fit(fitted) == fitted


@pytest.fixture(scope="session")
def tight_renderer(samples: ModuleType) -> Renderer:
    return Renderer(
        [Path(__file__).parents[3] / "templates"], samples.PUBLICATION, RenderOptions(max_html_kib=40)
    )


def weight(edition: Edition) -> int:
    return sum(0 if one.web_only else 1 if one.brief else 10 for one in edition.stories)


def test_an_edition_that_fits_is_left_alone(samples: ModuleType) -> None:
    edition = samples.normal()
    assert fit(edition, weight(edition), weight) is edition


def test_the_theme_with_most_gives_first(samples: ModuleType) -> None:
    arctic = [one for one in samples.stories(22) if one.themes == ("arctic",)][:2]
    pacific = [one for one in samples.stories(60) if one.themes == ("indo-pacific",)][:12]
    fitted = fit(samples.edition((*pacific, *arctic)), 90, weight)
    assert not any(one.brief or one.web_only for one in fitted.stories if one.themes == ("arctic",))
    moved = [one.brief or one.web_only for one in fitted.stories if one.themes == ("indo-pacific",)]
    assert moved == sorted(moved), "the last stories of a theme go first"


def test_no_more_is_moved_than_needed(samples: ModuleType) -> None:
    fitted = fit(samples.edition(samples.stories(22)), 200, weight)
    assert 200 - 9 < weight(fitted) <= 200


def test_the_top_story_goes_last(samples: ModuleType) -> None:
    fitted = fit(samples.edition(samples.stories(22)), 10, weight)
    assert not fitted.stories[0].brief
    assert all(one.web_only for one in fitted.stories[1:])


def test_a_frame_that_is_too_large_is_refused(samples: ModuleType) -> None:
    with pytest.raises(RenderError, match="without any story is already over"):
        fit(samples.edition(samples.stories(3)), 5, lambda edition: 6 + weight(edition))


def test_what_moved_is_named_and_linked(tight_renderer: Renderer, samples: ModuleType) -> None:
    fitted = tight_renderer.fit(samples.sixty())
    variant = tight_renderer.variant(fitted, frozenset())
    assert any(one.brief for one in fitted.stories)
    hidden = sum(one.web_only for one in fitted.stories)
    assert hidden
    said = re.findall(r">(\d+) more in the web edition<", variant.html)
    assert sum(map(int, said)) == hidden
    page = tight_renderer.web_copy(fitted)
    assert all(f"{samples.ROWS[n][1]} (3)" in page.replace("&#39;", "'") for n in range(16))
