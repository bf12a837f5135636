"""`digest subscribers import | export`: readers from a CSV file, and into one."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from sqlalchemy import Connection

from digest import subscriptions
from digest.cli.common import JsonOption, counted, emit_json, opened, printable, say, tell_of_series, watched
from digest.errors import InputError
from digest.model.audience import ImportReport
from digest.parts import Parts, address_pepper

PROGRESS_ROWS = 10_000
SHOWN_OF_NO_LIST = 5


@contextmanager
def readers_desk(ctx: typer.Context, *, writing: bool = True) -> Iterator[tuple[Parts, Connection, bytes]]:
    """The parts, an open transaction and the pepper. Nothing slow belongs inside one that writes."""
    with opened(ctx) as parts:
        with parts.database.write() as conn:
            key = address_pepper(conn, parts.clock())
        with parts.database.write() if writing else parts.database.read() as conn:
            yield parts, conn, key


class _TakenBack(Exception):  # noqa: N818 - no error
    """Ends a transaction without a trace."""


def themes_of(parts: Parts) -> frozenset[str]:
    """What readers can choose from, by its short name."""
    return frozenset(theme.slug for theme in parts.themes)


def import_(
    ctx: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FILE.csv", help="A CSV file; - is standard input.")],
    series: Annotated[str, typer.Option(help="The series.", show_default="that of [schedule]")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would come of it; change nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Add the readers of a CSV file. A bad row is named and left out; nobody who left comes back."""

    def progress(rows: int) -> None:
        if watched() and rows % PROGRESS_ROWS == 0:
            say(f"{rows:,} rows ...")

    # Left by an exception, a transaction is taken back.
    with suppress(_TakenBack), _reading(source) as stream, readers_desk(ctx) as (parts, conn, key):
        tell_of_series(parts, series)
        try:
            report = subscriptions.import_csv(
                conn,
                stream,
                pepper=key,
                now=parts.clock(),
                known_themes=themes_of(parts),
                series=series or parts.schedule.series,
                progress=progress,
            )
        except InputError as error:
            raise InputError(f"{source} can't be imported: {error}") from None
        for named in report.series:
            tell_of_series(parts, named)
        if dry_run:
            raise _TakenBack
    if as_json:
        emit_json(asdict(report))
    _tell(report, source, series, dry_run=dry_run)


def _tell(report: ImportReport, source: Path, series: str, *, dry_run: bool) -> None:
    """What became of a list's rows, in words; ``series`` was asked for, "" where none was.

    Raises:
        InputError: none of them could be used.
    """
    taken = report.added + report.updated + report.unchanged + report.suppressed
    # Of a file that is no list at all, a few lines show as much as all of them.
    shown = report.problems if taken else report.problems[:SHOWN_OF_NO_LIST]
    for problem in shown:
        named = "" if problem.value in problem.problem else f"{problem.value}: "
        say(printable(f"row {problem.row}: {named}{problem.problem}"))
    if (more := len(report.problems) - len(shown) + report.unlisted) and not taken:
        say(f"... and {counted(more, 'further row')} like these")
    if report.passed_over:
        say(printable(f"Columns that were not read: {', '.join(report.passed_over)}"))
    if report.problems and not taken:
        raise InputError(f"nothing was taken from {source}: no row has an address that can be used")
    left_out = counted(len(report.problems) + report.unlisted, "row")
    say(
        ("Dry run, nothing is changed. It would be: " if dry_run else "")
        + f"{report.added:,} added, {report.updated:,} updated, {report.unchanged:,} unchanged,"
        f" {report.suppressed:,} kept out because they left, {left_out} left out."
    )
    if (series or report.series) and report.updated + report.unchanged:
        say("Who was there already keeps their series: `digest subscribers change --series` moves one.")


@contextmanager
def _reading(source: Path) -> Iterator[BinaryIO]:
    """The file, or a copy of what a pipe gives: other commands must not wait while it trickles in."""
    if str(source) == "-":
        with tempfile.TemporaryFile() as spooled:
            shutil.copyfileobj(sys.stdin.buffer, spooled)
            spooled.seek(0)
            yield spooled
        return
    try:
        stream = source.open("rb")
    except OSError as error:
        raise InputError(f"{source} can't be read: {error.strerror}") from None
    with stream:
        yield stream


def export(
    ctx: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FILE.csv", help="- is standard output.")] = Path("-"),
) -> None:
    """Write every reader as CSV, those who left included. It can be imported again."""
    with readers_desk(ctx, writing=False) as (_parts, conn, key):
        if str(target) == "-":
            text = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=True)
            subscriptions.export_csv(conn, text, pepper=key)
            text.detach()
            return
        try:
            with target.open("w", encoding="utf-8", newline="") as stream:
                target.chmod(0o600)  # personal data, before there is any
                written = subscriptions.export_csv(conn, stream, pepper=key)
        except OSError as error:
            raise InputError(f"{target} can't be written: {error.strerror}") from None
    say(f"{counted(written, 'reader')} written to {target}.")
