"""The database as the rest of the program holds it: one object, transactions in and out.

with open_database("sqlite:///subscribers.db") as database:
    with database.write() as connection:
        add_feed(connection, feed, now)
    with database.read() as connection:
        feeds = list_feeds(connection)
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine

from digest.errors import StoreError
from digest.store import connect
from digest.store.connect import Target, clear_errors, create_file, make_engine, parse_url, use_wal
from digest.store.schema import check, migrate, needs_upgrade, upgrade

__all__ = ["Database", "check", "open_database", "upgrade"]


class Database:
    """A database whose schema is up to date. Any number of threads may use it at once.

    ``url`` is what it was opened with (it may hold a password), ``dialect`` "sqlite" or "postgresql",
    ``path`` the file of SQLite, ``folder`` the newsroom's, if that was named.
    """

    def __init__(self, url: str, target: Target, folder: Path | None = None) -> None:
        self.url = url
        self.folder = folder
        self.dialect = target.dialect
        self.path = target.path
        self._target = target
        self._reader: Engine = make_engine(target, writes=False)
        self._writer: Engine = make_engine(target, writes=True)
        self._turn = threading.Lock() if target.dialect == "sqlite" else None
        self._writing = threading.local()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that sees one state of the database throughout, and can't change it.

        Raises:
            StoreError: the database failed (gone, damaged, locked).
        """
        with clear_errors(self._target), self._reader.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that is committed at the end, or rolled back when the block raises.

        On SQLite there is one writer at a time: threads of this process queue here, other processes
        inside SQLite, each for 30 s at most. A write inside a write would wait for itself: RuntimeError.

        Raises:
            StoreError: the database failed (gone, damaged, full, locked by another process).
        """
        if getattr(self._writing, "now", False):
            message = "write() inside write(): pass the connection on instead"
            raise RuntimeError(message)
        with self._alone(), clear_errors(self._target), self._writer.begin() as connection:
            self._writing.now = True
            try:
                yield connection
            finally:
                self._writing.now = False

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait until no other thread of this process writes to an SQLite file."""
        if self._turn is None:
            yield
            return
        patience_s = connect.BUSY_TIMEOUT_S
        if not self._turn.acquire(timeout=patience_s):
            raise StoreError(
                f"{self._target.shown} was being written by another thread for {patience_s} s: try again"
            )
        try:
            yield
        finally:
            self._turn.release()

    def explain(self, error: Exception) -> str:
        """What an error of the driver's means, on one line, where somebody speaks to it directly."""
        words = " ".join(str(getattr(error, "orig", error)).split())
        return connect.explain(self._target, error) or f"{self._target.shown} cannot be written: {words}"

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._reader.dispose()
        self._writer.dispose()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def __repr__(self) -> str:
        """Without the password."""
        return f"Database({self._target.shown!r})"


def open_database(url: str, *, folder: Path | None = None, upgrade: bool | None = None) -> Database:
    """Open a database and see to its schema; on SQLite, make the file if there is none.

    Args:
        url: ``sqlite:///file`` (relative to the working directory) or ``postgresql://...``.
        folder: the newsroom's, where the mark of a PostgreSQL database stands; see ``digest.store.mark``.
        upgrade: whether to bring an old schema up to date. None: on SQLite and on an empty database
            only, because a server with data has its own backups and other users to think of.

    Raises:
        StoreError: it can't be reached, is no database, is newer than this program, or needs
            ``digest db upgrade``.
    """
    target = parse_url(url)
    if target.path is not None:
        create_file(target.path)
    database = Database(url, target, folder)
    try:
        _see_to_schema(database, target, upgrade=upgrade)
    except BaseException:
        database.close()
        raise
    return database


def _see_to_schema(database: Database, target: Target, *, upgrade: bool | None) -> None:
    """Migrate or refuse, as ``open_database`` promises."""
    with clear_errors(target):
        if target.path is not None:
            use_wal(target.path)
        with database.read() as connection:
            missing, empty = needs_upgrade(target, connection)
    if not missing:
        return
    if upgrade or (upgrade is None and (empty or target.dialect == "sqlite")):
        migrate(target)
        return
    raise StoreError(f"the schema of {target.shown} is not up to date: back it up and run digest db upgrade")
