"""Secrets that stand in a file of their own, which a variable or a key that ends in ``_file`` names."""

from __future__ import annotations

from pathlib import Path

MAX_SECRET_BYTES = 65_536


def read_secret(path: Path) -> str:
    """What a file holds, without the line's end.

    Raises:
        ValueError: it can't be read, or is no text; says so in words that follow its name.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SECRET_BYTES + 1)
        text = content.decode("utf-8")
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text") from None
    return text.removesuffix("\n").removesuffix("\r")
