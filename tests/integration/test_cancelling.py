"""An edition that is never to go out, or to nobody else: cancelled, against real databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from digest import correcting, desk, pipeline, subscriptions
from digest.daily import ensure
from digest.deliver.envelope import Envelope
from digest.deliver.transports.memory import MemoryTransport
from digest.errors import StateError
from digest.model.delivery import Counts, Deferred, DeliveryState
from digest.model.edition import EditionState
from digest.model.news import Article
from digest.parts import Parts, address_pepper
from digest.settings import Settings
from digest.store import articles, deliveries, editions, tables
from digest.store.editions import EditionRow
from digest.store.engine import Database
from tests.wired import Clock, parts_of

SLOT = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
EVENING = SLOT - timedelta(hours=9)
READERS = ("ada", "bo", "chidi")


@pytest.fixture
def clock() -> Clock:
    return Clock(EVENING)


@pytest.fixture
def outgoing() -> MemoryTransport:
    return MemoryTransport()


@pytest.fixture
def parts(database: Database, clock: Clock, outgoing: MemoryTransport, tmp_path: Path) -> Parts:
    built = parts_of(database, Settings(folder=tmp_path), clock, outgoing)
    url = "https://post.example.org/svalbard"
    dek = "The Arctic Council thanked the crew in Longyearbyen."
    article = Article(
        url=url, canonical_url=url, title="Icebreaker reaches Svalbard after Arctic storm", dek=dek, text=dek,
        published_at=EVENING, date_source="feed", gathered_at=EVENING, language="en", outlet="The Post",
    )  # fmt: skip
    with database.write() as conn:
        pepper = address_pepper(conn, clock())
        for name in READERS:
            subscriptions.add(conn, f"{name}@example.org", pepper=pepper, now=clock(), known_themes=())
        articles.save_articles(conn, [article])
    return built


@pytest.fixture
def row(parts: Parts, clock: Clock) -> EditionRow:
    return pipeline.draft(parts, parts.key(SLOT), clock())


def counts(parts: Parts, row: EditionRow) -> Counts:
    with parts.database.read() as conn:
        return deliveries.counts(conn, row.id)


def drops(parts: Parts, row: EditionRow) -> dict[int, str]:
    with parts.database.read() as conn:
        return editions.get_drops(conn, row.id)


def begun(parts: Parts, row: EditionRow, *states: DeliveryState) -> EditionRow:
    """An edition that stopped with its deliveries in these states, one for each reader."""
    pipeline.begin(parts, row, SLOT)
    for reader, state in enumerate(states, start=1):
        with parts.database.write() as conn:
            of_reader = tables.deliveries.c.subscriber_id == reader
            conn.execute(update(tables.deliveries).where(of_reader).values(state=state.value, epoch=1))
    return desk.hold(parts, row, SLOT)


def test_nothing_is_sent_and_nobody_is_told_that_it_is_late(
    parts: Parts, row: EditionRow, clock: Clock, outgoing: MemoryTransport
) -> None:
    cancelled, unsent = desk.cancel(parts, row, clock(), "a public holiday")
    assert (cancelled.state, cancelled.reason, unsent) == (EditionState.CANCELLED, "a public holiday", 0)
    assert cancelled.finished_at == clock()
    for hours in (0, 1, 5):
        clock.now = SLOT + timedelta(hours=hours)
        assert not any(step.failed or step.report for step in ensure(parts, clock()))
    with pytest.raises(StateError, match="is cancelled and is never sent"):
        pipeline.send(parts, cancelled, clock())
    with pytest.raises(StateError, match="is cancelled and can't be drafted anew"):
        pipeline.draft(parts, row.key, clock())
    assert outgoing.messages == []


def test_its_stories_are_in_the_next_edition(parts: Parts, row: EditionRow, clock: Clock) -> None:
    desk.cancel(parts, row, clock())
    following = pipeline.draft(parts, parts.key(SLOT + timedelta(days=1)), SLOT)
    assert following.edition is not None
    assert [story.headline for story in following.edition.stories] == [
        "Icebreaker reaches Svalbard after Arctic storm"
    ]


@pytest.mark.parametrize("said_at_once", [True, False])
def test_one_that_its_readers_have_is_told(
    parts: Parts, row: EditionRow, clock: Clock, said_at_once: bool
) -> None:
    """The database was put back from a backup, and what went out since is unknown to it."""
    if not said_at_once:
        desk.cancel(parts, row, clock())
    cancelled, unsent = desk.cancel(parts, row, SLOT + timedelta(hours=1), readers_have_it=True)
    assert (cancelled.state, cancelled.reason) == (EditionState.CANCELLED, "its readers have it already")
    assert (cancelled.accepted_at, unsent) == (SLOT, 0)
    following = pipeline.draft(parts, parts.key(SLOT + timedelta(days=1)), SLOT)
    assert following.edition is not None
    assert following.edition.stories == ()
    assert "in edition" in " ".join(drops(parts, following).values()), "as of what was sent"


def test_that_its_readers_have_it_can_be_taken_back(parts: Parts, row: EditionRow, clock: Clock) -> None:
    desk.cancel(parts, row, clock(), readers_have_it=True)
    released = desk.release(parts, row, clock())
    assert (released.state, released.accepted_at, released.transport) == (EditionState.DRAFT, None, "")
    test_its_stories_are_in_the_next_edition(parts, row, clock)


def test_nobody_can_tell_what_readers_have_of_an_edition_that_was_not_drafted(
    parts: Parts, clock: Clock
) -> None:
    with parts.database.write() as conn:
        row, _created = editions.open_slot(conn, parts.key(SLOT), clock())
    with pytest.raises(StateError, match="has no draft, so nobody can tell what its readers have"):
        desk.cancel(parts, row, clock(), readers_have_it=True)
    assert desk.find(parts, str(row.id)).state is EditionState.DRAFT


def test_one_that_paused_and_its_readers_have_goes_to_nobody_else(parts: Parts, row: EditionRow) -> None:
    """The backup was made while it went out, before anybody's server had answered."""
    paused = begun(parts, row, DeliveryState.PENDING, DeliveryState.PENDING)
    cancelled, unsent = desk.cancel(parts, paused, SLOT, readers_have_it=True)
    assert (cancelled.accepted_at, unsent) == (SLOT, len(READERS))
    following = pipeline.draft(parts, parts.key(SLOT + timedelta(days=1)), SLOT)
    assert following.edition is not None
    assert following.edition.stories == ()


