"""Colours, fonts and logo of a publication, refused where they could not be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

from digest.errors import ConfigurationError
from digest.model.edition import ThemeStyle

READABLE = 4.5  # contrast of text to its background, WCAG 2.2 success criterion 1.4.3 (AA)
COLUMN_PX = 552  # the width of a mail's text; a wider logo would push it sideways in Outlook
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_FONT = r"(?:[A-Za-z0-9 -]+| *'[A-Za-z0-9 -]+' *)"  # a quotation mark left open would swallow what follows
FONTS = re.compile(rf"{_FONT}(?:,{_FONT})*")
_HEADS = ("page", "paper", "note")
_TEXTS = ("ink", "muted", "accent")


FONT_FIELDS = ("serif", "sans")
COLOUR_FIELDS = tuple(prefix + name for prefix in ("", "dark_") for name in (*_HEADS, *_TEXTS, "hairline"))
NOT_A_COLOUR = "is not a colour such as #1f4e79"


def _described(default: str, text: str) -> str:
    """A field whose meaning also stands in the settings' reference."""
    made: str = field(default=default, metadata={"help": text})
    return made


def _pixels(text: str) -> int:
    made: int = field(default=0, metadata={"help": text})
    return made


@dataclass(frozen=True, slots=True)
class Look:
    """How every edition of a publication looks. Colours are #rrggbb, fonts are CSS stacks.

    Raises ConfigurationError for a value that is no colour, font list or picture's address, and for
    text that would stand out too little from what is behind it.
    """

    page: str = _described("#efece5", "Around the column.")
    paper: str = _described("#fffefb", "The column itself.")
    note: str = _described("#f5f2ea", "The box of the AI notice, and of an outlet's own declaration.")
    ink: str = _described("#1d1b18", "Headlines and text.")
    muted: str = _described("#59554c", "Sources, times and small print.")
    hairline: str = _described("#dcd6c9", "The thin lines between stories.")
    accent: str = _described(
        "#1f4e79", "The publication's own colour: the bar on top, buttons, themes without a colour."
    )
    dark_page: str = _described("#0f1215", "The same in dark mode.")
    dark_paper: str = _described("#181c20", "The same in dark mode.")
    dark_note: str = _described("#21262c", "The same in dark mode.")
    dark_ink: str = _described("#ece9e2", "The same in dark mode.")
    dark_muted: str = _described("#b7b3a9", "The same in dark mode.")
    dark_hairline: str = _described("#363d45", "The same in dark mode.")
    dark_accent: str = _described("#a9cdf4", "The same in dark mode, and there also the links to articles.")
    serif: str = _described(
        "Georgia, 'Times New Roman', Times, serif",
        "Headlines and summaries: font names with commas between, those with spaces in single quotes.",
    )
    sans: str = _described(
        "'Helvetica Neue', Helvetica, Arial, sans-serif", "Everything small: dates, sources, links."
    )
    logo: str = _described(
        "", "A picture in place of the name on top, by its https address. The name is what stands for it."
    )
    logo_dark: str = _described("", "The same for dark mode. Empty: logo there too.")
    logo_width: int = _pixels("The width at which the logo is shown, in CSS pixels, 552 at most.")
    logo_height: int = _pixels("Its height there.")

    def __post_init__(self) -> None:
        """Refuse what is malformed or unreadable."""
        values = asdict(self)
        shapes = [(name, COLOUR, NOT_A_COLOUR) for name in COLOUR_FIELDS]
        shapes += [(name, FONTS, "is not font names and commas") for name in FONT_FIELDS]
        malformed = [
            f"look.{name}: {values[name]!r} {advice}"
            for name, shape, advice in shapes
            if not shape.fullmatch(values[name])
        ]
        problems = malformed or [
            f"look.{problem.field}: {problem.text}" for problem in (*unreadable(values), *logo_faults(values))
        ]
        if problems:
            raise ConfigurationError("; ".join(problems))


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a look: at which field, and with which other one it clashes ("" for none)."""

    field: str
    other: str
    text: str


def unreadable(values: Mapping[str, object]) -> Iterator[Fault]:
    """Every text colour of ``values`` (a look's fields) that is too faint on one of its backgrounds.

    Only the background on which it is faintest is told.
    """
    for prefix in ("", "dark_"):
        for name in _TEXTS:
            text = str(values[prefix + name])
            contrasts = {prefix + one: contrast(text, str(values[prefix + one])) for one in _HEADS}
            worst = min(contrasts, key=contrasts.__getitem__)
            if contrasts[worst] < READABLE:
                on_dark = _luminance(text) > _luminance(str(values[worst]))
                first, second = ("lighter", "darker") if on_dark else ("darker", "lighter")
                yield Fault(
                    prefix + name,
                    worst,
                    f"{text} on look.{worst} {values[worst]} has a contrast of {contrasts[worst]:.2f}, "
                    f"and text needs {READABLE}; make it {first} or look.{worst} {second}",
                )


def logo_faults(values: Mapping[str, object]) -> Iterator[Fault]:
    """What a mail program would make a mess of: a logo not over https, without its size, or too wide."""
    for name in ("logo", "logo_dark"):
        url = str(values[name])
        if url and not is_picture(url):
            yield Fault(name, "", f"{url!r} is no https address of a picture")
    width, height = values["logo_width"], values["logo_height"]
    assert isinstance(width, int)
    assert isinstance(height, int)
    if values["logo_dark"] and not values["logo"]:
        yield Fault("logo_dark", "", "needs look.logo, for everyone else")
    if values["logo"] and not (0 < width <= COLUMN_PX and height > 0):
        yield Fault(
            "logo",
            "logo_width",
            f"needs look.logo_width, 1 to {COLUMN_PX}, and look.logo_height: "
            "Outlook would show the picture in its full size",
        )


def is_picture(url: str) -> bool:
    """Whether a mail may point to ``url`` for a picture."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and not re.search(r"[\s<>\"\\]", url)


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
            if not COLOUR.fullmatch(colour):
                problems.append(f"theme {theme.slug}: {name} {colour!r} {NOT_A_COLOUR}")
            elif contrast(colour, paper) < READABLE:
                problems.append(
                    f"theme {theme.slug}: {name} {colour} on {paper} has a contrast of "
                    f"{contrast(colour, paper):.2f}, and text needs {READABLE}"
                )
    return tuple(problems)


def readable(colour: str, background: str, fallback: str) -> str:
    """``colour`` where it is one and can be read on ``background``, else ``fallback``."""
    usable = COLOUR.fullmatch(colour) and contrast(colour, background) >= READABLE
    return colour.lower() if usable else fallback
