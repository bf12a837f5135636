"""What a run writes for each recipient: the fence before the content, and what became of it after.

    fence    pending | deferred -> sending, by compare-and-set, just before the content is released;
             who unsubscribed meanwhile becomes suppressed instead
    record   sending -> sent | deferred | failed | uncertain, by compare-and-set on the epoch

Both are made for groups: a run commits those of all its connections together. Who may try a delivery
at all stands in ``digest.store.batches``; that nobody is mailed twice rests on the fence alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, NamedTuple, Self

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Text,
    Update,
    and_,
    case,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError

from digest.errors import StoreError
from digest.model.delivery import DeliveryState, Recipient
from digest.store.deliveries import LEFT, WAITING, in_state, may_be_mailed
from digest.store.engine import Database
from digest.store.instant import Instant, as_stored
from digest.store.prepared import Prepared
from digest.store.tables import deliveries

_PAGES_BEFORE_A_CHECKPOINT = 1_000  # SQLite's own number
_PAGES_IN_A_RUN = 8_000  # 32 MiB: 20,000 messages or so


class Settled(NamedTuple):
    """What became of one delivery, ready to be written. ``state`` is a state, never sending."""

    recipient: Recipient
    state: DeliveryState
    code: int | None = None
    text: str = ""
    due_at: datetime | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fenced:
    """What the fence said: to whom, by id and epoch, content may go; the ids of those who have left.

    Those in neither are somebody else's by now. One process may ask for a reader twice at once, in two
    epochs, where its lease had ended meanwhile: only one of them is granted.
    """

    granted: frozenset[tuple[int, int]]
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
        """Open the connection.

        Raises:
            StoreError: the database can't be reached.
        """
        with self._clear_errors():
            self._connection = self._engine.connect()
        self._checkpoint_every(_PAGES_IN_A_RUN)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        if self._connection is not None:
            try:
                if not self._connection.invalidated:  # else asking for the driver's would connect anew
                    with suppress(self._driver_error):
                        self._checkpoint_every(_PAGES_BEFORE_A_CHECKPOINT)
                    # Cut off behind SQLAlchemy's back, which would roll back a connection that is gone.
                    if getattr(self._driver, "closed", False):
                        self._connection.invalidate()
            finally:
                self._connection.close()

    @property
    def _driver(self) -> Any:
        """The driver's own connection."""
        assert self._connection is not None
        return self._connection.connection.dbapi_connection

    def _checkpoint_every(self, pages: int) -> None:
        """How long SQLite's journal may grow before it is written back, for which all messages wait."""
        if self._database.dialect == "sqlite":
            self._driver.execute(f"PRAGMA wal_autocheckpoint={pages}").close()

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

    def tick(self, settled: Sequence[Settled], to_fence: Sequence[Recipient]) -> Fenced:
        """Outcomes recorded, then recipients fenced, in one transaction past SQLAlchemy.

        There is one for every few messages, and beginning and ending one through SQLAlchemy takes longer
        than all that SQLite does in between.

        Raises:
            StoreError: the database failed; nothing was written.
        """
        assert self._connection is not None
        with self._clear_errors():
            driver = self._driver  # connects anew, where another transaction found the connection gone
            try:
                if self._database.dialect == "sqlite":
                    driver.execute("BEGIN IMMEDIATE")
                record(self._connection, settled)
                fenced = fence(self._connection, to_fence)
                driver.commit()
            except BaseException:
                driver.rollback()
                raise
        return fenced

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        """Say which database it was, and how to mend it."""
        try:
            yield
        except (DBAPIError, self._driver_error) as error:
            raise StoreError(self._database.explain(error)) from error

    @contextmanager
    def _synced(self, *, durable: bool) -> Iterator[None]:
        """SQLite's synchronous=FULL for one transaction; PostgreSQL always syncs."""
        if not durable or self._database.dialect != "sqlite":
            yield
            return
        driver = self._driver  # a PRAGMA must stand outside BEGIN
        driver.execute("PRAGMA synchronous=FULL").close()
        try:
            yield
        finally:
            driver.execute("PRAGMA synchronous=NORMAL").close()


_Value = Callable[[str], ColumnElement[Any]]
_KEY = {"this_edition": Integer(), "this_subscriber": Integer()}
_INSTANT = Instant()


