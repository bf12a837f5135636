"""The editions that went out, as the pages and the feed show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from digest.model.edition import OPEN_TO_EDITING, Edition, EditionKey, EditionState, ToldCorrection
from digest.model.links import edition_ref, parse_edition_ref
from digest.store import editions
from digest.store.editions import EditionRow
from digest.store.engine import Database

T = TypeVar("T")

ARCHIVE_LENGTH = 60  # editions: two months of a daily
FEED_LENGTH = 14  # editions, each whole: a fortnight of a daily in about half a megabyte
_PUBLIC = frozenset({EditionState.SENDING, EditionState.PAUSED, EditionState.SENT})
_TO_COME = OPEN_TO_EDITING | {EditionState.FROZEN}
_SOON = timedelta(days=8)  # the next edition of a weekly can be previewed before it is stored


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """One past edition in the list. ``day`` is the publication's own date."""

    ref: str
    day: date
    headline: str
    is_correction: bool
    story_count: int
    title: str  # what stands above it: of several series, each may have its own


class Kept(Generic[T]):
    """What is made of past editions, kept until one of them changes.

    Everybody may ask, and reading them all takes a fifth of a second. ``mark`` tells whether one has changed;
    ``make`` is called by one thread while others wait.
    """

    def __init__(self, mark: Callable[[], object], make: Callable[[], T]) -> None:
        self._mark = mark
        self._make = make
        self._making = Lock()
        self._kept: tuple[object, T] | None = None

    def __call__(self) -> T:
        """What ``make`` gave when the mark was last another one."""
        mark = self._mark()
        with self._making:
            if self._kept is None or self._kept[0] != mark:
                self._kept = mark, self._make()
            return self._kept[1]


@dataclass(frozen=True, slots=True)
class PastEditions:
    """The editions of the publication ``slug``.

    ``web_copy`` renders one for a choice of themes (none: all) with what corrects it, ``feed_of`` the feed of
    editions with the instants at which they went out. ``is_over`` says of one that has not begun whether
    its time is over.
    """

    database: Database
    slug: str
    clock: Callable[[], datetime]
    web_copy: Callable[[Edition, frozenset[str], Sequence[ToldCorrection]], str]
    feed_of: Callable[[Sequence[tuple[Edition, datetime]]], str]
    is_over: Callable[[EditionRow], bool]

    def html(self, ref: str, chosen: frozenset[str]) -> str | None:
        """The web copy as a reader of ``chosen`` sees it; None where none has gone out."""
        key = self._key(ref)
        row = self._row(key) if key else None
        edition = row.edition if row and _went_out(row) else None
        if edition is None:
            return None
        with self.database.read() as conn:
            told = editions.corrections_of(conn, self.slug, edition_ref(edition.key))
        once = {one.correction: one for one in reversed(told)}  # the same words only once, as first told
        return self.web_copy(edition, chosen, tuple(one for one in told if once[one.correction] is one))

    def awaited(self, ref: str) -> bool:
        """Whether that edition may still go out: it is a draft, or its time comes within days."""
        key = self._key(ref)
        if key is None:
            return False
        row, now = self._row(key), self.clock()
        if row is None:
            return now < key.slot < now + _SOON
        return row.state in _TO_COME and not self.is_over(row)

    def missed(self, ref: str) -> bool:
        """Whether that edition was drafted, and its time went by without it."""
        key = self._key(ref)
        row = self._row(key) if key else None
        return row is not None and row.state in _TO_COME and self.is_over(row)

    def archive(self) -> list[ArchiveEntry]:
        """The list of them, newest first."""
        return [_entry(row, edition) for row, edition in self._newest(ARCHIVE_LENGTH)]

    def feed(self) -> str:
        """The newest of them as an Atom feed."""
        newest = self._newest(FEED_LENGTH)
        return self.feed_of([(edition, row.accepted_at or row.key.slot) for row, edition in newest])

    def _key(self, ref: str) -> EditionKey | None:
        parsed = parse_edition_ref(ref)
        return EditionKey(self.slug, *parsed) if parsed else None

    def _row(self, key: EditionKey) -> EditionRow | None:
        with self.database.read() as conn:
            return editions.find_edition(conn, key)

    def _newest(self, limit: int) -> list[tuple[EditionRow, Edition]]:
        with self.database.read() as conn:
            rows = editions.list_editions(conn, self.slug, states=_PUBLIC, limit=limit)
        return [(row, row.edition) for row in rows if row.edition and _went_out(row)]


def mark_of(database: Database, slug: str) -> object:
    """What differs once an edition that went out does, or another one has; quick to read."""
    with database.read() as conn:
        return editions.versions(conn, slug, states=_PUBLIC, limit=ARCHIVE_LENGTH)


def _went_out(row: EditionRow) -> bool:
    # Read from a mail, so it must be there from the first hand-over on, and for good: also when
    # the rest of the run was cancelled.
    return row.state in _PUBLIC or row.accepted_at is not None


def _headline(edition: Edition) -> str:
    if edition.correction:
        return edition.correction.headline
    return edition.stories[0].headline if edition.stories else ""


def _entry(row: EditionRow, edition: Edition) -> ArchiveEntry:
    return ArchiveEntry(
        ref=edition_ref(row.key),
        day=date.fromisoformat(edition.local_date),
        headline=_headline(edition),
        is_correction=edition.correction is not None,
        story_count=len(edition.stories),
        title=edition.title,
    )
