"""Whose files stand beside a database."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from stat import S_IMODE


def give_to_owner_of(database: Path, file: Path) -> None:
    """Give a new file the owner, group and mode of the database, as far as we may, where that is there.

    For a database on a server the newsroom's folder stands in: who may look into it may read the file.

    A command that root types must leave nothing that the account of the daily send can't read.
    """
    with suppress(FileNotFoundError, PermissionError):
        found = database.stat()
        os.chown(file, found.st_uid, found.st_gid)
        file.chmod(S_IMODE(found.st_mode) & 0o666)
