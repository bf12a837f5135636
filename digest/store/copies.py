"""Whole copies of an SQLite file, made while it is used, each with the moment at which it was made."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from digest.store.owning import give_to_owner_of

STAMP: Final = "copied_at"  # a row of ``meta``: only a copy has it
_PATIENCE_S = 30


def copy_into(path: Path, to: Path) -> None:
    """Copy the database into a file that is empty, in one state whoever writes meanwhile."""
    with closing(sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(to),)).close()


def stamp(path: Path, now: datetime) -> None:
    """Write down in a copy when it was made, unless that stands there."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            values = (STAMP, now.astimezone(UTC).isoformat())
            connection.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO NOTHING", values).close()


def copy_before_upgrade(path: Path) -> Path:
    """A copy beside the database, in the place of that from before the last upgrade.

    Owner, group and mode are those of the database.
    """
    kept = path.with_name(path.name + ".before-upgrade")
    new = path.with_name(kept.name + ".new")
    new.unlink(missing_ok=True)
    try:
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        copy_into(path, new)
        stamp(new, datetime.now(UTC))
        give_to_owner_of(path, new)
        new.replace(kept)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    return kept
