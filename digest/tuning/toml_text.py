"""Adds a phrase to a list of a TOML file by editing its text, so that comments and layout stay.

The result is parsed again and held against what was meant: an edit that would change anything else is
refused.
"""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from digest.errors import InputError

_TABLE = re.compile(r"^[ \t]*\[\[?[ \t]*(?P<name>[\w\"'. \t-]+?)[ \t]*\]\]?[ \t]*(?:#.*)?\r?$", re.MULTILINE)


def add_phrase(text: str, table: str, level: str, phrase: str) -> str:
    """``text`` with ``phrase`` in the list ``level`` of ``[table]``, which is made where it is missing.

    Raises:
        InputError: the file is laid out in a way that this can't edit.
    """
    before = tomllib.loads(text)
    wanted = copy.deepcopy(before)
    entries = wanted.setdefault(table, {}).setdefault(level, [])
    if phrase in entries:
        return text
    entries.append(phrase)
    newline = "\r\n" if "\r\n" in text else "\n"
    edited = _edited(text, table, level, json.dumps(phrase, ensure_ascii=False), newline)
    if edited is None or not _same(edited, wanted):
        raise InputError(
            f"[{table}] {level} can't be edited by itself, as it is written: add {phrase!r} by hand"
        )
    return edited


def _same(text: str, wanted: dict[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _edited(text: str, table: str, level: str, quoted: str, newline: str) -> str | None:
    body = _body(text, table)
    if body is None:
        gap = "" if not text or text.endswith("\n") else newline
        return f"{text}{gap}{newline}[{table}]{newline}{level} = [{quoted}]{newline}"
    start, end = body
    opened = _list_in(text, start, end, level)
    if opened is None:
        at = _end_of_content(text, start, end)
        gap = "" if text[:at].endswith("\n") else newline
        return f"{text[:at]}{gap}{level} = [{quoted}]{newline}{text[at:]}"
    return _into_list(text, opened, quoted, newline)


def _body(text: str, table: str) -> tuple[int, int] | None:
    """Where the lines of ``[table]`` begin and end."""
    headers = [match for match in _TABLE.finditer(text) if not _within_value(text, match.start())]
    for number, match in enumerate(headers):
        if match["name"] == table:
            start = min(len(text), match.end() + 1)
            return start, headers[number + 1].start() if number + 1 < len(headers) else len(text)
    return None


def _within_value(text: str, at: int) -> bool:
    """Whether a place is inside a list or a text of several lines."""
    depth = 0
    for token in _tokens(text, 0, at):
        depth += {"[": 1, "]": -1}.get(token.text, 0)
        if token.end > at:
            return True
    return depth > 0


def _list_in(text: str, start: int, end: int, level: str) -> int | None:
    """Where the bracket of the list ``level`` opens."""
    for match in re.compile(rf"^[ \t]*{re.escape(level)}[ \t]*=[ \t]*(?=\[)", re.MULTILINE).finditer(
        text, start, end
    ):
        if not _within_value(text[start:end], match.start() - start):
            return match.end()
    return None


def _end_of_content(text: str, start: int, end: int) -> int:
    """The place after the last line with a value of a table's body; what follows is for the next table."""
    last = start
    depth = 0
    for token in _tokens(text, start, end):
        depth += {"[": 1, "]": -1}.get(token.text, 0)
        if depth == 0 and not token.is_comment:
            line = text.find("\n", token.end)
            last = end if line == -1 else min(end, line + 1)
    return last


def _into_list(text: str, opened: int, quoted: str, newline: str) -> str | None:
    """``text`` with ``quoted`` at the end of the list that opens at ``opened``."""
    tokens: list[_Token] = []
    depth = 0
    for token in _tokens(text, opened, len(text)):
        depth += {"[": 1, "]": -1}.get(token.text, 0)
        if depth == 0:
            return _with_last(text, tokens[1:], token.start, quoted, newline)
        tokens.append(token)
    return None


def _with_last(text: str, tokens: list[_Token], closing: int, quoted: str, newline: str) -> str:
    """``quoted`` put after the last of ``tokens``; on a line of its own where the bracket has one too."""
    values = [token for token in tokens if not token.is_comment]
    if not values:
        return f"{text[:closing]}{quoted}{text[closing:]}"
    last = values[-1]
    head = text[: last.end] + ("" if last.text == "," else ",")
    line = text.rfind("\n", 0, closing) + 1
    if last.end > line or text[line:closing].strip():
        return f"{head} {quoted}{text[last.end :]}"
    begins = text.rfind("\n", 0, last.start) + 1
    indent = text[begins : last.start]
    indent = indent[: len(indent) - len(indent.lstrip())] or "  "
    return f"{head}{text[last.end : line]}{indent}{quoted},{newline}{text[line:]}"


@dataclass(frozen=True, slots=True)
class _Token:
    """A bracket, a comma, a text, a comment or a run of anything else."""

    text: str
    start: int
    end: int

    @property
    def is_comment(self) -> bool:
        return self.text.startswith("#")


_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[\],]|[^\s\[\],"\'#]+',
    re.DOTALL,
)


def _tokens(text: str, start: int, end: int) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text, start):
        if match.start() >= end:
            return
        yield _Token(match.group(), match.start(), match.end())
