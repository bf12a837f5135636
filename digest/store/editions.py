"""Editions: one row per (publication, series, slot), and what each holds and has used up.

Every change of state is a compare-and-set, so that two programs can't both make it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, case, exists, func, or_, select, update

from digest.model.edition import (
    CORRECTIONS,
    OPEN_TO_EDITING,
    Correction,
    Edition,
    EditionKey,
    EditionState,
    ToldCorrection,
)
from digest.model.links import parse_edition_ref
from digest.store import images
from digest.store.codec import edition_from_json, edition_to_json
from digest.store.sql import insert_or_ignore
from digest.store.tables import editions

_REACHES_READERS = frozenset(EditionState) - OPEN_TO_EDITING  # or did, before it was cancelled
_MOST_CORRECTIONS = 1_000
_HOLDS = timedelta(days=30)  # what was refused before may be otherwise by now


@dataclass(frozen=True)
class EditionRow:
    """An edition as stored. ``edition`` is None until it is drafted; ``revision`` counts its versions.

    ``reason`` says why it is held, paused or cancelled, or goes on. ``accepted_at`` is when ``transport``
    first accepted a message of it: from then on its articles are used up. ``planned`` counts deliveries.
    """

    id: int
    key: EditionKey
    state: EditionState
    edition: Edition | None
    content_hash: str
    revision: int
    reason: str
    reviewed_by: str
    created_at: datetime
    updated_at: datetime
    frozen_at: datetime | None
    accepted_at: datetime | None
    finished_at: datetime | None
    transport: str
    planned: int


def open_slot(conn: Connection, key: EditionKey, now: datetime) -> tuple[EditionRow, bool]:
    """The edition of this slot, and whether this call created it (as an empty draft)."""
    values = {
        "publication": key.publication,
        "series": key.series,
        "slot": key.slot,
        "state": EditionState.DRAFT.value,
        "created_at": now,
        "updated_at": now,
    }
    created = conn.execute(insert_or_ignore(conn, editions).values(**values)).rowcount == 1
    found = find_edition(conn, key)
    assert found is not None, "it was inserted, or it was there"
    return found, created


def get_edition(conn: Connection, edition_id: int) -> EditionRow | None:
    """The edition with this id."""
    return _one(conn, editions.c.id == edition_id)


def find_edition(conn: Connection, key: EditionKey) -> EditionRow | None:
    """The edition of this slot."""
    slot = and_(
        editions.c.publication == key.publication,
        editions.c.series == key.series,
        editions.c.slot == key.slot,
    )
    return _one(conn, slot)


def find_ref(conn: Connection, publication: str, ref: str) -> EditionRow | None:
    """The edition of a reference such as ``daily-20261123T0630``; None for what is no reference, too."""
    parsed = parse_edition_ref(ref)
    return find_edition(conn, EditionKey(publication, *parsed)) if parsed else None


def corrections_of(conn: Connection, publication: str, ref: str) -> list[ToldCorrection]:
    """What has gone out to correct the edition of this reference, the oldest first."""
    rows = list_editions(conn, publication, series=CORRECTIONS, limit=_MOST_CORRECTIONS)
    told = [(row.edition.correction, row.accepted_at) for row in reversed(rows) if row.edition]
    return [ToldCorrection(one, at) for one, at in told if one and one.of == ref and at]


def same_corrections(conn: Connection, publication: str, correction: Correction) -> tuple[int, ...]:
    """The editions that go out, or went out to some at least, with these very words on what they correct."""
    rows = list_editions(
        conn, publication, series=CORRECTIONS, states=_REACHES_READERS, limit=_MOST_CORRECTIONS
    )
    return tuple(row.id for row in rows if row.edition and row.edition.correction == correction)


def list_editions(
    conn: Connection,
    publication: str,
    *,
    series: str | None = None,
    states: Collection[EditionState] | None = None,
    limit: int | None = 50,
) -> list[EditionRow]:
    """Editions of a publication, newest slot first; every one where there is no ``limit``."""
    query = select(editions).where(editions.c.publication == publication)
    if series is not None:
        query = query.where(editions.c.series == series)
    if states is not None:
        query = query.where(editions.c.state.in_(_values(states)))
    query = query.order_by(editions.c.slot.desc(), editions.c.id.desc()).limit(limit)
    return [_edition_row(row) for row in conn.execute(query)]


def has_any(conn: Connection, publication: str, series: str) -> bool:
    """Whether the series has an edition, in whatever state."""
    theirs = exists().where(editions.c.publication == publication, editions.c.series == series)
    return bool(conn.scalar(select(theirs)))


class Settled(NamedTuple):
    """An edition that goes out, has gone out or never will, without its contents."""

    id: int
    slot: datetime
    accepted_at: datetime | None


def settled(
    conn: Connection, publication: str, series: str, *, states: Collection[EditionState], limit: int
) -> list[Settled]:
    """A series' editions in these states, the newest slot first; reading their contents takes long."""
    query = select(editions.c.id, editions.c.slot, editions.c.accepted_at).where(
        editions.c.publication == publication,
        editions.c.series == series,
        editions.c.state.in_(_values(states)),
    )
    rows = conn.execute(query.order_by(editions.c.slot.desc(), editions.c.id.desc()).limit(limit))
    return list(map(Settled._make, rows))


