"""A heartbeat's steps stand alone: what fails is told, again where it goes on, and stops nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from digest import daily, desk, subscriptions, telling
from digest.daily import ensure
from digest.deliver.envelope import Envelope
from digest.deliver.transports.memory import MemoryTransport
from digest.errors import NotFoundError, StoreError, TransportError
from digest.model.delivery import Accepted, Deferred, Outcome, Rejected
from digest.model.edition import EditionState
from digest.model.news import Article
from digest.parts import Parts, address_pepper, remember_installation
from digest.settings import Settings
from digest.store import alerts, articles
from digest.store.engine import Database
from digest.store.tables import edition_variants, editions
from digest.wiring import open_parts
from tests.planned import plan
from tests.wired import Clock, parts_of

SLOT = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> Clock:
    return Clock(SLOT - DAY)


@pytest.fixture
def parts(database: Database, clock: Clock, tmp_path: Path) -> Parts:
    return parts_of(database, Settings(folder=tmp_path), clock)


def publish(parts: Parts, *readers: tuple[str, str]) -> None:
    """One story for the edition of SLOT, and readers of a series each."""
    url = "https://post.example.org/1"
    title, text = (
        "Japan and Australia sign defence pact on bases",
        "Tokyo and Canberra will share naval bases.",
    )
    story = Article(
        url=url, canonical_url=url, title=title, dek=text, text=f"{text} More was to follow.", language="en",
        published_at=SLOT - timedelta(hours=5), date_source="feed", gathered_at=SLOT, outlet="The Post",
    )  # fmt: skip
    with parts.database.write() as conn:
        articles.save_articles(conn, [story])
        for name, series in readers:
            pepper = address_pepper(conn, SLOT)
            subscriptions.add(conn, name, pepper=pepper, now=SLOT - DAY, known_themes=(), series=series)


def begun(parts: Parts, slot: datetime) -> None:
    """An edition that is being sent to one reader, none of its messages tried yet."""
    plan(parts.database, ["ada"])
    page = {"subject": "s", "preheader": "", "html": "<p>x</p>", "text": "x", "mjml": ""}
    mine = {"publication": parts.publication.slug, "slot": slot, "frozen_at": slot}
    with parts.database.write() as conn:
        conn.execute(update(editions).values(**mine, updated_at=parts.clock()))
        conn.execute(insert(edition_variants).values(edition_id=1, key="all", story_count=1, **page))


class Broken:
    is_at_hand = False
    """A mailbox that can't be read until it can."""

    name = "imap:x"

    def __init__(self) -> None:
        self.works = False

    def messages(self, _position: str) -> Iterator[tuple[bytes, str]]:
        if not self.works:
            raise TransportError("the mailbox imap:x can't be read: login failed")
        return iter(())


def told(parts: Parts, clock: Clock, at: datetime) -> int:
    """How many alerts about the mailbox a beat adds."""
    clock.now = at
    ensure(parts, at)
    with parts.database.write() as conn:
        return sum("mailbox" in text for _key, _at, text in alerts.claim_untold(conn, at))


def test_a_failure_that_goes_on_is_told_once_a_day(parts: Parts, clock: Clock) -> None:
    box = Broken()
    parts = replace(parts, mailboxes=(box,))
    hours = [0, 0.01, 1, 5, 23, 25, 26, 49.5]
    news = [told(parts, clock, SLOT + timedelta(hours=hour)) for hour in hours]
    assert news == [1, 0, 0, 0, 0, 1, 0, 1]
    with parts.database.read() as conn:
        assert len([one for one in alerts.list_alerts(conn) if "mailbox" in one[2]]) == 3


