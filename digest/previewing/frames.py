"""A mail or page as it is shown in a frame: in light or dark, with or without images, and powerless.

A browser tells a page one colour scheme, that of its own window. To show both side by side, the mail's own
``prefers-color-scheme`` rules are rewritten to hold always or never; nothing else of the mail is touched.
What other apps do to colours of their own accord (Gmail, Outlook on Windows) is not imitated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# No script of a mail ever runs. allow-same-origin lets our page measure the mail, which is harmless only
# without allow-scripts: never add that. The others let links open in a tab of their own.
SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
WIDTHS = (320, 375, 600, 1200)  # px: small and common phones, a mail's own column, a desktop

# A style sheet as a whole, or a tag, where a <source> or <link> may hold a media query. The words of a
# story, which may be about style sheets, are neither.
_MARKUP = re.compile(r"<style\b.*?</style\s*>|<[a-z][^>]*>", re.DOTALL | re.IGNORECASE)
_SCHEME = re.compile(r"\(\s*prefers-color-scheme\s*(?::\s*(light|dark)\s*)?\)", re.IGNORECASE)
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)  # may be left out, and then
_DOCTYPE = re.compile(r"<!doctype[^>]*>", re.IGNORECASE)  # comes first, so that the mode stays the same
_OUTWARD = re.compile(r"<a\b(?![^>]*\starget=)(?=[^>]*\shref=[\"']?https?:)", re.IGNORECASE)
_ALWAYS, _NEVER = "(min-width: 0)", "(max-width: 0)"  # as parts of any query, before and after "and"


@dataclass(frozen=True, slots=True)
class Looks:
    """How a frame is shown."""

    dark: bool = False
    images: bool = True

    @property
    def scheme(self) -> str:
        """The colour scheme's name in CSS."""
        return "dark" if self.dark else "light"


def framed(page: str, looks: Looks) -> str:
    """``page``, an HTML document, to be shown in a frame with the sandbox ``SANDBOX``.

    With images off the browser is forbidden to load any, so that it shows what an app shows that blocks
    them: the alternative text, in the image's place. Links out of the page open in a tab of their own.
    """

    def decided(query: re.Match[str]) -> str:
        return _ALWAYS if (query[1] or looks.scheme).lower() == looks.scheme else _NEVER

    def shown(markup: re.Match[str]) -> str:
        return _OUTWARD.sub('<a target="_blank"', _SCHEME.sub(decided, markup[0]))

    images = "https: http: data:" if looks.images else "'none'"
    start = (
        '<meta http-equiv="Content-Security-Policy" content="'
        f"default-src 'none'; style-src 'unsafe-inline'; font-src https: data:; img-src {images}\">"
        f"<style>:root {{ color-scheme: {looks.scheme} !important }}</style>"
    )
    first = _HEAD if _HEAD.search(page) else _DOCTYPE
    return first.sub(lambda tag: tag[0] + start, _MARKUP.sub(shown, page), count=1)
