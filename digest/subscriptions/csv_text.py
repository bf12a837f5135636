"""From the bytes of a CSV file to its records, in bounded memory, whatever wrote the file."""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO

from digest.errors import InputError

MAX_LINE = 64 * 1024  # bytes; a longer line is no row of an address list
TOO_LONG = f"the line is longer than {MAX_LINE} bytes"
_MAX_LINES = 50  # of one record; a quote open for longer was never meant as one
_CHUNK = 64 * 1024
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # a ZIP, as .xlsx and .ods are; Excel's own of old
NO_TEXT = (b"SQLite format 3\0", b"%PDF-", b"\x1f\x8b")  # the last is gzip
_DELIMITERS = (",", ";", "\t")
_ADDRESS = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+")
_FORMULA = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")  # the last four: their full-width forms


Record = tuple[int, list[str] | None]  # its row as a spreadsheet counts; its cells, None for a TOO_LONG one


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

    Raises:
        InputError: the file is a spreadsheet, or no text.
    """
    blocks = _blocks(source)
    delimiter, row = "", 0
    for lines in blocks:
        if not delimiter and (first := next((line for line in lines if line and line.strip()), None)):
            delimiter = _delimiter(first, header_words)
        for cells in _at_once(lines, delimiter or ",") or _one_by_one(lines, blocks, delimiter or ","):
            row += 1
            if cells is None:
                yield row, None
            elif any(stripped := [cell.strip() for cell in cells]):
                # A call for every cell would be half the time of reading.
                yield row, [undo_defuse(cell) if cell[:1] == "'" else cell for cell in stripped]


def _at_once(lines: list[str | None], delimiter: str) -> list[list[str]] | None:
    """The cells of all lines, where each line is a record by itself; None where that is not sure."""
    whole = [line for line in lines if line is not None]
    if len(whole) < len(lines) or any(line.count('"') % 2 for line in whole):
        return None
    rows = list(csv.reader(whole, delimiter=delimiter))
    return rows if len(rows) == len(lines) else None  # fewer: a quote was open at the end of a line


def _one_by_one(
    lines: list[str | None], blocks: Iterator[list[str | None]], delimiter: str
) -> Iterator[list[str] | None]:
    """The cells of each record; None for a line that is too long. ``blocks`` are the lines that follow."""
    pending = deque(lines)
    while pending:
        line = pending.popleft()
        if line is None:
            yield None
        else:
            yield from _parse(_complete(line, pending, blocks), delimiter)


def _parse(text: str, delimiter: str) -> list[list[str]]:
    # Not splitlines(): it also splits at characters that are no line end in a CSV.
    return list(csv.reader([f"{line}\n" for line in text.split("\n")], delimiter=delimiter))


def _complete(line: str, pending: deque[str | None], blocks: Iterator[list[str | None]]) -> str:
    """The line, with those that follow it while a quote is open; by itself if the quote never closes."""
    if line.count('"') % 2 == 0:
        return line
    while len(pending) < _MAX_LINES and (more := next(blocks, None)):
        pending.extend(more)
    parts, length = [line], len(line)
    for following in islice(pending, _MAX_LINES):
        if following is None or (length := length + len(following)) > MAX_LINE:
            break
        parts.append(following)
        if following.count('"') % 2:
            for _ in parts[1:]:
                pending.popleft()
            return "\n".join(parts)
    return line


def _delimiter(line: str, header_words: frozenset[str]) -> str:
    def plausible(delimiter: str) -> tuple[int, int]:
        cells = [cell.strip() for cells in _parse(line, delimiter) for cell in cells]
        known = sum(column_word(cell) in header_words or bool(_ADDRESS.fullmatch(cell)) for cell in cells)
        return known, len(cells)

    return max(_DELIMITERS, key=plausible)


def column_word(cell: str) -> str:
    """A column's name as compared: "E-Mail Address" and "email_address" are the same word."""
    return re.sub(r"[\W_]+", "", cell.casefold())


def _blocks(source: BinaryIO) -> Iterator[list[str | None]]:
    """Lines without their ends, as many as were read in one go; None for one that is too long."""
    rest, skipping = b"", False
    for chunk in chain(_utf8_chunks(source), (b"\n",)):
        data = rest + chunk
        whole = data.splitlines()
        rest = whole.pop() if whole and not data.endswith((b"\r", b"\n")) else b""
        if whole:
            lines: list[str | None] = [*_decoded(whole)]
            for at, line in enumerate(whole):
                if len(line) > MAX_LINE or (skipping and at == 0):
                    lines[at] = None
            skipping = False
            yield lines
        if len(rest) > MAX_LINE:
            rest, skipping = b"", True


def _utf8_chunks(source: BinaryIO) -> Iterator[bytes]:
    """The file's bytes without its BOM, UTF-16 turned into UTF-8; never a CR and its LF apart."""
    chunk = source.read(_CHUNK)
    if chunk.startswith(SPREADSHEETS):
        raise InputError("it is a spreadsheet, or something else packed: save it as CSV first")
    if chunk.startswith(NO_TEXT):
        raise InputError("it is no text: a list of readers is a CSV file")
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


def _decoded(lines: list[bytes]) -> list[str]:
    try:
        return b"\n".join(lines).decode().split("\n")
    except UnicodeDecodeError:
        return [_decode(line) for line in lines]


def _decode(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        # What Excel writes in the West. Latin-1 takes the few bytes that Windows-1252 leaves undefined.
        try:
            return line.decode("cp1252")
        except UnicodeDecodeError:
            return line.decode("latin-1")
