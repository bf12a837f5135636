"""JSON Lines in and out: one object a line, mistakes told with file and line.

What a record lacks is no mistake: a missing text is empty, a missing date unknown, a missing label not
scored. Every record gives one prediction, whatever it holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from digest.errors import InputError

_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number"}


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a file. ``where`` is its file and line, for messages."""

    where: str
    number: int  # from 1
    data: Mapping[str, Any]

    @property
    def id(self) -> Any:
        """What the record calls itself, as it stands; None without."""
        return self.data.get("id")

    @property
    def key(self) -> str:
        """Its id as a text; the line where it has none."""
        return f"line {self.number}" if self.id is None else str(self.id)

    def text(self, name: str, within: Mapping[str, Any] | None = None) -> str:
        """A text; "" where there is none.

        Raises:
            InputError: it is a list or an object.
        """
        value = (self.data if within is None else within).get(name)
        if isinstance(value, list | dict):
            raise self.wrong(name, f"is {kind_of(value)}, not a text")
        # A lone surrogate is no character: nothing could print or store it.
        return "" if value is None else str(value).encode(errors="replace").decode()

    def texts(self, name: str) -> tuple[str, ...] | None:
        """A list of texts; None where there is none.

        Raises:
            InputError: it is anything else.
        """
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(name, f"is a list of texts, not {kind_of(value)}")
        return tuple(value)

    def objects(self, name: str) -> tuple[Mapping[str, Any], ...]:
        """A list of objects; empty where there is none.

        Raises:
            InputError: it is anything else.
        """
        value = self.data.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.wrong(name, f"is a list of objects, not {kind_of(value)}")
        return tuple(value)

    def instant(self, name: str) -> datetime | None:
        """A time in ISO 8601, UTC unless it says otherwise; None where it is none."""
        try:
            parsed = datetime.fromisoformat(self.text(name).strip())
            # Compared in UTC later on, which the first and the last day of the calendar may not have.
            return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    def wrong(self, name: str, problem: str) -> InputError:
        """The error to raise about the field ``name``."""
        return InputError(f"{self.where}: {name} {problem}")


def kind_of(value: Any) -> str:
    """What a JSON value is, in words."""
    return next((word for kind, word in _KINDS.items() if isinstance(value, kind)), "something else")


def read_records(path: Path) -> Iterator[Record]:
    """The records of a file, one at a time. Empty lines are passed over.

    Raises:
        InputError: the file can't be read, holds nothing, or a line is no JSON object.
    """
    number = 0
    empty = True
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                line = raw.removeprefix(b"\xef\xbb\xbf").decode() if number == 1 else raw.decode()
                if line.strip():
                    empty = False
                    yield Record(f"{path}:{number}", number, _parsed(line, f"{path}:{number}"))
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}:{number}: is not UTF-8; save the file as UTF-8") from None
    if empty:
        raise InputError(f'{path} is empty; give it one JSON object a line, as {{"id": ...}}')


def _parsed(line: str, where: str) -> Mapping[str, Any]:
    try:
        value = json.loads(line.strip())
    except json.JSONDecodeError as error:
        raise InputError(
            f"{where}: is no JSON: {error.msg} at column {error.colno}; each line holds one object"
        ) from None
    except (RecursionError, ValueError) as error:  # brackets nested too deeply; a number of too many digits
        raise InputError(f"{where}: can't be read as JSON: {error}") from None
    if not isinstance(value, dict):
        raise InputError(f'{where}: is {kind_of(value)}; each line holds one object, as {{"id": ...}}')
    return value


class Predictions:
    """A file of predictions while it is being written; without a file they go nowhere."""

    def __init__(self, file: TextIO | None) -> None:
        self._file = file
        self.count = 0

    def add(self, **fields: Any) -> None:
        """One line."""
        self.count += 1
        if self._file is not None:
            self._file.write(json.dumps(fields, ensure_ascii=False) + "\n")

    def extend(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Several lines."""
        for row in rows:
            self.add(**row)


@contextmanager
def predictions_to(path: Path | None) -> Iterator[Predictions]:
    """Where predictions go. The file appears when all of them are there, or not at all.

    Raises:
        InputError: the file can't be written.
    """
    if path is None:
        yield Predictions(None)
        return
    part = path.with_name(f"{path.name}.part")
    try:
        # A lone surrogate in an id goes out as it came in, escaped.
        file = part.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise InputError(f"{path} can't be written: {error.strerror}") from None
    try:
        with file:
            yield Predictions(file)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
