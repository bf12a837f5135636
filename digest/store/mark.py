"""The mark: a small file that outlives a restore, and says how much the database knew. See ``restored``.

It stands beside an SQLite file. For PostgreSQL, whose files are not ours, it stands in the newsroom's folder
on each machine, under the lineage of the database: all that were ever copied or restored from one have the
same.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from digest.errors import StoreError
from digest.store.owning import give_to_owner_of


@dataclass(frozen=True, slots=True)
class Mark:
    """What a database knew when it was last looked at. ``slots``: "publication series" to ISO instant."""

    handed_over: int = 0
    readers: int = 0
    slots: Mapping[str, str] = field(default_factory=dict)

    def joined(self, other: Mark) -> Mark:
        """What either knew."""
        slots = {**other.slots, **self.slots}
        slots = {name: max(slot, other.slots.get(name, slot)) for name, slot in slots.items()}
        return Mark(max(self.handed_over, other.handed_over), max(self.readers, other.readers), slots)


def mark_of(path: Path) -> Path:
    """Where the mark of an SQLite file stands."""
    return path.with_name(path.name + "-mark")


def mark_of_lineage(folder: Path, lineage: str) -> Path:
    """Where the mark of a PostgreSQL database stands: a name that newsrooms' .gitignore knows."""
    return folder / f"subscribers.db-mark.{lineage}"


def read_mark(file: Path) -> Mark | None:
    """The mark in this file; None where there is none, or none that makes sense.

    Raises:
        StoreError: it can't be read.
    """
    try:
        found = json.loads(file.read_text("utf-8"))
        slots = {
            str(of): datetime.fromisoformat(slot).isoformat() for of, slot in dict(found["slots"]).items()
        }
        return Mark(int(found["handed_over"]), int(found["readers"]), slots)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, OverflowError):
        return None  # a power cut can leave it empty: it is written anew
    except OSError as error:
        raise StoreError(f"{file} can't be read: {error.strerror}; check who owns it") from error


def write_mark(file: Path, mark: Mark, whose: Path) -> None:
    """Put the mark there, whole or not at all, for the owner of ``whose`` (a database, or a folder).

    Raises:
        StoreError: it can't be written.
    """
    new = file.with_name(f"{file.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as stream:
            stream.write(json.dumps(asdict(mark), sort_keys=True) + "\n")
        give_to_owner_of(whose, new)
        new.replace(file)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise StoreError(f"{file} can't be written: {error.strerror}; check who owns the folder") from error
