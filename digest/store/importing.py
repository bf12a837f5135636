"""Many subscribers at once: a few statements for thousands of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import add
from types import TracebackType
from typing import Any, NamedTuple, Self

from sqlalchemy import Connection, Integer, Text, select, update

from digest.model.audience import SubscriberState
from digest.store.bulk import Insertion, insert_many
from digest.store.instant import as_stored
from digest.store.prepared import Prepared
from digest.store.sql import Lock, among, keep_pages_at_hand, look_up_by_index, one_at_a_time
from digest.store.subscriber_rows import NewReader
from digest.store.tables import subscribers, suppressions

_ACTIVE, _LEFT = SubscriberState.ACTIVE.value, SubscriberState.UNSUBSCRIBED.value
_FIRST_INSTANT = NewReader._fields.index("created_at")
_TAKE_OVER = Prepared(
    lambda value: (
        update(subscribers)
        .where(subscribers.c.id == value("key"), subscribers.c.email_key.is_not(None))
        .values(name=value("new_name"), themes=value("new_themes"))
    ),
    {"new_name": Text(), "new_themes": Text(), "key": Integer()},
)


class Brought(NamedTuple):
    """What became of the rows of an import; the four add up to them."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    suppressed: int = 0


class Importer:
    """Brings in readers, some thousands at a time, within one transaction, which is its own meanwhile.

    Whoever left, and every suppressed hash, stays away and counts as suppressed. Of a reader who is
    active, a name and a choice of themes that the row states are taken over; of one who has yet to
    confirm, nothing. An address given twice is no error: the later row changes what the earlier one
    brought. Of two imports one waits for the other: each holds what it brought, in its own file's order.

    The database may still be at work on what was brought when ``bring`` returns: ``settle`` waits for it.
    """

    def __init__(self, conn: Connection, now: datetime) -> None:
        one_at_a_time(conn, Lock.IMPORTING)
        look_up_by_index(conn)
        keep_pages_at_hand(conn)
        self._conn = conn
        self._now = now
        self._all_new = True  # a guess, from the rows before: nobody need be looked up then
        self._under_way: tuple[Insertion, Sequence[NewReader]] | None = None
        self.brought = Brought()  # of all that is settled

    def __enter__(self) -> Self:
        """Nothing more."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Settle; after an error, let go of the connection, so that it can be rolled back."""
        if kind is None or error is None:
            self.settle()
        elif self._under_way:
            self._under_way[0].abandon(kind, error, trace)

    def bring(self, rows: Sequence[NewReader]) -> None:
        """Bring in ``rows``."""
        self.settle()
        blocked = _blocked(self._conn, rows)
        if self._all_new and not blocked:
            values = storable(self._conn, rows, self._now)
            self._under_way = Insertion(self._conn, subscribers, NewReader._fields, values), rows
        else:
            self._look_up_and_bring(rows, blocked)

    def settle(self) -> None:
        """Wait for what was brought; only then may others use the connection."""
        if self._under_way is None:
            return
        (insertion, rows), self._under_way = self._under_way, None
        if insertion.end():
            self._count(Brought(added=len(rows)))
        else:
            self._look_up_and_bring(rows, set())

    def _look_up_and_bring(self, rows: Sequence[NewReader], blocked: set[str]) -> None:
        plan = _Plan(known_readers(self._conn, rows), blocked)
        self._all_new = not plan.known
        for row in rows:
            plan.place(row)
        values = storable(self._conn, plan.new.values(), self._now)
        added = insert_many(self._conn, subscribers, NewReader._fields, values)
        changed = [(reader.name, reader.themes, reader.id) for reader in plan.changed.values()]
        _TAKE_OVER.run(self._conn, changed)
        late = len(plan.new) - added  # another process added them meanwhile: they are left alone
        self._count(Brought(added, plan.updated, plan.unchanged + late, plan.suppressed))

    def _count(self, more: Brought) -> None:
        self.brought = Brought(*map(add, self.brought, more))


def storable(conn: Connection, rows: Iterable[NewReader], now: datetime) -> list[tuple[Any, ...]]:
    """The rows as the driver takes them."""

    @lru_cache  # most rows of a list have the same instants, or none
    def bound(moments: tuple[datetime | None, ...]) -> tuple[Any, ...]:
        created_at, *others = moments
        values = (as_stored(moment, conn.dialect) for moment in (created_at or now, *others))
        # As text also for PostgreSQL: its driver writes a datetime out anew for every row.
        return tuple(None if value is None else str(value) for value in values)

    return [row[:_FIRST_INSTANT] + bound(row[_FIRST_INSTANT:]) for row in rows]


class Known(NamedTuple):
    """What decides on a row whose reader is there."""

    email_key: str
    id: int
    state: str
    name: str
    themes: str


@dataclass
class _Plan:
    """What is to be done with some rows. Pure: all it needs was looked up before."""

    known: dict[str, Known]  # stored readers by email_key
    blocked: set[str]  # suppressed hashes
    new: dict[str, NewReader] = field(default_factory=dict)
    changed: dict[str, Known] = field(default_factory=dict)
    updated: int = 0
    unchanged: int = 0
    suppressed: int = 0

    def place(self, row: NewReader) -> None:
        """Decide on one row."""
        key = row.email_key
        there = self.known.get(key) or self.new.get(key)
        if row.key_hash in self.blocked or (there and there.state == _LEFT):
            self.suppressed += 1
        elif there is None:
            self.new[key] = row
        elif there.state == _ACTIVE and self._take_over(there, row):
            self.updated += 1
        else:
            self.unchanged += 1

    def _take_over(self, there: Known | NewReader, row: NewReader) -> bool:
        """Note the name and themes that are given; whether that changes anything."""
        name, themes = row.name or there.name, row.themes or there.themes
        if (name, themes) == (there.name, there.themes):
            return False
        if isinstance(there, NewReader):
            self.new[row.email_key] = there._replace(name=name, themes=themes)
        else:
            self.known[row.email_key] = self.changed[row.email_key] = there._replace(name=name, themes=themes)
        return True


def known_readers(conn: Connection, rows: Iterable[NewReader]) -> dict[str, Known]:
    """Those of whom these rows speak and who are there, by email_key."""
    columns = [subscribers.c[name] for name in Known._fields]
    keys = [row.email_key for row in rows]
    found = conn.execute(select(*columns).where(among(conn, subscribers.c.email_key, keys)))
    return {row.email_key: Known(*row) for row in found}


def _blocked(conn: Connection, rows: Sequence[NewReader]) -> set[str]:
    column = suppressions.c.key_hash
    if conn.execute(select(column).limit(1)).first() is None:
        return set()
    return set(
        conn.execute(select(column).where(among(conn, column, [row.key_hash for row in rows]))).scalars()
    )
