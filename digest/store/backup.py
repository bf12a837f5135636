"""Copies of an SQLite database, and putting one back. PostgreSQL has tools of its own for both."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from sqlalchemy.engine import URL

from digest.errors import InputError, StoreError
from digest.store.connect import Target, clear_errors, make_engine, parse_url
from digest.store.copies import copy_into, stamp
from digest.store.engine import Database
from digest.store.mark import Mark, mark_of, read_mark, write_mark
from digest.store.owning import give_to_owner_of
from digest.store.restored import known_to
from digest.store.schema import needs_upgrade

_HEADER = b"SQLite format 3\0"
_SIDES = ("-wal", "-shm")
# Where every connection to a file in WAL mode holds a lock, for as long as it is open (SQLite's os_unix.c).
_SHARED_FIRST, _SHARED_BYTES = 0x40000000 + 2, 510


def backup(url: str, to: Path, now: datetime) -> None:
    """Write a whole and sound copy of the database, also while it is used; only its owner can read it.

    Raises:
        InputError: there is a file of that name, or none can be made.
        StoreError: it is no SQLite database, or there is none.
    """
    target, path = _sqlite(url, "`pg_dump --format=custom` makes a backup of PostgreSQL")
    if not path.exists():
        raise StoreError(f"there is no database {target.shown} to copy: look at [database] url")
    try:
        os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        raise InputError(f"{to} is there already: give the backup a name of its own") from None
    except OSError as error:
        raise InputError(f"{to} can't be written: {error.strerror}") from None
    with _gone_if_it_fails(to), clear_errors(target):
        copy_into(path, to)
        stamp(to, now)


def restore(url: str, source: Path, now: datetime) -> Path | None:
    """Put a backup in the place of the database; where the one of before is now, if there was one.

    A symbolic link stays, and leads to the backup. The next to open it holds what may have gone out since:
    see ``digest.store.restored``.

    Raises:
        InputError: the file can't be read, or is no sound database of this program.
        StoreError: the database is PostgreSQL, in use, or its folder can't be written; or the file in its
            place was never a database.
    """
    target, named = _sqlite(
        url, "`pg_restore` puts a backup of PostgreSQL back, and `digest db restored` tells us"
    )
    # Where a link leads to, there are SQLite's journal and the disk meant for it; the mark stays by the name.
    path = Path(os.path.realpath(named))
    new = path.with_name(path.name + ".restoring")
    try:
        if not _begins_as_sqlite(source):
            raise InputError(f"{source} is no SQLite database")
        if path.exists() and source.samefile(path):
            raise InputError(f"{source} is the database itself: name a backup of it")
        _refuse_what_never_was_one(named)
        _fresh_copy(source, new)
    except OSError as error:
        raise InputError(f"{error.filename or source} can't be used: {error.strerror}") from None
    with _gone_if_it_fails(new):
        _check(source, new)
        stamp(new, datetime.fromtimestamp(source.stat().st_mtime, UTC))
        if path.exists():
            _keep_in_mind(target, named)
            _refuse_while_in_use(path, "restore then")
            give_to_owner_of(path, new)
        with _told(path):
            aside = _put_aside(path, now)
            new.replace(path)
    return aside


def _sqlite(url: str, otherwise: str) -> tuple[Target, Path]:
    target = parse_url(url)
    if target.path is None:
        raise StoreError(f"{target.shown} is no SQLite database: {otherwise}; see docs/reference/database.md")
    return target, target.path


def _begins_as_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_HEADER)) == _HEADER


def _refuse_what_never_was_one(named: Path) -> None:
    """See that what is to be put aside is a database, or was one before it was damaged: a mark says so.

    Raises:
        StoreError: it is something else, such as what a mistyped name stands for.
    """
    if mark_of(named).exists():
        return
    something = named.is_file() and named.stat().st_size > 0
    if named.is_dir() or (something and not _begins_as_sqlite(named)):
        raise StoreError(
            f"{named} is no SQLite database, and nothing says that it ever was one: correct [database] url,"
            " or move it away"
        )


def _fresh_copy(source: Path, new: Path) -> None:
    """A copy of a backup, which stays as it is; what stands in a journal beside it counts."""
    for end in ("", *_SIDES):
        new.with_name(new.name + end).unlink(missing_ok=True)
    for end in ("", "-wal"):
        beside = source.with_name(source.name + end)
        if beside.exists():
            copy = new.with_name(new.name + end)
            os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            shutil.copyfile(beside, copy)


def _check(source: Path, new: Path) -> None:
    """See that a copy of ``source`` is sound, ours and no newer than we are; it is one file from then on."""
    ours = Target("sqlite", URL.create("sqlite", database=str(new)), str(source), new)
    try:
        with clear_errors(ours):
            with closing(sqlite3.connect(new, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode=DELETE").close()
                (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if found != "ok":
                raise InputError(f"{source} is damaged ({found}): take another backup")
            engine = make_engine(ours, writes=False, pooled=False)
            with engine.connect() as connected, connected.begin():
                if needs_upgrade(ours, connected)[1]:
                    raise InputError(f"{source} is empty: it is no backup")
    except StoreError as error:
        raise InputError(str(error)) from error


def _keep_in_mind(target: Target, path: Path) -> None:
    """Put into the mark what the database knows that is about to go, where it can still be read."""
    with suppress(Exception):  # it may be damaged in any way: that is why people restore
        with Database(str(target.url), target) as database, database.read() as conn:
            known = known_to(conn)
        file = mark_of(path)
        write_mark(file, known.joined(read_mark(file) or Mark()), path)


def refuse_while_in_use(url: str) -> None:
    """See that no other process has this SQLite database open; before we have it open ourselves.

    Raises:
        StoreError: one has.
    """
    path = parse_url(url).path
    if path is not None and path.exists():
        _refuse_while_in_use(path, "try again then")


def _refuse_while_in_use(path: Path, then: str) -> None:
    """See that no other process has the database open, as far as this machine can tell.

    Raises:
        StoreError: one has.
    """
    with path.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_BYTES, _SHARED_FIRST)
        except BlockingIOError:
            raise StoreError(
                f"{path} is in use by another process: stop `digest run` and `digest serve`, and {then}"
            ) from None
        except OSError:
            return  # a file system without locks


def _put_aside(path: Path, now: datetime) -> Path | None:
    """Rename the database with its journal, which must never meet another file; its new name."""
    name = f"{path.name}.replaced-{now:%Y%m%dT%H%M%S}"
    names = chain([name], (f"{name}-{number}" for number in count(2)))  # a rehearsal may be at the same time
    aside = next(free for free in map(path.with_name, names) if not free.exists())
    found = path.exists()
    if found:
        path.rename(aside)
    for end in _SIDES:
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).rename(aside.with_name(aside.name + end))
    return aside if found else None


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{path} can't be replaced: {error.strerror}; check who owns the folder") from error


@contextmanager
def _gone_if_it_fails(path: Path) -> Iterator[None]:
    """Leave no half-made copy of readers' addresses behind."""
    try:
        yield
    except BaseException:
        for end in ("", "-journal", *_SIDES):
            path.with_name(path.name + end).unlink(missing_ok=True)
        raise