def _this(value: _Value) -> ColumnElement[bool]:
    """The delivery with this key."""
    column = deliveries.c
    return and_(column.edition_id == value("this_edition"), column.subscriber_id == value("this_subscriber"))


def _fencing(value: _Value) -> Update:
    return (
        update(deliveries)
        .where(_this(value), WAITING, deliveries.c.epoch <= value("this_epoch"), may_be_mailed())
        .values(state=literal_column("'sending'"), epoch=value("this_epoch"))
    )


def _suppressing(value: _Value) -> Update:
    return (
        update(deliveries)
        .where(_this(value), WAITING, ~may_be_mailed())
        .values(state=literal_column("'suppressed'"), due_at=null(), text=value("reason"))
    )


def _recording(value: _Value) -> Update:
    # Fenced by us. Another owner may have called it uncertain meanwhile: an answer settles that.
    fenced = in_state(DeliveryState.SENDING, DeliveryState.UNCERTAIN)
    ours = and_(fenced, deliveries.c.epoch == value("this_epoch"))
    # Refused before the fence; the number of attempts says that nobody else was there.
    refused = and_(WAITING, deliveries.c.attempts == value("attempts_before"))
    new: dict[str, ColumnElement[Any]] = {
        name: value(f"new_{name}") for name in ("state", "attempts", "due_at", "sent_at", "code")
    }
    # Who was erased meanwhile has no address any more, and servers repeat it.
    erased = deliveries.c.address == literal_column("''")
    new["text"] = case((erased, literal_column("''")), else_=value("new_text"))
    return update(deliveries).where(_this(value), or_(ours, refused)).values(new)


_FENCE = Prepared(_fencing, {**_KEY, "this_epoch": Integer()})
_SUPPRESS = Prepared(_suppressing, {"reason": Text(), **_KEY})
_STANDING = Prepared(lambda value: select(deliveries.c.state, deliveries.c.epoch).where(_this(value)), _KEY)
_RECORD = Prepared(
    _recording,
    {
        "new_state": Text(),
        "new_attempts": Integer(),
        "new_due_at": _INSTANT,
        "new_sent_at": _INSTANT,
        "new_code": Integer(),
        "new_text": Text(),
        **_KEY,
        "this_epoch": Integer(),
        "attempts_before": Integer(),
    },
)


def fence(conn: Connection, recipients: Sequence[Recipient]) -> Fenced:
    """Move recipients to sending, or to suppressed; content may go out once this is committed.

    At most one caller is granted each delivery, whatever the batch's owner. All are of one edition.
    """
    fenced = _FENCE.run(conn, [(one.edition_id, one.subscriber_id, one.epoch) for one in recipients])
    if fenced == len(recipients):
        return Fenced(frozenset([(one.subscriber_id, one.epoch) for one in recipients]), frozenset())
    return _told_apart(conn, recipients)


def _told_apart(conn: Connection, recipients: Sequence[Recipient]) -> Fenced:
    """Who was granted the fence, who is suppressed, and who is somebody else's."""
    granted: set[tuple[int, int]] = set()
    suppressed: set[int] = set()
    for one in recipients:
        key = (one.edition_id, one.subscriber_id)
        if _STANDING.find(conn, key) == (DeliveryState.SENDING, one.epoch):
            granted.add((one.subscriber_id, one.epoch))
        else:
            _SUPPRESS.run(conn, [(LEFT, *key)])
            state, _epoch = _STANDING.find(conn, key) or ("", 0)
            if state == DeliveryState.SUPPRESSED:
                suppressed.add(one.subscriber_id)
    return Fenced(frozenset(granted), frozenset(suppressed))


def record(conn: Connection, settled: Sequence[Settled]) -> None:
    """Write what became of deliveries. One that another owner has settled meanwhile stays as it is."""
    moments = {one.due_at for one in settled} | {one.sent_at for one in settled}
    stored = {moment: as_stored(moment, conn.dialect) for moment in moments}
    _RECORD.run(
        conn,
        [
            (
                str(one.state),  # quicker than its value, which Enum looks up in Python
                (to := one.recipient).attempts + 1,
                stored[one.due_at],
                stored[one.sent_at],
                one.code,
                one.text,
                to.edition_id,
                to.subscriber_id,
                to.epoch,
                to.attempts,
            )
            for one in settled
        ],
    )
