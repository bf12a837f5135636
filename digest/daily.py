"""The daily send with nobody watching: one idempotent ``ensure(now)``.

Everything that ticks (the scheduler of `digest run`, cron calling `digest run --once`) calls it. It looks
at the clock and at the database, asks ``digest.schedule.plan`` what to do, and does that. Two of them at
the same moment, or one killed half-way and started again, send nothing twice: every step is a
compare-and-set in the database.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from digest import clock, confirming, feedback, pipeline, retention, telling
from digest.acting import Done, act, alert
from digest.deliver.owner import fate_of
from digest.model.delivery import Accepted
from digest.model.plural import counted
from digest.parts import Parts, installed_at, remember_installation
from digest.schedule import BEGUN, Alert, Draft, Intent, Pause, Resume, Send, Standing, go_on, plan
from digest.store import busy, editions, meta, restored, turn
from digest.store import feeds as feed_store

log = logging.getLogger("digest")

_T = TypeVar("_T")
DEAD_AFTER = timedelta(days=7)
POLLED_AT = "polled_at"
POLL_EVERY = timedelta(minutes=15)
REFUSALS_SEEN = "refusals_seen"  # the end of the last edition whose refusals were applied
SEEN_BEFORE = timedelta(days=1)
POLL_FOR_S = 60.0  # anybody can fill a mailbox, and the edition waits meanwhile
CONFIRM_FOR_S = 60.0  # and anybody can fill in the form
FORGOTTEN_AT = "forgotten_at"
FORGET_EVERY = timedelta(days=1)


def ensure(parts: Parts, now: datetime) -> tuple[Done, ...]:
    """Do whatever is owed at ``now``: gather, draft, send, resume, tell the editor. Safe to repeat.

    Each step stands alone: the failure of one is told to the editor and stops none of the others.
    """
    started = parts.clock()
    done = _guarded(parts, "restored", now, lambda: _notice(parts, now))
    done += _guarded(parts, "installation", now, lambda: _begin(parts))
    done += _guarded(parts, "gather", now, lambda: _gather(parts, now))
    gathered = any(not step.failed for step in done)
    if parts.mailboxes:
        done += _guarded(parts, "bounces", now, lambda: _poll(parts, now))
    done += _guarded(parts, "refusals", now, lambda: _see_to_refusals(parts, now))
    done += _guarded(parts, "sign-ups", now, lambda: _confirm(parts))
    jumps, failed = _tried(parts, "clock", now, lambda: [_clock_jumped(parts, now)])
    done += failed
    jumped = jumps != [False]  # one that can't be looked at is not believed
    owed: list[tuple[Parts, Intent]] = []
    for of_series in parts.of_each_series():
        planning = partial(_planned, of_series, now, clock_jumped=jumped)
        intents, failed = _tried(parts, f"plan:{of_series.schedule.series}", now, planning)
        owed += [(of_series, intent) for intent in intents]
        done += failed
    begun, failed = _tried(parts, "unscheduled", now, lambda: _unscheduled(parts, now))
    owed += begun
    done += failed
    if parts.limits.warm_up:  # the day's share is for the day's news first
        owed.sort(key=lambda one: isinstance(one[1], Resume))
    busy_since: datetime | None = None
    for of_series, intent in owed:
        if parts.stop.is_set():
            break
        name = f"{type(intent).__name__}:{_target_of(of_series, intent)}"
        began = parts.clock()
        moment = now + (began - started)  # the one before it may have taken hours
        steps = _guarded(parts, name, moment, partial(act, of_series, intent, moment, news=gathered))
        done += steps
        if any(step.report for step in steps) and not parts.rehearsal:
            busy_since = busy_since or began  # nothing of the next heartbeat begins before the end of all
            done += _guarded(parts, "busy", now, partial(_keep_busy, parts, (busy_since, parts.clock())))
    if jumped and any(step.report for step in done):  # a person has confirmed the date
        done += _guarded(parts, "clock", now, partial(_keep_beat, parts, now))
    if not (jumped or parts.rehearsal):  # what a wrong clock calls old must not go
        done += _guarded(parts, "retention", now, lambda: _forget(parts, now))
    done += _guarded(parts, "tell", now, lambda: _tell(parts, now))
    return tuple(done)


def _guarded(parts: Parts, name: str, now: datetime, step: Callable[[], list[Done] | None]) -> list[Done]:
    """What the step did; or that it failed."""
    done, failed = _tried(parts, name, now, step)
    return done + failed


def _tried(
    parts: Parts, name: str, now: datetime, step: Callable[[], list[_T] | None]
) -> tuple[list[_T], list[Done]]:
    """The step's result; where it fails, none, and that it did: see ``telling.tried``."""
    result, trouble = telling.tried(parts, name, now, step)
    return result or [], [Done(trouble, failed=True)] if trouble else []


