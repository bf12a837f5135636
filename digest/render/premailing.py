"""What premailer makes of elements under one style sheet. It is met here and nowhere else.

It takes longer to load than a mail does to render, so whoever knows the answer already need not come here.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

import cssutils
from cssselect import SelectorError


def _load_premailer() -> Any:
    """Premailer without requests, which it imports for style sheets on the web, and must not fetch for us.

    With an empty module in its place for that moment, a send that renders starts 50 ms earlier.
    """
    spared = "requests" not in sys.modules
    if spared:
        sys.modules["requests"] = ModuleType("requests")
    try:
        return import_module("premailer.premailer")
    finally:
        if spared:
            del sys.modules["requests"]


_premailer = _load_premailer()

_TAG, _NAME = r"[A-Za-z][A-Za-z0-9]*", r"[.#][A-Za-z_][A-Za-z0-9_-]*"
_ONE_ELEMENT = re.compile(rf"{_TAG}|(?:{_TAG})?(?:{_NAME})+")
_UNREADABLE = (_premailer.PremailerError, cssutils.xml.dom.DOMException, SelectorError, AssertionError)

# What cssutils knows of valid values goes: premailer has it check styles that stand in the page, whatever it
# is told, and does not ask for the answer. Compiling the patterns for that takes longer than a mail does.
cssutils.profile.removeProfile(all=True)


class Premailed(_premailer.Premailer):  # type: ignore[misc, name-defined] # premailer ships no types
    """Premailer for one style sheet, parsed once, with nearly everything else it does switched off.

    ``by_element``: no selector looks further than one element. Raises ValueError where styles can't be read.
    """

    def __init__(self, css: str) -> None:
        with _clear_errors():
            super().__init__(
                css_text=[css],
                keep_style_tags=False,
                strip_important=False,
                disable_validation=True,
                allow_network=False,
                disable_leftover_css=True,
                disable_link_rewrites=True,
                align_floating_images=False,
                disable_basic_attributes=["width", "height", "align", "valign", "bgcolor"],
                cssutils_logging_level=logging.CRITICAL,
            )
            self._rules, _leftover = super()._parse_style_rules(css, 0)
        self.by_element = all(_ONE_ELEMENT.fullmatch(selector) for _rank, selector, _style in self._rules)

    def style(self, page: Any) -> None:
        """Write the styles into the elements of ``page``. Raises ValueError as above."""
        with _clear_errors():
            self.transform(page)

    def _parse_style_rules(self, css_body: str, ruleset_index: int) -> Any:  # noqa: ARG002 - all others are ignored
        return list(self._rules), []


@contextmanager
def _clear_errors() -> Iterator[None]:
    """One kind of error for all that these libraries raise."""
    try:
        yield
    except _UNREADABLE as error:
        raise ValueError(str(error)) from error