def test_a_failure_that_comes_back_after_a_success_is_told_anew(parts: Parts, clock: Clock) -> None:
    box = Broken()
    parts = replace(parts, mailboxes=(box,))
    assert told(parts, clock, SLOT) == 1
    box.works = True
    assert told(parts, clock, SLOT + timedelta(minutes=20)) == 0  # within the hour it might only flicker
    box.works = False
    assert told(parts, clock, SLOT + timedelta(minutes=40)) == 0
    box.works = True
    assert told(parts, clock, SLOT + timedelta(minutes=70)) == 0
    box.works = False
    assert told(parts, clock, SLOT + timedelta(minutes=90)) == 1


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (telling, "note_failure"),
        (telling, "note_success"),
        (daily, "_clock_jumped"),
        (daily, "_unscheduled"),
        (daily, "_note"),
    ],
)
def test_the_edition_goes_out_whatever_else_of_a_beat_fails(
    parts: Parts, clock: Clock, monkeypatch: pytest.MonkeyPatch, module: object, name: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreError("the database is locked")

    publish(parts, ("ada@example.org", "daily"))
    monkeypatch.setattr(module, name, fail)
    clock.now = SLOT
    done = ensure(replace(parts, mailboxes=(Broken(),)), SLOT)
    row = desk.stored(parts, parts.key(SLOT))
    assert row is not None
    assert row.state is EditionState.SENT
    assert any(step.report for step in done)


def test_an_edition_goes_on_however_many_newer_ones_there_are(parts: Parts, clock: Clock) -> None:
    clock.now = SLOT
    begun(parts, SLOT - 60 * DAY)
    with parts.database.write() as conn:
        for number in range(40):
            then = SLOT - (59 - number) * DAY
            moments = {"id": 100 + number, "created_at": then, "updated_at": then, "finished_at": then}
            slug = parts.publication.slug
            conn.execute(
                insert(editions).values(publication=slug, series="daily", slot=then, state="sent", **moments)
            )
    ensure(parts, SLOT)
    assert desk.find(parts, "1").state is EditionState.SENT


def test_the_mail_server_is_left_alone_until_something_is_due(parts: Parts, clock: Clock) -> None:
    answers: list[Outcome] = [Deferred(451, "come back"), Accepted()]
    looked: list[datetime] = []

    class Watched(MemoryTransport):
        def check(self) -> None:
            looked.append(clock.now)

    transport = Watched(lambda _: answers.pop(0))
    parts = replace(parts, transport=lambda: transport)
    clock.now = SLOT
    begun(parts, SLOT)
    for seconds in range(0, 240, 30):
        clock.now = SLOT + timedelta(seconds=seconds)
        ensure(parts, clock.now)
    assert looked == [SLOT]
    clock.now = SLOT + timedelta(minutes=7)
    ensure(parts, clock.now)
    assert desk.find(parts, "1").state is EditionState.SENT


def test_what_is_sent_after_a_long_send_has_the_time_at_which_it_is_sent(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    def hours_later(_: Envelope) -> Outcome:
        clock.now += timedelta(hours=2)
        return Accepted()

    outgoing = MemoryTransport(hours_later)
    parts = parts_of(database, Settings(folder=tmp_path), clock, outgoing)
    main = parts.series[0]
    weekly = replace(main, schedule=replace(main.schedule, series="weekly"))
    parts = replace(parts, series=(main, weekly))
    remember_installation(parts)
    publish(parts, ("ada@example.org", "daily"), ("bo@example.org", "weekly"))
    clock.now = SLOT - timedelta(hours=1)
    ensure(parts, clock.now)
    clock.now = SLOT
    ensure(parts, SLOT)
    dates = [message_from_bytes(b"".join(one.pieces))["Date"] for one in outgoing.messages]
    assert [date.split()[4] for date in dates] == ["06:30:00", "08:30:00"]


@pytest.mark.parametrize("number", ["4294967296", "9" * 30, "9" * 5000])
def test_a_number_that_no_edition_can_have_finds_none(parts: Parts, number: str) -> None:
    with pytest.raises(NotFoundError, match="there is no edition"):
        desk.find(parts, number)


@pytest.mark.parametrize(("value", "rehearsal"), [("", False), ("2026-03-01T06:30Z", True)])
def test_an_empty_clock_in_the_environment_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, rehearsal: bool
) -> None:
    monkeypatch.setenv("DIGEST_NOW", value)
    monkeypatch.chdir(tmp_path)
    with open_parts(Settings(folder=tmp_path)) as opened:
        assert opened.rehearsal is rehearsal


def test_alerts_wait_for_the_next_beat_whatever_keeps_the_letter_from_leaving(
    parts: Parts, clock: Clock
) -> None:
    def explode(_: Envelope) -> Outcome:
        raise RuntimeError("anything")

    transport = MemoryTransport(explode)
    parts = replace(parts, editor_email="ed@example.org", transport=lambda: transport)
    telling.note(parts, "k", "important", SLOT)
    with pytest.raises(RuntimeError):
        telling.tell_editor(parts, SLOT)
    with parts.database.write() as conn:
        assert [key for key, _, _ in alerts.claim_untold(conn, SLOT)] == ["k"]


def test_alerts_that_the_mail_server_refuses_are_told_when_it_takes_them_again(
    parts: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[Envelope] = []
    answers: list[Outcome] = [Rejected(554, "5.7.1 blocked"), Accepted()]

    def answer(envelope: Envelope) -> Outcome:
        asked.append(envelope)
        return answers[0]

    outgoing = MemoryTransport(answer)
    parts = replace(
        parts, editor_email="editor@example.org", transport=lambda: outgoing, transport_name=outgoing.name
    )
    with parts.database.write() as conn:
        alerts.add_alert(conn, "k", "the edition is paused", SLOT)
    for minutes in (0, 1, 30):
        telling.tell_editor(parts, SLOT + timedelta(minutes=minutes))
    assert len(asked) == 1
    assert caplog.messages == ["the editor could not be told of 1 alert: 5.7.1 blocked"]
    answers.pop(0)
    for minutes in (61, 62):
        telling.tell_editor(parts, SLOT + timedelta(minutes=minutes))
    assert (len(asked), len(outgoing.messages)) == (2, 1)
    with parts.database.write() as conn:
        assert alerts.claim_untold(conn, SLOT) == []
