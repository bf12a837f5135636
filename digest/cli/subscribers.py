"""`digest subscribers ...`: who reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from digest import confirming, subscriptions
from digest.cli import subscribers_csv
from digest.cli.common import (
    JsonOption,
    emit_json,
    local,
    opened,
    printable,
    say,
    settings_of,
    table,
    tell_of_series,
)
from digest.cli.subscribers_csv import readers_desk, themes_of
from digest.model.audience import Subscriber, SubscriberState, SuppressionReason
from digest.model.delivery import Accepted, Deferred, Outcome, Rejected, Uncertain, Untried
from digest.parts import address_pepper
from digest.store import audience, sign_ups

app = typer.Typer(help="Who reads: the readers and their choices.")

ReaderArgument = Annotated[str, typer.Argument(metavar="ADDRESS", help="Which reader.")]


@app.command()
def add(
    ctx: typer.Context,
    addresses: Annotated[list[str], typer.Argument(metavar="ADDRESS...", help="One or more addresses.")],
    name: Annotated[str, typer.Option(help="The reader's name.")] = "",
    theme: Annotated[
        list[str] | None, typer.Option("--theme", help="Only this theme; may be repeated.")
    ] = None,
    series: Annotated[str, typer.Option(help="The series.", show_default="that of [schedule]")] = "",
    resubscribe: Annotated[
        bool, typer.Option("--resubscribe", help="Bring back one who left and now asks to return.")
    ] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Ask them by e-mail to confirm, instead of adding them at once.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Add readers. You answer for it that they asked for it."""
    if confirm and resubscribe:
        raise typer.BadParameter("--confirm does not go with --resubscribe")
    if confirm:
        _invite(ctx, addresses, name, theme or (), series, as_json=as_json)
        return
    with readers_desk(ctx) as (parts, conn, key):
        tell_of_series(parts, series)
        added = [
            subscriptions.add(
                conn,
                address,
                pepper=key,
                now=parts.clock(),
                known_themes=themes_of(parts),
                name=name,
                themes=theme or (),
                series=series,
                main_series=parts.schedule.series,
                resubscribe=resubscribe,
            )
            for address in addresses
        ]
    for one in added:
        if one.created:
            say(f"Added: {one.subscriber.email}.")
        if one.note:
            say(f"{one.note}.")
    if as_json:
        emit_json([{**_json(one.subscriber), "created": one.created} for one in added])


def _invite(
    ctx: typer.Context,
    addresses: Sequence[str],
    name: str,
    themes: Sequence[str],
    series: str,
    *,
    as_json: bool,
) -> None:
    """Have the form's e-mail sent to each address."""
    with opened(ctx) as parts:
        tell_of_series(parts, series)
        with parts.database.write() as conn:
            key = address_pepper(conn, parts.clock())
        with parts.database.write() as conn:
            notes = {
                address: subscriptions.invite(
                    conn,
                    subscriptions.sign_up_of(
                        address,
                        name=name,
                        themes=themes,
                        known_themes=themes_of(parts),
                        now=parts.clock(),
                        series=series,
                    ),
                    pepper=key,
                    series=parts.schedule.series,
                )
                for address in addresses
            }
        outcomes = confirming.post(parts)
    notes = {address: note or _not_asked(address, outcomes) for address, note in notes.items()}
    for address, note in notes.items():
        say(printable(f"{note}.") if note else f"Asked to confirm: {address}.")
    if as_json:
        emit_json([{"email": address, "asked": not note, "note": note} for address, note in notes.items()])


def _not_asked(typed: str, outcomes: Mapping[str, Outcome]) -> str:
    """Why the e-mail to an address has not gone out, or ""."""
    address = subscriptions.parse_address(typed)
    match outcomes.get(address):
        case Accepted():
            return ""
        case None:
            return f"{address} has not been asked yet; `digest run` sends the e-mail"
        case Deferred(text=text) | Untried(text=text):
            return f"{address} is put off by the mail server and tried again by `digest run`: {text}"
        case Rejected(text=text):
            return f"{address} is refused by the mail server: {text}"
        case Uncertain(text=text):
            return f"{address} may or may not have been asked: {text}"


def _json(reader: Subscriber, why: SuppressionReason | None = None) -> dict[str, Any]:
    return {name: value for name, value in asdict(reader).items() if name != "email_key"} | {"reason": why}


