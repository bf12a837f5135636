"""MJML to the HTML of a mail. mrml and premailer are met here and nowhere else."""

from __future__ import annotations

import logging
import re
from typing import Any, ClassVar

import cssutils
from mjml import mjml2html
from premailer import Premailer
from premailer.premailer import PremailerError

from digest.errors import RenderError

_STYLE_SHEETS = 32  # kept, each of a few kilobytes; a publication has one
_DOCTYPE = re.compile(r"\A\s*<!doctype html>", re.IGNORECASE)
_STYLE = re.compile(r"<style\b")
# Both begin with "<", so that nothing a feed wrote can look like them.
_ARTICLE = re.compile(
    r'(<div aria-label="[^"]*") aria-roledescription="email"( class="[^"]*")? role="article"'
)
_MJ_STYLE = re.compile(r"(<mj-style\b.*?</mj-style>)", re.DOTALL)
_WHITE_PREHEADER = '<div style="display:none;font-size:1px;color:#ffffff;'


class _Inliner(Premailer):  # type: ignore[misc] # premailer ships no types
    """Premailer, which parses a style sheet once but prints it anew for every page: half of its time."""

    _rules: ClassVar[dict[tuple[str, int], Any]] = {}

    def _parse_style_rules(self, css_body: str, ruleset_index: int) -> Any:
        key = (css_body, ruleset_index)
        if key not in self._rules:
            if len(self._rules) >= _STYLE_SHEETS:
                self._rules.clear()
            self._rules[key] = super()._parse_style_rules(css_body, ruleset_index)
        rules, leftover = self._rules[key]
        return list(rules), list(leftover)


def compile_mjml(source: str, *, template: str) -> str:
    """HTML of ``source``, with a doctype that survives inlining. Raises RenderError naming ``template``."""
    try:
        # fonts={}: the default ones add an @import that premailer's parser would look up.
        html = mjml2html(_plain_ascii(source), fonts={})
    except ValueError as error:
        raise RenderError(f"{template}: is not valid MJML: {error}") from error
    html = _DOCTYPE.sub("<!DOCTYPE html>", str(html), count=1)
    # An article is no landmark: a screen reader could not jump to it.
    return _ARTICLE.sub(r'\1\2 role="main"', html, count=1)


def _plain_ascii(source: str) -> str:
    r"""Everything outside ASCII, and the backslash, as character references.

    mrml prints attribute values the way Rust shows strings to programmers: an isolate or a joiner
    comes out as ``\u{2068}``, a backslash doubled, a quotation mark as ``\"``. References pass.
    """
    parts = _MJ_STYLE.split(source)
    parts[::2] = [
        part.replace("\\", "&#92;").encode("ascii", "xmlcharrefreplace").decode() for part in parts[::2]
    ]
    return "".join(parts)


def inline(html: str, css: str, *, ink: str) -> str:
    """``html`` with ``css`` written into style attributes, and nothing else changed.

    Style sheets that stand in the page (dark mode, small screens, client fixes) are kept to the
    letter: premailer would strip their ``!important`` and drop what its parser does not know.
    """
    marked = _STYLE.sub('<style data-premailer="ignore"', html)
    try:
        done = _Inliner(
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
        ).transform(marked, pretty_print=False)
    except (PremailerError, cssutils.xml.dom.DOMException, ValueError, AssertionError) as error:
        raise RenderError(f"edition.css.j2: could not be inlined: {error}") from error
    done = str(done).replace(' data-premailer="ignore"', "")
    # White on white is a trick of spammers: filters add points for it, hidden or not.
    return done.replace(_WHITE_PREHEADER, _WHITE_PREHEADER.replace("#ffffff", ink), 1)
