"""Styles written into the elements of a mail.

premailer searches the whole page once for every rule: half of the time that rendering takes. Where no
selector looks further than one element (``.lead``, ``td.note``: all of ours), what becomes of an element
depends on its tag, class, id and style alone. Then premailer is shown each kind of element once, and what
it made of it is written into all that are alike, in this page, the next, and those of the next process: the
result is the same, letter for letter. One selector that looks around itself (``td p``, ``:first-child``,
``[dir]``), and premailer gets every page whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from functools import cached_property, lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import etree

from digest.errors import RenderError
from digest.render.keeping import Kept

if TYPE_CHECKING:
    from digest.render.premailing import Premailed

_STYLE_SHEETS = 8  # kept, with what is known by them; a publication has one
_MOST_KINDS = 5_000  # known of one style sheet: a mail has fifty, unless its templates make up ids
_MOST_KEPT = 500  # of these for the next process
_IGNORED = "data-premailer"
_STYLE_TAG = re.compile(r"<style\b", re.IGNORECASE)
# Begins with "<", so that nothing a feed wrote can look like it.
_WHITE_PREHEADER = '<div style="display:none;font-size:1px;color:#ffffff;'
_KEPT = Kept(
    "styles",
    f"{version('premailer')} {version('cssutils')}".encode()
    + Path(__file__).with_name("premailing.py").read_bytes()
    + Path(__file__).read_bytes(),  # what a kind is, and what a specimen of it
)

_Kind = tuple[str, str | None, str | None, str | None]  # tag, class, id, style


def inline(html: str, css: str, *, ink: str) -> str:
    """``html`` with ``css`` written into style attributes, and nothing else changed.

    Style sheets that stand in the page (dark mode, small screens, client fixes) are kept to the
    letter: premailer would strip their ``!important`` and drop what its parser does not know. The
    hidden preheader gets the colour ``ink``. Raises RenderError for styles that can't be read.
    """
    marked = _STYLE_TAG.sub(rf'\g<0> {_IGNORED}="ignore"', html.strip())
    try:
        page = etree.fromstring(marked, etree.HTMLParser())
        _sheet(css).apply(page)
        done = etree.tostring(page.getroottree(), method="html", encoding="utf-8").decode()
    except (etree.LxmlError, ValueError) as error:
        raise RenderError(f"edition.css.j2: could not be inlined: {error}") from error
    done = done.replace(f' {_IGNORED}="ignore"', "")
    # White on white is a trick of spammers: filters add points for it, hidden or not.
    return done.replace(_WHITE_PREHEADER, _WHITE_PREHEADER.replace("#ffffff", ink), 1)


class _Sheet:
    """One style sheet, and what premailer is known to make of each kind of element under it."""

    def __init__(self, css: str) -> None:
        self._css = css
        self._file = sha256(css.encode()).hexdigest()
        self._known: dict[_Kind, str | None] = {}
        if kept := _KEPT.read(self._file):
            self._known = {tuple(kind): style for kind, style in json.loads(kept)}

    @cached_property
    def _premailed(self) -> Premailed:
        from digest.render.premailing import Premailed  # noqa: PLC0415 - slow to load, rarely needed

        return Premailed(self._css)

    def apply(self, page: Any) -> None:
        """Write the styles into the elements of ``page``. Raises ValueError for styles that can't be read."""
        # Only what is decided by the element is known of it, so who knows something need not ask.
        if not self._known and not self._premailed.by_element:
            self._premailed.style(page)
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
        self._premailed.style(page)
        for kind, specimen in specimens.items():
            style = specimen.get("style")
            self._known[kind] = None if style == before[kind] else style
        if len(self._known) <= _MOST_KEPT:
            _KEPT.write(self._file, json.dumps(list(self._known.items())).encode(), most=_STYLE_SHEETS)


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
        attributes[_IGNORED] = "ignore"  # as every style element of a page
    return etree.SubElement(page, tag, attributes)
