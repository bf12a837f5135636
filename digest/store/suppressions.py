"""Those who must never be mailed again: by the hash of their address, which outlives the subscriber.

Many at once, from a list: ``digest.store.keeping_out``.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from digest.model.audience import REVOCABLE, Suppression, SuppressionReason
from digest.store.sql import insert_or_ignore
from digest.store.tables import suppressions


def suppress(conn: Connection, key_hash: str, reason: SuppressionReason, now: datetime) -> bool:
    """Never mail this address again; False if that was so already.

    The first reason stays, but for two that a reader or an editor can take back (having left, and
    having been taken off by hand): a later bounce, complaint or erasure replaces those.
    """
    insert = insert_or_ignore(conn, suppressions).values(key_hash=key_hash, reason=reason.value, since=now)
    while conn.execute(insert).rowcount != 1:
        if suppression(conn, key_hash, hold=True):
            break
        # It was there, and somebody who came back at this moment has lifted it.
    else:
        return True
    if reason not in REVOCABLE:
        weaker = suppressions.c.reason.in_(sorted(reason.value for reason in REVOCABLE))
        replaced = update(suppressions).where(suppressions.c.key_hash == key_hash, weaker)
        conn.execute(replaced.values(reason=reason.value))
    return False


def unsuppress(
    conn: Connection, key_hash: str, only: Collection[SuppressionReason] = frozenset(SuppressionReason)
) -> bool:
    """Allow this address again, if it was suppressed for one of these reasons; whether it was."""
    reasons = suppressions.c.reason.in_(sorted(reason.value for reason in only))
    lifted = delete(suppressions).where(suppressions.c.key_hash == key_hash, reasons)
    return conn.execute(lifted).rowcount == 1


def suppression(conn: Connection, key_hash: str, *, hold: bool = False) -> Suppression | None:
    """Whether, why and since when this address is never mailed; ``hold`` as ``audience.hold_subscriber``."""
    query = select(suppressions).where(suppressions.c.key_hash == key_hash)
    row = conn.execute(query.with_for_update() if hold else query).one_or_none()
    return None if row is None else Suppression(row.key_hash, SuppressionReason(row.reason), row.since)
