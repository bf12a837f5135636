"""`digest send`: what goes out."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from digest import ahead, desk, handing_over, pipeline
from digest.choosing import Purpose
from digest.cli.common import (
    EditionOption,
    JsonOption,
    NowOption,
    counted,
    emit_json,
    local,
    opened,
    say,
    table,
    watched,
)
from digest.deliver.run import SendReport
from digest.errors import StateError
from digest.model.delivery import Counts, DeliveryState
from digest.model.edition import OPEN_TO_EDITING, EditionKey, EditionState
from digest.model.links import edition_ref
from digest.parts import OUTBOX, Parts
from digest.schedule import SETTLED
from digest.store import deliveries
from digest.store.editions import EditionRow


@contextlib.contextmanager
def stoppable(stop: threading.Event) -> Iterator[None]:
    """SIGTERM and Ctrl-C end the work cleanly: what is in flight is finished and recorded."""

    def ask(_number: int, _frame: object) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def send(
    ctx: typer.Context,
    edition: EditionOption = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say who would get it, and change nothing.")
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try those once more whom a server refused for good.")
    ] = False,
    resend_uncertain: Annotated[
        bool,
        typer.Option(
            "--resend-uncertain",
            help="Send again to those who may or may not have got it; some will get it twice.",
        ),
    ] = False,
    now: NowOption = "",
    as_json: JsonOption = False,
) -> None:
    """Send an edition now, or go on with one that was interrupted. It is drafted first if need be.

    Nobody gets an edition twice: a second `send` finds nothing left to do. One that is due on a later day is
    begun only by its name, unless it is the first, or you send each by hand.
    """
    if dry_run and (retry_failed or resend_uncertain):
        raise typer.BadParameter(
            "--dry-run shows a first send: `digest status --who failed` or `--who uncertain` shows whom"
            " --retry-failed or --resend-uncertain would try"
        )
    with opened(ctx, now) as parts:
        if dry_run:
            _dry_run(parts, *_row_to_send(parts, edition, draft_it=False), as_json=as_json)
            return
        if retry_failed or resend_uncertain:
            row = _row_to_reopen(parts, edition)
        else:
            found, _key = _row_to_send(parts, edition, draft_it=True)
            assert found is not None
            row = found
        again = _reopen(parts, row, retry_failed=retry_failed, resend_uncertain=resend_uncertain)
        if row.state is EditionState.SENT and not again:
            _already(parts, row, as_json=as_json)
            return
        with stoppable(parts.stop), _progress() as progress:
            report = pipeline.send(parts, desk.find(parts, str(row.id)), parts.clock(), progress=progress)
        _report(parts, row, report, as_json=as_json)


def _row_to_send(parts: Parts, ref: str, *, draft_it: bool) -> tuple[EditionRow | None, EditionKey]:
    now = parts.clock()
    row, key = desk.meant(parts, now, ref, Purpose.SEND)
    if desk.is_series(parts, ref) and (row is None or row.state in OPEN_TO_EDITING):
        ahead.mind_the_schedule(parts, key if row is None else row.key, now)
    if draft_it and (row is None or row.edition is None):
        try:
            row = pipeline.draft(parts, key, now)
        except StateError:
            row = desk.stored(parts, key)
            if row is None or row.state in OPEN_TO_EDITING:
                raise  # else somebody was quicker, and has begun it: this one joins in
    if draft_it and row is not None and row.state is EditionState.DRAFT and desk.is_series(parts, ref):
        doubt = desk.mind_a_restore(parts, row, by_script=not sys.stdin.isatty())
        if doubt:
            say(f"Sent all the same, as a script asks for it, but: {doubt}.")
    return row, key


def _row_to_reopen(parts: Parts, ref: str) -> EditionRow:
    """The edition of which some are tried again: the last that went out and stands, where none is named."""
    if desk.is_series(parts, ref):
        standing = SETTLED - {EditionState.CANCELLED}
        begun = [
            one for one in desk.settled(parts, ref or parts.schedule.series, standing) if one.accepted_at
        ]
        if begun:
            return desk.find(parts, str(begun[0].id))
    return desk.named(parts, parts.clock(), ref)


def _dry_run(parts: Parts, row: EditionRow | None, key: EditionKey, *, as_json: bool) -> None:
    if row is not None and row.state not in OPEN_TO_EDITING:
        _dry_run_of_begun(parts, row, as_json=as_json)
        return
    if row is not None and row.edition is not None:
        content = row.edition
    else:
        from digest.drafting import draft_value  # noqa: PLC0415 - slow to load, and most days there is a draft

        content = draft_value(parts, key, parts.clock()).edition
    with parts.database.read() as conn:
        choices = pipeline.choices_of(conn, content)
    keys, _variants = pipeline.render_variants(parts, content, choices)
    planned = {choice or "every theme": count for choice, count in choices.items() if keys[choice]}
    skipped = sum(count for choice, count in choices.items() if not keys[choice])
    if as_json:
        emit_json({"ref": edition_ref(content.key), "would_get": planned, "skipped": skipped})
        return
    readers = counted(sum(planned.values()), "reader")
    if content.correction:
        say(f"Dry run: the correction {edition_ref(content.key)} would go to {readers}.")
        return
    say(
        f"Dry run: the edition {edition_ref(content.key)} with"
        f" {counted(len(content.stories), 'story', 'stories')} would go to {readers};"
        f" {skipped} chose only themes without a story today."
    )
    table(sorted(planned.items()), ("themes", "readers"))


def _dry_run_of_begun(parts: Parts, row: EditionRow, *, as_json: bool) -> None:
    """Who gets it is settled: what is open in the ledger is all that a send would still try."""
    with parts.database.read() as conn:
        counts = deliveries.counts(conn, row.id)
    if as_json:
        left = {"still open": counts.open} if counts.open else {}
        emit_json({"ref": edition_ref(row.key), "would_get": left, "skipped": counts.skipped})
        return
    say(
        f"Dry run: the edition {edition_ref(row.key)} is {row.state.in_words()}: {words(counts)}."
        f" {counted(counts.open, 'reader')} would still be tried."
    )


def _reopen(parts: Parts, row: EditionRow, *, retry_failed: bool, resend_uncertain: bool) -> int:
    again = 0
    with parts.database.write() as conn:
        if retry_failed:
            again += deliveries.retry_failed(conn, row.id, parts.clock())
        if resend_uncertain:
            again += deliveries.resend_uncertain(conn, row.id, parts.clock())
    return again


def _already(parts: Parts, row: EditionRow, *, as_json: bool) -> None:
    with parts.database.read() as conn:
        counts = deliveries.counts(conn, row.id)
    if as_json:
        emit_json({"ref": edition_ref(row.key), "sent_now": 0, "counts": asdict(counts)})
    say(f"The edition {edition_ref(row.key)} has been sent already: {words(counts)}. Nothing to do.")
    warn_outbox(parts)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[Counts, float], None] | None]:
    """A bar with the rate while a person watches; nothing otherwise."""
    if not watched():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - slow to load, and only for a person
    from rich.progress import (  # noqa: PLC0415 - the same
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:,.0f}/s  {task.fields[note]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("sending", total=None, rate=0.0, note="")

        def update(counts: Counts, rate: float) -> None:
            note = (
                f"{counts.deferred} deferred, {counts.failed} failed"
                if counts.deferred + counts.failed
                else ""
            )
            bar.update(
                task, total=counts.planned, completed=counts.planned - counts.open, rate=rate, note=note
            )

        yield update


def _report(parts: Parts, row: EditionRow, report: SendReport, *, as_json: bool) -> None:
    if as_json:
        emit_json({"ref": edition_ref(row.key), **asdict(report)})
    how = "stopped" if report.stopped else "done"
    say(
        f"Edition {edition_ref(row.key)}: {how} in {report.duration_s:.1f} s;"
        f" {report.sent_now:,} accepted now. In all: {words(report.counts)}."
    )
    if report.refused:
        say(f"Paused: {handing_over.TOO_MANY_REFUSED}.")
    elif desk.find(parts, str(row.id)).state is EditionState.PAUSED:
        ref = edition_ref(row.key)
        say(f"Held before the end; `digest release --edition {ref}` lets it go on with the next send.")
    elif report.stopped:
        say("Stopped before the end; `digest send` goes on where this left off.")
    elif report.next_due_at is not None:
        say(
            f"Deferred ones are due again from {local(report.next_due_at, parts)};"
            " `digest run` retries them by itself, `digest send` by hand."
        )
    elif report.counts.open:
        say("What is open is in the hands of other processes.")
    if report.counts.uncertain:
        say(
            f"{counted(report.counts.uncertain, 'message')} may or may not have arrived:"
            " `digest status --who uncertain` says whose; `digest send --resend-uncertain` sends them again."
        )
    warn_outbox(parts)


def warn_outbox(parts: Parts) -> None:
    """Say loudly that a folder is no mail server."""
    if parts.transport_name == OUTBOX:
        say("NOTHING WAS E-MAILED: the transport is the folder `outbox`. Open its index.html, or set")
        say('[delivery] transport = "smtp" in digest.toml to send for real.')


def words(counts: Counts) -> str:
    """The states that hold anyone, in the ledger's order, with the sum."""
    parts = [f"{getattr(counts, state):,} {state}" for state in DeliveryState if getattr(counts, state)]
    marks = [f"{getattr(counts, mark)} {mark}" for mark in ("bounced", "complained") if getattr(counts, mark)]
    of_these = f" (of the sent: {', '.join(marks)})" if marks else ""
    return f"{counts.planned:,} planned = {' + '.join(parts) or '0'}{of_these}"


def register(app: typer.Typer) -> None:
    """Add the command to the root."""
    app.command()(send)
