"""`digest draft | test | hold | cancel | release | approve`: the editor's commands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date as date_type
from datetime import datetime
from typing import Annotated

import typer

from digest import desk, pipeline, proofs
from digest.choosing import Purpose
from digest.cli.common import (
    EditionOption,
    JsonOption,
    NowOption,
    ThemeOption,
    chosen_themes,
    counted,
    emit_json,
    opened,
    printable,
    say,
    tell_of_series,
)
from digest.cli.showing import edition_json, row_json, show
from digest.deliver.one import hand_over_one
from digest.errors import InputError, TransportError
from digest.model.delivery import Accepted
from digest.model.edition import CORRECTIONS, OPEN_TO_EDITING, EditionState
from digest.model.links import edition_ref
from digest.parts import OUTBOX, Parts
from digest.store.editions import EditionRow
from digest.subscriptions import parse_address

APPROVAL_GONE = "It was approved, and is a draft again: an approval is for the words that were read."
_IN_WORDS = {EditionState.DRAFT: "a draft again", EditionState.SENDING: "going out again"}


def draft(
    ctx: typer.Context,
    series: Annotated[str, typer.Option(help="The series.", show_default="that of [schedule]")] = "",
    date: Annotated[str, typer.Option(help="The edition of this local day (YYYY-MM-DD).")] = "",
    now: NowOption = "",
    as_json: JsonOption = False,
) -> None:
    """Compose the next edition as a draft from what was gathered. A draft is composed anew."""
    with opened(ctx, now) as parts:
        instant = parts.clock()
        if series == CORRECTIONS:
            raise InputError("corrections are a person's words: `digest correct` takes them")
        tell_of_series(parts, series)
        of_series = parts.for_series(series)
        row, key = desk.current(parts, instant, series, Purpose.DRAFT)
        if date:
            key = replace(key, slot=_slot_of(of_series, _day(date), instant))
        elif row is not None and row.state in OPEN_TO_EDITING:
            key = row.key
        before = desk.stored(parts, key)
        drafted = pipeline.draft(parts, key, instant)
        if as_json:
            emit_json(edition_json(parts, drafted))
        else:
            show(parts, drafted)
        if before is not None and before.state is EditionState.APPROVED:
            say(APPROVAL_GONE)


def _slot_of(parts: Parts, day: date_type, now: datetime) -> datetime:
    slot = parts.schedule.instant(day)
    reach = slot - parts.recency.since(parts.schedule, slot)
    if slot < now - reach:
        raise InputError(f"{day} is too long ago: no article is recent enough for its edition")
    if why := _why_no_day(parts, day):
        say(f"{why}: this edition goes out only by `digest send --edition`.")
    return slot


def _why_no_day(parts: Parts, day: date_type) -> str:
    """Why no edition goes out on a day by itself; "" if one does."""
    if parts.schedule.sends_on(day):
        return ""
    off = day in parts.schedule.days_off
    return f"{day} is " + ("one of days_off" if off else f"a {day:%A}, which is no day of the schedule")


def _day(text: str) -> date_type:
    from digest.wiring import demand_calendar  # noqa: PLC0415 - keeps `digest --help` quick

    try:
        day = date_type.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no day; write it as 2026-03-01") from None
    demand_calendar(day)
    return day


def send_test(
    ctx: typer.Context,
    addresses: Annotated[list[str], typer.Argument(metavar="ADDRESS...", help="Who gets the test.")],
    edition: EditionOption = "",
    theme: ThemeOption = None,
    now: NowOption = "",
    as_json: JsonOption = False,
) -> None:
    """Send the very message a subscriber would get to any address.

    It is marked [TEST], and changes no state.
    """
    checked = [parse_address(address) for address in addresses]
    results = []
    with opened(ctx, now) as parts:
        row, content = desk.at_hand(parts, parts.clock(), edition)
        variant, note = proofs.rendering(parts, row, content, chosen_themes(parts, theme))
        transport = parts.transport()
        transport.check()
        for address in checked:
            envelope = proofs.proof(parts, content.key, variant, address, parts.clock())
            outcome = hand_over_one(transport, envelope)
            accepted = isinstance(outcome, Accepted)
            results.append({"address": address, "accepted": accepted, "answer": outcome.text})
        where = parts.transport_name
    if note:
        say(note)
    if as_json:
        emit_json(results)
    for result in results:
        verdict = "accepted" if result["accepted"] else "not accepted"
        say(printable(f"{result['address']}: {verdict} by {where}: {result['answer']}"))
    if where == OUTBOX:
        say("NOTHING WAS E-MAILED: the transport is the folder `outbox`.")
    if not all(result["accepted"] for result in results):
        raise TransportError("not every test was accepted; the answers stand above")


def hold(
    ctx: typer.Context,
    edition: EditionOption = "",
    reason: Annotated[str, typer.Option(help="Why, for whoever looks next.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Keep an edition from going out. A run that is under way stops within seconds."""
    with opened(ctx) as parts:
        row = desk.hold(parts, desk.named(parts, parts.clock(), edition, Purpose.HOLD), parts.clock(), reason)
    _tell(row, as_json=as_json)


