"""Whose turn it is to send: while anything limits the pace, one process of a publication at a time.

The turn is kept for a lease and lengthened all along. One whose process is gone is free at once where that
can be told, and with the lease elsewhere. The lease of one that lives on this machine is measured by the
machine's own count of seconds: a clock that is set forward must not end it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, select

from digest.store.batches import Fate, ended
from digest.store.meta import get_meta, set_meta
from digest.store.sql import insert_or_ignore
from digest.store.tables import meta


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose it is, since when, and until when if it is not lengthened; once given back, ``owner`` is "".

    ``until_s`` is the same end by the owner's machine: its seconds since it started (0: not noted).
    """

    owner: str
    since: str
    until: str
    until_s: float = 0.0

    def is_over(self, conn: Connection, now: datetime, fate: Callable[[str], Fate]) -> bool:
        """Whether it was given back, ran out, or its process is gone."""
        if not self.owner:
            return True
        found = fate(self.owner)
        if found is Fate.ALIVE and self.until_s:
            return self.until_s <= time.monotonic()
        return datetime.fromisoformat(self.until) <= now or found in ended(conn)


def take(
    conn: Connection,
    publication: str,
    *,
    owner: str,
    lease_s: float,
    now: datetime,
    fate: Callable[[str], Fate],
) -> str:
    """Take the turn, or keep it for another lease; "" if it is ours now, else whose it is."""
    key = _key(publication)
    conn.execute(insert_or_ignore(conn, meta).values(key=key, value=""))
    conn.execute(select(meta.c.key).where(meta.c.key == key).with_for_update()).all()
    found = _read(conn, publication)
    if found and found.owner != owner and not found.is_over(conn, now, fate):
        return found.owner
    since = found.since if found and found.owner == owner else now.isoformat()
    until = (now + timedelta(seconds=lease_s)).isoformat()
    _write(conn, key, Turn(owner, since, until, time.monotonic() + lease_s))
    return ""


def give_back(conn: Connection, publication: str, *, owner: str, now: datetime) -> None:
    """End our turn; somebody else's stays."""
    conn.execute(select(meta.c.key).where(meta.c.key == _key(publication)).with_for_update()).all()
    found = _read(conn, publication)
    if found and found.owner == owner:
        _write(conn, _key(publication), Turn("", found.since, now.isoformat()))


def whose(conn: Connection, publication: str, *, now: datetime, fate: Callable[[str], Fate]) -> str:
    """Whose turn it is; "" if it is nobody's."""
    found = _read(conn, publication)
    return "" if found is None or found.is_over(conn, now, fate) else found.owner


def last(
    conn: Connection, publication: str, *, now: datetime, fate: Callable[[str], Fate]
) -> tuple[datetime, datetime] | None:
    """From when to when the last turn was; one that goes on, until now."""
    found = _read(conn, publication)
    if found is None:
        return None
    until = datetime.fromisoformat(found.until) if found.is_over(conn, now, fate) else now
    return datetime.fromisoformat(found.since), min(until, now)


def _read(conn: Connection, publication: str) -> Turn | None:
    text = get_meta(conn, _key(publication))
    return Turn(**json.loads(text)) if text else None


def _write(conn: Connection, key: str, turn: Turn) -> None:
    set_meta(conn, key, json.dumps(asdict(turn)))


def _key(publication: str) -> str:
    return f"turn:{sha256(publication.encode()).hexdigest()}"
