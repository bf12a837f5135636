"""The daily send against a real database: what one heartbeat after another does, and what it never does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from digest import desk, drafting, pipeline, subscriptions
from digest.acting import Done
from digest.cli.status import overview
from digest.daily import ensure
from digest.deliver.allowance import Limits, WarmUp, Window
from digest.deliver.envelope import Envelope
from digest.deliver.transports.memory import MemoryTransport
from digest.errors import StateError
from digest.llm import ModelOptions
from digest.model.audience import SubscriberState
from digest.model.delivery import Accepted, Deferred, Outcome, Rejected
from digest.model.edition import EditionState
from digest.model.news import Article, Feed, FeedHealth
from digest.parts import Parts, address_pepper
from digest.settings import Settings
from digest.store import alerts, articles, audience, deliveries, editions, feeds
from digest.store.editions import EditionRow
from digest.store.engine import Database
from tests import model_server
from tests.model_server import ModelServer
from tests.wired import Clock, parts_of

SLOT = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
BEFORE = SLOT - timedelta(days=1)
NEWS = (
    (
        "Icebreaker reaches Svalbard after Arctic storm",
        "The Arctic Council thanked the crew in Longyearbyen.",
    ),
    (
        "Japan and Australia sign defence pact on bases",
        "Tokyo and Canberra will share naval bases.",
    ),
    ("Gaza ceasefire talks resume in Cairo", "Israel and Hamas sent envoys to Egypt, the mediators said."),
)
LATER_NEWS = (
    ("Greenland votes on mining near Narsaq", "Nuuk counted the ballots of the Arctic island by night."),
    ("Philippines and Vietnam hold naval drill in South China Sea", "Manila sent two frigates to Hanoi."),
    (
        "Lebanon elects new central bank governor in Beirut",
        "The parliament's vote came after Iran's protest.",
    ),
)


@pytest.fixture
def clock() -> Clock:
    return Clock(BEFORE)


@pytest.fixture
def outgoing() -> MemoryTransport:
    return MemoryTransport()


@pytest.fixture
def parts(database: Database, clock: Clock, outgoing: MemoryTransport, tmp_path: Path) -> Parts:
    built = parts_of(database, Settings(folder=tmp_path), clock, outgoing)
    with database.write() as conn:
        pepper = address_pepper(conn, clock())
        for name in ("ada", "bo", "chidi"):
            subscriptions.add(
                conn, f"{name}@example.org", pepper=pepper, now=clock(), known_themes=("arctic",),
                themes=("arctic",) if name == "bo" else (),
            )  # fmt: skip
    return built


def publish(parts: Parts, when: datetime, *, more: str = "") -> None:
    """Three articles, one per theme; after the first edition other news, as what was told stays out."""
    news = NEWS if when < SLOT else LATER_NEWS
    with parts.database.write() as conn:
        articles.save_articles(
            conn,
            [
                Article(
                    url=f"https://post.example.org/{when:%d}/{number}",
                    canonical_url=f"https://post.example.org/{when:%d}/{number}",
                    title=f"{title} ({when:%d %B})" if number else title,
                    dek=dek,
                    text=f"{dek} More was to follow on {when:%A}.{more}",
                    published_at=when,
                    date_source="feed",
                    gathered_at=when,
                    language="en",
                    outlet="The Sample Post",
                )
                for number, (title, dek) in enumerate(news)
            ],
        )


def state(parts: Parts, slot: datetime = SLOT) -> EditionState | None:
    with parts.database.read() as conn:
        row = editions.find_edition(conn, parts.key(slot))
    return row.state if row else None


def at(parts: Parts, clock: Clock, moment: datetime) -> tuple[Done, ...]:
    clock.now = moment
    return ensure(parts, moment)


def test_a_feed_that_never_gave_anything_is_told_a_week_after_it_was_added(
    parts: Parts, clock: Clock
) -> None:
    """The newsletter may be years older than the feed."""
    listed = BEFORE + timedelta(days=30)
    feed = Feed("https://quiet.example.org/feed", "The Quiet Post")
    with parts.database.write() as conn:
        stored, _created = feeds.add_feed(conn, feed, listed)
        never = listed + timedelta(days=365)
        feeds.save_health(conn, FeedHealth(stored.id, listed, due_at=never, trouble="http-404", message="no"))

    def told(days: int) -> list[str]:
        done = at(parts, clock, listed + timedelta(days=days))
        return [step.what for step in done if "has given nothing" in step.what]

    assert told(6) == []
    (line,) = told(8)
    assert f"The Quiet Post has given nothing since {listed:%Y-%m-%d}: no" in line


def test_the_day_goes_from_draft_to_sent_by_itself(
    parts: Parts, clock: Clock, outgoing: MemoryTransport
) -> None:
    publish(parts, SLOT - timedelta(hours=5))
    at(parts, clock, SLOT - timedelta(hours=3))
    assert state(parts) is None
    at(parts, clock, SLOT - timedelta(hours=1))
    assert state(parts) is EditionState.DRAFT
    assert not outgoing.messages
    at(parts, clock, SLOT + timedelta(seconds=20))
    assert state(parts) is EditionState.SENT
    assert sorted(envelope.recipient for envelope in outgoing.messages) == [
        "ada@example.org", "bo@example.org", "chidi@example.org",
    ]  # fmt: skip
    at(parts, clock, SLOT + timedelta(minutes=2))
    assert len(outgoing.messages) == 3


def test_a_day_without_news_sends_nothing_and_tells_the_editor(
    parts: Parts, clock: Clock, outgoing: MemoryTransport
) -> None:
    done = at(parts, clock, SLOT)
    assert any("no news" in step.what and step.failed for step in done)
    assert not outgoing.messages
    assert at(parts, clock, SLOT + timedelta(minutes=1)) == ()
    assert at(parts, clock, SLOT + timedelta(hours=4)) == ()
    assert state(parts) is EditionState.DRAFT


def test_news_that_comes_after_an_empty_draft_is_still_sent(
    parts: Parts, clock: Clock, outgoing: MemoryTransport
) -> None:
    drafted = at(parts, clock, SLOT - timedelta(hours=1))
    assert "drafted without a story" in [step.what for step in drafted]
    publish(parts, SLOT - timedelta(minutes=30))
    at(parts, clock, SLOT)
    assert len(outgoing.messages) == 3


def test_a_short_outage_at_the_hour_costs_no_edition(
    parts: Parts, clock: Clock, outgoing: MemoryTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(parts, clock, SLOT)
    publish(parts, SLOT - timedelta(minutes=30))
    monkeypatch.setattr(pipeline, "gather", lambda *_arguments: 3)
    at(parts, clock, SLOT + timedelta(minutes=5))
    assert len(outgoing.messages) == 3


def test_a_draft_made_the_evening_before_has_the_mornings_news(
    parts: Parts, clock: Clock, outgoing: MemoryTransport
) -> None:
    clock.now = SLOT - timedelta(hours=18)
    pipeline.draft(parts, parts.key(SLOT), clock.now)
    publish(parts, SLOT - timedelta(hours=5))
    at(parts, clock, SLOT)
    assert len(outgoing.messages) == 3


def test_the_note_of_a_quiet_day_goes_out_as_it_was_approved(parts: Parts, clock: Clock) -> None:
    schedule = replace(parts.schedule, silence_sends=False)
    parts = replace(parts, schedule=schedule, series=(), skip_quiet_day=False)
    at(parts, clock, SLOT - timedelta(hours=1))
    row = desk.stored(parts, parts.key(SLOT))
    assert row is not None
    desk.approve(parts, row, clock(), reviewed_by="Eva")
    at(parts, clock, SLOT)
    assert state(parts) is EditionState.SENT


def test_an_approval_does_not_outlive_the_words_it_was_given_for(parts: Parts, clock: Clock) -> None:
    publish(parts, SLOT - timedelta(hours=5))
    clock.now = SLOT - timedelta(hours=1)
    row = pipeline.draft(parts, parts.key(SLOT), clock.now)
    assert desk.approve(parts, row, clock.now, reviewed_by="Mara Ellison").reviewed_by == "Mara Ellison"
    again = pipeline.draft(parts, parts.key(SLOT), clock.now)
    assert (again.state, again.reviewed_by) == (EditionState.DRAFT, "")


def test_what_is_mailed_is_what_is_kept(
    parts: Parts, clock: Clock, outgoing: MemoryTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(parts, SLOT - timedelta(hours=5))
    clock.now = SLOT
    row = pipeline.draft(parts, parts.key(SLOT), SLOT)
    raced: list[EditionRow] = []
    render = pipeline.render_variants

    def racing(*arguments: Any) -> Any:
        found = render(*arguments)
        if not raced:  # another beat drafts anew between the rendering and the freezing
            raced.append(pipeline.draft(parts, parts.key(SLOT), SLOT))
        return found

    monkeypatch.setattr(pipeline, "render_variants", racing)
    pipeline.send(parts, row, SLOT)
    with parts.database.read() as conn:
        sent = editions.get_edition(conn, row.id)
    assert sent is not None
    assert sent.revision == raced[0].revision
    assert len(outgoing.messages) == 3


def test_a_broken_step_of_any_kind_is_told_and_stops_nothing(
    parts: Parts, clock: Clock, outgoing: MemoryTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> int:
        raise ValueError("an odd article")

    monkeypatch.setattr(pipeline, "gather", broken)
    publish(parts, SLOT - timedelta(hours=5))
    done = at(parts, clock, SLOT)
    assert any("an odd article" in step.what and step.failed for step in done)
    assert len(outgoing.messages) == 3


def test_a_later_telling_of_what_was_told_is_not_told_again(parts: Parts, clock: Clock) -> None:
    publish(parts, SLOT - timedelta(hours=5))
    at(parts, clock, SLOT)
    title, dek = NEWS[0]
    late = Article(
        url="https://gazette.example.org/ice",
        canonical_url="https://gazette.example.org/ice",
        title=f"{title}, owners say",
        dek=dek,
        text=f"{dek} The owners spoke of luck.",
        published_at=SLOT - timedelta(hours=4),
        date_source="feed",
        gathered_at=SLOT + timedelta(hours=1),
        language="en",
        outlet="The Sample Gazette",
    )
    with parts.database.write() as conn:
        articles.save_articles(conn, [late])
    again = drafting.draft_value(parts, parts.key(SLOT + timedelta(days=1)), SLOT + timedelta(hours=2))
    assert again.edition.stories == ()


def test_nobody_to_send_to_is_told_once_and_the_draft_stays(
    parts: Parts, clock: Clock, outgoing: MemoryTransport
) -> None:
    publish(parts, SLOT - timedelta(hours=5))
    with parts.database.write() as conn:
        pepper = address_pepper(conn, clock())
        for reader in audience.list_subscribers(conn):
            subscriptions.remove(conn, reader.email, pepper=pepper, now=clock())
    first = at(parts, clock, SLOT)
    again = at(parts, clock, SLOT + timedelta(minutes=1))
    assert any("nobody to send to" in step.what for step in first)
    assert [step.what for step in again] == [step.what for step in first if "nobody" in step.what]
    with parts.database.read() as conn:
        assert len(alerts.list_alerts(conn)) == 1
    assert state(parts) is EditionState.DRAFT
    assert not outgoing.messages


def test_after_days_of_outage_only_the_newest_edition_goes_out(
    parts: Parts, clock: Clock, outgoing: MemoryTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(parts, SLOT - timedelta(hours=5))
    at(parts, clock, SLOT)
    monkeypatch.setattr("digest.clock.boot_id", lambda: "another-boot")
    later = SLOT + timedelta(days=4, hours=1)
    publish(parts, later - timedelta(hours=2))
    at(parts, clock, later)
    assert state(parts, SLOT + timedelta(days=4)) is EditionState.SENT
    assert state(parts, SLOT + timedelta(days=2)) is None
    assert len(outgoing.messages) == 6


@pytest.mark.parametrize("restarted", [False, True])
def test_a_clock_that_was_ahead_at_the_installation_puts_no_edition_off(
    database: Database, outgoing: MemoryTransport, tmp_path: Path, *, restarted: bool
) -> None:
    """Nor does a rehearsal of a day to come that was the first to ask. What was due before isn't owed."""
    clock = Clock(SLOT + timedelta(days=400))
    parts = parts_of(database, Settings(folder=tmp_path), clock, outgoing)
    with database.write() as conn:
        pepper = address_pepper(conn, clock())
        subscriptions.add(conn, "ada@example.org", pepper=pepper, now=clock(), known_themes=())
    clock.now = BEFORE + timedelta(minutes=5)
    publish(parts, BEFORE - timedelta(hours=3))
    if restarted:
        parts = parts_of(database, Settings(folder=tmp_path), clock, outgoing)
    ensure(parts, clock())
    assert not outgoing.messages
    publish(parts, SLOT - timedelta(hours=3))
    clock.now = SLOT + timedelta(seconds=20)
    ensure(parts, clock())
    assert len(outgoing.messages) == 1


