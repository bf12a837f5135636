"""Secrets that stand in a file of their own, which a variable or a key that ends in ``_file`` names."""

from __future__ import annotations

from pathlib import Path

from digest.settings.homes import expanded

MAX_SECRET_BYTES = 65_536


def read_secret(name: str, folder: Path) -> str:
    """What the file ``name`` holds, without the line's end; a relative one lies in ``folder``.

    Raises:
        ValueError: it can't be read, or holds no text; says so in words that follow what named it.
    """
    try:
        path = folder / expanded(name)
        if not path.is_file() and path.exists():
            raise ValueError(f"names {path}, which is no file")
        with path.open("rb") as file:
            content = file.read(MAX_SECRET_BYTES + 1)
        text = content.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise ValueError(f"names {path}, which cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ValueError(f"names {path}, which is not UTF-8 text") from None
    if not text or len(content) > MAX_SECRET_BYTES:
        raise ValueError(f"names {path}, which {'is too large for a secret' if text else 'is empty'}")
    return text
