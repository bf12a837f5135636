"""The Atom feed of past editions (RFC 4287): one entry for each, holding the whole edition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from digest.model.edition import Edition
from digest.model.links import Links, edition_ref
from digest.render.lines import headline_of, preheader_of
from digest.render.publication import Publication
from digest.render.templates import Templates
from digest.render.viewer import view_edition
from digest.render.views import EditionView

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # RFC 4287 wants a date of a feed that has nothing yet


@dataclass(frozen=True, slots=True)
class Entry:
    """An edition as the feed's template sees it. Times are RFC 3339, UTC."""

    id: str
    title: str
    summary: str
    url: str
    published: str
    updated: str
    edition: EditionView


class FeedRenderer:
    """Renders the feed of one publication with the templates of some folders, first hit winning."""

    def __init__(self, template_folders: Sequence[Path], publication: Publication) -> None:
        self._publication = publication
        self._templates = Templates(template_folders)
        self._links = Links(publication.base_url)

    def feed(self, editions: Sequence[tuple[Edition, datetime]]) -> str:
        """XML of ``editions``, newest first, each with the instant (aware) at which it went out.

        Raises RenderError naming the template and line at fault.
        """
        newest = max((went_out for _, went_out in editions), default=_NEVER)
        values = {
            "publication": self._publication,
            "words": self._publication.wording,
            "look": self._publication.look,
            "language": self._publication.language,
            "feed_url": self._links.feed(),
            "archive_url": self._links.archive(),
            "updated": _rfc3339(newest),
            "entries": [self._entry(edition, went_out) for edition, went_out in editions],
        }
        return self._templates.render("feed.atom.j2", values)

    def _entry(self, edition: Edition, went_out: datetime) -> Entry:
        view = view_edition(edition, self._publication, web=True)
        ref, words = edition_ref(edition.key), self._publication.wording
        return Entry(
            # A tag (RFC 4151), not the address: readers' programs must know the entry if base_url moves.
            id=f"tag:{self._publication.domain},{edition.key.slot:%Y-%m-%d}:{edition.key.publication}/{ref}",
            title=headline_of(view, words) + ("" if view.headlines or view.correction else f", {view.date}"),
            summary=preheader_of(view, words),
            url=self._links.edition(ref),
            published=_rfc3339(edition.key.slot),
            updated=_rfc3339(went_out),
            edition=view,
        )


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
