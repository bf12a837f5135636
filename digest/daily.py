"""The daily send with nobody watching: one idempotent ``ensure(now)``.

Everything that ticks (the scheduler of `digest run`, cron calling `digest run --once`) calls it. It looks
at the clock and at the database, asks ``digest.schedule.plan`` what to do, and does that. Two of them at
the same moment, or one killed half-way and started again, send nothing twice: every step is a
compare-and-set in the database.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from digest import clock, pipeline
from digest.deliver.envelope import Envelope
from digest.deliver.one import hand_over_one
from digest.deliver.send import SendReport
from digest.errors import DigestError, StateError
from digest.model.delivery import Accepted
from digest.model.edition import EditionState
from digest.parts import Parts, installed_at
from digest.schedule import Alert, Draft, Intent, Pause, Resume, Send, Standing, plan
from digest.store import editions, meta

log = logging.getLogger("digest")

BEAT = "last_beat"


@dataclass(frozen=True)
class Done:
    """One thing that a heartbeat did, in words, with the report of a send."""

    what: str
    edition: str = ""
    report: SendReport | None = None


def ensure(parts: Parts, now: datetime) -> tuple[Done, ...]:
    """Do whatever is owed at ``now``: gather, draft, send, resume, tell the editor. Safe to repeat.

    One step's failure is logged, told to the editor, and does not stop the others.
    """
    done: list[Done] = []
    begun = installed_at(parts)
    found = pipeline.gather(parts, now)
    if found:
        done.append(Done(f"gathered {found} new articles"))
    jumped = _clock_jumped(parts, now)
    for intent in plan(parts.schedule, now, _standings(parts), installed_at=begun, clock_jumped=jumped):
        if parts.stop.is_set():
            break
        try:
            done.extend(_act(parts, intent, now))
        except DigestError as error:
            key = f"error:{type(intent).__name__}:{_slot_of(intent)}:{type(error).__name__}"
            done.extend(_alert(parts, Alert(key, str(error)), now))
    _tell_editor(parts, now)
    return tuple(done)


def _standings(parts: Parts) -> dict[datetime, Standing]:
    with parts.database.read() as conn:
        rows = editions.list_editions(conn, parts.publication.slug, series=parts.schedule.series, limit=30)
    return {
        row.key.slot: Standing(row.id, row.state, row.edition is not None, row.updated_at) for row in rows
    }


def _clock_jumped(parts: Parts, now: datetime) -> bool:
    """Whether the wall clock ran ahead since the last beat; the good beat is kept until it comes back."""
    this = clock.beat(now)
    with parts.database.write() as conn:
        stored = meta.get_meta(conn, BEAT)
        jumped = stored is not None and clock.jumped(clock.Beat.load(stored), this)
        if not jumped:
            meta.set_meta(conn, BEAT, this.dump())
    return jumped


def _slot_of(intent: Intent) -> str:
    match intent:
        case Draft(slot) | Send(slot):
            return slot.isoformat()
        case Resume(edition_id) | Pause(edition_id):
            return str(edition_id)
        case Alert(key):
            return key


def _act(parts: Parts, intent: Intent, now: datetime) -> list[Done]:
    match intent:
        case Draft(slot):
            try:
                row = pipeline.draft(parts, parts.key(slot), now)
            except StateError:  # another beat was faster and it has begun: all is well
                return []
            count = len(row.edition.stories) if row.edition else 0
            return [Done(f"drafted {count} stories", str(row.key))]
        case Send(slot):
            return _send(parts, slot, now)
        case Resume(edition_id):
            with parts.database.read() as conn:
                begun = editions.get_edition(conn, edition_id)
            assert begun is not None
            report = pipeline.send(parts, begun, now)
            return [Done("went on sending", str(begun.key), report)] if _moved(report) else []
        case Pause(edition_id, text):
            with parts.database.write() as conn:
                begun_states = {EditionState.FROZEN, EditionState.SENDING}
                editions.move(
                    conn, edition_id, allowed=begun_states, to=EditionState.PAUSED, now=now, reason=text
                )
            return _alert(parts, Alert(f"paused:{edition_id}:{now.date()}", text), now)
        case Alert():
            return _alert(parts, intent, now)


def _moved(report: SendReport) -> bool:
    return bool(report.sent_now or report.deferred_now or report.failed_now or report.uncertain_now)


def _send(parts: Parts, slot: datetime, now: datetime) -> list[Done]:
    with parts.database.read() as conn:
        row = editions.find_edition(conn, parts.key(slot))
    if row is None or row.edition is None:  # the draft before it failed: its alert is out
        raise StateError(f"the edition of {slot:%Y-%m-%d %H:%M} UTC has no draft to send")
    if not row.edition.stories and parts.skip_quiet_day:
        # The draft may have come before the news did.
        row = pipeline.draft(parts, row.key, now)
        if row.edition is not None and not row.edition.stories:
            return _cancel_quiet(parts, row, now)
    report = pipeline.send(parts, row, now)
    return [Done("sent", str(row.key), report)]


def _cancel_quiet(parts: Parts, row: editions.EditionRow, now: datetime) -> list[Done]:
    text = f"no news for the edition {row.key}: nothing was sent"
    with parts.database.write() as conn:
        unsent = {EditionState.DRAFT, EditionState.APPROVED}
        editions.move(conn, row.id, allowed=unsent, to=EditionState.CANCELLED, now=now, reason="no news")
    return _alert(parts, Alert(f"quiet:{row.id}", text), now)


def _alert(parts: Parts, alert: Alert, now: datetime) -> list[Done]:
    with parts.database.write() as conn:
        fresh = editions.add_alert(conn, alert.key, alert.text, now)
    if not fresh:
        return []
    log.warning("%s", alert.text)
    return [Done(alert.text)]


def _tell_editor(parts: Parts, now: datetime) -> None:
    """E-mail the alerts nobody was told of, in one message; they wait for the next beat if that fails."""
    if not parts.editor_email:
        return
    with parts.database.read() as conn:
        waiting = editions.untold_alerts(conn)
    if not waiting:
        return
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{parts.publication.slug} <{parts.publication.from_email}>"
    message["To"] = parts.editor_email
    message["Subject"] = f"{parts.publication.name}: {len(waiting)} alert" + ("s" if len(waiting) > 1 else "")
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=parts.publication.from_email.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join(f"{at:%Y-%m-%d %H:%M} UTC  {text}" for _key, at, text in waiting) + "\n")
    envelope = Envelope(parts.publication.from_email, parts.editor_email, message.as_bytes())
    try:
        outcome = hand_over_one(parts.transport(), envelope)
    except DigestError as error:
        log.warning("the editor could not be told: %s", error)
        return
    if isinstance(outcome, Accepted):
        with parts.database.write() as conn:
            editions.mark_told(conn, [key for key, _at, _text in waiting], now)