def ended_since(conn: Connection, publication: str, since: datetime) -> list[tuple[int, datetime]]:
    """The editions that were sent to the last reader after ``since``, and when; the first to end first.

    Also those that were cancelled then, and had begun not long before.
    """
    cancelled = editions.c.state == EditionState.CANCELLED.value
    begun_and_cancelled = and_(cancelled, editions.c.frozen_at > since - _HOLDS)
    query = select(editions.c.id, editions.c.finished_at).where(
        editions.c.publication == publication,
        or_(editions.c.state == EditionState.SENT.value, begun_and_cancelled),
        editions.c.finished_at > since,
    )
    return [(row.id, row.finished_at) for row in conn.execute(query.order_by(editions.c.finished_at))]


def versions(
    conn: Connection, publication: str, *, states: Collection[EditionState], limit: int
) -> Sequence[tuple[int, int, datetime | None]]:
    """Id, revision and first hand-over of ``list_editions``, whose contents take long to read."""
    query = select(editions.c.id, editions.c.revision, editions.c.accepted_at)
    chosen = query.where(editions.c.publication == publication, editions.c.state.in_(_values(states)))
    rows = conn.execute(chosen.order_by(editions.c.slot.desc(), editions.c.id.desc()).limit(limit))
    return [tuple(row) for row in rows]


def fingerprint(conn: Connection, publication: str) -> tuple[int, int, datetime | None]:
    """Three figures that differ once any edition of a publication was made, drafted anew or moved."""
    table = editions.c
    query = select(func.count(), func.coalesce(func.sum(table.revision), 0), func.max(table.updated_at))
    count, revisions, updated_at = conn.execute(query.where(table.publication == publication)).one()
    return count, int(revisions), updated_at


def save_content(
    conn: Connection,
    edition_id: int,
    edition: Edition,
    *,
    drops: Mapping[int, str],
    now: datetime,
    revision: int | None = None,
) -> bool:
    """Store a new version of the content; False, and nothing changes, once it is frozen or cancelled.

    ``drops`` maps the ids of articles that are not in to the reason, in words. With ``revision`` only where
    the content is still that version. The pictures it shows are kept as long as it is. An approval doesn't
    outlive the words it was given for: an approved edition is a draft again.
    """
    content = edition_to_json(edition)
    expected = and_(editions.c.id == edition_id, editions.c.state.in_(_values(OPEN_TO_EDITING)))
    if revision is not None:
        expected = and_(expected, editions.c.revision == revision)
    approved = editions.c.state == EditionState.APPROVED.value
    statement = (
        update(editions)
        .where(expected)
        .values(
            content=content,
            content_hash=hashlib.sha256(content.encode()).hexdigest(),
            drops=json.dumps({str(key): reason for key, reason in drops.items()}),
            revision=editions.c.revision + 1,
            updated_at=now,
            state=case((approved, EditionState.DRAFT.value), else_=editions.c.state),
            reviewed_by=case((approved, ""), else_=editions.c.reviewed_by),
        )
    )
    saved = conn.execute(statement).rowcount == 1
    if saved:
        images.show_in(conn, edition_id, edition)
    return saved


def get_drops(conn: Connection, edition_id: int) -> dict[int, str]:
    """Why articles are not in the edition: article id to reason; empty if there is no such edition."""
    text = conn.execute(select(editions.c.drops).where(editions.c.id == edition_id)).scalar()
    return {int(key): reason for key, reason in json.loads(text or "{}").items()}


def move(
    conn: Connection,
    edition_id: int,
    *,
    allowed: Collection[EditionState],
    to: EditionState,
    now: datetime,
    reason: str = "",
    reviewed_by: str | None = None,
) -> bool:
    """Change the state if it is one of ``allowed``; whether it was. ``reason`` replaces the old one.

    ``reviewed_by`` names who answers for the content ("": nobody); None leaves it as it was.
    Reaching ``sent`` or ``cancelled`` also notes when it finished; leaving them, that it is not.
    """
    values: dict[str, Any] = {"state": to.value, "reason": reason, "updated_at": now}
    if reviewed_by is not None:
        values["reviewed_by"] = reviewed_by
    values["finished_at"] = now if to in {EditionState.SENT, EditionState.CANCELLED} else None
    return compare_and_set(conn, edition_id, allowed, values)


def compare_and_set(
    conn: Connection,
    edition_id: int,
    allowed: Collection[EditionState],
    values: Mapping[str, Any],
    *,
    revision: int | None = None,
) -> bool:
    """Set ``values`` if the state is one of ``allowed``, and the content of this ``revision``; whether so."""
    expected = and_(editions.c.id == edition_id, editions.c.state.in_(_values(allowed)))
    if revision is not None:
        expected = and_(expected, editions.c.revision == revision)
    return conn.execute(update(editions).where(expected).values(**values)).rowcount == 1


def _values(states: Collection[EditionState]) -> list[str]:
    return sorted(state.value for state in states)


def _one(conn: Connection, condition: ColumnElement[bool]) -> EditionRow | None:
    row = conn.execute(select(editions).where(condition)).one_or_none()
    return None if row is None else _edition_row(row)


def _edition_row(row: Row[Any]) -> EditionRow:
    return EditionRow(
        id=row.id,
        key=EditionKey(row.publication, row.series, row.slot),
        state=EditionState(row.state),
        edition=None if row.content is None else edition_from_json(row.content),
        content_hash=row.content_hash,
        revision=row.revision,
        reason=row.reason,
        reviewed_by=row.reviewed_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
        frozen_at=row.frozen_at,
        accepted_at=row.accepted_at,
        finished_at=row.finished_at,
        transport=row.transport,
        planned=row.planned,
    )
