"""What takes rendering long to work out, kept in the user's cache folder for the next process.

What is read back goes into mails, or is code that runs: so it must be a file of this user's that nobody else
may write, whole, and made by the same rules. Anything else is as good as nothing, and a folder that can't be
written is no error. The folder may be emptied at any time.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

_CHECKSUM_BYTES = sha256().digest_size
_WRITABLE_BY_OTHERS = 0o022


class Kept:
    """The files of one ``folder`` of the cache. ``rules`` stands for all that decides what is in them."""

    def __init__(self, folder: str, rules: bytes) -> None:
        self._folder = folder
        self._rules = rules

    def read(self, name: str) -> bytes:
        """What was kept under ``name`` by these rules; nothing if there is none."""
        with suppress(OSError):
            content = _read_own(cache_folder(self._folder) / name)
            if content[:_CHECKSUM_BYTES] == self._checksum(content[_CHECKSUM_BYTES:]):
                return content[_CHECKSUM_BYTES:]
        return b""

    def write(self, name: str, content: bytes, *, most: int | None = None) -> None:
        """Keep ``content`` under ``name``; of more than ``most`` files the oldest go."""
        with suppress(OSError):
            folder = cache_folder(self._folder)
            _write(folder / name, self._checksum(content) + content)
            if most is not None:
                for old in sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime_ns)[:-most]:
                    old.unlink()

    def _checksum(self, content: bytes) -> bytes:
        return sha256(self._rules + content).digest()


def cache_folder(name: str) -> Path:
    """``digest/name`` in the user's cache folder.

    Raises:
        FileNotFoundError: this user has none.
    """
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        base = named if named.is_absolute() else Path.home() / ".cache"
    except RuntimeError as error:
        raise FileNotFoundError(str(error)) from error
    return base / "digest" / name


def _read_own(path: Path) -> bytes:
    """The file's content, if it is this user's and nobody else may write it; else nothing."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        facts = os.fstat(file.fileno())
        own = facts.st_uid == os.getuid() and not facts.st_mode & _WRITABLE_BY_OTHERS
        return file.read() if own else b""


def _write(path: Path, content: bytes) -> None:
    """Replace the file in one step: another process may be reading it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise
