"""Whether text can be read: contrast in light and in dark, and size."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from digest.maillint.css import Screen, rules
from digest.maillint.finding import Fault, Level, Rule
from digest.maillint.mail import Mail, place
from digest.maillint.styles import Text
from digest.model.look import READABLE, contrast

LIGHT, DARK = Screen(600), Screen(600, dark=True)
PHONE = Screen(375)
LARGE_READABLE = 3.0  # of large text, WCAG 1.4.3, level AA
LARGE_PX, LARGE_BOLD_PX = 24.0, 18.66
SMALLEST_PX = 14.0
_DARK_QUERY = re.compile(r"prefers-color-scheme\s*:\s*dark", re.IGNORECASE)
_ROUNDING = 0.05  # browsers report sizes in twentieths


def _faint(pieces: Iterable[Text]) -> Iterator[Fault]:
    for text in pieces:
        if text.background is None:
            continue
        large = text.size >= (LARGE_BOLD_PX if text.bold else LARGE_PX)
        needed = LARGE_READABLE if large else READABLE
        ratio = contrast(text.ink, text.background)
        if ratio < needed:
            yield Fault(
                f"text {text.ink} on {text.background} has a contrast of {ratio:.1f}, and needs {needed:g}",
                place(text.element),
            )


def _light(mail: Mail) -> Iterator[Fault]:
    return _faint(mail.texts(LIGHT))


def _dark(mail: Mail) -> Iterator[Fault]:
    if any(_DARK_QUERY.search(style) for style in mail.styles):
        yield from _faint(mail.texts(DARK))


def _small(mail: Mail) -> Iterator[Fault]:
    told: set[object] = set()
    for screen in (LIGHT, PHONE):
        for text in mail.texts(screen):
            if text.size < SMALLEST_PX - _ROUNDING and text.element not in told:
                told.add(text.element)
                yield Fault(f"text of {text.size:g} px", place(text.element))


def _no_dark(mail: Mail) -> Iterator[Fault]:
    if mail.tree is not None and not any(_DARK_QUERY.search(style) for style in mail.styles):
        yield Fault("no style is meant for dark mode", "<style>")


def _no_outlook_dark(mail: Mail) -> Iterator[Fault]:
    dark = any(_DARK_QUERY.search(style) for style in mail.styles)
    if dark and not any("[data-ogsc]" in style or "[data-ogsb]" in style for style in mail.styles):
        yield Fault("no style is meant for Outlook's dark mode ([data-ogsc])", "<style>")


def _beaten(mail: Mail) -> Iterator[Fault]:
    dark = [rule for style in mail.styles for rule in rules(style) if _DARK_QUERY.search(rule.media)]
    for rule in dark:
        if any(
            not one.important for one in rule.declarations if "color" in one.name or one.name == "background"
        ):
            yield Fault(
                f"{rule.selector}: a dark style without !important loses to the element's own", "<style>"
            )


RULES: tuple[Rule[Mail], ...] = (
    Rule(
        "contrast-light", Level.ERROR,
        "Text stands out from its background: 4.5 to 1, large text 3 (WCAG 1.4.3).",
        "choose a darker colour for the text, or a lighter one behind it", _light,
    ),
    Rule(
        "contrast-dark", Level.ERROR, "The same in dark mode, by the page's own dark styles.",
        "choose a lighter colour in the dark styles; every background and text needs one", _dark,
    ),
    Rule(
        "font-small", Level.WARNING, "No text is smaller than 14 px, on a phone too.",
        "set font-size to 14px or more", _small,
    ),
    Rule(
        "dark-missing", Level.WARNING, "There are styles for dark mode (prefers-color-scheme).",
        "add @media (prefers-color-scheme: dark) { ... } with the dark colours", _no_dark,
    ),
    Rule(
        "dark-outlook", Level.WARNING,
        "There are styles for Outlook's dark mode, which knows no media query.",
        "repeat the dark rules with [data-ogsc] before each selector", _no_outlook_dark,
    ),
    Rule(
        "dark-important", Level.WARNING, "Dark styles are marked !important, to win over the elements' own.",
        "write !important after each of their values", _beaten,
    ),
)  # fmt: skip
