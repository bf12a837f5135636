"""`digest retention apply`: nothing is kept longer than the settings say."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from digest import retention
from digest.cli.common import JsonOption, NowOption, emit_json, opened, say

app = typer.Typer(help="How long things are kept: the [retention] settings.", no_args_is_help=True)


@app.command()
def apply(
    ctx: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would go.")] = False,
    now: NowOption = "",
    as_json: JsonOption = False,
) -> None:
    """Delete or forget what is older than [retention] says. `digest run` does so once a day."""
    with opened(ctx, now) as parts:
        forgotten = retention.apply(parts, parts.clock(), dry_run=dry_run)
    if as_json:
        emit_json(asdict(forgotten))
    else:
        say(f"{'Would go' if dry_run else 'Gone'}: {forgotten}.")


def register(root: typer.Typer) -> None:
    """Add the commands to the root."""
    root.add_typer(app, name="retention")
