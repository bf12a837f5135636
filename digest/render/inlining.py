"""Styles written into the elements of a mail. premailer is met here and nowhere else.

premailer searches the whole page once for every rule: half of the time that rendering takes. Where no
selector looks further than one element (``.lead``, ``td.note``: all of ours), what becomes of an element
depends on its tag, class, id and style alone. Then premailer is shown each kind of element once, and what
it made of it is written into all that are alike, in this page and the next: the result is the same, letter
for letter. One selector that looks around itself (``td p``, ``:first-child``, ``[dir]``), and premailer
gets every page whole.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Collection
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any

import cssutils
from cssselect import SelectorError
from lxml import etree

from digest.errors import RenderError


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

_STYLE_SHEETS = 8  # kept, with what is known by them; a publication has one
_MOST_KINDS = 5_000  # known of one style sheet: a mail has fifty, unless its templates make up ids
_KEPT = "data-premailer"  # with the value "ignore": premailer leaves this style element alone
_STYLE_TAG = re.compile(r"<style\b", re.IGNORECASE)
_TAG, _NAME = r"[A-Za-z][A-Za-z0-9]*", r"[.#][A-Za-z_][A-Za-z0-9_-]*"
_ONE_ELEMENT = re.compile(rf"{_TAG}|(?:{_TAG})?(?:{_NAME})+")
# Begins with "<", so that nothing a feed wrote can look like it.
_WHITE_PREHEADER = '<div style="display:none;font-size:1px;color:#ffffff;'
_UNREADABLE = (
    *(_premailer.PremailerError, cssutils.xml.dom.DOMException, SelectorError, etree.LxmlError),
    *(ValueError, AssertionError),
)

# What cssutils knows of valid values goes: premailer has it check styles that stand in the page, whatever it
# is told, and does not ask for the answer. Compiling the patterns for that takes longer than a mail does.
cssutils.profile.removeProfile(all=True)

_Kind = tuple[str, str | None, str | None, str | None]  # tag, class, id, style


def inline(html: str, css: str, *, ink: str) -> str:
    """``html`` with ``css`` written into style attributes, and nothing else changed.

    Style sheets that stand in the page (dark mode, small screens, client fixes) are kept to the
    letter: premailer would strip their ``!important`` and drop what its parser does not know. The
    hidden preheader gets the colour ``ink``. Raises RenderError for styles that can't be read.
    """
    marked = _STYLE_TAG.sub(rf'\g<0> {_KEPT}="ignore"', html.strip())
    try:
        page = etree.fromstring(marked, etree.HTMLParser())
        _sheet(css).apply(page)
        done = etree.tostring(page.getroottree(), method="html", encoding="utf-8").decode()
    except _UNREADABLE as error:
        raise RenderError(f"edition.css.j2: could not be inlined: {error}") from error
    done = done.replace(f' {_KEPT}="ignore"', "")
    # White on white is a trick of spammers: filters add points for it, hidden or not.
    return done.replace(_WHITE_PREHEADER, _WHITE_PREHEADER.replace("#ffffff", ink), 1)


class _Sheet(_premailer.Premailer):  # type: ignore[misc, name-defined] # premailer ships no types
    """Premailer for one style sheet, with nearly everything else it does switched off.

    Parses the sheet and prints its rules once, and knows what it made of each kind of element.
    """

    def __init__(self, css: str) -> None:
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
        self._by_element = all(_ONE_ELEMENT.fullmatch(selector) for _rank, selector, _style in self._rules)
        self._known: dict[_Kind, str | None] = {}

    def _parse_style_rules(self, css_body: str, ruleset_index: int) -> Any:  # noqa: ARG002 - all others are ignored
        return list(self._rules), []

    def apply(self, page: Any) -> None:
        """Write the styles into the elements of ``page``."""
        if not self._by_element:
            self.transform(page)
            return
        if len(self._known) > _MOST_KINDS:
            self._known.clear()
        elements = [(element, _kind(element)) for element in page.iter(etree.Element)]
        self._learn({kind for _element, kind in elements} - self._known.keys())
        for element, kind in elements:
            style = self._known[kind]
            if style is not None:
                element.set("style", style)

    def _learn(self, kinds: Collection[_Kind]) -> None:
        """Let premailer style one element of each of ``kinds``."""
        if not kinds:
            return
        page = etree.HTMLParser().makeelement("html")
        specimens = {kind: _specimen(page, kind) for kind in kinds}
        before = {kind: specimen.get("style") for kind, specimen in specimens.items()}
        self.transform(page)
        for kind, specimen in specimens.items():
            style = specimen.get("style")
            self._known[kind] = None if style == before[kind] else style


@lru_cache(maxsize=_STYLE_SHEETS)
def _sheet(css: str) -> _Sheet:
    return _Sheet(css)


def _kind(element: Any) -> _Kind:
    return element.tag, element.get("class"), element.get("id"), element.get("style")


def _specimen(page: Any, kind: _Kind) -> Any:
    tag, *values = kind
    attributes = {
        name: one for name, one in zip(("class", "id", "style"), values, strict=True) if one is not None
    }
    if tag == "style":
        attributes[_KEPT] = "ignore"  # as every style element of a page
    return etree.SubElement(page, tag, attributes)