def _standing(reader: Subscriber, why: SuppressionReason | None) -> str:
    """The state; with why, where it wasn't the reader who left."""
    if why is None or why is SuppressionReason.UNSUBSCRIBED:
        return reader.state
    return f"{reader.state} ({'taken off' if why is SuppressionReason.MANUAL else why})"


app.command(name="import")(subscribers_csv.import_)
app.command()(subscribers_csv.export)


@app.command(name="list")
def list_(
    ctx: typer.Context,
    state: Annotated[SubscriberState | None, typer.Option(help="Only those in this state.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Every reader."""
    with opened(ctx) as parts, parts.database.read() as conn:
        readers = [reader for reader in audience.iter_subscribers(conn, state) if reader.email]
        why = audience.reasons(conn)
        if as_json:
            emit_json([_json(reader, why.get(reader.id)) for reader in readers])
            return
        rows = [
            (
                r.id,
                r.email,
                r.name,
                _standing(r, why.get(r.id)),
                r.series,
                ", ".join(r.themes) or "all",
                local(r.created_at, parts),
            )
            for r in readers
        ]
        table(rows, ("id", "address", "name", "state", "series", "themes", "since"))


@app.command()
def show(
    ctx: typer.Context,
    reader: ReaderArgument,
    everything: Annotated[
        bool, typer.Option("--export", help="All that is held on this person, as JSON.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """One reader."""
    with readers_desk(ctx, writing=False) as (parts, conn, key):
        if everything:
            emit_json(subscriptions.everything_on(conn, reader, pepper=key))
            return
        found = subscriptions.find(conn, reader)
        why = audience.reasons(conn, found.id).get(found.id)
        asked = [one.mailed_at for one in sign_ups.list_for(conn, found.email_key) if one.mailed_at]
        if as_json:
            emit_json({**_json(found, why), "asked_to_confirm_at": max(asked, default=None)})
            return
        table(
            [
                ("address", found.email),
                ("name", found.name or "-"),
                ("state", _standing(found, why)),
                ("themes", ", ".join(found.themes) or "all"),
                ("series", found.series),
                ("since", local(found.created_at, parts)),
                ("asked to confirm", local(max(asked, default=None), parts)),
                ("confirmed", local(found.confirmed_at, parts)),
                ("left", local(found.unsubscribed_at, parts)),
            ],
            ("id", str(found.id)),
        )


@app.command()
def change(
    ctx: typer.Context,
    reader: ReaderArgument,
    name: Annotated[
        str | None, typer.Option(help="Another name; empty for none.", show_default=False)
    ] = None,
    theme: Annotated[
        list[str] | None,
        typer.Option("--theme", help="Only this theme; may be repeated. `all` is every theme."),
    ] = None,
    series: Annotated[
        str | None, typer.Option(help="Another series, such as the weekly.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Change a reader's name, themes or series, as they ask. What you leave out stays."""
    if name is None and not theme and series is None:
        raise typer.BadParameter("say what to change: --name, --theme or --series")
    with readers_desk(ctx) as (parts, conn, _key):
        tell_of_series(parts, series or "")
        changed = subscriptions.change(
            conn,
            subscriptions.find(conn, reader).id,
            name=name,
            themes=subscriptions.split_themes("+".join(theme)) if theme else None,
            series=series,
            known_themes=themes_of(parts),
        )
    if as_json:
        emit_json(_json(changed))
    chosen = ", ".join(changed.themes) or "every theme"
    say(printable(f"Changed: {changed.email} gets {chosen} of the series {changed.series}."))


@app.command()
def remove(ctx: typer.Context, reader: ReaderArgument) -> None:
    """Take a reader off the list; no import brings them back."""
    with readers_desk(ctx) as (parts, conn, key):
        gone = subscriptions.remove(conn, reader, pepper=key, now=parts.clock())
    say(f"Removed: {gone.email}.")


@app.command()
def erase(ctx: typer.Context, reader: ReaderArgument) -> None:
    """Forget a reader. Address and name go from every table; a keyed hash stays, to keep them out."""
    with readers_desk(ctx) as (parts, conn, key):
        number = subscriptions.erase(conn, reader, pepper=key, now=parts.clock())
    say(f"Erased: reader number {number}." if number else "Erased: what was typed into the form.")
    settings = settings_of(ctx)
    outbox = settings.folder / settings.delivery.outbox
    if any(outbox.glob("*.eml")):
        say(f"Messages in {outbox} and backups are not touched: delete there what names the reader.")


def register(root: typer.Typer) -> None:
    """Add the commands to the root."""
    root.add_typer(app, name="subscribers")
