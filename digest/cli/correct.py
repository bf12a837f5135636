"""`digest correct`: what an edition got wrong, told to those who got it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest import correcting, desk
from digest.cli.common import JsonOption, counted, emit_json, opened, printable, read_text, say
from digest.errors import StateError
from digest.model.links import edition_ref
from digest.parts import Parts
from digest.schedule import BEGUN
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
    """Draft the correction of an edition, for all whom it reached; `digest send --edition` sends it.

    Once it has gone out it also stands on top of the edition's web copy.
    """
    with opened(ctx) as parts:
        row = desk.find(parts, edition) if edition else _last(parts)
        drafted, readers = correcting.draft(parts, row, read_text(text), parts.clock())
    ref, of = edition_ref(drafted.key), edition_ref(row.key)
    assert drafted.edition is not None
    assert drafted.edition.correction is not None
    if as_json:
        emit_json({"ref": ref, "of": of, "would_get": readers})
    headline = printable(drafted.edition.correction.headline)
    say(f"Drafted: {ref}, the correction of {of}, for {counted(readers, 'reader')} who got it: {headline}")
    if row.state in BEGUN:
        say(
            f"{of} is still going out, and who gets it after this correction will not get that:"
            f" `digest hold --edition {of}` stops it."
        )
    say(f"Look at it: `digest preview --edition {ref}`. Send it: `digest send --edition {ref}`.")


def _last(parts: Parts) -> EditionRow:
    """The newest edition that went out and is no correction itself."""
    with parts.database.read() as conn:
        rows = editions.list_editions(conn, parts.publication.slug, limit=100)
    for row in rows:
        if row.accepted_at is not None and row.edition and not row.edition.correction:
            return row
    raise StateError("no edition has gone out yet, so there is nothing to correct")


def register(app: typer.Typer) -> None:
    """Add the command to the root."""
    app.command()(correct)
