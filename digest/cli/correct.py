"""`digest correct`: what an edition got wrong, told to those who got it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest import correcting, desk
from digest.choosing import UNFINISHED
from digest.cli.common import JsonOption, counted, emit_json, opened, printable, read_text, say
from digest.errors import StateError
from digest.model.edition import EditionState
from digest.model.links import edition_ref
from digest.parts import Parts
from digest.store import editions
from digest.store.editions import EditionRow


def correct(
    ctx: typer.Context,
    text: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="What was wrong and what is right: the headline on the first line, below it paragraphs;"
            " - is standard input.",
        ),
    ],
    edition: Annotated[
        str,
        typer.Option(
            "--edition",
            help="Which edition: its number or its reference, as `digest status` prints them.",
            show_default="the last that went out",
        ),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Draft the correction of an edition, for all whom it reached. `digest send --edition` sends it.

    Once it has gone out it also stands on top of the edition's web copy.
    """
    with opened(ctx) as parts:
        row = _to_correct(parts, edition)
        drafted = correcting.draft(parts, row, read_text(text), parts.clock())
    ref, of = edition_ref(drafted.row.key), edition_ref(row.key)
    assert drafted.row.edition is not None
    assert drafted.row.edition.correction is not None
    if as_json:
        emit_json({"ref": ref, "of": of, "would_get": drafted.readers, "replaced": drafted.replaced})
    headline = printable(drafted.row.edition.correction.headline)
    readers = counted(drafted.readers, "reader")
    say(f"Drafted: {ref}, the correction of {of}, for {readers} who got it: {headline}")
    if drafted.replaced:
        say(f"It stands in place of the draft that was there: {printable(drafted.replaced)}")
    if row.state in UNFINISHED:
        say(
            f"{of} has not reached everybody: who gets it after this correction will not get that."
            f" `digest hold --edition {of}` stops it; or, once it is through, the same file given to"
            " `digest correct` again is for them alone."
        )
    held = drafted.row.state is EditionState.HELD
    send = f"It is held: `digest release --edition {ref}` first; then" if held else "Send it:"
    say(
        f"Look at it: `digest preview --edition {ref}`, `digest test ADDRESS --edition {ref}`."
        f" {send} `digest send --edition {ref}`."
    )


def _to_correct(parts: Parts, ref: str) -> EditionRow:
    """The edition that is named; else the last that went out, of a series if that is named."""
    return _last(parts, ref or None) if desk.is_series(parts, ref) else desk.find(parts, ref)


def _last(parts: Parts, series: str | None) -> EditionRow:
    """The newest edition that went out and is no correction itself."""
    with parts.database.read() as conn:
        rows = editions.list_editions(conn, parts.publication.slug, series=series, limit=100)
    for row in rows:
        if row.accepted_at is not None and row.edition and not row.edition.correction:
            return row
    raise StateError(f"no edition{f' of {series!r}' if series else ''} has gone out yet: nothing to correct")


def register(app: typer.Typer) -> None:
    """Add the command to the root."""
    app.command()(correct)
