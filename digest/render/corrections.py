"""A correction as readers see it."""

from __future__ import annotations

from datetime import datetime

from digest.model.edition import Correction
from digest.model.links import Links, parse_edition_ref
from digest.render.clean import clean
from digest.render.publication import Publication
from digest.render.views import CorrectionView


def view_correction(correction: Correction, publication: Publication) -> CorrectionView:
    """A correction as a mail shows it, and the web copy of what it corrects."""
    _series, slot = _known_ref(correction.of)
    words, day = publication.wording, slot.astimezone(publication.zone).date()
    return CorrectionView(
        headline=clean(correction.headline),  # in full: who wrote it was told how long it may be
        paragraphs=tuple(clean(paragraph) for paragraph in correction.paragraphs),
        about=words.correction_about.format(date=words.day(day)),
        url=Links(publication.base_url).edition(correction.of),
    )


def _known_ref(ref: str) -> tuple[str, datetime]:
    found = parse_edition_ref(ref)
    assert found is not None, "a correction is of an edition that was sent"
    return found
