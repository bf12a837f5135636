"""What the live preview is made from, looked at again and again: files, folders and the stored draft.

A look costs a few dozen calls of ``stat`` and one query. It works the same on every system, file server and
container mount, and needs no library.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from digest.errors import StoreError
from digest.parts import Parts
from digest.store import editions

DRAFT = "the draft"
Sighting = Mapping[str, object]  # the name of each watched thing, with what differs once it has changed

EVERY_S = 0.4
_SETTLE_S = 0.05  # between two looks at a thing that is being written


def sight_files(paths: Iterable[Path]) -> dict[str, object]:
    """Every file of ``paths``, those in folders too, by its path. What isn't there is left out."""
    return {str(file): version for path in paths for file in _files(path) if (version := _version(file))}


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, _subfolders, names in os.walk(path):
        yield from (Path(folder) / name for name in names if not name.startswith("."))


def _version(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def sight_draft(parts: Parts) -> dict[str, object]:
    """The stored editions of the publication as one thing; also what keeps them from being read."""
    try:
        with parts.database.read() as conn:
            return {DRAFT: editions.fingerprint(conn, parts.publication.slug)}
    except StoreError as error:
        return {DRAFT: str(error)}


def changed(before: Sighting, after: Sighting) -> list[str]:
    """The names of what came, went or changed."""
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def follow(
    look: Callable[[], Sighting], then: Callable[[Sequence[str]], None], stop: threading.Event
) -> None:
    """Call ``then`` at once, and from then on with the names of what has changed, until ``stop``."""
    seen = look()
    then(())
    while not stop.wait(EVERY_S):
        fresh = look()
        if fresh != seen and (names := changed(seen, fresh := _settled(look, fresh))):
            seen = fresh
            then(names)


def _settled(look: Callable[[], Sighting], first: Sighting) -> Sighting:
    """What two looks agree on: a file that is half written would be told as a mistake."""
    while (second := look()) != first:
        first = second
        time.sleep(_SETTLE_S)
    return first
