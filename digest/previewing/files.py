"""A preview as files: HTML, plain text, the raw message, the MJML it was made of, web copy, contact sheet."""

from __future__ import annotations

from pathlib import Path

from digest.errors import InputError
from digest.previewing.preview import Preview
from digest.previewing.sheet import contact_sheet


def write_preview(preview: Preview, folder: Path) -> dict[str, Path]:
    """Write every form of ``preview`` to ``folder``, made if need be; kinds to paths.

    Raises:
        InputError: the folder can't be written to.
    """
    contents: dict[str, bytes] = {
        "html": preview.html.encode(),
        "txt": preview.text.encode(),
        "eml": preview.eml,
        "mjml": preview.mjml.encode(),
        "web.html": preview.web.encode(),
        "sheet.html": contact_sheet(preview).encode(),
    }
    paths = {suffix: folder / f"edition.{suffix}" for suffix in contents}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, content in contents.items():
            paths[suffix].write_bytes(content)
    except OSError as error:
        raise InputError(f"{folder} can't be written to: {error.strerror}") from None
    return paths
