"""The last look at a rendering before it may be called a Variant."""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Mapping

from digest.errors import RenderError
from digest.model.edition import Edition, Notice
from digest.model.message import Hole, Variant
from digest.render.clean import clean

CLIP_BYTES = 102 * 1024  # Gmail shows no more of a message's HTML than this
FILL_RESERVE_BYTES = 1024  # what a reader's links and address may add once the holes are filled
_PLACEHOLDER = re.compile(r"__DIGEST_[A-Z0-9_]*", re.IGNORECASE)
_HIDDEN = re.compile(r"<(style|script|title)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE)


def checked(variant: Variant, visible: str, edition: Edition, *, view_name: str) -> Variant:
    """``variant`` itself. Raises RenderError where a reader would get something broken.

    ``visible`` is the visible text of its HTML. The notice of ``edition`` must stand in it, and its
    correction. ``view_name`` names edition and choice in the message.
    """
    problems = [*_text_problems(variant), *_html_problems(variant)]
    seen = {"edition.mjml.j2": visible, "edition.txt.j2": _one_line(variant.text)}
    if edition.notice:
        problems += _notice_problems(edition.notice, seen)
    if edition.correction:  # templates of a publisher's own may be older than corrections are
        said = [clean(line) for line in (edition.correction.headline, *edition.correction.paragraphs)]
        problems += [
            f"{name} does not show the correction"
            for name, shown in seen.items()
            if not all(line in shown for line in said)
        ]
    if problems:
        raise RenderError(f"{view_name} must not be sent: {problems[0]}")
    return variant


def visible_text(html: str) -> str:
    """The words of a page, tags and styles taken out, spaces run together."""
    return _one_line(html_entities.unescape(_HIDDEN.sub(" ", html)))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _text_problems(variant: Variant) -> list[str]:
    problems = []
    if not variant.text.strip():
        problems.append("edition.txt.j2 gave an empty text part")
    if not variant.subject.strip():
        problems.append("its subject is empty")
    if Hole.UNSUBSCRIBE_URL.value not in variant.text:
        problems.append("edition.txt.j2 has no unsubscribe link ({{ holes.UNSUBSCRIBE_URL.value }})")
    known = {hole.value for hole in Hole}
    for name, body in (("edition.mjml.j2", variant.html), ("edition.txt.j2", variant.text)):
        problems += [
            f"{name} has an unknown placeholder {found}"
            for found in _PLACEHOLDER.findall(body)
            if found not in known
        ]
    if _PLACEHOLDER.search(f"{variant.subject} {variant.preheader}"):
        problems.append("its subject or preheader has a placeholder, which nothing fills")
    return problems


def _html_problems(variant: Variant) -> list[str]:
    problems = []
    size = len(variant.html.encode()) + FILL_RESERVE_BYTES
    if size > CLIP_BYTES:
        problems.append(f"its HTML has {size:,} bytes, and Gmail cuts off at {CLIP_BYTES:,}: fit it first")
    if f'href="{Hole.UNSUBSCRIBE_URL.value}"' not in variant.html:
        problems.append("edition.mjml.j2 has no unsubscribe link (href of {{ holes.UNSUBSCRIBE_URL.value }})")
    if not variant.html.startswith("<!DOCTYPE html>"):
        problems.append("its HTML has lost the doctype")
    return problems


def _notice_problems(notice: Notice, seen: Mapping[str, str]) -> list[str]:
    return [
        f"{name} does not show the AI notice ({part})"
        for name, words in seen.items()
        for part in ("short", "full")
        if clean(getattr(notice, part)) not in words
    ]
