"""Paths as people write them, with ~ for a home folder."""

from __future__ import annotations

from pathlib import Path


def expanded(path: Path | str) -> Path:
    """``path`` with the folder that a leading ~ stands for.

    Raises:
        ValueError: nobody here has that home; says so in words that follow what named it.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise ValueError(f"names {path}, and nobody on this machine has that home folder") from None
