"""`digest opening`: an editor's word on top of an edition."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest import desk
from digest import opening as openings
from digest.cli.common import EditionOption, JsonOption, counted, emit_json, opened, printable, read_text, say
from digest.cli.editions import APPROVAL_GONE
from digest.model.edition import EditionState
from digest.model.links import edition_ref
from digest.model.words import count_words
from digest.store.editions import EditionRow


def opening(
    ctx: typer.Context,
    text: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", help="Paragraphs with a blank line between them; - is standard input."
        ),
    ] = None,
    edition: EditionOption = "",
    remove: Annotated[bool, typer.Option("--remove", help="Have no word on top any more.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Put a word of your own on top of an edition. Without a file, print what stands there.

    It stays when the draft is composed anew. Web addresses in it become links.
    """
    if remove and text is not None:
        raise typer.BadParameter("--remove takes the words away, a file brings others: give one of them")
    with opened(ctx) as parts:
        row = desk.named(parts, parts.clock(), edition)
        if text is None and not remove:
            _print(row, as_json=as_json)
            return
        paragraphs = () if text is None else openings.read_opening(read_text(text))
        done = openings.put(parts, row, paragraphs, parts.clock())
        assert done.row.edition is not None
        shown = openings.is_shown(parts, done.row.edition)
    ref = edition_ref(row.key)
    if as_json:
        emit_json({"ref": ref, "opening": paragraphs, "shown": shown, "shortened": done.shortened})
    if not paragraphs:
        say(f"On top of {ref} stands no word of yours.")
    else:
        words = counted(sum(map(count_words, paragraphs)), "word")
        say(f"On top of {ref}: {words}. `digest preview --edition {ref}` shows how they look.")
    if not shown:
        say("Warning: your own templates don't show it: docs/reference/templates.md names `edition.opening`.")
    if done.shortened:
        say(f"{counted(done.shortened, 'story', 'stories')} made room: lines now, or in the web copy alone.")
    if done.before.state is EditionState.APPROVED and done.row is not done.before:
        say(APPROVAL_GONE)


def _print(row: EditionRow, *, as_json: bool) -> None:
    paragraphs = row.edition.opening if row.edition else ()
    if as_json:
        emit_json({"ref": edition_ref(row.key), "opening": paragraphs})
    elif paragraphs:
        typer.echo("\n\n".join(map(printable, paragraphs)))
    else:
        say(f"On top of {edition_ref(row.key)} stands no word of yours.")


def register(app: typer.Typer) -> None:
    """Add the command to the root."""
    app.command()(opening)
