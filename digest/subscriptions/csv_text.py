"""From the bytes of a CSV file to its records, in bounded memory, whatever wrote the file."""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO, NamedTuple

MAX_LINE = 64 * 1024  # bytes; a longer line is no row of an address list
_MAX_LINES = 50  # of one record; a quote open for longer was never meant as one
_CHUNK = 64 * 1024
_DELIMITERS = (",", ";", "\t")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_ADDRESS = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+")
_FORMULA = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")  # the last four: their full-width forms


class Record(NamedTuple):
    """One record as a spreadsheet counts rows. ``cells`` is None where it can't be read: ``trouble``."""

    row: int
    cells: list[str] | None
    trouble: str = ""


def looks_like_address(cell: str) -> bool:
    """Whether a cell seems to hold an address; a guess about the column, no verdict on the address."""
    return _ADDRESS.search(cell) is not None


def defuse(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula: an apostrophe goes before =, +, -, @ and the like."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def undo_defuse(cell: str) -> str:
    """The inverse of ``defuse``, so that an export can be imported again."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def read_records(source: BinaryIO, header_words: frozenset[str]) -> Iterator[Record]:
    """The records of a file, its delimiter told from the first filled line; blank rows are left out.

    ``header_words`` are column names that, with addresses, make a delimiter plausible. Takes UTF-8,
    UTF-16 (by its BOM or its zero bytes), and for lines that are neither, Windows-1252; all three line
    ends; quoted cells over several lines.
    """
    lines = _lines(source)
    head = list(islice(lines, 20))
    first = next((line for line in head if line and line.strip()), "")
    delimiter = _delimiter(first, header_words)
    pending: deque[str | None] = deque(head)
    row = 0
    while pending or (pending := deque(islice(lines, 1))):
        line = pending.popleft()
        if line is None:
            row += 1
            yield Record(row, None, f"the line is longer than {MAX_LINE} bytes")
            continue
        for cells in _parse(_complete(line, pending, lines), delimiter):
            row += 1
            if any(cell.strip() for cell in cells):
                yield Record(row, [undo_defuse(cell.strip()) for cell in cells])


def _parse(text: str, delimiter: str) -> list[list[str]]:
    # Not splitlines(): it also splits at characters that are no line end in a CSV.
    return list(csv.reader([f"{line}\n" for line in text.split("\n")], delimiter=delimiter))


def _complete(line: str, pending: deque[str | None], lines: Iterator[str | None]) -> str:
    """The line, with those that follow it while a quote is open; by itself if the quote never closes."""
    if line.count('"') % 2 == 0:
        return line
    following = chain(_drain(pending), lines)
    taken: list[str | None] = []
    length = len(line)
    for more in islice(following, _MAX_LINES):
        taken.append(more)
        if more is None or (length := length + len(more)) > MAX_LINE:
            break
        if more.count('"') % 2:
            return "\n".join([line, *(part for part in taken if part is not None)])
    pending.extendleft(reversed(taken))
    return line


def _drain(pending: deque[str | None]) -> Iterator[str | None]:
    while pending:
        yield pending.popleft()


def _delimiter(line: str, header_words: frozenset[str]) -> str:
    def plausible(delimiter: str) -> tuple[int, int]:
        cells = [cell.strip() for cells in _parse(line, delimiter) for cell in cells]
        known = sum(column_word(cell) in header_words or bool(_ADDRESS.fullmatch(cell)) for cell in cells)
        return known, len(cells)

    return max(_DELIMITERS, key=plausible)


def column_word(cell: str) -> str:
    """A column's name as compared: "E-Mail Address" and "email_address" are the same word."""
    return re.sub(r"[\W_]+", "", cell.casefold())


def _lines(source: BinaryIO) -> Iterator[str | None]:
    """Lines without their ends; None for one that is too long."""
    rest, skipping = b"", False
    for chunk in _utf8_chunks(source):
        *whole, rest = _LINE_END.split(rest + chunk)
        for line in whole:
            yield None if skipping or len(line) > MAX_LINE else _decode(line)
            skipping = False
        if len(rest) > MAX_LINE:
            rest, skipping = b"", True
    if rest or skipping:
        yield None if skipping or len(rest) > MAX_LINE else _decode(rest)


def _utf8_chunks(source: BinaryIO) -> Iterator[bytes]:
    """The file's bytes without its BOM, UTF-16 turned into UTF-8; never a CR and its LF apart."""
    chunk = source.read(_CHUNK)
    encoding, bom = _encoding(chunk)
    decoder = codecs.getincrementaldecoder(encoding)("replace") if encoding else None
    chunk, held = chunk[len(bom) :], b""
    while chunk:
        data = held + (decoder.decode(chunk).encode("utf-8", "replace") if decoder else chunk)
        held = b"\r" if data.endswith(b"\r") else b""
        yield data[: len(data) - len(held)]
        chunk = source.read(_CHUNK)
    yield held


def _encoding(head: bytes) -> tuple[str, bytes]:
    for bom, encoding in (
        (codecs.BOM_UTF8, ""),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(bom):
            return encoding, bom
    start = head[:64]
    for encoding, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        # Latin letters in UTF-16 have a zero in every other byte, and only there.
        if len(zeros) > 1 and not any(zeros) and start.count(0) == len(zeros):
            return encoding, b""
    return "", b""


def _decode(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        # What Excel writes in the West. Latin-1 takes the few bytes that Windows-1252 leaves undefined.
        try:
            return line.decode("cp1252")
        except UnicodeDecodeError:
            return line.decode("latin-1")
