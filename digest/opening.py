"""An editor's word on top of an edition, above all that software chose.

It is of that edition alone, and stays when its draft is composed anew.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from digest.edits import open_draft
from digest.errors import InputError
from digest.model.edition import Edition, EditionStory
from digest.parts import Parts
from digest.render.checks import visible_text
from digest.render.clean import paragraphs_of
from digest.store import editions
from digest.store.editions import EditionRow

MOST_CHARACTERS = 2_000  # of all paragraphs: the news stands below it
MOST_PARAGRAPHS = 12


class Opened(NamedTuple):
    """The draft as it was and as it is with these words, and how many stories had to make room for them."""

    before: EditionRow
    row: EditionRow
    shortened: int


def read_opening(text: str) -> tuple[str, ...]:
    """The paragraphs of a word on top.

    Raises:
        InputError: there are none, or they are too long.
    """
    paragraphs = paragraphs_of(text)
    if not paragraphs:
        raise InputError("there is no text in it: write a few lines, or give --remove to have none on top")
    if sum(map(len, paragraphs)) > MOST_CHARACTERS:
        raise InputError(f"a word on top may have {MOST_CHARACTERS:,} characters: the news stands below it")
    if len(paragraphs) > MOST_PARAGRAPHS:
        raise InputError(f"a word on top may have {MOST_PARAGRAPHS} paragraphs; run some of them together")
    return paragraphs


def put(parts: Parts, row: EditionRow, paragraphs: tuple[str, ...], now: datetime) -> Opened:
    """Put these paragraphs on top of a draft in place of those that stand there; none takes them away.

    Nothing else changes, but that stories give way where the mail would grow too large.

    Raises:
        StateError: see ``digest.edits.open_draft``.
    """
    opened = None
    while opened is None:  # again, should the draft be composed anew meanwhile
        opened = _try_to_put(parts, row.id, paragraphs, now)
    return opened


def _try_to_put(parts: Parts, number: int, paragraphs: tuple[str, ...], now: datetime) -> Opened | None:
    with parts.database.read() as conn:
        before = editions.get_edition(conn, number)
        drops = editions.get_drops(conn, number)
    assert before is not None
    edition = open_draft(before)
    if edition.opening == paragraphs:
        return Opened(before, before, 0)
    fitted = parts.renderer.fit(replace(edition, opening=paragraphs))
    with parts.database.write() as conn:
        if not editions.save_content(conn, number, fitted, drops=drops, now=now, revision=before.revision):
            return None
        row = editions.get_edition(conn, number)
    assert row is not None
    return Opened(before, row, sum(map(_is_shorter, edition.stories, fitted.stories)))


def is_shown(parts: Parts, edition: Edition) -> bool:
    """Whether the mail shows it: a newsroom's own templates may be older than it."""
    mail = parts.renderer.variant(edition, frozenset())
    seen = "".join(visible_text(mail.html).split())
    return all("".join(paragraph.split()) in seen for paragraph in edition.opening)


def _is_shorter(before: EditionStory, after: EditionStory) -> bool:
    return (before.brief, before.web_only) != (after.brief, after.web_only)
