"""What a run writes for each recipient: the fence before the content, and what became of it after.

    fence    pending | deferred -> sending, by compare-and-set, just before the content is released;
             who unsubscribed meanwhile becomes suppressed instead
    record   sending -> sent | deferred | failed | uncertain, by compare-and-set on the epoch

Both are made for groups: a run commits those of all its connections together. Who may try a delivery
at all stands in ``digest.store.batches``; that nobody is mailed twice rests on the fence alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Select, Update, and_, bindparam, literal_column, null, or_, select, update
from sqlalchemy.exc import DBAPIError

from digest.errors import StoreError
from digest.model.delivery import DeliveryState, Recipient
from digest.store.deliveries import LEFT, in_state, may_be_mailed
from digest.store.engine import Database
from digest.store.instant import Instant
from digest.store.tables import deliveries


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one delivery, ready to be written. ``state`` is a state, never sending."""

    recipient: Recipient
    state: DeliveryState
    code: int | None = None
    text: str = ""
    due_at: datetime | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fenced:
    """Subscriber ids by what the fence said. Those in neither are somebody else's by now."""

    granted: frozenset[int]
    suppressed: frozenset[int]


class Ledger:
    """One run's own connection: two transactions a millisecond are too many for a pool.

    Not for several threads. The transactions are as ``Database.write()`` makes them.
    """

    def __init__(self, database: Database) -> None:
        with database.write() as connection:
            self._engine = connection.engine
        self._database = database
        driver = self._engine.dialect.dbapi
        assert driver is not None
        self._driver_error: type[Exception] = driver.Error
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        """Open the connection."""
        self._connection = self._engine.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        if self._connection is not None:
            self._connection.close()

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[Connection]:
        """One writing transaction. ``durable``: on the disk itself when it ends, and all before it.

        Between durable ones an SQLite ledger survives kill -9 but may forget its last commits when
        the power fails: see ``claim``.

        Raises:
            StoreError: the database failed.
        """
        assert self._connection is not None
        with self._clear_errors(), self._synced(durable=durable), self._connection.begin():
            yield self._connection

    @contextmanager
    def tick(self) -> Iterator[Connection]:
        """A writing transaction for ``fence`` and ``record`` alone, which go past SQLAlchemy as it does.

        There is one for every few messages, and beginning and ending one through SQLAlchemy takes longer
        than all that SQLite does in between.

        Raises:
            StoreError: the database failed.
        """
        assert self._connection is not None
        driver: Any = self._connection.connection.dbapi_connection
        with self._clear_errors():
            try:
                if self._database.dialect == "sqlite":
                    driver.execute("BEGIN IMMEDIATE")
                yield self._connection
                driver.commit()
            except BaseException:
                driver.rollback()
                raise

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        """Say which database it was."""
        try:
            yield
        except (DBAPIError, self._driver_error) as error:
            words = " ".join(str(getattr(error, "orig", error)).split())
            raise StoreError(f"the ledger in {self._database!r} cannot be written: {words}") from error

    @contextmanager
    def _synced(self, *, durable: bool) -> Iterator[None]:
        """SQLite's synchronous=FULL for one transaction; PostgreSQL always syncs."""
        if not durable or self._database.dialect != "sqlite" or self._connection is None:
            yield
            return
        driver: Any = self._connection.connection.dbapi_connection  # a PRAGMA must stand outside BEGIN
        driver.execute("PRAGMA synchronous=FULL").close()
        try:
            yield
        finally:
            driver.execute("PRAGMA synchronous=NORMAL").close()


_THIS = and_(
    deliveries.c.edition_id == bindparam("this_edition"),
    deliveries.c.subscriber_id == bindparam("this_subscriber"),
)


_INSTANT = Instant()


