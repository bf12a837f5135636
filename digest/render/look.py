"""Colours and fonts of an edition, refused where they could not be read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields

from digest.errors import ConfigurationError
from digest.model.edition import ThemeStyle

READABLE = 4.5  # contrast of text to its background, WCAG 2.2 success criterion 1.4.3 (AA)
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_FONTS = re.compile(r"[A-Za-z0-9 ,'-]+")
_FONT_FIELDS = ("serif", "sans")


@dataclass(frozen=True, slots=True)
class Look:
    """How every edition of a publication looks. Colours are #rrggbb, fonts are CSS stacks.

    ``page`` lies around the column, ``paper`` is the column, ``note`` the box of the AI notice.
    Raises ConfigurationError for a value that is no colour or font list, and for text that would
    stand out too little from what is behind it.
    """

    page: str = "#efece5"
    paper: str = "#fffefb"
    note: str = "#f5f2ea"
    ink: str = "#1d1b18"
    muted: str = "#59554c"
    hairline: str = "#dcd6c9"
    accent: str = "#1f4e79"
    dark_page: str = "#0f1215"
    dark_paper: str = "#181c20"
    dark_note: str = "#21262c"
    dark_ink: str = "#ece9e2"
    dark_muted: str = "#b7b3a9"
    dark_hairline: str = "#363d45"
    dark_accent: str = "#a9cdf4"
    serif: str = "Georgia, 'Times New Roman', Times, serif"
    sans: str = "'Helvetica Neue', Helvetica, Arial, sans-serif"

    def __post_init__(self) -> None:
        """Refuse what is malformed or unreadable."""
        for field in fields(self):
            value = getattr(self, field.name)
            pattern = _FONTS if field.name in _FONT_FIELDS else _COLOUR
            if not pattern.fullmatch(value):
                wanted = "font names and commas" if pattern is _FONTS else "a colour such as #1f4e79"
                raise ConfigurationError(f"look.{field.name}: {value!r} is not {wanted}")
        problems = [*self._pairs("", self.page, self.paper, self.note)]
        problems += self._pairs("dark_", self.dark_page, self.dark_paper, self.dark_note)
        if problems:
            raise ConfigurationError("; ".join(problems))

    def _pairs(self, prefix: str, *backgrounds: str) -> Iterable[str]:
        for name in ("ink", "muted", "accent"):
            colour = getattr(self, prefix + name)
            worst = min(backgrounds, key=lambda background: contrast(colour, background))
            if contrast(colour, worst) < READABLE:
                yield (
                    f"look.{prefix}{name}: {colour} on {worst} has a contrast of "
                    f"{contrast(colour, worst):.1f}, and text needs {READABLE}: choose a "
                    f"{'lighter' if prefix else 'darker'} one"
                )


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two #rrggbb colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB


def theme_problems(themes: Iterable[ThemeStyle], look: Look) -> tuple[str, ...]:
    """What is wrong with the themes' colours, one line each; rendering falls back to the look's own."""
    problems = []
    for theme in themes:
        for name, colour, paper in (
            ("colour", theme.colour, look.paper),
            ("colour_dark", theme.colour_dark, look.dark_paper),
        ):
            if name == "colour_dark" and not colour:
                continue
            if not _COLOUR.fullmatch(colour):
                problems.append(f"theme {theme.slug}: {name} {colour!r} is not a colour such as #1f4e79")
            elif contrast(colour, paper) < READABLE:
                problems.append(
                    f"theme {theme.slug}: {name} {colour} on {paper} has a contrast of "
                    f"{contrast(colour, paper):.1f}, and text needs {READABLE}"
                )
    return tuple(problems)


def readable(colour: str, background: str, fallback: str) -> str:
    """``colour`` where it is one and can be read on ``background``, else ``fallback``."""
    usable = _COLOUR.fullmatch(colour) and contrast(colour, background) >= READABLE
    return colour.lower() if usable else fallback