def _planned(parts: Parts, now: datetime, *, clock_jumped: bool) -> list[Intent]:
    """What one series owes."""
    with parts.database.read() as conn:
        doubted = restored.doubted_until(conn, parts.publication.slug, parts.schedule.series)
    intents = plan(
        parts.schedule,
        now,
        _standings(parts),
        installed_at=installed_at(parts),
        clock_jumped=clock_jumped,
        busy=_busy(parts, now),
        doubted_until=doubted,
    )
    return list(intents)


def _busy(parts: Parts, now: datetime) -> list[busy.Span]:
    """When something was sent, and how long somebody already keeps others from sending beside it.

    A turn is kept here as well: there is only the last one, and a short one may follow.
    """
    with parts.database.read() as conn:
        known = busy.noted(conn)
        last = turn.last(conn, parts.publication.slug, now=now, fate=fate_of)
    spans = busy.joined([*known, last] if last else known)
    if spans != known and last and not parts.rehearsal:
        _keep_busy(parts, last)
    return [span for span in spans if span[1] <= now]


def _keep_busy(parts: Parts, span: busy.Span) -> list[Done]:
    with parts.database.write() as conn:
        busy.note(conn, [span])
    return []


def _notice(parts: Parts, now: datetime) -> list[Done]:
    """See whether the database was put back from a backup; an alert says then what holds."""
    restored.notice(parts.database, now)
    return []


def _begin(parts: Parts) -> list[Done]:
    """Note since when editions are owed, if that is news: the clock may have been set back meanwhile."""
    remember_installation(parts)
    return []


def _gather(parts: Parts, now: datetime) -> list[Done]:
    found = pipeline.gather(parts, now)
    done = [Done(f"gathered {counted(found, 'new article')}")] if found else []
    with parts.database.read() as conn:
        feeds = {feed.id: feed for feed in feed_store.list_feeds(conn)}
        health, added = feed_store.all_health(conn), feed_store.added(conn)
    for feed_id, state in health.items():
        since = state.succeeded_at or added.get(feed_id, now)
        if feed_id in feeds and state.trouble and now - since > DEAD_AFTER:
            text = f"the feed {feeds[feed_id].name} has given nothing since {since:%Y-%m-%d}: {state.message}"
            done += alert(parts, Alert(f"feed:{feed_id}:{since:%Y-%m-%d}", text), now)
    return done


def _poll(parts: Parts, now: datetime) -> list[Done] | None:
    """Every quarter of an hour, read the mailboxes that bounces arrive in; None in between."""
    if not _is_due(parts, POLLED_AT, POLL_EVERY, now):
        return None
    _note(parts, POLLED_AT, now.isoformat())
    tally = feedback.poll(parts, now, within_s=POLL_FOR_S)
    return [Done(f"what came back: {tally}")] if tally.verdicts else []


def _see_to_refusals(parts: Parts, now: datetime) -> list[Done] | None:
    """Apply what was refused for good in editions that have ended since: as they did, unless killed there."""
    if parts.rehearsal:
        return None
    with parts.database.read() as conn:
        seen = meta.get_meta(conn, REFUSALS_SEEN)
        since = datetime.fromisoformat(seen) if seen else now - SEEN_BEFORE
        ended = editions.ended_since(conn, parts.publication.slug, since)
    done = []
    for edition_id, when in ended:
        tally = feedback.refusals(parts, edition_id, now)
        if tally.kinds:
            done.append(Done(f"what was refused: {tally}"))
        _note(parts, REFUSALS_SEEN, when.isoformat())
    return done


def _confirm(parts: Parts) -> list[Done]:
    """Send what `digest serve` has left over of its e-mails to those who want to subscribe."""
    outcomes = confirming.post(parts, within_s=CONFIRM_FOR_S).values()
    sent = sum(isinstance(outcome, Accepted) for outcome in outcomes)
    return [Done(f"e-mails for sign-ups sent: {sent}")] if sent else []


def _forget(parts: Parts, now: datetime) -> list[Done] | None:
    """Once a day, delete what has been kept long enough; None in between."""
    if not _is_due(parts, FORGOTTEN_AT, FORGET_EVERY, now):
        return None
    forgotten = retention.apply(parts, now)
    _note(parts, FORGOTTEN_AT, now.isoformat())
    return [Done(f"kept long enough: {forgotten}")] if forgotten.any else []


def _note(parts: Parts, key: str, value: str) -> None:
    with parts.database.write() as conn:
        meta.set_meta(conn, key, value)


def _is_due(parts: Parts, key: str, every: timedelta, now: datetime) -> bool:
    """Whether so much time has passed since the instant kept under ``key``; a later one proves nothing."""
    with parts.database.read() as conn:
        last = meta.get_meta(conn, key)
    return last is None or not timedelta(0) <= now - datetime.fromisoformat(last) < every


def _standings(parts: Parts) -> dict[datetime, Standing]:
    """The latest editions of a series, and whatever has begun, however old."""
    slug, series = parts.publication.slug, parts.schedule.series
    with parts.database.read() as conn:
        rows = editions.list_editions(conn, slug, series=series, limit=30)
        rows += editions.list_editions(conn, slug, series=series, states=BEGUN, limit=None)
    return {row.key.slot: _standing(row) for row in rows}


def _standing(row: editions.EditionRow) -> Standing:
    quiet = row.edition is not None and not row.edition.stories
    return Standing(row.id, row.state, row.edition is not None, row.updated_at, quiet=quiet)


def _unscheduled(parts: Parts, now: datetime) -> list[tuple[Parts, Intent]]:
    """What was begun by hand, of series that no schedule sends: it goes on by itself as any other does."""
    scheduled = {one.schedule.series for one in parts.of_each_series()}
    with parts.database.read() as conn:
        begun = editions.list_editions(conn, parts.publication.slug, states=BEGUN, limit=None)
    return [
        (parts, go_on(replace(parts.schedule, series=row.key.series), now, row.key.slot, _standing(row)))
        for row in begun
        if row.key.series not in scheduled
    ]


def _clock_jumped(parts: Parts, now: datetime) -> bool:
    """Whether the wall clock ran ahead since the last beat; the good beat is kept until it comes back."""
    if parts.rehearsal:
        return False
    with parts.database.read() as conn:
        stored = meta.get_meta(conn, clock.BEAT)
    jumped = stored is not None and clock.jumped(clock.Beat.load(stored), clock.beat(now))
    if not jumped:
        _keep_beat(parts, now)
    return jumped


def _keep_beat(parts: Parts, now: datetime) -> None:
    with parts.database.write() as conn:
        meta.set_meta(conn, clock.BEAT, clock.beat(now).dump())


def _target_of(parts: Parts, intent: Intent) -> str:
    """What an intent is about, for the keys of alerts."""
    match intent:
        case Draft(slot) | Send(slot):
            return f"{parts.schedule.series}-{slot:%Y%m%dT%H%M}"
        case Resume(edition_id) | Pause(edition_id):
            return str(edition_id)
        case Alert(key):
            return key


def _tell(parts: Parts, now: datetime) -> list[Done]:
    telling.tell_editor(parts, now)
    return []
