"""When something was sent, lately: what fell due meanwhile could not begin before, and is not late for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from digest.store.meta import get_meta, set_meta

Span = tuple[datetime, datetime]

BUSY = "busy"  # when a send began and ended, one after the other
_MOST = 20
_NEARLY = timedelta(minutes=1)  # a heartbeat comes once a minute: nothing begins in a shorter gap


def note(conn: Connection, spans: Iterable[Span]) -> None:
    """Keep these, too, joined with what is kept."""
    kept = joined([*noted(conn), *spans])[-_MOST:]
    set_meta(conn, BUSY, " ".join(f"{began.isoformat()} {ended.isoformat()}" for began, ended in kept))


def noted(conn: Connection) -> list[Span]:
    """What is kept."""
    instants = [datetime.fromisoformat(instant) for instant in (get_meta(conn, BUSY) or "").split()]
    return list(zip(instants[::2], instants[1::2], strict=True))


def joined(spans: Iterable[Span]) -> list[Span]:
    """In order, one of those that touch or nearly do; without what a clock that went back has made."""
    found: list[Span] = []
    for began, ended in sorted(span for span in spans if span[0] <= span[1]):
        if found and began <= found[-1][1] + _NEARLY:
            found[-1] = (found[-1][0], max(found[-1][1], ended))
        else:
            found.append((began, ended))
    return found
