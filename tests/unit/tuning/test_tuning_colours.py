from __future__ import annotations

import colorsys
from itertools import pairwise

import pytest

from digest.errors import InputError
from digest.render import contrast
from digest.tuning.colours import colours_from, new_colours


def hue(colour: str) -> float:
    return colorsys.rgb_to_hsv(*(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)))[0]


def test_twelve_themes_in_a_row_get_readable_colours_that_differ() -> None:
    taken: list[str] = []
    for _ in range(12):
        light, dark = new_colours(taken)
        assert contrast(light, "#ffffff") >= 4.5
        assert contrast(dark, "#181c20") >= 4.5
        assert contrast(dark, "#121212") >= 4.5
        assert light not in taken
        taken += [light, dark]
    hues = sorted(hue(colour) for colour in taken[::2])
    assert min(second - first for first, second in pairwise(hues)) > 0.02


def test_hues_lie_on_a_wheel() -> None:
    light, _ = new_colours(["#a00030"])  # a red just short of the full circle
    assert 0.3 < hue(light) < 0.7


@pytest.mark.parametrize("colour", ["#00695C", "#333333", "#000000"])
def test_a_colour_of_the_editors_own_gets_a_readable_partner(colour: str) -> None:
    light, dark = colours_from(colour, ["#1f4e8c"])
    assert light == colour.lower()
    assert contrast(dark, "#181c20") >= 4.5


@pytest.mark.parametrize(
    ("colour", "words"), [("#ffcc00", "contrast of 1.5"), ("teal", "#rrggbb"), ("#1F4E8C", "another theme's")]
)
def test_a_colour_that_cannot_serve_is_refused(colour: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        colours_from(colour, ["#1f4e8c"])
