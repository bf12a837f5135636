"""The course of sending one edition: is it to be sent, was it accepted, is it done; and its runs."""

from __future__ import annotations

import json
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, exists, insert, select, update

from digest.model.delivery import Run
from digest.model.edition import EditionState
from digest.store.tables import delivery_batches, editions, runs

_UNFINISHED = (EditionState.SENDING, EditionState.PAUSED)


class Going(NamedTuple):
    """An edition that is being sent, and since when, or since it was last released."""

    id: int
    slot: datetime
    moved_at: datetime


def is_sending(conn: Connection, edition_id: int) -> bool:
    """Whether the edition is (still) to be sent: not held, not finished."""
    return conn.scalar(select(editions.c.state).where(editions.c.id == edition_id)) == EditionState.SENDING


def list_sending(conn: Connection, publication: str) -> list[Going]:
    """The editions of a publication that are being sent, oldest first."""
    table = editions.c
    going = select(table.id, table.slot, table.updated_at).where(
        table.publication == publication, table.state == EditionState.SENDING
    )
    return list(map(Going._make, conn.execute(going.order_by(table.slot, table.id))))


def finish(conn: Connection, edition_id: int, now: datetime) -> bool:
    """Move the edition to sent if no delivery is open, also where it was paused meanwhile; whether it did."""
    # Held before its batches are looked at: an editor may be about to reopen one.
    conn.execute(select(editions.c.id).where(editions.c.id == edition_id).with_for_update()).all()
    waiting = exists().where(delivery_batches.c.edition_id == edition_id, delivery_batches.c.state == "open")
    done = conn.execute(
        update(editions)
        .where(editions.c.id == edition_id, editions.c.state.in_(_UNFINISHED), ~waiting)
        .values(state=EditionState.SENT, finished_at=now, updated_at=now, reason="")
    )
    return done.rowcount == 1


def accept_first(conn: Connection, edition_id: int, *, transport: str, now: datetime) -> bool:
    """Note that somebody's server accepted this edition; False if that was known already."""
    noted = conn.execute(
        update(editions)
        .where(editions.c.id == edition_id, editions.c.accepted_at.is_(None))
        .values(accepted_at=now, transport=transport)
    )
    return noted.rowcount == 1


def start_run(conn: Connection, edition_id: int, *, owner: str, now: datetime) -> int:
    """Note that a run began; its id."""
    row = conn.execute(insert(runs).values(edition_id=edition_id, started_at=now, owner=owner, report="{}"))
    key = row.inserted_primary_key
    assert key is not None
    return int(key[0])


def end_run(conn: Connection, run_id: int, *, report: str, now: datetime) -> None:
    """Note that a run ended, with its report as JSON."""
    conn.execute(update(runs).where(runs.c.id == run_id).values(finished_at=now, report=report))


def list_runs(conn: Connection, edition_id: int) -> list[Run]:
    """The runs that worked on an edition, oldest first."""
    rows = conn.execute(select(runs).where(runs.c.edition_id == edition_id).order_by(runs.c.id))
    return [Run(row.started_at, row.finished_at, row.owner, json.loads(row.report)) for row in rows]
