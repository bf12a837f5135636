"""`digest gather`: fetch what is due."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from digest import pipeline
from digest.cli.common import JsonOption, NowOption, counted, emit_json, local, opened, printable, say
from digest.errors import StateError
from digest.gather.outcome import Gathered
from digest.model.news import FeedHealth
from digest.parts import HOW_TO_ADD_FEEDS
from digest.store import feeds as store

OFFLINE = frozenset({"dns", "refused", "unreachable", "timeout", "broken-off"})  # where all are, it is us


def gather(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Every feed, also those not due yet.")] = False,
    now: NowOption = "",
    as_json: JsonOption = False,
) -> None:
    """Fetch every feed that is due and keep what is new. One dead feed never stops the others."""
    results: list[Gathered] = []

    def done(gathered: Gathered, new: int) -> None:
        results.append(gathered)
        trouble = gathered.health.trouble
        state = f"{trouble}: {gathered.health.message}" if trouble else counted(new, "new article")
        say(printable(f"{gathered.feed.name}: {state}"))
        for note in gathered.notes:
            if note not in state:
                say(printable(f"  {note}"))

    with opened(ctx, now) as parts:
        new = pipeline.gather(parts, parts.clock(), everything=everything, on_done=done)
        with parts.database.read() as conn:
            feeds = store.list_feeds(conn)
            health = store.all_health(conn)
    if as_json:
        troubles = {g.feed.url: g.health.trouble for g in results if g.health.trouble}
        notes = {g.feed.url: g.notes for g in results if g.notes}
        emit_json({"feeds": len(results), "new_articles": new, "troubles": troubles, "notes": notes})
    if results:
        _sum_up(results, new, len(feeds))
    elif feeds:
        times = [each for feed in feeds if (each := health.get(feed.id, FeedHealth(feed.id)).due_at)]
        when = f"; the next is at {local(min(times), parts)}" if times else ""
        say(f"None of {counted(len(feeds), 'feed')} is due{when}. `digest gather --all` fetches them now.")
    else:
        say(f"There are no feeds yet: {HOW_TO_ADD_FEEDS}.")


def _sum_up(results: Sequence[Gathered], new: int, known: int) -> None:
    """Say how many of the ``known`` feeds were fetched.

    Raises:
        StateError: not one of those that were due.
    """
    failed = [gathered for gathered in results if gathered.health.failures]
    troubled = sum(bool(gathered.health.trouble) for gathered in results)
    say(
        f"{counted(len(results) - len(failed), 'feed')} of {known} fetched, {counted(new, 'new article')}"
        + (f", {troubled} in trouble: `digest feeds health` says why." if troubled else ".")
    )
    if len(failed) == len(results):
        offline = all(gathered.health.trouble in OFFLINE for gathered in failed)
        hint = "see whether this machine reaches the web" if offline else "the lines above say why"
        raise StateError(f"no feed that was due could be fetched: {hint}")


def register(root: typer.Typer) -> None:
    """Add the command to the root."""
    root.command()(gather)
