"""A colour for a new theme: readable on white, and in dark mode on black, and like no other theme's."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterable

from digest.errors import InputError
from digest.model.look import READABLE, contrast

_WHITE, _DARK = "#ffffff", "#181c20"
_HUES = 24
_SATURATION = 0.62
_MARGIN = 0.4  # above what can just be read; the paper of e-mails is not quite white, nor black
_STEP = 0.01
_GREY = 0.12  # less saturated colours have no hue to speak of
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def new_colours(taken: Iterable[str]) -> tuple[str, str]:
    """A colour and its variant for dark mode, of the hue farthest from those ``taken`` (#rrggbb)."""
    used = [hue for colour in taken if (hue := _hue(colour)) is not None]
    hues = [number / _HUES for number in range(_HUES)]
    best = max(hues, key=lambda hue: (min((_apart(hue, other) for other in used), default=1.0), -hue))
    return _readable(best, _WHITE, darker=True), _readable(best, _DARK, darker=False)


def colours_from(colour: str, taken: Iterable[str]) -> tuple[str, str]:
    """``colour`` and its variant for dark mode.

    Raises:
        InputError: it is no colour, can't be read on white, or is another theme's.
    """
    if not _COLOUR.fullmatch(colour):
        raise InputError(f"{colour!r} is no colour; write it as #rrggbb, six hex digits, as in '#1f4e8c'")
    if colour.lower() in {other.lower() for other in taken}:
        raise InputError(f"the colour {colour} is another theme's; choose another, or leave --colour out")
    found = contrast(colour, _WHITE)
    if found < READABLE:
        raise InputError(
            f"the colour {colour} has a contrast of {found:.1f} on white, and text needs {READABLE}:"
            " choose a darker one, or leave --colour out"
        )
    hue = _hue(colour)
    return colour.lower(), "#c8ccd2" if hue is None else _readable(hue, _DARK, darker=False)


def _apart(first: float, second: float) -> float:
    """How far two hues lie from one another around the wheel, 0 to 0.5."""
    distance = abs(first - second) % 1
    return min(distance, 1 - distance)


def _hue(colour: str) -> float | None:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, saturation, _ = colorsys.rgb_to_hsv(red, green, blue)
    return hue if saturation >= _GREY else None


def _readable(hue: float, background: str, *, darker: bool) -> str:
    """The colour of this hue nearest to the middle that can be read on ``background``."""
    lightness = 0.45 if darker else 0.6
    while True:
        red, green, blue = colorsys.hls_to_rgb(hue, lightness, _SATURATION)
        colour = "#" + "".join(f"{round(255 * part):02x}" for part in (red, green, blue))
        if contrast(colour, background) >= READABLE + _MARGIN:
            return colour
        lightness += -_STEP if darker else _STEP