def cancel(
    ctx: typer.Context,
    edition: EditionOption = "",
    reason: Annotated[str, typer.Option(help="Why, for whoever looks next.")] = "",
    readers_have_it: Annotated[
        bool,
        typer.Option("--readers-have-it", help="It went out, which a database that was put back can't know."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Let an edition never go out, or to nobody else. Its stories are free for the next.

    With --readers-have-it its stories count as told, as its draft tells them, and its web copy shows them.
    """
    with opened(ctx) as parts:
        row = desk.named(parts, parts.clock(), edition)
        row, unsent = desk.cancel(parts, row, parts.clock(), reason, readers_have_it=readers_have_it)
    _tell(row, as_json=as_json)
    if readers_have_it and row.edition and not as_json:
        say(f"It counts as told: {counted(len(row.edition.stories), 'story', 'stories')}, as in its draft.")
    if unsent and not (readers_have_it or as_json):
        say(f"{counted(unsent, 'reader')} will not get it.")
    elif row.frozen_at is None and not as_json:  # one that had begun is never released
        say(f"`digest release --edition {edition_ref(row.key)}` makes it a draft again.")


def release(ctx: typer.Context, edition: EditionOption = "", as_json: JsonOption = False) -> None:
    """Undo `hold`. A held edition is a draft again, a paused one goes on with the next send or heartbeat.

    One that was cancelled before it began is a draft again, too.
    """
    with opened(ctx) as parts:
        row = desk.release(parts, desk.named(parts, parts.clock(), edition, Purpose.RELEASE), parts.clock())
        too_late = parts.clock() - row.key.slot > parts.for_series(row.key.series).schedule.max_lateness
    _tell(row, as_json=as_json)
    if too_late and row.state is EditionState.DRAFT and not as_json:
        ref = edition_ref(row.key)
        say(f"It is too late for it to go out by itself: `digest send --edition {ref}` sends it.")


def approve(
    ctx: typer.Context,
    edition: EditionOption = "",
    reviewed_by: Annotated[
        str, typer.Option("--by", help="Who has read every summary and answers for it; the notice says so.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Approve an edition: it goes out at its time."""
    with opened(ctx) as parts:
        row = desk.named(parts, parts.clock(), edition)
        before = row
        row = desk.approve(parts, row, parts.clock(), reviewed_by=reviewed_by)
    _tell(row, as_json=as_json)
    if not as_json:
        _tell_of_approval(parts, before, row)


def _tell_of_approval(parts: Parts, before: EditionRow, row: EditionRow) -> None:
    """What was approved, over whose head, and what sends it."""
    ref, edition = edition_ref(row.key), row.edition
    assert edition is not None
    lead = edition.lead()
    if lead is not None:
        stories = counted(len(edition.stories), "story", "stories")
        say(printable(f"It is revision {row.revision}, of {stories}; the first: {lead.headline}"))
    if before.reviewed_by and before.reviewed_by != row.reviewed_by:
        say(printable(f"{before.reviewed_by} had approved it before."))
    of_series = parts.for_series(row.key.series)
    if row.key.series not in parts.scheduled:
        say(f"No schedule sends the series {row.key.series!r}: `digest send --edition {ref}` does.")
    elif why := _why_no_day(of_series, of_series.schedule.day_of(row.key.slot)):
        say(f"{why}: no schedule sends it, `digest send --edition {ref}` does.")


def _tell(row: EditionRow, *, as_json: bool) -> None:
    if as_json:
        emit_json(row_json(row))
    else:
        state = _IN_WORDS.get(row.state, row.state)
        say(f"The edition {edition_ref(row.key)} is {state}.")


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command(name="test")(send_test)
    for command in (draft, hold, cancel, release, approve):
        app.command()(command)
