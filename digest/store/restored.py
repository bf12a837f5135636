"""Whether more was sent than the database knows, as after a backup was put back; and what holds then.

Two things outlive a restore. The mark is a small file beside an SQLite database: how often something was
handed over, the highest number of a reader, and the newest edition begun of each series. It is written
before a message goes out, and after the database knows the same; so a database that is behind it is an older
one. The stamp is a row in every copy that this program makes of a database: a copy can't know what came
after it, on whatever machine it is put to use. See docs/decisions/restoring.md.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, func, select, text, update

from digest.errors import StoreError
from digest.model.edition import EditionState
from digest.store import alerts
from digest.store.copies import STAMP
from digest.store.engine import Database
from digest.store.meta import get_meta, set_meta
from digest.store.owning import give_to_owner_of
from digest.store.tables import editions, meta, subscribers

log = logging.getLogger("digest")

HANDED_OVER = "handed_over"
DOUBT = "restored"
IDS_LEFT_OUT = 1_000_000  # readers who may have come after the mark was last written
_BEGUN = (EditionState.FROZEN, EditionState.SENDING)
_OUT = (*_BEGUN, EditionState.PAUSED, EditionState.SENT)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a database knew when it was last looked at. ``slots``: "publication series" to ISO instant."""

    handed_over: int = 0
    readers: int = 0
    slots: Mapping[str, str] = field(default_factory=dict)

    def joined(self, other: Mark) -> Mark:
        """What either knew."""
        slots = {**other.slots, **self.slots}
        slots = {name: max(slot, other.slots.get(name, slot)) for name, slot in slots.items()}
        return Mark(max(self.handed_over, other.handed_over), max(self.readers, other.readers), slots)


def mark_of(path: Path) -> Path:
    """Where the mark of an SQLite file stands."""
    return path.with_name(path.name + "-mark")


def read_mark(path: Path) -> Mark | None:
    """The mark beside an SQLite file; None where there is none, or none that can be read."""
    try:
        found = json.loads(mark_of(path).read_text("utf-8"))
        slots = {
            str(of): datetime.fromisoformat(slot).isoformat() for of, slot in dict(found["slots"]).items()
        }
        return Mark(int(found["handed_over"]), int(found["readers"]), slots)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, OverflowError):
        return None  # a power cut can leave it empty: it is written anew
    except OSError as error:
        raise StoreError(f"{mark_of(path)} can't be read: {error.strerror}; check who owns it") from error


def write_mark(path: Path, mark: Mark) -> None:
    """Put the mark beside an SQLite file, whole or not at all.

    Raises:
        StoreError: it can't be written.
    """
    file = mark_of(path)
    new = file.with_name(f"{file.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as stream:
            stream.write(json.dumps(asdict(mark), sort_keys=True) + "\n")
        give_to_owner_of(path, new)
        new.replace(file)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise StoreError(f"{file} can't be written: {error.strerror}; check who owns the folder") from error


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
        StoreError: the mark can't be written.
    """
    if database.path is None:
        return
    with database.write() as conn:
        set_meta(conn, HANDED_OVER, str(int(get_meta(conn, HANDED_OVER) or 0) + 1))
        known = known_to(conn)
    write_mark(database.path, known.joined(read_mark(database.path) or Mark()))


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

    Cheap, and harmless to repeat. PostgreSQL has no mark: ``declare`` has to be told.

    Raises:
        StoreError: the mark can't be read or written.
    """
    _not_later_than(database, now)
    if database.path is None:
        return False
    mark = read_mark(database.path)  # before the database, which is ahead of it while somebody sends
    with database.read() as conn:
        count, readers = int(get_meta(conn, HANDED_OVER) or 0), _last_reader(conn)
        old = get_meta(conn, STAMP) is not None or (mark is not None and mark.handed_over > count)
        if not old and mark is not None and mark.readers >= readers:
            return False
    if old:
        return _hold(database, mark or Mark(), now)
    with database.read() as conn:
        known = known_to(conn)
    write_mark(database.path, known.joined(mark or Mark()))
    return False


def declare(database: Database, now: datetime) -> None:
    """Hold what ``notice`` holds: a person says that this database was put back from a backup.

    Its date is known only where this program made the backup: what other tools make bears none.
    """
    mark = None if database.path is None else read_mark(database.path)
    _hold(database, mark or Mark(), now, declared=True)


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
        copied_at = get_meta(conn, STAMP)
        known = known_to(conn)
        is_backup = declared or copied_at is not None
        if not is_backup and known.handed_over >= mark.handed_over:
            return False  # another process was quicker
        both = known.joined(mark)
        conn.execute(delete(meta).where(meta.c.key == STAMP))
        set_meta(conn, HANDED_OVER, str(both.handed_over))
        doubt = {"at": now.astimezone(UTC).isoformat(), "slots": dict(both.slots), "backup": is_backup}
        if known_at := conn.scalar(select(func.max(editions.c.updated_at))):
            doubt["known_at"] = known_at.astimezone(UTC).isoformat()
        set_meta(conn, DOUBT, json.dumps(doubt))
        _begin_readers_at(conn, both.readers + IDS_LEFT_OUT)
        told = _let_wait(conn, both.slots, now)
        of = f" of {copied_at[:16].replace('T', ' ')} UTC" if copied_at else ""
        line = (
            f"this database is an older one{of}, put back: more may have been sent than it knows, so nothing"
            f" that was due before {now:%Y-%m-%d %H:%M} UTC is sent by itself{told}"
        )
        alerts.add_alert(conn, f"restored:{now.isoformat()}", line, now)
    if database.path is not None:
        write_mark(database.path, both)
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
