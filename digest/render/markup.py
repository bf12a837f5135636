"""MJML to HTML. mrml is met here and nowhere else."""

from __future__ import annotations

import re

from mjml import mjml2html

from digest.errors import RenderError

_DOCTYPE = re.compile(r"\A\s*<!doctype html>", re.IGNORECASE)
# Begins with "<", so that nothing a feed wrote can look like it.
_ARTICLE = re.compile(
    r'(<div aria-label="[^"]*") aria-roledescription="email"( class="[^"]*")? role="article"'
)
_MJ_STYLE = re.compile(r"(<mj-style\b.*?</mj-style>)", re.DOTALL)


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
