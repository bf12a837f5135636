"""The lead's picture in mail and web copy: how large, whose it is, and that its words do no harm."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from digest.model.edition import Edition
from digest.model.picture import Picture
from digest.render.flowed import unflow
from digest.render.renderer import Renderer

PICTURE = Picture("ab" * 32, 1104, 621, "A quay", "Ada Berg", "Polar Post", "https://p.example.org/1.jpg")


def shown(samples: ModuleType, picture: Picture, *, at: int = 0) -> Edition:
    stories = list(samples.normal().stories)
    stories[at] = replace(stories[at], picture=picture)
    edition: Edition = samples.edition(tuple(stories))
    return edition


def image_in(html: str) -> dict[str, str]:
    (tag,) = re.findall(r"<img [^>]*>", html)
    return dict(re.findall(r'(\w+)="([^"]*)"', tag))


@pytest.mark.parametrize(
    ("stored", "mail", "web"),
    [
        ((1104, 621), (552, 310), (632, 356)),
        ((1104, 828), (552, 414), (632, 474)),
        ((621, 828), (310, 414), (356, 474)),
        ((600, 300), (552, 276), (600, 300)),
    ],
)
def test_a_picture_is_shown_in_its_shape_and_never_blown_up(
    renderer: Renderer,
    samples: ModuleType,
    stored: tuple[int, int],
    mail: tuple[int, int],
    web: tuple[int, int],
) -> None:
    edition = shown(samples, replace(PICTURE, width=stored[0], height=stored[1]))
    for html, size in (
        (renderer.variant(edition, frozenset()).html, mail),
        (renderer.web_copy(edition), web),
    ):
        found = image_in(html)
        assert (int(found["width"]), int(found["height"])) == size


@pytest.mark.parametrize(
    ("credit", "outlet", "line"),
    [("Ada Berg", "Polar Post", "Photo: Ada Berg"), ("", "Polar Post", "Photo from Polar Post")],
)
def test_whose_a_picture_is_always_stands_below_it(
    renderer: Renderer, samples: ModuleType, credit: str, outlet: str, line: str
) -> None:
    edition = shown(samples, replace(PICTURE, credit=credit, outlet=outlet))
    variant, web = renderer.variant(edition, frozenset()), renderer.web_copy(edition)
    assert f">{line}</p>" in variant.html
    assert f">{line}</figcaption>" in web
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', web)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    assert data["image"]["creditText"] == (credit or outlet)
    assert data["image"]["contentUrl"] == image_in(web)["src"]


def test_a_story_that_does_not_lead_shows_none(renderer: Renderer, samples: ModuleType) -> None:
    edition = shown(samples, PICTURE, at=2)  # the best of its theme, and not of all
    assert "<img" not in renderer.variant(edition, frozenset()).html
    assert "<img" not in renderer.web_copy(edition)
    assert "og:image" not in renderer.web_copy(edition)
    theme = frozenset(edition.stories[2].themes)
    assert image_in(renderer.variant(edition, theme).html)["alt"] == "A quay"
    assert 'og:image"' in renderer.web_copy(edition, theme)


def test_the_text_part_is_the_same_with_a_picture_and_without(
    renderer: Renderer, samples: ModuleType
) -> None:
    """All but the links of one story more: how many fit depends on the page's words, the credit's too."""

    def told(text: str) -> list[str]:
        return [line for line in unflow(text).split("\n") if not re.match("- |And ", line)]

    plain = renderer.variant(samples.normal(), frozenset()).text
    assert told(renderer.variant(shown(samples, PICTURE), frozenset()).text) == told(plain)


def test_nothing_in_a_pictures_words_does_harm(renderer: Renderer, samples: ModuleType) -> None:
    attack = '" onerror="alert(1)"><script>alert(1)</script>\u202e\x00 __DIGEST_UNSUB_URL__ {{ 7*7 }}'
    edition = shown(samples, replace(PICTURE, alt=attack, credit=attack * 9, outlet=attack))
    for html in (renderer.variant(edition, frozenset()).html, renderer.web_copy(edition)):
        body = re.sub(r'<script type="application/ld\+json">.*?</script>', "", html, flags=re.DOTALL)
        assert "<script>alert" not in html
        assert not re.search(r"<img[^>]* onerror=", re.sub(r"'[^']*'|\"[^\"]*\"", "", body))
        assert "\u202e" not in html
        assert "{{ 7*7 }}" in body  # as text
        assert len(re.findall(r"<img", body)) == 1


def test_a_credit_from_right_to_left_cannot_reorder_its_line(renderer: Renderer, samples: ModuleType) -> None:
    arabic = "\u0622\u062f\u0627"
    assert f"Photo: \u2068{arabic}\u2069<" in renderer.web_copy(
        shown(samples, replace(PICTURE, credit=arabic))
    )


def test_the_possible_leads_are_those_of_every_choice_of_themes(samples: ModuleType) -> None:
    edition = samples.full_day()
    slugs = [theme.slug for theme in edition.themes]
    choices = [frozenset(slug for at, slug in enumerate(slugs) if number >> at & 1) for number in range(8)]
    leads = {lead.key for choice in choices if (lead := edition.for_themes(choice).lead())}
    assert {story.key for story in edition.possible_leads()} == leads
    assert len(leads) == len(slugs)
