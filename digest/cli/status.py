"""`digest status`: every delivery by state, adding up to what was planned, and who."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from digest import desk, report
from digest.choosing import UNFINISHED
from digest.cli.common import (
    EditionOption,
    JsonOption,
    emit_json,
    local,
    opened,
    printable,
    say,
    table,
)
from digest.cli.sending import warn_outbox, words
from digest.cli.showing import say_kept_out
from digest.errors import InputError, StateError, StoreError
from digest.kept_out import kept_out
from digest.model.audience import LOST
from digest.model.delivery import Counts, DeliveryRecord, DeliveryState
from digest.model.edition import OPEN_TO_EDITING
from digest.model.links import edition_ref
from digest.outstanding import outstanding
from digest.parts import OUTBOX, Parts
from digest.store import audience, deliveries, editions
from digest.store import runs as run_store
from digest.store.editions import EditionRow

_LATEST = 10
ALERTS_FOR = timedelta(days=7)  # an older one is history
_ALERTS = 10

WhoOption = Annotated[
    DeliveryState | None, typer.Option("--who", help="List the readers in this state, with the last answer.")
]


@dataclass(frozen=True)
class Overview:
    """What stands in the ledger at one instant: read in one transaction, so that it agrees with itself."""

    editions: tuple[tuple[EditionRow, Counts], ...]
    subscribers: Mapping[str, int]
    lost: Mapping[str, int]  # those who bounced or complained, by which it was
    by_series: Mapping[str, int]  # the active ones
    alerts: tuple[tuple[str, datetime, str], ...]


def overview(parts: Parts, ref: str = "") -> Overview:
    """The named edition; or the latest ten, with every earlier one that is not through."""
    now = parts.clock()
    chosen = desk.named(parts, now, ref) if ref else None
    in_time = now - parts.schedule.max_lateness
    with parts.database.read() as conn:
        rows = [chosen] if chosen else _latest(conn, parts.publication.slug)
        return Overview(
            tuple((row, deliveries.counts(conn, row.id)) for row in rows),
            audience.count_subscribers(conn),
            {why.value: count for why, count in audience.count_reasons(conn).items() if why in LOST},
            audience.series_choices(conn),
            tuple(outstanding(conn, parts.publication.slug, now - ALERTS_FOR, in_time=in_time)[:_ALERTS]),
        )


def _latest(conn: Connection, publication: str) -> list[EditionRow]:
    """The newest slots first."""
    latest = editions.list_editions(conn, publication, limit=_LATEST)
    shown = {row.id for row in latest}
    unfinished = editions.list_editions(conn, publication, states=UNFINISHED)
    return latest + [row for row in unfinished if row.id not in shown]


def status(
    ctx: typer.Context,
    edition: EditionOption = "",
    who: WhoOption = None,
    report_page: Annotated[
        Path | None,
        typer.Option(
            "--report", metavar="FILE", help="Write a page about the edition: counts, reasons, pictures."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the latest editions, and their deliveries by state. The counts add up at every instant."""
    with opened(ctx) as parts:
        seen = overview(parts, edition)
        if report_page:
            _write_report(parts, seen, report_page)
        if as_json:
            emit_json(_json(parts, seen, who))
        else:
            _text(parts, seen, who)
    for row, counts in seen.editions:
        if not counts.adds_up:
            raise StoreError(
                f"the ledger of the edition {edition_ref(row.key)} does not add up: please report this"
            )


def _json(parts: Parts, seen: Overview, who: DeliveryState | None) -> dict[str, object]:
    listed = []
    for row, counts in seen.editions:
        with parts.database.read() as conn:
            runs = run_store.list_runs(conn, row.id)
            unseen = kept_out(conn, row)
        item: dict[str, object] = {
            "id": row.id,
            "ref": edition_ref(row.key),
            "slot": row.key.slot,
            "state": row.state,
            "over": desk.over(parts, row, parts.clock()),
            "reason": row.reason,
            "transport": row.transport,
            "counts": asdict(counts),
            "adds_up": counts.adds_up,
            "runs": [asdict(run) for run in runs],
            "later_than_dropped": unseen,
        }
        if who:
            item["who"] = [asdict(record) for record in _records(parts, row, who)]
        listed.append(item)
    return {
        "transport": parts.transport_name,
        "really_emailed": parts.transport_name != OUTBOX,
        "subscribers": dict(seen.subscribers),
        "lost": dict(seen.lost),
        "editions": listed,
        "next": [{"series": series, "slot": slot} for series, slot in desk.coming(parts, parts.clock())],
        "alerts": [{"key": key, "at": at, "text": text} for key, at, text in seen.alerts],
    }


def _write_report(parts: Parts, seen: Overview, path: Path) -> None:
    """A page about the edition that was named, else about the latest that began."""
    begun = [row for row, counts in seen.editions if counts.planned]
    if not begun:
        raise StateError("no edition has begun to go out: there is nothing to report")
    page = report.render(parts, report.collect(parts, begun[0]))
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} can't be written: {error.strerror}") from None
    say(f"Written: {path}")


def _records(parts: Parts, row: EditionRow, who: DeliveryState) -> Iterator[DeliveryRecord]:
    with parts.database.read() as conn:
        yield from deliveries.iter_records(conn, row.id, state=who)


def _people(seen: Overview) -> str:
    people = ", ".join(f"{number:,} {state}" for state, number in seen.subscribers.items() if number)
    lost = ", ".join(f"{number:,} {why}" for why, number in sorted(seen.lost.items()))
    return f"{people} (of whom {lost})" if lost else people


def _remarks(parts: Parts, row: EditionRow) -> None:
    """What an editor should know of an edition besides its numbers."""
    ref = edition_ref(row.key)
    if row.reason:
        say(printable(f"{ref} is {row.state}: {row.reason}"))
    if row.state in OPEN_TO_EDITING:
        say_kept_out(parts, row, f"{ref}: ")


def _text(parts: Parts, seen: Overview, who: DeliveryState | None) -> None:
    now = parts.clock()
    if seen.editions:
        rows = [
            (
                row.id,
                edition_ref(row.key),
                local(row.key.slot, parts),
                desk.over(parts, row, now) or row.state,
                words(counts),
            )
            for row, counts in seen.editions
        ]
        table(rows, ("id", "edition", "due", "state", "deliveries"))
        for row, _counts in seen.editions:
            _remarks(parts, row)
    else:
        say("No edition yet: `digest draft` makes the next one.")
    for row, _counts in seen.editions:
        for record in _records(parts, row, who) if who else ():
            answer = f"{record.code or ''} {record.text}".strip()
            typer.echo(printable(f"{edition_ref(row.key)}  {record.address}  {record.state}  {answer}"))
    coming = ", ".join(f"{series} {local(slot, parts)}" for series, slot in desk.coming(parts, now))
    say(f"Next on schedule: {coming} {parts.schedule.timezone}.")
    say(f"Subscribers: {_people(seen) or 'none'}.")
    for series, count in seen.by_series.items():
        if series not in parts.scheduled:
            say(printable(f"No schedule sends the series {series!r}; active in it: {count:,}."))
    for _key, at, text in seen.alerts:
        say(printable(f"Alert, {local(at, parts)}: {text}"))
    if parts.transport_name == OUTBOX:
        warn_outbox(parts)
    else:
        say("Sent means accepted by the next server, which is not yet delivered.")


def register(app: typer.Typer) -> None:
    """Add the command to the root."""
    app.command()(status)
