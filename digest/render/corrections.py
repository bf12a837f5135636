"""A correction as readers see it."""

from __future__ import annotations

from datetime import datetime

from digest.model.edition import Correction
from digest.model.links import Links, parse_edition_ref
from digest.render.clean import clean
from digest.render.publication import Publication
from digest.render.views import CorrectionView


def view_correction(
    correction: Correction, publication: Publication, told_at: datetime | None = None
) -> CorrectionView:
    """A correction as a mail shows it; and the web copy of what it corrects, which says when it was told."""
    _series, slot = _known_ref(correction.of)
    words, day = publication.wording, slot.astimezone(publication.zone).date()
    local = told_at.astimezone(publication.zone) if told_at else None
    return CorrectionView(
        headline=clean(correction.headline),  # in full: who wrote it was told how long it may be
        paragraphs=tuple(clean(paragraph) for paragraph in correction.paragraphs),
        about=words.correction_about.format(date=words.day(day)),
        url=Links(publication.base_url).edition(correction.of),
        time=words.date_time.format(date=words.day(local.date()), time=f"{local:%H:%M}") if local else "",
        moment=local.isoformat(timespec="seconds") if local else "",
    )


def _known_ref(ref: str) -> tuple[str, datetime]:
    found = parse_edition_ref(ref)
    assert found is not None, "a correction is of an edition that was sent"
    return found
