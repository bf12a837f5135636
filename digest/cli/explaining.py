"""`digest explain`: why an article is in, out, where and how high."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.common import JsonOption, NowOption, emit_json, opened, printable
from digest.explain import explain as explain_article


def explain(
    ctx: typer.Context,
    reference: Annotated[
        str, typer.Argument(metavar="URL|ID", help="An article's address or number (812, s812).")
    ],
    now: NowOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say why an article is in the edition or out of it. Also where it stands, and how high."""
    with opened(ctx, now) as parts:
        found = explain_article(parts, reference, parts.clock())
    if as_json:
        emit_json(found.as_json())
    else:
        for line in found.lines():
            typer.echo(printable(line))


def register(app: typer.Typer) -> None:
    """Add the command to the root."""
    app.command()(explain)
