"""What templates were compiled to: in memory, and in the user's cache folder for the next process.

Compiling them takes a tenth of a second, which is a fifth of a send. What is read back is code that runs: so
it must be a file of this user's that nobody else may write, whole, made by the same rules from the same
source. Anything else is as good as nothing, and a folder that can't be written is no error.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

_CHECKSUM_BYTES = sha256().digest_size
_WRITABLE_BY_OTHERS = 0o022


class CompiledTemplates(BytecodeCache):
    """Mails, pages and feed have several templates in common, and so do two editions.

    A template that was edited has another checksum, and is compiled anew. ``rules`` stands for everything
    else that decides what becomes of a template: the version of Jinja, how it is set up.
    """

    def __init__(self, rules: bytes) -> None:
        self._rules = rules
        self._known: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket with what its template was compiled to, if that is known."""
        checksum, code = self._known.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code
            return
        with suppress(OSError):
            kept = _read_own(cache_folder() / bucket.key)
            if kept[:_CHECKSUM_BYTES] == self._checksum(kept[_CHECKSUM_BYTES:]):
                bucket.bytecode_from_string(kept[_CHECKSUM_BYTES:])
        if bucket.code is not None:
            self._known[bucket.key] = bucket.checksum, bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what the bucket's template was compiled to."""
        assert bucket.code is not None
        self._known[bucket.key] = bucket.checksum, bucket.code
        content = bucket.bytecode_to_string()
        with suppress(OSError):
            _write(cache_folder() / bucket.key, self._checksum(content) + content)

    def _checksum(self, content: bytes) -> bytes:
        return sha256(self._rules + content).digest()


def cache_folder() -> Path:
    """``digest/templates`` in the user's cache folder, which may be emptied at any time.

    Raises:
        FileNotFoundError: this user has none.
    """
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        base = named if named.is_absolute() else Path.home() / ".cache"
    except RuntimeError as error:
        raise FileNotFoundError(str(error)) from error
    return base / "digest" / "templates"


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
