"""Many subscribers at once: two look-ups and at most two statements for each chunk of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from digest.model.audience import Subscriber, SubscriberState
from digest.store.sql import among, insert_many, keep_pages_at_hand, look_up_by_index
from digest.store.subscriber_rows import join_themes, to_row
from digest.store.tables import subscribers, suppressions


def import_subscribers(
    conn: Connection, rows: Iterable[tuple[Subscriber, str]], *, now: datetime, chunk: int = 1000
) -> tuple[int, int, int, int]:
    """Bring in (subscriber, key_hash) pairs: how many were added, updated, unchanged, suppressed.

    The four add up to the rows given. Whoever left, and every suppressed hash, stays away and counts
    as suppressed. Of a reader who is active, a name and a choice of themes that the row states are
    taken over; of one who has yet to confirm, nothing. An address given twice is no error: the later
    row changes what the earlier one brought. ``rows`` may be a generator: ``chunk`` are held at once.
    """
    look_up_by_index(conn)
    keep_pages_at_hand(conn)
    left = iter(rows)
    added = updated = unchanged = suppressed = 0
    while part := list(islice(left, chunk)):
        plan = _Plan(_known(conn, part), _blocked(conn, part), now)
        for subscriber, key_hash in part:
            plan.place(subscriber, key_hash)
        added += _insert(conn, plan)
        _update(conn, plan)
        updated += plan.updated
        unchanged += plan.unchanged
        suppressed += plan.suppressed
    return added, updated, unchanged, suppressed


@dataclass
class _Plan:
    """What is to be done with one chunk. Pure: all it needs was looked up before."""

    known: dict[str, dict[str, Any]]  # stored rows by email_key
    blocked: set[str]  # suppressed hashes
    now: datetime
    new: dict[str, dict[str, Any]] = field(default_factory=dict)
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    updated: int = 0
    unchanged: int = 0
    suppressed: int = 0

    def place(self, subscriber: Subscriber, key_hash: str) -> None:
        """Decide on one row."""
        key = subscriber.email_key
        row = self.known.get(key) or self.new.get(key)
        gone = row is not None and row["state"] == SubscriberState.UNSUBSCRIBED.value
        if gone or key_hash in self.blocked:
            self.suppressed += 1
        elif row is None:
            self.new[key] = to_row(subscriber, key_hash, self.now)
        elif row["state"] == SubscriberState.ACTIVE.value and _take_over(row, subscriber):
            self.updated += 1
            if key not in self.new:
                self.changed[key] = row
        else:
            self.unchanged += 1


def _take_over(row: dict[str, Any], subscriber: Subscriber) -> bool:
    """Write the name and themes that are given into the row; whether that changed it."""
    given = {"name": subscriber.name, "themes": join_themes(subscriber.themes)}
    news = {name: value for name, value in given.items() if value and value != row[name]}
    row.update(news)
    return bool(news)


def _known(conn: Connection, part: Sequence[tuple[Subscriber, str]]) -> dict[str, dict[str, Any]]:
    keys = [subscriber.email_key for subscriber, _ in part]
    query = select(
        subscribers.c.email_key,
        subscribers.c.id,
        subscribers.c.state,
        subscribers.c.name,
        subscribers.c.themes,
    ).where(among(conn, subscribers.c.email_key, keys))
    return {row["email_key"]: dict(row) for row in conn.execute(query).mappings()}


def _blocked(conn: Connection, part: Sequence[tuple[Subscriber, str]]) -> set[str]:
    hashes = [key_hash for _, key_hash in part]
    query = select(suppressions.c.key_hash).where(among(conn, suppressions.c.key_hash, hashes))
    return set(conn.execute(query).scalars())


def _insert(conn: Connection, plan: _Plan) -> int:
    """How many went in: one that another process added meanwhile is left alone, and is unchanged."""
    added = insert_many(conn, subscribers, list(plan.new.values()))
    plan.unchanged += len(plan.new) - added
    return added


def _update(conn: Connection, plan: _Plan) -> None:
    if not plan.changed:
        return
    statement = (
        update(subscribers)
        .where(subscribers.c.id == bindparam("key"))
        .values(name=bindparam("new_name"), themes=bindparam("new_themes"))
    )
    conn.execute(
        statement,
        [
            {"key": row["id"], "new_name": row["name"], "new_themes": row["themes"]}
            for row in plan.changed.values()
        ],
    )
