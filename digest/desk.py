"""What an editor does to an edition: look at it, hold it, let it go, put a name to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from digest import handing_over
from digest.choosing import Purpose, choose, slot_to_draft
from digest.errors import NotFoundError, StateError
from digest.model.edition import OPEN_TO_EDITING, Edition, EditionKey, EditionState, EditionStory
from digest.model.links import edition_ref
from digest.parts import Parts, installed_at
from digest.schedule import BEGUN, SETTLED, in_doubt
from digest.store import deliveries, editions, restored, told
from digest.store.editions import EditionRow, Settled
from digest.store.sql import id_of


def find(parts: Parts, ref: str) -> EditionRow:
    """The edition that an editor names: by number, by reference, or a one-off's latest by its name.

    Raises:
        NotFoundError: there is none.
    """
    number, slug = id_of(ref), parts.publication.slug
    with parts.database.read() as conn:
        row = editions.find_ref(conn, slug, ref) if number is None else editions.get_edition(conn, number)
        found = [row] if row else editions.list_editions(conn, slug, series=ref, limit=1)
    if not found or found[0].key.publication != slug:
        raise NotFoundError(f"there is no edition {ref!r}; `digest status` lists the latest")
    return found[0]


def is_series(parts: Parts, ref: str) -> bool:
    """Whether a reference names a scheduled series, or none and so the main one; not one edition."""
    return not ref or ref in parts.scheduled


def stored(parts: Parts, key: EditionKey) -> EditionRow | None:
    """The edition of this key, if there is one."""
    with parts.database.read() as conn:
        return editions.find_edition(conn, key)


def meant(
    parts: Parts, now: datetime, ref: str = "", purpose: Purpose = Purpose.WORK
) -> tuple[EditionRow | None, EditionKey]:
    """The edition that is named, or the one at hand of the series that is; else as ``current``.

    Raises:
        NotFoundError: the reference names none.
    """
    if is_series(parts, ref):
        return current(parts, now, ref, purpose)
    row = find(parts, ref)
    return row, row.key


def current(
    parts: Parts, now: datetime, series: str = "", purpose: Purpose = Purpose.WORK
) -> tuple[EditionRow | None, EditionKey]:
    """The edition an editor means when naming none, and which to draft where there is none.

    It is one of the main series unless another is asked for; ``digest.choosing`` says which.
    """
    parts = parts.for_series(series)
    with parts.database.read() as conn:
        rows = editions.list_editions(
            conn, parts.publication.slug, series=series or parts.schedule.series, limit=20
        )
    slot = slot_to_draft(rows, parts.schedule, now, installed_at(parts))
    return choose(rows, parts.schedule, now, purpose), parts.key(slot, series)


def coming(parts: Parts, now: datetime) -> list[tuple[str, datetime]]:
    """The next slot of every scheduled series that is not settled already, the earliest first."""
    found = []
    for of_series in parts.of_each_series():
        schedule = of_series.schedule
        slot = schedule.next_slot(now)
        days = {schedule.day_of(one.slot) for one in settled(parts, schedule.series)}
        while schedule.day_of(slot) in days:
            slot = schedule.next_slot(slot)
        found.append((schedule.series, slot))
    return sorted(found, key=lambda one: one[1])


def settled(parts: Parts, series: str, states: Collection[EditionState] = SETTLED) -> list[Settled]:
    """The newest editions of a series that have gone out, go out, or never will; the newest slot first."""
    with parts.database.read() as conn:
        return editions.settled(conn, parts.publication.slug, series, states=states, limit=20)


def over(parts: Parts, row: EditionRow, now: datetime) -> str:
    """Why an edition of a scheduled series is over though it never began, in words; "" where it isn't.

    What an editor holds has as long as what has begun. A person may send either all the same.
    """
    if row.state not in OPEN_TO_EDITING or row.key.series not in parts.scheduled:
        return ""
    schedule = parts.for_series(row.key.series).schedule
    held = row.state is EditionState.HELD
    if now - row.key.slot <= (schedule.finish_within if held else schedule.max_lateness):
        return ""
    quiet = row.edition is not None and row.edition.quiet and parts.skip_quiet_day
    return "no news" if quiet else "not sent"


def at_hand(parts: Parts, now: datetime, ref: str = "") -> tuple[EditionRow | None, Edition]:
    """The edition that is named or at hand; else what a draft would be now. Changes nothing."""
    row, key = meant(parts, now, ref)
    if row is not None and row.edition is not None:
        return row, row.edition
    from digest.drafting import draft_value  # noqa: PLC0415 - slow to load; most ask for what is drafted

    return row, draft_value(parts, key, now).edition


def named(parts: Parts, now: datetime, ref: str = "", purpose: Purpose = Purpose.WORK) -> EditionRow:
    """The stored edition that is named or at hand.

    Raises:
        NotFoundError: the reference names none.
        StateError: none is at hand.
    """
    row, key = meant(parts, now, ref, purpose)
    if row is None:
        option = "" if key.series == parts.schedule.series else f" --series {key.series}"
        raise StateError(
            f"there is no edition yet to work on: `digest draft{option}` makes the next one; `digest status`"
            " lists those of before"
        )
    return row


def hold(parts: Parts, row: EditionRow, now: datetime, reason: str = "") -> EditionRow:
    """Keep an edition from going out; one that is being sent stops within seconds.

    Raises:
        StateError: it is sent or cancelled.
    """
    with parts.database.write() as conn:
        before = editions.get_edition(conn, row.id)
        kept = before.reason if before and before.state is EditionState.HELD else ""
        words = reason or kept or "held by an editor"
        moved = editions.move(
            conn, row.id, allowed=OPEN_TO_EDITING, to=EditionState.HELD, now=now, reason=words
        ) or editions.move(conn, row.id, allowed=BEGUN, to=EditionState.PAUSED, now=now, reason=words)
    return _after(parts, row, moved, "held")


def release(parts: Parts, row: EditionRow, now: datetime) -> EditionRow:
    """Undo ``hold``, ``approve`` or ``cancel``: it is a draft again; a paused edition goes on when next sent.

    One that was cancelled when it had begun stays so.

    One that paused for too many refusals does not pause for them again, unless it is held meanwhile.

    Raises:
        StateError: it is none of these.
    """
    undone, paused = {EditionState.HELD, EditionState.APPROVED}, {EditionState.PAUSED}
    with parts.database.write() as conn:
        fresh = editions.get_edition(conn, row.id)
        if fresh is not None and fresh.frozen_at is None:
            undone.add(EditionState.CANCELLED)
        refused = fresh is not None and fresh.reason == handing_over.TOO_MANY_REFUSED
        reason = handing_over.REFUSED_YET_RELEASED if refused else ""
        moved = editions.move(
            conn, row.id, allowed=undone, to=EditionState.DRAFT, now=now, reviewed_by=""
        ) or editions.move(conn, row.id, allowed=paused, to=EditionState.SENDING, now=now, reason=reason)
        if moved and fresh is not None and fresh.state is EditionState.CANCELLED:
            told.discount(conn, row.id)
    return _after(parts, row, moved, "released")


def cancel(
    parts: Parts, row: EditionRow, now: datetime, reason: str = "", *, readers_have_it: bool = False
) -> tuple[EditionRow, int]:
    """See to it that an edition never goes out, or not to those who haven't got it; and how many those are.

    Its stories are free for the editions that follow, unless it had begun, or ``readers_have_it`` as the
    database can't know that was put back: then what its draft tells counts as told.

    Raises:
        StateError: it goes out just now, has gone out, or is cancelled; or its readers have what nobody
            has drafted.
    """
    ref = edition_ref(row.key)
    allowed = OPEN_TO_EDITING | {EditionState.PAUSED}
    if readers_have_it:
        if row.edition is None:
            raise StateError(f"the edition {ref} has no draft, so nobody can tell what its readers have")
        reason = reason or "its readers have it already"
        allowed |= {EditionState.CANCELLED}  # by somebody who did not say so
    with parts.database.write() as conn:
        fresh = editions.get_edition(conn, row.id)
        if fresh is not None and fresh.state in BEGUN:
            raise StateError(f"the edition {ref} is going out: `digest hold --edition {ref}` stops it first")
        moved = editions.move(
            conn,
            row.id,
            allowed=allowed,
            to=EditionState.CANCELLED,
            now=now,
            reason=reason or "cancelled by an editor",
            reviewed_by="",
        )
        unsent = deliveries.cancel(conn, row.id) if moved else 0
        if moved and readers_have_it:
            told.count(conn, row.id, transport=parts.transport_name, at=min(row.key.slot, now))
    return _after(parts, row, moved, "cancelled"), unsent


def approve(parts: Parts, row: EditionRow, now: datetime, *, reviewed_by: str = "") -> EditionRow:
    """Let an edition go out at its time even where silence would hold it.

    ``reviewed_by`` is the person who has read every summary and answers for it: the edition's notice says
    so from then on.

    Raises:
        StateError: it has no draft, or has begun.
    """
    ref = edition_ref(row.key)
    if row.edition is None:
        raise StateError(f"the edition {ref} has no draft to approve: `digest draft` makes one")
    if row.state is EditionState.HELD:
        raise StateError(f"the edition {ref} is held ({row.reason}): {_release_first(ref)}")
    with parts.database.write() as conn:
        fresh = editions.get_edition(conn, row.id)
        if fresh is not None and fresh.revision != row.revision:
            raise StateError(f"the edition {ref} was changed just now: look at it, and approve it again")
        if fresh is not None and fresh.state is EditionState.HELD:  # by somebody, since it was read
            raise StateError(f"the edition {ref} is held ({fresh.reason}): {_release_first(ref)}")
        saved = True
        if reviewed_by:
            edition = _reviewed(parts, row.edition, reviewed_by, now)
            drops = editions.get_drops(conn, row.id)
            saved = editions.save_content(conn, row.id, edition, drops=drops, now=now, revision=row.revision)
        unheld = OPEN_TO_EDITING - {EditionState.HELD}
        moved = saved and editions.move(
            conn, row.id, allowed=unheld, to=EditionState.APPROVED, now=now, reviewed_by=reviewed_by
        )
    return _after(parts, row, moved, "approved")


def mind_a_restore(parts: Parts, row: EditionRow, *, by_script: bool) -> str:
    """Let nothing out unasked that may have gone out before the database was put back from a backup.

    A script that sends from a file it has put there itself has its way, with a word: what is to be said then
    is returned. Not so where the file is one of our own backups.

    Raises:
        StateError: this edition may have.
    """
    with parts.database.read() as conn:
        until = restored.doubted_until(conn, row.key.publication, row.key.series)
        is_backup = restored.was_a_backup(conn)
    if until is None or row.key.slot > until:
        return ""
    doubt = in_doubt(edition_ref(row.key))
    if is_backup or not by_script:
        raise StateError(doubt)
    return doubt


def _release_first(ref: str) -> str:
    return f"`digest release --edition {ref}` comes first"


def _after(parts: Parts, row: EditionRow, moved: bool, verb: str) -> EditionRow:  # noqa: FBT001 - private
    with parts.database.read() as conn:
        fresh = editions.get_edition(conn, row.id)
    assert fresh is not None
    if not moved:
        raise StateError(
            f"the edition {edition_ref(row.key)} is {fresh.state.in_words()} and can't be {verb}"
        )
    return fresh


def _reviewed(parts: Parts, edition: Edition, name: str, now: datetime) -> Edition:
    if edition.correction:  # a person's words from the first
        return edition

    def stamped(story: EditionStory) -> EditionStory:
        if story.summary is None:
            return story
        provenance = replace(story.summary.provenance, reviewed_by=name, reviewed_at=now)
        return replace(story, summary=replace(story.summary, provenance=provenance))

    stories = tuple(stamped(story) for story in edition.stories)
    provenances = [made and replace(made, reviewed_by=name) for made in (one.told_by for one in stories)]
    from digest.summarise import ai_notice  # noqa: PLC0415 - the same

    notice = None if edition.notice is None else ai_notice(provenances, wording=parts.drafting.wording)
    return replace(edition, stories=stories, notice=notice)