def test_one_that_had_not_begun_is_released_and_goes_out(
    parts: Parts, row: EditionRow, clock: Clock, outgoing: MemoryTransport
) -> None:
    desk.cancel(parts, row, clock())
    released = desk.release(parts, row, clock())
    assert (released.state, released.finished_at, released.reason) == (EditionState.DRAFT, None, "")
    clock.now = SLOT
    ensure(parts, SLOT)
    assert len(outgoing.messages) == len(READERS)


def test_a_paused_one_goes_to_nobody_else_and_its_counts_add_up(
    parts: Parts, row: EditionRow, clock: Clock, outgoing: MemoryTransport
) -> None:
    paused = begun(parts, row, DeliveryState.SENT, DeliveryState.DEFERRED)
    cancelled, unsent = desk.cancel(parts, paused, SLOT)
    found = counts(parts, row)
    assert unsent == 2
    assert (found.planned, found.sent, found.skipped, found.open) == (3, 1, 2, 0)
    clock.now = SLOT + timedelta(minutes=1)
    ensure(parts, clock())
    assert outgoing.messages == []
    for reopen in (deliveries.retry_failed, deliveries.resend_uncertain):
        with (
            parts.database.write() as conn,
            pytest.raises(StateError, match=r"edition daily-20.* is cancelled: nobody else"),
        ):
            reopen(conn, row.id, clock())
    with pytest.raises(StateError, match="is cancelled and can't be released"):
        desk.release(parts, cancelled, clock())


def test_what_a_killed_sender_left_is_uncertain(parts: Parts, row: EditionRow) -> None:
    paused = begun(parts, row, DeliveryState.SENDING, DeliveryState.PENDING, DeliveryState.FAILED)
    assert desk.cancel(parts, paused, SLOT)[1] == 1
    found = counts(parts, row)
    assert (found.uncertain, found.skipped, found.failed, found.open) == (1, 1, 1, 0)


def test_what_is_put_off_by_an_answer_that_comes_after_it_is_let_go_as_well(
    parts: Parts, row: EditionRow, clock: Clock
) -> None:
    def answer(_: Envelope) -> Deferred:
        if desk.find(parts, str(row.id)).state is EditionState.SENDING:
            desk.cancel(parts, desk.hold(parts, row, SLOT), SLOT)
        return Deferred(451, "later")

    clock.now = SLOT
    report = pipeline.send(replace(parts, transport=lambda: MemoryTransport(answer)), row, SLOT)
    assert (report.counts.open, report.counts.skipped) == (0, len(READERS))
    assert counts(parts, row) == report.counts


def test_one_that_goes_out_is_held_first(parts: Parts, row: EditionRow) -> None:
    pipeline.begin(parts, row, SLOT)
    with pytest.raises(StateError, match=r"is going out: `digest hold --edition .*` stops it first"):
        desk.cancel(parts, row, SLOT)
    assert counts(parts, row).pending == len(READERS)


def test_one_that_has_gone_out_stays_sent(parts: Parts, row: EditionRow, clock: Clock) -> None:
    clock.now = SLOT
    pipeline.send(parts, row, SLOT)
    with pytest.raises(StateError, match="is sent and can't be cancelled"):
        desk.cancel(parts, row, SLOT)


def test_a_correction_that_was_drafted_can_be_thrown_away(
    parts: Parts, row: EditionRow, clock: Clock
) -> None:
    clock.now = SLOT
    pipeline.send(parts, row, SLOT)
    sent = desk.find(parts, str(row.id))
    drafted = correcting.draft(parts, sent, "The ship came late\n\nIt was Tuesday.", SLOT)
    desk.cancel(parts, drafted.row, SLOT)
    again = correcting.draft(parts, sent, "The ship came early\n\nIt was Monday.", SLOT + timedelta(hours=1))
    assert again.row.id != drafted.row.id
    assert again.replaced == ""
    with pytest.raises(StateError, match="is cancelled and is never sent"):
        pipeline.send(parts, replace(drafted.row, state=EditionState.CANCELLED), SLOT)
