from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from digest.errors import ConfigurationError
from digest.model.edition import ThemeStyle
from digest.render import Look, Publication, RenderOptions, Wording, contrast, theme_problems
from digest.render.renderer import Renderer


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ink": "red"}, r"look\.ink: 'red' is not a colour"),
        ({"serif": "Georgia; } body { display: none"}, r"look\.serif: .* is not font names"),
        (
            {"muted": "#aaaaaa"},
            r"look\.muted: #aaaaaa on look\.page #efece5 has a contrast of 1\.97, and text needs 4\.5; make",
        ),
        ({"dark_accent": "#333333"}, r"look\.dark_accent: .* make it lighter or look\.dark_note darker"),
        ({"paper": "#101418"}, r"look\.muted: .* make it lighter or look\.paper darker"),
        ({"logo": "http://x.example/l.png"}, r"look\.logo: .* is no https address of a picture"),
        ({"logo": "https://x.example/l.png"}, r"look\.logo: needs look\.logo_width, 1 to 552"),
        ({"logo_dark": "https://x.example/l.png"}, r"look\.logo_dark: needs look\.logo, for everyone else"),
    ],
)
def test_an_unreadable_look_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        replace(Look(), **change)


def test_unreadable_theme_colours_are_named() -> None:
    themes = (
        ThemeStyle("good", "Good", "#0b6170", "#8fd3df"),
        ThemeStyle("pale", "Pale", "#ffee00", "#202020"),
        ThemeStyle("none", "None", "blue"),
    )
    first, second, third = theme_problems(themes, Look())
    assert first.startswith("theme pale: colour #ffee00 on")
    assert second.startswith("theme pale: colour_dark #202020 on")
    assert third == "theme none: colour 'blue' is not a colour such as #1f4e79"


def test_an_unreadable_theme_colour_gives_way_to_the_accent(renderer: Renderer, samples: ModuleType) -> None:
    pale = replace(samples.THEMES[0], colour="#ffee00", colour_dark="")
    html = renderer.variant(samples.edition(samples.stories(1), themes=(pale,)), frozenset()).html
    assert "#ffee00" not in html
    assert Look().accent in html


def test_words_can_be_replaced_but_not_invented(samples: ModuleType) -> None:
    with pytest.raises(ConfigurationError, match=r"wording\.read_more: .* knows no \{url\}; it may"):
        Wording(read_more="Weiterlesen: {url}")
    with pytest.raises(ConfigurationError, match=r"wording\.stories: '\{n' cannot be read: .* twice"):
        Wording(stories="{n")
    with pytest.raises(ConfigurationError, match=r"stands alone, without '>999'"):
        Wording(stories="{n:>999}")
    with pytest.raises(ConfigurationError, match="7 names and months 12"):
        Wording(weekdays=("Montag",))


def test_rewording_reaches_mail_and_text(samples: ModuleType) -> None:
    german = replace(samples.PUBLICATION, wording=Wording(read_more="Weiterlesen bei {outlet}"))
    variant = Renderer([Path(__file__).parents[3] / "templates"], german).variant(
        samples.one_story(), frozenset()
    )
    assert "Weiterlesen bei Strait Gazette" in variant.html
    assert "Weiterlesen bei Strait Gazette" in variant.text


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"publication\.timezone: 'Mars/Base' is no IANA"):
        Publication("N", "n", "N", "n@news.example", timezone="Mars/Base")


@pytest.mark.parametrize("size", [10, 102])
def test_a_budget_out_of_reason_is_refused(size: int) -> None:
    with pytest.raises(ConfigurationError, match="outside 30 to 100"):
        RenderOptions(max_html_kib=size)
