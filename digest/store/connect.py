"""From a database URL to SQLAlchemy engines, and from driver errors to one clear line.

SQLite, each learned the hard way (see docs/reference/database.md): the driver's own transaction
handling is off and ``BEGIN IMMEDIATE`` opens every write, because a transaction that starts by
reading and then writes fails with "database is locked" whatever the busy timeout; readers have
their own connections, on which the engine itself refuses to write.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError

from digest.errors import StoreError
from digest.store.instant import UnreadableInstantError

BUSY_TIMEOUT_S = 30
CONNECT_TIMEOUT_S = 10
# A server whose machine is gone, without a word, is noticed within a minute; by the kernel's own measure a
# sender would hang for a quarter of an hour, or for two.
_POSTGRES = {
    "connect_timeout": CONNECT_TIMEOUT_S,
    "keepalives_idle": 30,  # seconds, as the next
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,  # milliseconds
}
_SCHEMES = {"sqlite": "sqlite", "postgresql": "postgresql", "postgres": "postgresql"}
_SHOWN = frozenset({"host", "port", "dbname", "sslmode"})  # of what a query may hold: others may be secret
_EXAMPLES = "sqlite:///subscribers.db or postgresql://user:password@host/name"


@dataclass(frozen=True, slots=True)
class Target:
    """A database as named by its URL. ``shown`` is fit for messages: it holds no password."""

    dialect: str  # sqlite | postgresql
    url: URL
    shown: str
    path: Path | None  # the file of an SQLite database


def parse_url(text: str) -> Target:
    """Read a database URL; a relative SQLite path is relative to the working directory.

    Raises:
        StoreError: the URL is malformed, or of a kind that digest does not speak.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise StoreError(f"[database] url is not a database URL: write {_EXAMPLES}") from error
    dialect = _SCHEMES.get(url.get_backend_name())
    if dialect is None:
        raise StoreError(
            f"[database] url names {url.get_backend_name()!r}, which digest does not speak: write {_EXAMPLES}"
        )
    if dialect == "postgresql":
        harmless = {name: value for name, value in url.query.items() if name in _SHOWN}
        shown = url.set(query=harmless).render_as_string()
        return Target(dialect, url.set(drivername="postgresql+psycopg"), shown, None)
    if not url.database or url.database == ":memory:" or url.database.startswith("file:") or url.query:
        raise StoreError(f"[database] url must name a plain file, like sqlite:///subscribers.db, not {text}")
    path = Path(url.database).absolute()
    return Target(dialect, URL.create("sqlite", database=str(path)), str(path), path)


def create_file(path: Path) -> None:
    """Make an empty database file that only its owner can read: it will hold personal data.

    SQLite gives its side files (-wal, -shm) the permissions of this one.

    Raises:
        StoreError: there is no such folder, or it is not writable.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        if path.is_dir():
            raise StoreError(f"{path} is a folder: [database] url must name a file") from None
        if not os.access(path, os.R_OK | os.W_OK):
            raise StoreError(f"{path} cannot be read and written: check who owns it") from None
    except OSError as error:
        raise StoreError(
            f"cannot create the database {path}: {error.strerror}; make the folder, or change [database] url"
        ) from error


def use_wal(path: Path) -> None:
    """Switch the file to write-ahead logging, for good: readers and the writer don't block each other.

    SQLite does not always wait for its busy timeout when two processes do this at once; so we do.

    Raises:
        sqlite3.Error: the file is no database, or stayed locked.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode=WAL").close()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return


def make_engine(target: Target, *, writes: bool, pooled: bool = True, foreign_keys: bool = True) -> Engine:
    """An engine for writing transactions or for reading ones; opens no connection yet.

    Raises:
        StoreError: the driver of PostgreSQL is not installed.
    """
    options: dict[str, Any] = {"hide_parameters": True}  # errors must not carry readers' addresses into a log
    if not pooled:
        options["poolclass"] = NullPool
    if target.dialect == "sqlite":
        engine = create_engine(
            target.url, connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}, **options
        )
        _prepare_sqlite(engine, writes=writes, foreign_keys=foreign_keys)
        return engine
    if pooled:
        options["pool_pre_ping"] = True
    ours = {name: value for name, value in _POSTGRES.items() if name not in target.url.query}
    try:
        engine = create_engine(target.url, connect_args=ours, **options)
    except ModuleNotFoundError as error:
        raise StoreError(
            f"{target.shown} needs the PostgreSQL driver: pip install 'psycopg[binary]'"
        ) from error
    if writes:
        return engine
    # The same as an SQLite reader gets: one snapshot for the whole transaction, and no writing.
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _prepare_sqlite(engine: Engine, *, writes: bool, foreign_keys: bool) -> None:
    """Hang the pragmas on every new connection, and the right BEGIN on every transaction."""
    pragmas = (
        f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}",
        "PRAGMA synchronous=NORMAL",
        "PRAGMA cache_size=-4096",  # KiB; a send reads and writes in the order of the key, once
        "PRAGMA journal_size_limit=67108864",  # bytes; the journal shrinks again after such an import
        *(() if writes else ("PRAGMA query_only=ON",)),
    )
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # or the driver begins transactions by itself
        for pragma in pragmas:
            connection.execute(pragma).close()

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)


@contextmanager
def clear_errors(target: Target) -> Iterator[None]:
    """Turn the driver's errors about the database itself into StoreError.

    Errors that can only be ours (bad SQL, a broken constraint, bad data) pass as they are.
    """
    try:
        yield
    except UnreadableInstantError as error:
        raise StoreError(f"{target.shown} {_DAMAGED} (an instant in it can't be read)") from error
    except (DBAPIError, _driver_error(target)) as error:
        line = explain(target, error)
        if line is None:
            raise
        raise StoreError(line) from error


_DAMAGED = "is damaged: restore a backup, or try sqlite3's .recover"
_UNDECODABLE = re.compile(r"Could not decode to UTF-8 column '(\w+)'")  # what follows is the text itself
_SQLITE_TROUBLE = {
    sqlite3.SQLITE_BUSY: f"was being written by another process for {BUSY_TIMEOUT_S} s: try again later",
    sqlite3.SQLITE_LOCKED: "is locked by another connection: try again later",
    sqlite3.SQLITE_READONLY: "cannot be written: check who owns the file and its folder",
    sqlite3.SQLITE_PERM: "cannot be opened: check who owns the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: check that its folder exists and who owns it",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk reports an error, or is full",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_FULL: "cannot grow, its disk is full: free some space",
    sqlite3.SQLITE_NOTADB: "is no SQLite database: move the file away, or change [database] url",
}


def _driver_error(target: Target) -> type[Exception]:
    """What the driver itself raises, where it is spoken to without SQLAlchemy."""
    if target.dialect == "sqlite":
        return sqlite3.Error
    import psycopg  # noqa: PLC0415 - not installed where SQLite is used

    return psycopg.Error


def explain(target: Target, error: Exception) -> str | None:
    """What went wrong with the database itself and how to mend it; None if nothing did."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if target.dialect == "sqlite":
        if undecodable := _UNDECODABLE.match(str(cause)):
            return f"{target.shown} {_DAMAGED} (a text in the column {undecodable[1]} is no UTF-8)"
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # without the extended part
        trouble = _SQLITE_TROUBLE.get(code)
        return f"{target.shown} {trouble}" if trouble else None
    import psycopg  # noqa: PLC0415 - as above

    if not isinstance(cause, psycopg.OperationalError):
        return None
    words = " ".join(str(cause).split())
    return f"{target.shown} cannot be used: {words}; check that the server runs, and [database] url"