def test_a_clock_that_jumps_ahead_waits_for_a_person(
    parts: Parts, clock: Clock, outgoing: MemoryTransport
) -> None:
    publish(parts, SLOT - timedelta(hours=5))
    at(parts, clock, SLOT)
    jumped = SLOT + timedelta(days=4)
    publish(parts, jumped - timedelta(hours=2))
    for _ in range(2):
        at(parts, clock, jumped)
    assert len(outgoing.messages) == 3
    with parts.database.read() as conn:
        row = editions.find_edition(conn, parts.key(jumped))
    assert row is not None
    desk.approve(parts, row, jumped)
    at(parts, clock, jumped + timedelta(minutes=1))
    assert len(outgoing.messages) == 6


def test_one_steps_failure_does_not_stop_the_heartbeat(
    parts: Parts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> object:
        raise StateError("the template is broken")

    monkeypatch.setattr(pipeline, "begin", broken)
    publish(parts, SLOT - timedelta(hours=5))
    done = at(parts, clock, SLOT)
    assert any("the template is broken" in step.what for step in done)
    with parts.database.read() as conn:
        assert any("the template is broken" in text for _key, _at, text in alerts.list_alerts(conn))


def test_the_editor_hears_once_that_the_model_is_out_and_the_edition_goes_out_all_the_same(
    parts: Parts, clock: Clock, outgoing: MemoryTransport, start_model: Callable[..., ModelServer]
) -> None:
    server = start_model(model_server.complains(401))
    asking = replace(parts.drafting, model=ModelOptions(server.url, "tern-7b"))
    parts = replace(parts, make_drafting=lambda: asking)
    publish(parts, SLOT - timedelta(hours=5), more=" The ships of the coast guard were at sea all night." * 9)
    done = at(parts, clock, SLOT - timedelta(hours=1))
    assert [step.what for step in done if step.failed and "summed up offline" in step.what]
    asked = len(server.requests)
    assert asked > 0
    at(parts, clock, SLOT)
    with parts.database.read() as conn:
        assert sum("language model" in text for _key, _at, text in alerts.list_alerts(conn)) == 1
    assert len(outgoing.messages) == 3


def test_the_editor_is_mailed_each_alert_once(parts: Parts, clock: Clock, outgoing: MemoryTransport) -> None:
    told = replace(parts, editor_email="editor@example.org")
    at(told, clock, SLOT)
    at(told, clock, SLOT + timedelta(minutes=1))
    assert [envelope.recipient for envelope in outgoing.messages] == ["editor@example.org"]
    message = message_from_bytes(b"".join(outgoing.messages[0].pieces))
    assert "1 alert" in str(message["Subject"])
    assert "no news" in str(message.get_payload())


def test_that_there_is_no_news_is_shown_until_there_is_some_or_it_is_too_late(
    parts: Parts, clock: Clock
) -> None:
    def shown() -> bool:
        return any(key.startswith("quiet:") for key, _at, _text in overview(parts).alerts)

    at(parts, clock, SLOT)
    assert shown()
    clock.now = SLOT + parts.schedule.max_lateness + timedelta(minutes=1)
    assert not shown(), "too late"
    clock.now = SLOT + timedelta(minutes=5)
    assert shown()
    publish(parts, SLOT - timedelta(hours=5))
    pipeline.draft(parts, parts.key(SLOT), clock.now)
    assert not shown(), "there is news"


def test_alerts_are_mailed_under_the_newsletters_name_and_in_its_time(
    parts: Parts, clock: Clock, outgoing: MemoryTransport
) -> None:
    ours = replace(
        parts.publication, name="Tromsø, daily", timezone="Europe/Oslo", from_email="zoë@example.org"
    )
    at(replace(parts, editor_email="editor@example.org", publication=ours), clock, SLOT)
    message = message_from_bytes(b"".join(outgoing.messages[0].pieces), policy=default)
    assert str(message["From"]).startswith('"Tromsø, daily" <')
    assert message.get_content().startswith("2026-03-10 07:30 CET  no news for the edition")


def test_a_held_edition_is_not_sent_and_a_released_one_is(
    parts: Parts, clock: Clock, outgoing: MemoryTransport
) -> None:
    publish(parts, SLOT - timedelta(hours=5))
    at(parts, clock, SLOT - timedelta(hours=1))
    desk.hold(parts, desk.named(parts, clock()), clock(), "a name to check")
    at(parts, clock, SLOT)
    assert not outgoing.messages
    desk.release(parts, desk.named(parts, clock()), clock())
    at(parts, clock, SLOT + timedelta(minutes=5))
    assert len(outgoing.messages) == 3


def test_the_log_says_what_each_run_came_to(parts: Parts, clock: Clock) -> None:
    later = Deferred(451, "greylisted")
    answers: list[Outcome] = [Accepted(), later, Accepted(), later, Accepted()]
    transport = MemoryTransport(lambda _envelope: answers.pop(0))
    parts = replace(parts, transport=lambda: transport)
    publish(parts, SLOT - timedelta(hours=5))
    at(parts, clock, SLOT - timedelta(hours=1))
    beats = [at(parts, clock, SLOT + timedelta(hours=hours)) for hours in range(3)]
    said = [step.what for done in beats for step in done if step.report]
    assert said == ["partly sent", "tried again, nothing sent", "went on sending"]
    assert state(parts) is EditionState.SENT


def test_the_log_says_that_a_hold_stopped_a_run(parts: Parts, clock: Clock) -> None:
    def held(_envelope: Envelope) -> Outcome:
        with parts.database.write() as conn:
            row = editions.find_edition(conn, parts.key(SLOT))
            assert row is not None
            sending = {EditionState.SENDING}
            editions.move(conn, row.id, allowed=sending, to=EditionState.PAUSED, now=SLOT, reason="wait")
        return Deferred(451, "greylisted")

    publish(parts, SLOT - timedelta(hours=5))
    at(parts, clock, SLOT - timedelta(hours=1))
    done = at(replace(parts, transport=lambda: MemoryTransport(held)), clock, SLOT)
    assert [step.what for step in done if step.report] == ["paused"]


def test_an_edition_that_began_is_never_drafted_anew(parts: Parts, clock: Clock) -> None:
    publish(parts, SLOT - timedelta(hours=5))
    at(parts, clock, SLOT)
    with pytest.raises(StateError, match="can't be drafted anew"):
        pipeline.draft(parts, parts.key(SLOT), SLOT)
    with pytest.raises(StateError, match="can't be held"):
        desk.hold(parts, desk.find(parts, "daily-20260310T0630"), SLOT)


def test_an_edition_paused_days_ago_does_not_stand_in_todays_way(parts: Parts, clock: Clock) -> None:
    publish(parts, SLOT - timedelta(hours=5))
    clock.now = SLOT
    old = pipeline.draft(parts, parts.key(SLOT), SLOT)
    pipeline.begin(parts, old, SLOT)
    desk.hold(parts, old, SLOT)
    today = SLOT + timedelta(days=3)
    publish(parts, today - timedelta(hours=5))
    at(parts, clock, today - timedelta(hours=1))
    named = desk.named(parts, clock())
    assert (named.key.slot, named.state) == (today, EditionState.DRAFT)


def test_approving_a_held_edition_takes_a_release_first(parts: Parts, clock: Clock) -> None:
    publish(parts, SLOT - timedelta(hours=5))
    clock.now = SLOT - timedelta(hours=1)
    held = desk.hold(parts, pipeline.draft(parts, parts.key(SLOT), clock.now), clock.now, "not sure")
    with pytest.raises(StateError, match="not sure"):
        desk.approve(parts, held, clock.now)
    approved = desk.approve(parts, desk.release(parts, held, clock.now), clock.now)
    assert desk.release(parts, approved, clock.now).state is EditionState.DRAFT


def test_a_theme_without_a_story_is_named_to_the_editor(parts: Parts, clock: Clock) -> None:
    with parts.database.write() as conn:
        publish_one = Article(
            url="https://post.example.org/ice",
            canonical_url="https://post.example.org/ice",
            title="Icebreaker reaches Svalbard after Arctic storm",
            dek="The Arctic Council thanked the crew in Longyearbyen.",
            text="The Arctic Council thanked the crew in Longyearbyen for its work.",
            published_at=SLOT - timedelta(hours=5),
            date_source="feed",
            gathered_at=SLOT - timedelta(hours=5),
            language="en",
            outlet="The Sample Post",
        )
        articles.save_articles(conn, [publish_one])
    done = at(parts, clock, SLOT - timedelta(hours=1))
    named = "drafted 1 story, none for Indo-Pacific alliances, Middle East"
    assert named in [step.what for step in done]


def test_outside_the_window_the_heartbeat_waits_and_then_goes_on(
    parts: Parts, clock: Clock, outgoing: MemoryTransport
) -> None:
    hours = replace(parts, limits=Limits(ZoneInfo("UTC"), Window.of("06:00-06:31")))
    publish(parts, SLOT - timedelta(hours=5))
    row = pipeline.draft(hours, hours.key(SLOT), SLOT)
    clock.now = SLOT + timedelta(minutes=1)
    with pytest.raises(StateError, match="outside the delivery window 06:00-06:31"):
        pipeline.send(hours, row, clock.now)
    assert state(parts) is EditionState.DRAFT
    at(hours, clock, SLOT + timedelta(minutes=1))
    assert not outgoing.messages
    at(hours, clock, SLOT + timedelta(seconds=30))
    assert len(outgoing.messages) == 3


def test_a_warm_up_sends_a_share_a_day_and_the_days_news_first(
    parts: Parts, clock: Clock, outgoing: MemoryTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.clock.boot_id", lambda: "")
    warming = replace(parts, limits=Limits(ZoneInfo("UTC"), warm_up=WarmUp(SLOT.date(), 2, 2.0)))
    publish(parts, SLOT - timedelta(hours=5))
    at(warming, clock, SLOT)
    assert len(outgoing.messages) == 2
    at(warming, clock, SLOT + timedelta(hours=1))
    assert len(outgoing.messages) == 2
    tomorrow = SLOT + timedelta(days=1)
    publish(parts, tomorrow - timedelta(hours=5))
    at(warming, clock, tomorrow)
    assert len(outgoing.messages) == 6  # four today: three of the day's edition, then who was left over
    assert {one.edition for one in outgoing.messages[2:5]} == {f"daily-{tomorrow:%Y%m%dT%H%M}"}
    assert outgoing.messages[5].edition == f"daily-{SLOT:%Y%m%dT%H%M}"


def test_a_beat_counts_the_messages_of_a_warm_up_once(
    parts: Parts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[datetime] = []

    def count(_conn: Connection, _publication: str, since: datetime) -> int:
        counted.append(since)
        return 0

    monkeypatch.setattr(deliveries, "accepted_since", count)
    publish(parts, SLOT - timedelta(hours=5))
    warming = replace(parts, limits=Limits(ZoneInfo("UTC"), warm_up=WarmUp(SLOT.date(), 1, 2.0)))
    at(warming, clock, SLOT)
    assert len(counted) == 1  # it began
    at(warming, clock, SLOT + timedelta(minutes=1))
    assert len(counted) == 2  # and went on


def test_what_was_refused_counts_though_the_sender_was_killed_at_the_end(
    parts: Parts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(envelope: Envelope) -> Outcome:
        gone = envelope.recipient.startswith("ada@")
        return Rejected(code=550, text="5.1.1 no such user") if gone else Accepted()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    refusing = replace(parts, transport=lambda: MemoryTransport(answer))
    publish(parts, SLOT - timedelta(hours=5))
    monkeypatch.setattr("digest.feedback.refusals", killed)
    with pytest.raises(KeyboardInterrupt):
        at(refusing, clock, SLOT)
    monkeypatch.undo()
    assert state(parts) is EditionState.SENT
    done = at(refusing, clock, SLOT + timedelta(minutes=1))
    assert [step.what for step in done] == [
        "what was refused: 1 applied (1 hard-bounce); 1 never mailed again"
    ]
    assert at(refusing, clock, SLOT + timedelta(minutes=2)) == ()
    with parts.database.read() as conn:
        ada = audience.find_subscriber(conn, "ada@example.org")
    assert ada is not None
    assert ada.state is SubscriberState.UNSUBSCRIBED


def test_what_was_refused_counts_though_the_edition_was_cancelled_before_its_end(
    parts: Parts, clock: Clock
) -> None:
    def answer(envelope: Envelope) -> Outcome:
        gone = envelope.recipient.startswith("ada@")
        return Rejected(code=550, text="5.1.1 no such user") if gone else Deferred(451, "later")

    refusing = replace(parts, transport=lambda: MemoryTransport(answer))
    publish(parts, SLOT - timedelta(hours=5))
    at(refusing, clock, SLOT)
    with parts.database.read() as conn:
        row = editions.find_edition(conn, parts.key(SLOT))
    assert row is not None
    desk.cancel(parts, desk.hold(parts, row, clock()), clock())
    done = at(refusing, clock, SLOT + timedelta(minutes=1))
    assert [step.what for step in done if "refused" in step.what] == [
        "what was refused: 1 applied (1 hard-bounce); 1 never mailed again"
    ]


def test_an_edition_that_is_refused_too_much_pauses_and_the_editor_lets_it_go_on(
    parts: Parts, clock: Clock
) -> None:
    refusing = MemoryTransport(lambda _envelope: Rejected(code=554, text="5.7.1 listed as spam"))
    cautious = replace(
        parts,
        transport=lambda: refusing,
        sending=replace(parts.sending, stop_share=0.1, rate_per_s=200.0),
    )
    with parts.database.write() as conn:
        pepper = address_pepper(conn, clock())
        for number in range(200):
            subscriptions.add(conn, f"r{number}@example.org", pepper=pepper, now=clock(), known_themes=())
    publish(parts, SLOT - timedelta(hours=5))
    done = at(cautious, clock, SLOT)
    assert state(parts) is EditionState.PAUSED
    assert any("refuses too much of it for good" in step.what and step.failed for step in done)
    with parts.database.read() as conn:
        row = editions.find_edition(conn, parts.key(SLOT))
    assert row is not None
    assert "refuses too much" in row.reason
    with parts.database.write() as conn:
        for day in range(1, 12):
            editions.open_slot(conn, parts.key(SLOT + timedelta(days=day)), SLOT)
    assert row.id in {one.id for one, _ in overview(parts).editions}  # however many came after it
    at(cautious, clock, SLOT + timedelta(minutes=5))
    assert state(parts) is EditionState.PAUSED
    desk.release(cautious, row, clock())
    done = at(cautious, clock, SLOT + timedelta(minutes=10))  # still refused, and nobody is asked again
    assert state(parts) is EditionState.SENT
    assert not any("is paused" in step.what for step in done)
    with parts.database.read() as conn:
        assert deliveries.counts(conn, row.id).open == 0


def test_a_hold_at_the_last_moment_alarms_nobody(
    parts: Parts, clock: Clock, outgoing: MemoryTransport
) -> None:
    publish(parts, SLOT - timedelta(hours=5))
    clock.now = SLOT - timedelta(minutes=20)
    row = pipeline.draft(parts, parts.key(SLOT), clock())
    clock.now = SLOT
    pipeline.begin(parts, row, SLOT)

    def transport() -> MemoryTransport:
        desk.hold(parts, row, clock())
        return outgoing

    done = at(replace(parts, transport=transport), clock, SLOT)
    assert not any(step.failed for step in done)
    assert (outgoing.messages, state(parts)) == ([], EditionState.PAUSED)
    with parts.database.read() as conn:
        assert alerts.list_alerts(conn) == []


def test_an_outage_over_a_shut_window_is_told_once(parts: Parts, clock: Clock) -> None:
    """A beat outside the window tried nothing: that is no success, after which a failure would be news."""

    def away() -> MemoryTransport:
        raise StateError("the mail server is away")

    publish(parts, SLOT - timedelta(hours=5))
    later = replace(parts, transport=lambda: MemoryTransport(lambda _: Deferred(451, "not now")))
    at(later, clock, SLOT)
    out = replace(parts, transport=away)
    shut = replace(out, limits=Limits(ZoneInfo("UTC"), Window(time(1), time(2)), None))
    for minutes, beating in ((20, out), (100, shut), (121, out)):
        at(beating, clock, SLOT + timedelta(minutes=minutes))
    with parts.database.read() as conn:
        told = [text for _key, _at, text in alerts.list_alerts(conn)]
    assert told.count("the mail server is away") == 1
