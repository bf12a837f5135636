"""Whether more was sent than the database knows, as after a backup was put back; and what holds then.

Two things outlive a restore. The mark is a small file (``mark``): how often something was handed over, the
highest number of a reader, and the newest edition begun of each series. It is written before a message goes
out, and after the database knows the same; so a database that is behind it is an older one. The stamp is a
row in every copy that this program makes of a database: a copy can't know what came after it, on whatever
machine it is put to use. See docs/decisions/restoring.md.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, func, select, text, update

from digest.errors import StoreError
from digest.model.edition import EditionState
from digest.store import alerts
from digest.store.copies import STAMP
from digest.store.engine import Database
from digest.store.mark import Mark, mark_of, mark_of_lineage, read_mark, write_mark
from digest.store.meta import get_meta, set_meta
from digest.store.sql import Lock, insert_or_ignore, one_at_a_time
from digest.store.tables import editions, meta, subscribers

log = logging.getLogger("digest")

HANDED_OVER = "handed_over"
DOUBT = "restored"
_LINEAGE = "lineage"
# Readers who may have come, and hand-overs that marks on other machines may know of, after the mark was last
# written.
LEFT_OUT = 1_000_000
_BEGUN = (EditionState.FROZEN, EditionState.SENDING)
_OUT = (*_BEGUN, EditionState.PAUSED, EditionState.SENT)


def known_to(conn: Connection) -> Mark:
    """What the database of this connection knows."""
    last = select(editions.c.publication, editions.c.series, func.max(editions.c.slot))
    begun = last.where(editions.c.state.in_([state.value for state in _OUT]))
    slots = conn.execute(begun.group_by(editions.c.publication, editions.c.series))
    return Mark(
        int(get_meta(conn, HANDED_OVER) or 0),
        _last_reader(conn),
        {f"{publication} {series}": slot.isoformat() for publication, series, slot in slots},
    )


def note_hand_over(database: Database) -> None:
    """Before and after messages are handed over: the database knows it first, and then its mark.

    Raises:
        StoreError: the mark of an SQLite database can't be written.
    """
    with database.write() as conn:
        set_meta(conn, HANDED_OVER, str(int(get_meta(conn, HANDED_OVER) or 0) + 1))
        known = known_to(conn)
    _keep(database, _mark_file(database), known)


def note_going_on(database: Database) -> None:
    """While messages are handed over: a copy made before this call is behind it, even after a kill.

    A run that is well under way does not end for it where that can't be written.
    """
    try:
        note_hand_over(database)
    except StoreError as error:
        log.warning("a copy made while this run sends may not be known for an older one: %s", error)


def notice(database: Database, now: datetime) -> bool:
    """See whether this is an older database than the one that sent last, and what holds then; whether so.

    Cheap, and harmless to repeat. A machine that never sent from a PostgreSQL database has no mark of it:
    there ``declare`` has to be told.

    Raises:
        StoreError: the mark can't be read, or that of an SQLite database can't be written.
    """
    _not_later_than(database, now)
    file = _mark_file(database)
    if file is None:
        return False
    mark = read_mark(file)  # before the database, which is ahead of it while somebody sends
    with database.read() as conn:
        count, readers = int(get_meta(conn, HANDED_OVER) or 0), _last_reader(conn)
        old = get_meta(conn, STAMP) is not None or (mark is not None and mark.handed_over > count)
        if not old and mark is not None and mark.readers >= readers:
            return False
    if old:
        return _hold(database, mark or Mark(), now)
    with database.read() as conn:
        known = known_to(conn)
    _keep(database, file, known)
    return False


def declare(database: Database, now: datetime) -> None:
    """Hold what ``notice`` holds: a person says that this database was put back from a backup.

    Its date is known only where this program made the backup: what other tools make bears none.
    """
    file = _mark_file(database)
    mark = None if file is None else read_mark(file)
    _hold(database, mark or Mark(), now, declared=True)


def _mark_file(database: Database) -> Path | None:
    """Where the mark of a database stands; None for one on a server that is used from no folder."""
    if database.path is not None:
        return mark_of(database.path)
    if database.folder is None:
        return None
    with database.read() as conn:
        lineage = get_meta(conn, _LINEAGE)
    if lineage is None:  # as early as can be, so that every copy has it
        with database.write() as conn:
            made = insert_or_ignore(conn, meta).values(key=_LINEAGE, value=secrets.token_hex(8))
            conn.execute(made)  # another process may be first: what it wrote counts
            lineage = get_meta(conn, _LINEAGE)
    return mark_of_lineage(database.folder, str(lineage))


def _keep(database: Database, file: Path | None, known: Mark) -> None:
    """Write down what is known, and what was.

    Whoever sends from a database on a server may do so from a folder that nobody can write to, and must be
    told of a restore by ``declare`` then.
    """
    if file is None:
        return
    try:
        write_mark(file, known.joined(read_mark(file) or Mark()), database.path or file.parent)
    except StoreError as error:
        if database.path is not None:
            raise
        log.info("%s; type `digest db restored` after putting a backup back", error)


def doubted_until(conn: Connection, publication: str, series: str) -> datetime | None:
    """Up to which slot nobody can say whether an edition was sent; None if no backup was ever put back."""
    stored = get_meta(conn, DOUBT)
    if stored is None:
        return None
    found = json.loads(stored)
    return datetime.fromisoformat(max(found["at"], found["slots"].get(f"{publication} {series}", "")))


def _not_later_than(database: Database, now: datetime) -> None:
    """Where the clock was ahead at the restore, and went back since: that was before ``now``.

    A clock that is behind what the database knew at the restore is not believed.
    """
    with database.read() as conn:
        stored = get_meta(conn, DOUBT)
    doubt = json.loads(stored) if stored else {}
    at = now.astimezone(UTC).isoformat()
    if doubt and doubt.get("known_at", at) <= at < doubt["at"]:
        with database.write() as conn:
            set_meta(conn, DOUBT, json.dumps({**doubt, "at": at}))


def was_a_backup(conn: Connection) -> bool:
    """Whether what was put back is known for a backup: it was one of ours, or somebody has said so."""
    stored = get_meta(conn, DOUBT)
    return stored is not None and bool(json.loads(stored)["backup"])


def _hold(database: Database, mark: Mark, now: datetime, *, declared: bool = False) -> bool:
    """Nothing that may have gone out goes out by itself; no number of a reader is given again."""
    with database.write() as conn:
        one_at_a_time(conn, Lock.HOLDING)
        copied_at = get_meta(conn, STAMP)
        known = known_to(conn)
        is_backup = declared or copied_at is not None
        if not is_backup and known.handed_over >= mark.handed_over:
            return False  # another process was quicker
        both = known.joined(mark)
        conn.execute(delete(meta).where(meta.c.key == STAMP))
        both = replace(both, handed_over=both.handed_over + LEFT_OUT)
        set_meta(conn, HANDED_OVER, str(both.handed_over))
        doubt = {"at": now.astimezone(UTC).isoformat(), "slots": dict(both.slots), "backup": is_backup}
        if known_at := conn.scalar(select(func.max(editions.c.updated_at))):
            doubt["known_at"] = known_at.astimezone(UTC).isoformat()
        set_meta(conn, DOUBT, json.dumps(doubt))
        _begin_readers_at(conn, both.readers + LEFT_OUT)
        told = _let_wait(conn, both.slots, now)
        of = f" of {copied_at[:16].replace('T', ' ')} UTC" if copied_at else ""
        line = (
            f"this database is an older one{of}, put back: more may have been sent than it knows, so nothing"
            f" that was due before {now:%Y-%m-%d %H:%M} UTC is sent by itself{told}"
        )
        alerts.add_alert(conn, f"restored:{now.isoformat()}", line, now)
    _keep(database, _mark_file(database), both)
    log.warning("%s", line)
    return True


def _let_wait(conn: Connection, slots: Mapping[str, str], now: datetime) -> str:
    """Pause what has begun, and take back approvals of what may be out; what was paused, in words.

    An edition may be out ahead of its slot: ``slots`` has the newest one begun of each series.
    """
    reason = "the database was put back: who got it since the backup isn't known, and would get it again"
    begun = editions.c.state.in_([state.value for state in _BEGUN])
    paused = update(editions).where(begun).values(state="paused", reason=reason, updated_at=now)
    numbers = sorted(conn.execute(paused.returning(editions.c.id)).scalars())
    approved = select(editions.c.id, editions.c.publication, editions.c.series, editions.c.slot)
    for number, publication, series, slot in conn.execute(
        approved.where(editions.c.state == EditionState.APPROVED.value)
    ).all():
        begun_to = slots.get(f"{publication} {series}")
        if slot <= (max(now, datetime.fromisoformat(begun_to)) if begun_to else now):
            taken_back = update(editions).where(editions.c.id == number)
            conn.execute(taken_back.values(state="draft", reviewed_by="", updated_at=now))
    if not numbers:
        return ""
    which = ", ".join(map(str, numbers))
    return (
        f"; paused: edition {which}, which `digest release --edition` lets go on, also to those who have got"
        " it since the backup"
    )


def _last_reader(conn: Connection) -> int:
    """The highest number that a reader was ever given, as far as the database knows."""
    if conn.dialect.name == "sqlite":
        found: Any = conn.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'subscribers'"))
    else:
        found = conn.scalar(select(func.max(subscribers.c.id)))
    return int(found or 0)


def _begin_readers_at(conn: Connection, number: int) -> None:
    """Give the next new reader a number above this one."""
    if conn.dialect.name == "postgresql":
        name = "pg_get_serial_sequence('subscribers', 'id')"
        conn.execute(text(f"SELECT setval({name}, greatest(:number, nextval({name})))"), {"number": number})
        return
    value = {"number": number}
    raised = text("UPDATE sqlite_sequence SET seq = max(seq, :number) WHERE name = 'subscribers'")
    if not conn.execute(raised, value).rowcount:
        conn.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES ('subscribers', :number)"), value)
