"""What somebody does while something else is under way: neither undoes the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from digest import daily, desk, drafting, feedback, pipeline, subscriptions
from digest.compose import Composition
from digest.deliver.envelope import Envelope
from digest.deliver.transports.memory import MemoryTransport
from digest.errors import StateError
from digest.model.delivery import Accepted, DeliveryState, Outcome, Rejected
from digest.model.edition import EditionState
from digest.model.feedback import Feedback, FeedbackKind
from digest.model.news import Article
from digest.model.tokens import delivery_ref
from digest.parts import Parts, address_pepper
from digest.settings import ScheduleSettings, Settings
from digest.store import articles, deliveries, editions, freezing, planning, tables
from digest.store.editions import EditionRow
from digest.store.engine import Database
from tests.wired import Clock, parts_of

SLOT = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
ADA = "ada@example.org"


class Server:
    """A mail server that does something before it answers."""

    def __init__(self) -> None:
        self.before: Callable[[], None] = lambda: None
        self.answer: Outcome = Accepted(250, f"ok, queued for <{ADA}>")
        self.transport = MemoryTransport(self._take)

    def _take(self, _envelope: Envelope) -> Outcome:
        self.before()
        return self.answer


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def parts(database: Database, server: Server, tmp_path: Path) -> Parts:
    settings = Settings(folder=tmp_path, schedule=ScheduleSettings(approval="silence-holds"))
    clock = Clock(SLOT - timedelta(hours=1))
    built = parts_of(database, settings, clock, server.transport)
    url = "https://post.example.org/1"
    with database.write() as conn:
        subscriptions.add(conn, ADA, pepper=address_pepper(conn, clock()), now=clock(), known_themes=())
        articles.save_articles(
            conn,
            [
                Article(
                    url=url, canonical_url=url, title="Japan and Australia sign a pact on naval bases",
                    dek="Tokyo and Canberra will share bases.",
                    text="They will share bases. More was to follow.", date_source="feed",
                    published_at=SLOT - timedelta(hours=5), gathered_at=SLOT, language="en",
                    outlet="The Post",
                )
            ],
        )  # fmt: skip
    return built


@pytest.fixture
def row(parts: Parts) -> EditionRow:
    return pipeline.draft(parts, parts.key(SLOT), parts.clock())


def changed(parts: Parts, row: EditionRow) -> None:
    """Somebody edits the draft."""
    fresh = desk.find(parts, str(row.id))
    assert fresh.edition is not None
    with parts.database.write() as conn:
        assert editions.save_content(conn, row.id, fresh.edition, drops={}, now=parts.clock())


def erase(parts: Parts) -> None:
    with parts.database.write() as conn:
        subscriptions.erase(conn, ADA, pepper=address_pepper(conn, parts.clock()), now=parts.clock())


def test_what_is_edited_while_a_draft_is_composed_is_in_it(
    parts: Parts, row: EditionRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = drafting.draft_value
    seen: list[Composition] = []

    def composing(*arguments: object, **options: object) -> Composition:
        found = real(*arguments, **options)  # type: ignore[arg-type]  # as they came
        if not seen:
            changed(parts, row)
        seen.append(found)
        return found

    monkeypatch.setattr(drafting, "draft_value", composing)
    again = pipeline.draft(parts, row.key, parts.clock())
    assert len(seen) == 2, "composed once more, with what was decided meanwhile"
    assert again.revision == row.revision + 2


@pytest.mark.parametrize("state", [EditionState.APPROVED, EditionState.HELD])
def test_nobody_watching_composes_what_an_editor_approved_or_held_meanwhile(
    parts: Parts, row: EditionRow, state: EditionState
) -> None:
    (desk.approve if state is EditionState.APPROVED else desk.hold)(parts, row, parts.clock())
    with pytest.raises(StateError, match="is not composed anew"):
        pipeline.draft(parts, row.key, parts.clock(), unattended=True)
    assert desk.find(parts, str(row.id)).state is state


def test_what_is_changed_after_its_approval_does_not_go_out(
    parts: Parts, row: EditionRow, server: Server
) -> None:
    approved = desk.approve(parts, row, parts.clock())
    changed(parts, row)
    with pytest.raises(StateError, match="was changed after it was approved: nothing was sent"):
        pipeline.begin(parts, approved, parts.clock())
    assert isinstance(parts.clock, Clock)
    parts.clock.now = SLOT + timedelta(minutes=1)
    assert not any(step.report for step in daily.ensure(parts, parts.clock()))
    assert server.transport.messages == []


def test_nobody_approves_what_they_have_not_seen(parts: Parts, row: EditionRow) -> None:
    changed(parts, row)
    for name in ("", "Ada Lund"):
        with pytest.raises(StateError, match="was changed just now"):
            desk.approve(parts, row, parts.clock(), reviewed_by=name)
    assert desk.find(parts, str(row.id)).state is EditionState.DRAFT


def test_an_approval_does_not_undo_a_hold_made_meanwhile(parts: Parts, row: EditionRow) -> None:
    desk.hold(parts, row, parts.clock(), "legal looks at it")
    with pytest.raises(StateError, match=r"is held \(legal looks at it\)"):
        desk.approve(parts, row, parts.clock())
    assert desk.find(parts, str(row.id)).state is EditionState.HELD


@pytest.mark.parametrize("refused", [False, True])
def test_who_is_erased_while_their_message_is_on_its_way_is_gone(
    parts: Parts, row: EditionRow, server: Server, refused: bool
) -> None:
    if refused:
        server.answer = Rejected(550, f"5.1.1 <{ADA}>: no such user here")
    server.before = lambda: erase(parts)
    pipeline.send(parts, row, parts.clock())
    with parts.database.read() as conn:
        (found,) = deliveries.iter_records(conn, row.id)
        assert (found.address, found.text) == ("", "")
        assert conn.execute(select(tables.events.c.detail)).scalars().all() in ([], [""])


def test_a_bounce_that_comes_after_the_erasure_keeps_no_address(parts: Parts, row: EditionRow) -> None:
    pipeline.send(parts, row, parts.clock())
    erase(parts)
    with parts.database.write() as conn:
        secret = parts.token_secret(conn)
    ref = delivery_ref(secret, parts.publication.slug, row.id, 1)
    name, said = f"<bounce-{ADA}@mx>", f"5.1.1 <{ADA}> unknown"
    report = Feedback("dsn", name, FeedbackKind.HARD, references=(ref,), detail=said)
    feedback.apply(parts, [report], parts.clock())
    with parts.database.read() as conn:
        kept = conn.execute(select(tables.events.c.event_id, tables.events.c.detail)).one()
    assert kept.detail == ""
    assert "ada" not in kept.event_id


def test_a_bounce_settles_what_a_killed_sender_left(parts: Parts, row: EditionRow, server: Server) -> None:
    pipeline.begin(parts, row, parts.clock())
    with parts.database.write() as conn:
        conn.execute(update(tables.deliveries).values(state="sending", epoch=1))
        conn.execute(update(tables.delivery_batches).values(epoch=1))
        assert deliveries.mark_bounced(conn, row.id, 1, parts.clock())
    pipeline.send(parts, desk.find(parts, str(row.id)), parts.clock())
    with parts.database.read() as conn:
        counts = deliveries.counts(conn, row.id)
        (found,) = deliveries.iter_records(conn, row.id)
    assert server.transport.messages == []
    assert (counts.sent, counts.uncertain, counts.bounced) == (1, 0, 1)
    assert found.state is DeliveryState.SENT


def test_who_is_erased_while_their_edition_is_planned_is_not_in_it(parts: Parts, row: EditionRow) -> None:
    began = threading.Event()

    def erasing() -> None:
        began.set()
        erase(parts)

    thread = threading.Thread(target=erasing)
    with parts.database.write() as conn:
        assert freezing.freeze(conn, row.id, variants=(), now=parts.clock(), revision=row.revision)
        planning.materialise(
            conn, row.id, series="daily", variants={"": "all"}, batch_size=5, now=parts.clock()
        )
        thread.start()
        began.wait(10)
        thread.join(0.5)  # it waits for this plan, or has missed it
    thread.join(10)
    with parts.database.read() as conn:
        (found,) = deliveries.iter_records(conn, row.id)
    assert found.address == ""
