"""Readers from a CSV file: what can go in goes in, every row that can't is named."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import Connection

from digest.errors import InputError
from digest.model.audience import ImportReport, RowProblem, SuppressionReason
from digest.store import audience
from digest.store.audience import NewReader
from digest.subscriptions.csv_rows import COLUMN_WORDS, RowReader, address_column, header_columns
from digest.subscriptions.csv_text import TOO_LONG, read_records

PROGRESS_ROWS = 1000  # rows between two calls of ``progress``
MAX_LISTED = 10_000  # problems that a report names; beyond them it only counts

_NAME_LENGTH = 40  # of a column's name, as it is shown
_CHUNK = 5000  # rows that are stored, and held, at once


def import_csv(
    conn: Connection,
    source: BinaryIO,
    *,
    pepper: bytes,
    now: datetime,
    known_themes: Collection[str],
    series: str = "daily",
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Add and update the readers of a CSV file, in the caller's transaction and in bounded memory.

    The delimiter, the encoding and the columns are told from the file; without a header the column with
    addresses is taken, and nothing else. A row that says its reader has left (``state``, ``suppressed``,
    and what other programs' exports have for it) keeps them out from now on, and nobody who has left comes
    back. A missing or empty name, and missing
    or empty themes, leave a known reader's as they are. ``progress`` gets the number of data rows read,
    at every thousandth.

    Raises:
        InputError: no series can be called ``series``, or the file is a spreadsheet, or no text.
    """
    with audience.Importer(conn, now) as importer:
        intake = _Intake(conn, importer, now)
        reader: RowReader | None = None
        rows, passed_over = 0, []
        for row, cells in read_records(source, COLUMN_WORDS):
            if reader is None:
                columns = header_columns(cells or [])
                reader = RowReader(
                    columns or address_column(cells or []),
                    pepper=pepper,
                    now=now,
                    known_themes=known_themes,
                    series=series,
                )
                if columns:
                    others = [cell for at, cell in enumerate(cells or []) if at not in columns.values()]
                    passed_over = [cell[:_NAME_LENGTH] for cell in others if cell]
                    continue
            rows += 1
            if progress and rows % PROGRESS_ROWS == 0:
                progress(rows)
            if cells is None:
                intake.refuse(row, "", TOO_LONG)
                continue
            try:
                intake.take(*reader.read(cells))
            except InputError as error:
                intake.refuse(row, reader.typed_address(cells), str(error))
        return intake.report(series=sorted(reader.named) if reader else (), passed_over=passed_over)


class _Intake:
    """What has been read of a list and is stored some thousands at a time; what became of it."""

    def __init__(self, conn: Connection, importer: audience.Importer, now: datetime) -> None:
        self._conn = conn
        self._now = now
        self._importer = importer
        self._staying: list[NewReader] = []
        self._leaving: list[tuple[NewReader, SuppressionReason]] = []
        self._left = self._unlisted = 0
        self._problems: list[RowProblem] = []

    def take(self, reader: NewReader, out: SuppressionReason | None) -> None:
        """A reader, and why they are not to be mailed, if so."""
        if out is None:
            self._staying.append(reader)
        else:
            self._leaving.append((reader, out))
        if len(self._staying) + len(self._leaving) >= _CHUNK:
            self._store()

    def refuse(self, row: int, value: str, words: str) -> None:
        """A row that can't go in."""
        if len(self._problems) < MAX_LISTED:
            self._problems.append(RowProblem(row, value[:80], words))
        else:
            self._unlisted += 1

    def report(self, *, series: Iterable[str], passed_over: Iterable[str]) -> ImportReport:
        """Store the rest; what became of all. ``series``: those that rows have named."""
        self._store()
        self._importer.settle()
        brought = self._importer.brought
        return ImportReport(
            added=brought.added,
            updated=brought.updated,
            unchanged=brought.unchanged,
            suppressed=brought.suppressed + self._left,
            problems=tuple(self._problems),
            unlisted=self._unlisted,
            series=tuple(series),
            passed_over=tuple(passed_over),
        )

    def _store(self) -> None:
        self._importer.bring(self._staying)
        if self._leaving:
            self._importer.settle()
            audience.keep_out(self._conn, self._leaving, now=self._now)
        self._left += len(self._leaving)
        self._staying, self._leaving = [], []
