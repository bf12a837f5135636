"""Theme files on disk: which one defines a theme, what a text would load as, and changing one safely."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from digest.errors import ConfigurationError, InputError, NotFoundError
from digest.group import Theme, load_themes
from digest.group.gazetteer import Gazetteer
from digest.group.theme_files import GAZETTEER, VOCABULARY, files_in
from digest.group.toml_file import TomlFile
from digest.tuning.toml_text import add_phrase


def theme_files(folders: Sequence[Path]) -> dict[str, Path]:
    """The theme files that count, by name: a later folder's replaces an earlier one's."""
    return {name: path for name, path in files_in(folders).items() if name not in {GAZETTEER, VOCABULARY}}


def file_of(slug: str, folders: Sequence[Path]) -> Path:
    """The file that defines a theme.

    Raises:
        NotFoundError: there is none.
    """
    for path in theme_files(folders).values():
        if slug_in(path) == slug:
            return path
    raise NotFoundError(f"there is no theme {slug!r}; `digest themes list` names them")


def slug_in(path: Path) -> str:
    """The slug that a theme file gives; "" where it gives none."""
    return str(_data(path).get("slug", ""))


def _data(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}  # loading it says what is wrong, with the line


def gazetteer_of(folders: Sequence[Path]) -> Gazetteer:
    """The places that these folders' themes know."""
    path = files_in(folders).get(GAZETTEER)
    return Gazetteer(TomlFile.read(path) if path else None, None)


def load_with(path: Path, folders: Sequence[Path], text: str | None = None) -> tuple[Theme, ...]:
    """The themes of ``folders`` as they would be if ``path`` (or ``text`` in its name) stood among them.

    It replaces the file that defines the same theme, whatever that is called.

    Raises:
        ConfigurationError: it can't be used.
        InputError: it is no theme file.
    """
    with tempfile.TemporaryDirectory() as name:
        draft = Path(name) / path.name
        if text is None:
            if path.name in {GAZETTEER, VOCABULARY}:
                raise InputError(f"{path} is no theme; name the folder it stands in to test it")
            if path.suffix != ".toml":
                raise InputError(f"{path} is no theme file: its name has to end in .toml")
            shutil.copyfile(path, draft)
        else:
            draft.write_text(text, encoding="utf-8", newline="")
        slug = slug_in(draft)
        for same in (one for one in theme_files(folders).values() if slug_in(one) == slug):
            draft = draft.rename(draft.with_name(same.name))
        try:
            return load_themes([*folders, Path(name)], ())
        except ConfigurationError as error:
            raise ConfigurationError(str(error).replace(str(draft), str(path))) from None


def write_new(path: Path, text: str) -> None:
    """Write a file that isn't there yet.

    Raises:
        InputError: it is there, or can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"{path} is there already; choose another --slug, or edit it") from None
    except OSError as error:
        raise InputError(f"{path} can't be written: {error.strerror}") from None


def add_to_theme(slug: str, entries: Sequence[tuple[str, str, str]], folders: Sequence[Path]) -> Path:
    """Add (table, level, phrase) entries to a theme's file in the last of ``folders``; that file.

    A theme that another folder defines is copied there first, comments and all. The file is put in place
    only after it has been loaded: a bad edit leaves everything as it was.

    Raises:
        NotFoundError: there is no such theme.
        InputError: the file can't be edited or written.
        ConfigurationError: the result is no valid theme.
    """
    source, own = file_of(slug, folders), folders[-1]
    text = source.read_bytes().decode("utf-8-sig")
    for table, level, phrase in entries:
        text = add_phrase(text, table, level, phrase)
    target = own / source.name
    load_with(target, folders, text)
    part = target.with_name(f".{target.name}.part")
    try:
        own.mkdir(parents=True, exist_ok=True)
        part.write_bytes(text.encode())
        part.replace(target)
    except OSError as error:
        raise InputError(f"{target} can't be written: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
    return target
