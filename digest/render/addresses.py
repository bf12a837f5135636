"""Web addresses that a person has typed into a text, as links."""

from __future__ import annotations

import re

from markupsafe import Markup

from digest.render.clean import reader_url

_ADDRESS = re.compile('https?://[^\\s<>"\u201c\u201d\u00ab\u00bb]+', re.IGNORECASE)
_STOPS = ".,;:!?\u2026'\u2019"  # behind an address they are the sentence's own
_BRACKETS = {")": "(", "]": "["}


def linked(text: str, style: str = "") -> Markup:
    """The text as markup, with a link for each web address in it; ``style`` is the links' class."""
    attribute = Markup(' class="{}"').format(style) if style else ""
    parts: list[str] = []
    end = 0
    for found in _ADDRESS.finditer(text):
        address = _without_stops(found[0])
        if url := reader_url(address):
            parts += [
                text[end : found.start()],
                Markup('<a{} href="{}">{}</a>').format(attribute, url, address),
            ]
            end = found.start() + len(address)
    return Markup("").join([*parts, text[end:]])


def _without_stops(address: str) -> str:
    """Without what ends the sentence; a closing bracket stays where the address has opened one."""
    while address[-1] in _STOPS or (
        address[-1] in _BRACKETS and address.count(address[-1]) > address.count(_BRACKETS[address[-1]])
    ):
        address = address[:-1]
    return address