class _Prepared:
    """A statement compiled once per kind of database and given to the driver, for many rows at once.

    SQLAlchemy's own executemany spends more on each row than SQLite does, and these statements run once
    per message; its SQL is all that is needed of it here.
    """

    def __init__(self, statement: Update | Select[Any], names: tuple[str, ...]) -> None:
        self._statement = statement
        self._names = names
        self._compiled: dict[str, tuple[str, Callable[[tuple[Any, ...]], Any]]] = {}

    def run(self, conn: Connection, rows: list[tuple[Any, ...]]) -> int:
        """Execute it for rows of values, in the order of ``names``; how many rows of the table it changed."""
        sql, arrange = self._for(conn)
        with closing(conn.connection.cursor()) as cursor:
            cursor.executemany(sql, [arrange(row) for row in rows])
            return int(cursor.rowcount)

    def find(self, conn: Connection, row: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """Execute it for one row of values; the row of the table that it finds."""
        sql, arrange = self._for(conn)
        with closing(conn.connection.cursor()) as cursor:
            cursor.execute(sql, arrange(row))
            found: tuple[Any, ...] | None = cursor.fetchone()
            return found

    def _for(self, conn: Connection) -> tuple[str, Callable[[tuple[Any, ...]], Any]]:
        """The SQL for this kind of database, and what arranges a row of values for it."""
        name = conn.dialect.name
        if name not in self._compiled:
            compiled = self._statement.compile(dialect=conn.dialect)
            order = getattr(compiled, "positiontup", None)  # where parameters are told apart by place alone
            by_place = itemgetter(*map(self._names.index, order)) if order else None
            self._compiled[name] = (str(compiled), by_place or self._by_name)
        return self._compiled[name]

    def _by_name(self, row: tuple[Any, ...]) -> dict[str, Any]:
        """A row for a driver that tells parameters apart by name."""
        return dict(zip(self._names, row, strict=True))


_WAITING = in_state(DeliveryState.PENDING, DeliveryState.DEFERRED)
_FENCE = _Prepared(
    update(deliveries)
    .where(
        _THIS,
        _WAITING,
        deliveries.c.epoch <= bindparam("this_epoch"),
        may_be_mailed(),
    )
    .values(state=literal_column("'sending'"), epoch=bindparam("this_epoch")),
    ("this_edition", "this_subscriber", "this_epoch"),
)
_STANDING = _Prepared(
    select(deliveries.c.state, deliveries.c.epoch).where(_THIS), ("this_edition", "this_subscriber")
)
_SUPPRESS = _Prepared(
    update(deliveries)
    .where(_THIS, _WAITING, ~may_be_mailed())
    .values(state=literal_column("'suppressed'"), due_at=null(), text=bindparam("reason")),
    ("this_edition", "this_subscriber", "reason"),
)
_RECORD = _Prepared(
    update(deliveries)
    .where(
        _THIS,
        or_(
            # Fenced by us. Another owner may have called it uncertain meanwhile: an answer settles that.
            and_(
                in_state(DeliveryState.SENDING, DeliveryState.UNCERTAIN),
                deliveries.c.epoch == bindparam("this_epoch"),
            ),
            # Refused before the fence; the number of attempts says that nobody else was there.
            and_(_WAITING, deliveries.c.attempts == bindparam("attempts_before")),
        ),
    )
    .values(
        state=bindparam("new_state"),
        attempts=bindparam("new_attempts"),
        code=bindparam("new_code"),
        text=bindparam("new_text"),
        due_at=bindparam("new_due_at"),
        sent_at=bindparam("new_sent_at"),
    ),
    (
        *("this_edition", "this_subscriber", "this_epoch", "attempts_before", "new_attempts"),
        *("new_state", "new_code", "new_text", "new_due_at", "new_sent_at"),
    ),
)


def fence(conn: Connection, recipients: Sequence[Recipient]) -> Fenced:
    """Move recipients to sending, or to suppressed; content may go out once this is committed.

    At most one caller is granted each delivery, whatever the batch's owner. All are of one edition.
    """
    fenced = _FENCE.run(conn, [(one.edition_id, one.subscriber_id, one.epoch) for one in recipients])
    if fenced == len(recipients):
        return Fenced(frozenset([one.subscriber_id for one in recipients]), frozenset())
    return _told_apart(conn, recipients)


def _told_apart(conn: Connection, recipients: Sequence[Recipient]) -> Fenced:
    """Who was granted the fence, who is suppressed, and who is somebody else's."""
    granted, suppressed = set(), set()
    for one in recipients:
        key = (one.edition_id, one.subscriber_id)
        if _STANDING.find(conn, key) == (DeliveryState.SENDING, one.epoch):
            granted.add(one.subscriber_id)
        else:
            _SUPPRESS.run(conn, [(*key, LEFT)])
            state, _epoch = _STANDING.find(conn, key) or ("", 0)
            if state == DeliveryState.SUPPRESSED:
                suppressed.add(one.subscriber_id)
    return Fenced(frozenset(granted), frozenset(suppressed))


def record(conn: Connection, settled: Sequence[Settled]) -> None:
    """Write what became of deliveries. One that another owner has settled meanwhile stays as it is."""
    moments = {one.due_at for one in settled} | {one.sent_at for one in settled}
    stored = {moment: _INSTANT.process_bind_param(moment, conn.dialect) for moment in moments}
    _RECORD.run(
        conn,
        [
            (
                (to := one.recipient).edition_id,
                to.subscriber_id,
                to.epoch,
                to.attempts,
                to.attempts + 1,
                one.state.value,
                one.code,
                one.text,
                stored[one.due_at],
                stored[one.sent_at],
            )
            for one in settled
        ],
    )
