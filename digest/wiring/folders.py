"""The folders that a newsletter may have of its own: ``themes/`` and ``templates/``."""

from __future__ import annotations

import os
from pathlib import Path

from digest.errors import ConfigurationError


def mind_readable(folder: Path) -> None:
    """See that a newsletter's own folder, if it has one, counts: one that is closed to us would look empty.

    Raises:
        ConfigurationError: it is there, and may not be read, or is no folder.
    """
    if folder.exists() and not folder.is_dir():
        raise ConfigurationError(f"{folder} is a file, where a folder of your own may stand: rename it")
    if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK):
        raise ConfigurationError(f"{folder} can't be read: check who owns it")
