"""What the web copy tells programs: search engines, link previews, readers of feeds; and how a logo shows."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lxml import html

from digest.model.edition import Edition, Method, Provenance, Summary
from digest.model.links import story_anchor
from digest.model.look import Look
from digest.render.publication import RenderOptions
from digest.render.renderer import Renderer

TEMPLATES = Path(__file__).parents[3] / "templates"
LOGO = Look(
    logo="https://harbour.example/logo.png?a=1&b=2",
    logo_dark="https://harbour.example/logo-dark.png",
    logo_width=240,
    logo_height=48,
)


def tree_of(page: str) -> Any:
    return html.fromstring(page)


def head_of(renderer: Renderer, edition: Edition) -> dict[str, str]:
    """The meta and link elements of the web copy, by name."""
    tree = tree_of(renderer.web_copy(edition))
    metas = {str(m.get("property") or m.get("name")): str(m.get("content")) for m in tree.iter("meta")}
    return {**metas, **{str(one.get("rel")): str(one.get("href")) for one in tree.iter("link")}}


def data_of(renderer: Renderer, edition: Edition) -> Any:
    (script,) = tree_of(renderer.web_copy(edition)).xpath("//script[@type='application/ld+json']")
    return json.loads(script.text)


def test_a_shared_link_shows_the_headline_and_what_else_is_inside(
    renderer: Renderer, samples: ModuleType
) -> None:
    head = head_of(renderer, samples.normal())
    address = "https://read.harbour.example/editions/daily-20260309T0600"
    assert head["og:title"] == samples.normal().stories[0].headline, "whole: nothing cuts it here"
    assert head["og:description"] == head["description"]
    assert head["og:description"].startswith("Also: Ice road to the Tarn mines")
    assert head["og:type"] == "article"
    assert head["og:site_name"] == "The Harbour Brief"
    assert head["og:url"] == head["canonical"] == address
    assert head["article:published_time"] == "2026-03-09T06:00:00+00:00"
    assert head["alternate"] == "https://read.harbour.example/feed.atom"
    assert "og:image" not in head


def test_a_correction_stands_apart_and_says_when_it_was_made(renderer: Renderer, samples: ModuleType) -> None:
    page = renderer.web_copy(samples.normal(), corrections=[samples.told_correction()])
    (box,) = tree_of(page).xpath("//div[@class='corrections']/section[@class='correction']")
    (label,) = box.xpath("p[@class='label']")
    assert label.text_content() == "Correction Sunday, 8 March 2026, 09:42"
    assert label.xpath("time/@datetime") == ["2026-03-08T09:42:00+00:00"]
    assert page.index("corrections") < page.index('id="lead"')
    (script,) = tree_of(page).xpath("//script[@type='application/ld+json']")
    assert json.loads(script.text)["correction"][0]["datePublished"] == "2026-03-08T09:42:00+00:00"
    assert "correction" not in renderer.web_copy(samples.normal())


def test_a_quiet_day_can_be_shared_too(renderer: Renderer, samples: ModuleType) -> None:
    assert head_of(renderer, samples.quiet_day())["og:title"] == "A quiet day"


@pytest.mark.parametrize(
    ("methods", "kind"),
    [
        ([Method.PUBLISHER, Method.EXTRACT], None),
        ([Method.PUBLISHER, Method.MODEL], "CompositeWithTrainedAlgorithmicMediaDigitalSource"),
        ([Method.MODEL, Method.MODEL], "TrainedAlgorithmicMediaDigitalSource"),
    ],
)
def test_machines_learn_how_much_a_model_wrote(
    methods: list[Method], kind: str | None, renderer: Renderer, samples: ModuleType
) -> None:
    chosen = tuple(
        replace(one, summary=Summary("Words.", Provenance(method, "Polar Post", model="small-news-7b")))
        for one, method in zip(samples.stories(2), methods, strict=True)
    )
    data = data_of(renderer, samples.edition(chosen))
    assert data.get("digitalSourceType") == (kind and f"https://schema.org/{kind}")
    parts = [entry["item"]["hasPart"] for entry in data["mainEntity"]["itemListElement"]]
    assert ["digitalSourceType" in part for part in parts] == [one is Method.MODEL for one in methods]
    assert all(re.match("Summary by|Extract from|AI summary by", part["creditText"]) for part in parts)


def test_a_logo_stands_for_the_name_in_light_and_dark(samples: ModuleType) -> None:
    renderer = Renderer([TEMPLATES], replace(samples.PUBLICATION, look=LOGO))
    mail = tree_of(renderer.variant(samples.one_story(), frozenset()).html)
    pictures = mail.xpath("//h1//img")
    assert [one.get("src") for one in pictures] == [LOGO.logo, LOGO.logo_dark]
    assert {(one.get("alt"), one.get("width"), one.get("height")) for one in pictures} == {
        ("The Harbour Brief", "240", "48")
    }
    assert "display:none" in pictures[1].get("style"), "until the style sheet for dark mode swaps them"
    tree = tree_of(renderer.web_copy(samples.one_story()))
    (picture,) = tree.xpath("//h1//img")
    assert picture.get("alt") == "The Harbour Brief"
    (dark,) = tree.xpath("//h1//source")
    assert dark.get("srcset") == LOGO.logo_dark
    assert head_of(renderer, samples.one_story())["og:image"] == LOGO.logo


def test_a_line_of_the_mail_is_a_line_of_the_web_copy_and_never_leads_it(
    renderer: Renderer, samples: ModuleType
) -> None:
    edition = samples.normal()
    brief = replace(next(one for one in edition.stories if one.brief), summary=None)
    tree = tree_of(renderer.web_copy(replace(edition, stories=(brief, *edition.stories[:3]))))
    (line,) = tree.xpath("//div[@class='briefs']//li")
    assert line.get("id") == story_anchor(brief.key)
    assert brief.headline in line.text_content()
    assert brief.headline not in "".join(one.text_content() for one in tree.xpath("//article"))
    moved = replace(brief, brief=False, web_only=True)
    tree = tree_of(renderer.web_copy(replace(edition, stories=(*edition.stories[:3], moved))))
    assert len(tree.xpath("//div[@class='briefs']//li")) == 1
    told = replace(brief, summary=edition.stories[0].summary)
    tree = tree_of(renderer.web_copy(replace(edition, stories=(*edition.stories[:3], told))))
    assert not tree.xpath("//div[@class='briefs']"), "what has a summary is told in full"
    assert brief.headline in "".join(one.text_content() for one in tree.xpath("//article"))


def test_the_web_copy_leads_home_to_the_form_and_to_past_editions(samples: ModuleType) -> None:
    renderer = Renderer([TEMPLATES], samples.PUBLICATION, RenderOptions(sign_ups=True))
    tree = tree_of(renderer.web_copy(samples.normal()))
    home = "https://read.harbour.example/"
    assert [one.get("href") for one in tree.xpath("//h1/a")] == [home]
    ways = {
        one.text_content(): one.get("href") for one in tree.xpath("//header//p[contains(@class, 'ways')]/a")
    }
    assert ways == {"Get it by e-mail": f"{home}subscribe", "Past editions": f"{home}editions"}
    closed = tree_of(Renderer([TEMPLATES], samples.PUBLICATION).web_copy(samples.normal()))
    assert not closed.xpath("//a[contains(@href, 'subscribe')]")


def test_short_names_and_phrases_stay_on_one_line(renderer: Renderer, samples: ModuleType) -> None:
    for page in (renderer.web_copy(samples.normal()), renderer.variant(samples.normal(), frozenset()).html):
        assert "Northern\u00a0Herald</a>" in page
        assert "(single\u00a0source)" in page
        assert "· single" not in page
