"""Corrections: what an edition got wrong, told to those who got it, and from then on in its web copy.

A correction is an edition of its own, without stories, so that the ledger, holding, testing and sending are
those of any other; its readers are whoever that edition reached, whatever they read by now.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import Connection

from digest import pipeline
from digest.errors import InputError, StateError
from digest.model.edition import CORRECTIONS, OPEN_TO_EDITING, Correction, Edition, EditionKey, Notice
from digest.model.links import edition_ref
from digest.parts import Parts
from digest.store import editions
from digest.store.editions import EditionRow

LONGEST_HEADLINE = 200  # characters
MOST_CHARACTERS = 8_000  # of all paragraphs: a correction is read at breakfast


def read_correction(text: str, of: str) -> Correction:
    """A correction as a person writes it: its headline on the first line, below it paragraphs.

    Raises:
        InputError: a part of it is missing or too long.
    """
    first, _, rest = text.strip().partition("\n")
    headline = " ".join(first.split())
    blocks = re.split(r"\n\s*\n", rest)
    paragraphs = tuple(" ".join(block.split()) for block in blocks if block.strip())
    if not headline or not paragraphs:
        raise InputError("a correction needs its headline on the first line, and below what is right")
    if len(headline) > LONGEST_HEADLINE:
        raise InputError(f"the first line is the headline, and has more than {LONGEST_HEADLINE} characters")
    if sum(map(len, paragraphs)) > MOST_CHARACTERS:
        raise InputError(f"a correction may have {MOST_CHARACTERS:,} characters; link to what is longer")
    return Correction(of, headline, paragraphs)


def draft(parts: Parts, row: EditionRow, text: str, now: datetime) -> tuple[EditionRow, int]:
    """Keep the correction of an edition as a draft, and say how many would get it.

    One that was written before and has not gone out is written anew.

    Raises:
        InputError: see ``read_correction``.
        StateError: the edition has gone out to nobody, or to nobody who is still there.
    """
    ref = edition_ref(row.key)
    correction = read_correction(text, ref)
    if row.accepted_at is None:
        raise StateError(f"the edition {ref} has not gone out: `digest edit --edition {ref}` changes it")
    with parts.database.write() as conn:
        key = _key(parts, conn, ref, now)
        edition = _edition(parts, key, correction, now)
        readers = sum(pipeline.choices_of(conn, edition).values())
        if not readers:
            raise StateError(
                f"nobody who got the edition {ref} is subscribed any more, or known to have got it"
            )
        slot, _created = editions.open_slot(conn, key, now)
        if not editions.save_content(conn, slot.id, edition, drops={}, now=now):
            raise StateError(f"the correction {edition_ref(key)} goes out just now; nothing was changed")
        fresh = editions.get_edition(conn, slot.id)
        assert fresh is not None
        return fresh, readers


def _key(parts: Parts, conn: Connection, ref: str, now: datetime) -> EditionKey:
    """That of the draft that there is, or of a new one: the first free second from now on."""
    slot = now.replace(microsecond=0)
    taken = set()
    for row in editions.list_editions(conn, parts.publication.slug, series=CORRECTIONS):
        correction = row.edition.correction if row.edition else None
        if correction and correction.of == ref and row.state in OPEN_TO_EDITING:
            return row.key
        taken.add(row.key.slot)
    while slot in taken:
        slot += timedelta(seconds=1)
    return parts.key(slot, CORRECTIONS)


def _edition(parts: Parts, key: EditionKey, correction: Correction, now: datetime) -> Edition:
    words = parts.publication.wording
    return Edition(
        key=key,
        title=parts.publication.name,
        local_date=parts.schedule.local_day(now).isoformat(),
        themes=(),
        stories=(),
        notice=None if parts.notice_off else Notice(words.correction_notice, words.correction_notice),
        language=parts.publication.language,
        composed_at=now,
        correction=correction,
    )
