"""What a heartbeat does about one thing that is owed: draft, send, go on, pause, or tell the editor."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from digest import handing_over, pipeline, telling
from digest.deliver.allowance import Allowance
from digest.deliver.owner import fate_of
from digest.deliver.run import SendReport
from digest.errors import NotNowError, StateError
from digest.kept_out import in_words, kept_out
from digest.llm import TROUBLE
from digest.model.edition import EditionKey, EditionState
from digest.model.links import edition_ref
from digest.model.plural import counted
from digest.parts import Parts
from digest.schedule import BEGUN, Alert, Draft, Intent, Pause, Resume, Send
from digest.store import editions, meta
from digest.store.batches import is_worth_joining

log = logging.getLogger("digest")


@dataclass(frozen=True)
class Done:
    """One thing that a heartbeat did, in words, with the report of a send.

    ``failed``: something that a person should hear of; `digest run --once` then ends with exit code 1.
    """

    what: str
    edition: str = ""
    report: SendReport | None = None
    failed: bool = False


def act(parts: Parts, intent: Intent, now: datetime, *, news: bool) -> list[Done] | None:
    """Do it. ``news``: something was gathered just now. None where there was nothing to do yet."""
    match intent:
        case Draft(slot):
            try:
                row = pipeline.draft(parts, parts.key(slot), now, unattended=True)
            except StateError:  # another beat was faster and it has begun: all is well
                return []
            assert row.edition is not None
            empty = ", ".join(theme.name for theme in row.edition.empty_themes())
            stories = counted(len(row.edition.stories), "story", "stories")
            what = f"drafted {stories}" + (f", none for {empty}" if empty else "")
            what = what if row.edition.stories else "drafted without a story"
            with parts.database.read() as conn:
                unseen = in_words(kept_out(conn, row))
            what += f"; {unseen}" if unseen else ""
            return [
                Done(what, edition_ref(row.key)),
                *_without_picture(row),
                *_without_model(parts, row.key, now),
            ]
        case Send(slot):
            return _send(parts, slot, now, news=news)
        case Resume(edition_id):
            return _resume(parts, edition_id, now)
        case Pause(edition_id, text):
            with parts.database.write() as conn:
                editions.move(conn, edition_id, allowed=BEGUN, to=EditionState.PAUSED, now=now, reason=text)
            return alert(parts, Alert(f"paused:{edition_id}:{now.date()}", text), now)
        case Alert():
            return alert(parts, intent, now)


def _without_picture(row: editions.EditionRow) -> list[Done]:
    """Why the top story has no picture, where it was to have one: worth a line, and no alert."""
    lead = row.edition.lead() if row.edition else None
    if lead is None or not lead.picture_trouble:
        return []
    return [Done(f"no picture for the top story: {lead.picture_trouble}", edition_ref(row.key))]


def _without_model(parts: Parts, key: EditionKey, now: datetime) -> list[Done]:
    """Tell the editor, once for each edition, that its language model left questions unanswered."""
    with parts.database.read() as conn:
        trouble = meta.get_meta(conn, TROUBLE) if parts.drafting.model else ""
    if not trouble:
        return []
    text = f"the language model left questions unanswered, so stories are summed up offline: {trouble}"
    return alert(parts, Alert(f"model:{edition_ref(key)}", text), now)


def _send(parts: Parts, slot: datetime, now: datetime, *, news: bool) -> list[Done] | None:
    with parts.database.read() as conn:
        row = editions.find_edition(conn, parts.key(slot))
    allowance = handing_over.allowance_at(parts, now)
    if allowance.shut:
        return None  # not tried: a failure that goes on is no news once it opens
    if row is None or row.edition is None:  # the draft before it failed: its alert is out
        raise StateError(f"the edition {parts.schedule.ref(slot)} has no draft to send")
    waits = row.state is EditionState.DRAFT or parts.skip_quiet_day  # else the approved note goes out
    if not row.edition.stories and waits and (news or row.updated_at < slot):
        row = pipeline.draft(parts, row.key, now)  # the draft may have come before the news did
    if row.edition is not None and not row.edition.stories and parts.skip_quiet_day:
        hours = parts.schedule.max_lateness.total_seconds() / 3600
        ref = edition_ref(row.key)
        text = f"no news for the edition {ref}: nothing is sent unless some comes within {hours:g} h"
        return alert(parts, Alert(f"quiet:{row.id}", text), now)
    if not parts.schedule.silence_sends and row.state is EditionState.DRAFT:
        return []  # edited since it was planned to send it: the next beat asks for approval
    return _sent(parts, row, now, allowance)


def _resume(parts: Parts, edition_id: int, now: datetime) -> list[Done] | None:
    with parts.database.read() as conn:
        row = editions.get_edition(conn, edition_id)
        assert row is not None
        sending = row.state is EditionState.SENDING
        if sending and not is_worth_joining(conn, edition_id, now=now, fate=fate_of):
            return None  # what is deferred waits its time: the mail server is left alone until then
    allowance = handing_over.allowance_at(parts, now)
    if allowance.shut:  # the hour, or the warm-up's share of the day
        return None
    return _sent(parts, row, now, allowance, again=True)


def _sent(
    parts: Parts, row: editions.EditionRow, now: datetime, allowance: Allowance, *, again: bool = False
) -> list[Done] | None:
    try:
        report = pipeline.send(parts, row, now, allowance=allowance)
    except NotNowError as error:  # another process is at it: all is well
        log.debug("%s", error)
        return None
    with parts.database.read() as conn:
        fresh = editions.get_edition(conn, row.id)
    paused = fresh is not None and fresh.state is EditionState.PAUSED
    return after_run(parts, row, report, now, _how_it_went(report, paused=paused, again=again))


def _how_it_went(report: SendReport, *, paused: bool, again: bool) -> str:
    """What a run came to, in words; ``again``: it went on with one that had begun."""
    if paused:
        return "paused"
    if not report.sent_now:
        return "tried again, nothing sent" if again else "tried, nothing sent"
    if again:
        return "went on sending"
    return "partly sent" if report.counts.open else "sent"


def after_run(
    parts: Parts, row: editions.EditionRow, report: SendReport, now: datetime, what: str
) -> list[Done]:
    """What a run did, in the words ``what``; with alerts for what the editor must hear of."""
    moved = report.sent_now or report.deferred_now or report.failed_now or report.uncertain_now
    ref, counts = edition_ref(row.key), report.counts
    done = [Done(what, ref, report)] if moved else []
    if report.refused:
        text = f"the edition {ref} is paused: {handing_over.TOO_MANY_REFUSED}"
        done += alert(parts, Alert(f"refused:{row.id}:{counts.failed}", text), now)
    if not counts.open and counts.fell_short:
        who = " and ".join(f"`--who {state}`" for state in ("failed", "uncertain") if getattr(counts, state))
        text = (
            f"the edition {ref} did not reach everybody: {counts.failed} failed,"
            f" {counts.uncertain} uncertain; `digest status --edition {ref}` with {who} says who"
        )
        done += alert(parts, Alert(f"incomplete:{row.id}", text), now)
    return done


def alert(parts: Parts, what: Alert, now: datetime) -> list[Done]:
    """Tell the editor, unless they have been told."""
    return [Done(what.text, failed=True)] if telling.note(parts, what.key, what.text, now) else []
