"""A message to one person outside any edition: to confirm, or that there is nothing to confirm."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

from digest.errors import RenderError
from digest.render.clean import clean, is_rtl_language, language_tag
from digest.render.flowed import flow
from digest.render.headers import address_header, exact_header, text_header
from digest.render.markup import compile_mjml
from digest.render.message import alternative_header, boundary_of, encode_parts, sender_headers
from digest.render.publication import Publication
from digest.render.renderer import unchanging
from digest.render.templates import Templates

PAGE, TEXT = "letter.mjml.j2", "letter.txt.j2"


@dataclass(frozen=True, slots=True)
class Letter:
    """What it says, in plain text, whoever wrote that; ``button`` leads to ``url``."""

    subject: str
    title: str
    text: str
    button: str
    url: str
    notes: tuple[str, ...]  # what follows the button, a paragraph each


class LetterRenderer:
    """Renders letters of one publication with the templates of some folders, first hit winning."""

    def __init__(self, template_folders: Sequence[Path], publication: Publication) -> None:
        self._publication = publication
        self._templates = Templates(template_folders, unchanging(publication))

    def message(self, letter: Letter, address: str, *, message_id: str, date: datetime) -> bytes:
        """The complete message, to be signed. ``message_id`` has its angle brackets, ``date`` is aware.

        It has no List-Unsubscribe: it comes because somebody asked, once, and there is no list to leave.
        Raises RenderError for a template that fails or leaves the link out, and for what is no address.
        """
        text, page = self.parts(letter)
        boundary = boundary_of(message_id, page, text)
        language = language_tag(self._publication.language)
        lines = [
            # No name: whoever typed it may be a stranger, with words to put into other people's mailboxes.
            address_header("To", "", address),
            sender_headers(self._publication),
            text_header("Subject", letter.subject),
            exact_header("Date", format_datetime(date)),
            exact_header("Message-ID", message_id),
            exact_header("MIME-Version", "1.0"),
            exact_header("Auto-Submitted", "auto-generated"),
            exact_header("Content-Language", language) if language else b"",
            *(exact_header(name, value) for name, value in self._publication.headers),
            alternative_header(boundary),
        ]
        segments, _no_holes = encode_parts(text, page, boundary)
        return b"".join((*lines, b"\r\n", *segments))

    def parts(self, letter: Letter) -> tuple[str, str]:
        """The text part and the page. Raises RenderError as ``message``."""
        language = language_tag(self._publication.language) or "en"
        direction = "rtl" if is_rtl_language(language) else "ltr"
        values = {"letter": _cleaned(letter), "language": language, "direction": direction}
        text = flow(self._templates.render(TEXT, values))
        page = compile_mjml(self._templates.render(PAGE, values), template=PAGE)
        for name, part, link in ((TEXT, text, letter.url), (PAGE, page, html.escape(letter.url))):
            if link not in part:
                raise RenderError(f"{name}: the letter has no link; it needs {{{{ letter.url }}}}")
        return text, page


def _cleaned(letter: Letter) -> Letter:
    """The same, each of its texts one line without anything that is no text."""
    return replace(
        letter,
        subject=clean(letter.subject),
        title=clean(letter.title),
        text=clean(letter.text),
        button=clean(letter.button),
        notes=tuple(map(clean, letter.notes)),
    )
