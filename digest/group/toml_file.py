"""A TOML file that can say where it is wrong."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digest.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A parsed file with its path and lines, and readers that check what they hand out.

    All of them raise ConfigurationError with the file, the line where it can be told, and the mend.
    """

    path: Path
    data: Mapping[str, Any]
    lines: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> TomlFile:
        """Reads and parses ``path``."""
        try:
            text = path.read_text(encoding="utf-8-sig")
            return cls(path, tomllib.loads(text), tuple(text.splitlines()))
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(f"{path}: not valid TOML: {error}; mend it there") from error
        except UnicodeDecodeError as error:
            raise ConfigurationError(f"{path}: not UTF-8 text: save it as UTF-8") from error
        except OSError as error:
            raise ConfigurationError(f"{path}: can't be read: {error.strerror}") from error

    def wrong(self, key: str, problem: str) -> ConfigurationError:
        """The error to raise about ``key`` (dotted, or a value that stands in the file)."""
        last = re.split(r"[.\[]", key.rstrip("]"))[-1]
        line = self._line_of(key) or (self._line_of(last) if last else None)
        place = f"{self.path}:{line}" if line else str(self.path)
        return ConfigurationError(f"{place}: {key}: {problem}")

    def _line_of(self, word: str) -> int | None:
        """The first line that has this key or value by itself, from 1."""
        pattern = re.compile(rf"(?:^|[\s\"',\[]){re.escape(word)}(?:[\s\"',\]=]|$)")
        return next((at for at, text in enumerate(self.lines, 1) if pattern.search(text)), None)

    def unknown(self, key: str, known: Sequence[str], what: str) -> ConfigurationError:
        """The error about a name that is none of ``known``, with the nearest."""
        near = difflib.get_close_matches(key.lstrip("@"), [name.lstrip("@") for name in known], 1, 0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known)[:12])}"
        return self.wrong(key, f"is no {what}; {hint}")

    def only(self, table: Mapping[str, Any], known: Sequence[str], where: str) -> None:
        """Nothing but ``known`` keys in ``table``."""
        for key in table:
            if key not in known:
                raise self.unknown(key, known, f"key of {where or 'a theme file'}")

    def text(self, table: Mapping[str, Any], key: str, where: str) -> str:
        """A string that has to be there."""
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"{where}.{key}".lstrip("."), f'is needed, as {key} = "..."')
        return value.strip()

    def number(self, table: Mapping[str, Any], key: str, *, default: int) -> int:
        """A whole number."""
        value = table.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(key, f"is a whole number, not {value!r}")
        return value

    def flag(self, table: Mapping[str, Any], key: str, where: str) -> bool:
        """True or false; absent is false."""
        value = table.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(f"{where}.{key}", f"is true or false, not {value!r}")
        return value

    def strings(self, table: Mapping[str, Any], key: str, where: str) -> list[str]:
        """A list of strings; an absent one is empty."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.wrong(
                f"{where}.{key}".lstrip("."), f'is a list of words in quotes, as {key} = ["..."]'
            )
        return [item.strip() for item in value]

    def levels(self, table: str, known: Sequence[str]) -> list[tuple[str, list[str]]]:
        """The lists of a table by their names, in the file's order."""
        value = self.data.get(table, {})
        if not isinstance(value, dict):
            raise self.wrong(table, f"is a table: write [{table}] on a line of its own")
        self.only(value, known, f"[{table}]")
        return [(level, self.strings(value, level, table)) for level in value]

    def tables(self, name: str) -> list[Mapping[str, Any]]:
        """An array of tables."""
        value = self.data.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.wrong(name, f"is written as [[{name}]], once for each")
        return value
