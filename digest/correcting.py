"""Corrections: what an edition got wrong, told to those who got it, and from then on in its web copy.

A correction is an edition of its own, without stories, so that the ledger, holding, testing and sending are
those of any other; its readers are whoever that edition reached, whatever they read by now.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from digest import pipeline
from digest.errors import InputError, StateError
from digest.model.edition import CORRECTIONS, OPEN_TO_EDITING, Correction, Edition, EditionKey, Notice
from digest.model.links import edition_ref
from digest.parts import Parts
from digest.render.clean import clean, paragraphs_of
from digest.store import editions
from digest.store.editions import EditionRow

LONGEST_HEADLINE = 200  # characters
MOST_CHARACTERS = 8_000  # of all paragraphs: a correction is read at breakfast
MOST_PARAGRAPHS = 40


class Drafted(NamedTuple):
    """The draft of a correction, how many would get it, and the headline of the draft that it replaced."""

    row: EditionRow
    readers: int
    replaced: str = ""


def read_correction(text: str, of: str) -> Correction:
    """A correction as a person writes it: its headline on the first line, below it paragraphs.

    Raises:
        InputError: a part of it is missing or too long.
    """
    first, _, rest = text.strip().partition("\n")
    headline = clean(first)
    paragraphs = paragraphs_of(rest)
    if not headline or not paragraphs:
        raise InputError("a correction needs its headline on the first line, and below what is right")
    if len(headline) > LONGEST_HEADLINE:
        raise InputError(f"the first line is the headline, and has more than {LONGEST_HEADLINE} characters")
    if sum(map(len, paragraphs)) > MOST_CHARACTERS:
        raise InputError(f"a correction may have {MOST_CHARACTERS:,} characters; tell the rest elsewhere")
    if len(paragraphs) > MOST_PARAGRAPHS:
        raise InputError(f"a correction may have {MOST_PARAGRAPHS} paragraphs; run some of them together")
    return Correction(of, headline, paragraphs)


def draft(parts: Parts, row: EditionRow, text: str, now: datetime) -> Drafted:
    """Keep the correction of an edition as a draft.

    One that was written before and has not gone out is written anew.

    Raises:
        InputError: see ``read_correction``.
        StateError: the edition has gone out to nobody, or to nobody who is still there and has not got these
            words before; or it is itself a correction.
    """
    ref = edition_ref(row.key)
    if row.edition is not None and row.edition.correction:
        of = row.edition.correction.of
        raise StateError(
            f"{ref} is itself a correction: `digest correct --edition {of}` corrects what was wrong once more"
        )
    correction = read_correction(text, ref)
    if row.accepted_at is None:
        raise StateError(f"the edition {ref} has not gone out: `digest edit --edition {ref}` changes it")
    with parts.database.write() as conn:
        slot = _slot(parts, conn, ref, now)
        edition = _edition(parts, slot.key, row, correction, now)
        readers = sum(pipeline.choices_of(conn, edition).values())
        if not readers:
            raise StateError(pipeline.nobody_to_correct(ref))
        if not editions.save_content(conn, slot.id, edition, drops={}, now=now):
            raise StateError(f"the correction {edition_ref(slot.key)} goes out just now; nothing was changed")
        fresh = editions.get_edition(conn, slot.id)
        assert fresh is not None
        before = slot.edition.correction if slot.edition else None
        replaced = before.headline if before and before != correction else ""
        return Drafted(fresh, readers, replaced)


def _slot(parts: Parts, conn: Connection, ref: str, now: datetime) -> EditionRow:
    """The draft that there is, or a new one: in the first free second from now on."""
    moment = now.replace(microsecond=0)
    for row in editions.list_editions(conn, parts.publication.slug, series=CORRECTIONS):
        correction = row.edition.correction if row.edition else None
        if correction and correction.of == ref and row.state in OPEN_TO_EDITING:
            return row
    while True:  # somebody may correct another edition in this very second
        row, created = editions.open_slot(conn, parts.key(moment, CORRECTIONS), now)
        if created:
            return row
        moment += timedelta(seconds=1)


def _edition(
    parts: Parts, key: EditionKey, corrected: EditionRow, correction: Correction, now: datetime
) -> Edition:
    words = parts.publication.wording
    return Edition(
        key=key,
        title=corrected.edition.title if corrected.edition else parts.publication.name,
        local_date=parts.schedule.local_day(now).isoformat(),
        themes=(),
        stories=(),
        notice=None if parts.notice_off else Notice(words.correction_notice, words.correction_notice),
        language=parts.publication.language,
        composed_at=now,
        correction=correction,
    )
