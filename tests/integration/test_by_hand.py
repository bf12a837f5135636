"""Which edition a command means that names none, and what a send by hand may begin before its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest import ahead, desk, pipeline, subscriptions
from digest.choosing import Purpose
from digest.daily import ensure
from digest.deliver.transports.memory import MemoryTransport
from digest.errors import StateError
from digest.model.edition import EditionState
from digest.model.links import edition_ref
from digest.model.news import Article
from digest.parts import Parts, address_pepper
from digest.settings import ScheduleSettings, Settings
from digest.store import articles, restored
from digest.store.editions import EditionRow
from digest.store.engine import Database
from tests.wired import Clock, parts_of

MONDAY = datetime(2026, 3, 9, 6, 30, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TUESDAY = MONDAY + DAY
WORKING_DAYS = ("mon", "tue", "wed", "thu", "fri")


@pytest.fixture
def clock() -> Clock:
    return Clock(MONDAY - 12 * HOUR)


@pytest.fixture
def outgoing() -> MemoryTransport:
    return MemoryTransport()


@pytest.fixture
def parts(database: Database, clock: Clock, outgoing: MemoryTransport, tmp_path: Path) -> Parts:
    return made(database, clock, outgoing, Settings(folder=tmp_path))


def made(database: Database, clock: Clock, outgoing: MemoryTransport, settings: Settings) -> Parts:
    built = parts_of(database, settings, clock, outgoing)
    with database.write() as conn:
        pepper = address_pepper(conn, clock())
        subscriptions.add(conn, "ada@example.org", pepper=pepper, now=clock(), known_themes=())
    return built


def publish(parts: Parts, before: datetime) -> None:
    """A story of its own for the edition of an instant."""
    names = ("Svalbard", "Tromsø", "Murmansk", "Nuuk", "Kiruna")
    place = names[before.day % len(names)]
    when, url = before - 10 * HOUR, f"https://post.example.org/{before:%m%d}"
    dek = f"The Arctic Council met in {place} about the ice of {before:%A}."
    article = Article(
        url=url, canonical_url=url, title=f"Icebreaker number {before.day} leaves {place}", dek=dek, text=dek,
        published_at=when, date_source="feed", gathered_at=when, language="en", outlet="The Post",
    )  # fmt: skip
    with parts.database.write() as conn:
        articles.save_articles(conn, [article])


def drafted(parts: Parts, clock: Clock, slot: datetime) -> EditionRow:
    publish(parts, slot)
    clock.now = slot - HOUR
    return pipeline.draft(parts, parts.key(slot), clock())


def sent(parts: Parts, clock: Clock, slot: datetime, at: datetime | None = None) -> EditionRow:
    row = drafted(parts, clock, slot)
    clock.now = at or slot
    pipeline.send(parts, row, clock())
    return desk.find(parts, str(row.id))


def meant(parts: Parts, clock: Clock, now: datetime, purpose: Purpose = Purpose.WORK) -> str:
    """The slot of the edition at hand; "" where there is none."""
    clock.now = now
    row, _key = desk.current(parts, now, purpose=purpose)
    return edition_ref(row.key) if row else ""


def refusal(parts: Parts, clock: Clock, now: datetime, slot: datetime) -> str:
    """What a send that names no edition is told about one; "" where it goes ahead."""
    clock.now = now
    try:
        ahead.mind_the_schedule(parts, parts.key(slot), now)
    except StateError as error:
        return str(error)
    return ""


EVERY_USE = (Purpose.WORK, Purpose.SEND, Purpose.RELEASE)


def test_what_was_held_past_its_time_stays_at_hand(parts: Parts, clock: Clock) -> None:
    ref = edition_ref(desk.hold(parts, drafted(parts, clock, MONDAY), clock()).key)
    late = MONDAY + 5 * HOUR
    assert [meant(parts, clock, late, purpose) for purpose in EVERY_USE] == [ref] * 3
    drafted(parts, clock, TUESDAY)
    for now in (late, TUESDAY - HOUR):
        assert [meant(parts, clock, now, purpose) for purpose in EVERY_USE] == [ref] * 3
    row = desk.named(parts, clock(), purpose=Purpose.SEND)
    with pytest.raises(StateError, match=f"`digest release --edition {ref}` lets it go"):
        pipeline.send(parts, row, clock())
    with pytest.raises(StateError, match=f"`digest release --edition {ref}` comes first"):
        desk.approve(parts, row, clock())


def test_what_paused_stays_at_hand_until_a_later_one_has_gone_out(parts: Parts, clock: Clock) -> None:
    row = drafted(parts, clock, MONDAY)
    pipeline.begin(parts, row, MONDAY)
    ref = edition_ref(desk.hold(parts, row, MONDAY).key)
    tuesday = edition_ref(drafted(parts, clock, TUESDAY).key)
    assert [meant(parts, clock, MONDAY + 4 * HOUR, purpose) for purpose in EVERY_USE] == [ref] * 3
    clock.now = TUESDAY
    ensure(parts, TUESDAY)
    assert [meant(parts, clock, TUESDAY + HOUR, purpose) for purpose in EVERY_USE] == [tuesday] * 3


def test_a_hold_and_a_new_draft_are_about_what_would_go_out_next(parts: Parts, clock: Clock) -> None:
    held = edition_ref(desk.hold(parts, drafted(parts, clock, MONDAY), clock()).key)
    late = MONDAY + 5 * HOUR
    assert meant(parts, clock, late, Purpose.HOLD) == held
    assert meant(parts, clock, late, Purpose.DRAFT) == ""
    assert desk.current(parts, late, purpose=Purpose.DRAFT)[1].slot == TUESDAY
    tuesday = edition_ref(drafted(parts, clock, TUESDAY).key)
    assert meant(parts, clock, late, Purpose.HOLD) == tuesday
    assert meant(parts, clock, late, Purpose.DRAFT) == tuesday


def test_what_was_held_before_the_next_one_was_due_is_still_the_one_to_release(
    parts: Parts, clock: Clock
) -> None:
    ref = edition_ref(desk.hold(parts, drafted(parts, clock, MONDAY), clock()).key)
    now = TUESDAY + 5 * HOUR  # and Tuesday had none
    assert meant(parts, clock, now, Purpose.RELEASE) == ref
    assert meant(parts, clock, now) == ""


def test_a_cancelled_edition_is_at_hand_for_its_release_alone(parts: Parts, clock: Clock) -> None:
    row = drafted(parts, clock, MONDAY)
    desk.cancel(parts, row, clock())
    clock.now = MONDAY - HOUR / 2
    for purpose in (Purpose.WORK, Purpose.SEND, Purpose.HOLD, Purpose.DRAFT):
        found, key = desk.current(parts, clock(), purpose=purpose)
        assert (found, key.slot) == (None, TUESDAY)
    tuesday = edition_ref(drafted(parts, clock, TUESDAY).key)
    assert meant(parts, clock, MONDAY + HOUR) == tuesday
    taken_back = desk.named(parts, MONDAY + HOUR, purpose=Purpose.RELEASE)
    assert taken_back.id == row.id
    assert desk.release(parts, taken_back, clock()).state is EditionState.DRAFT


def test_an_edition_is_left_to_its_day_where_the_last_went_out_at_its_time(
    parts: Parts, clock: Clock
) -> None:
    sent(parts, clock, MONDAY)
    said = refusal(parts, clock, MONDAY + 12.5 * HOUR, TUESDAY)
    assert said == (
        "the edition daily-20260310T0630 is due only on Tuesday 2026-03-10 06:30 UTC:"
        " `digest draft --series daily --date 2026-03-10` and `digest send --edition daily-20260310T0630`"
        " send it now all the same"
    )
    drafted(parts, clock, TUESDAY)
    assert refusal(parts, clock, MONDAY + 12.5 * HOUR, TUESDAY).endswith(
        ": `digest send --edition daily-20260310T0630` sends it now all the same"
    )
    assert refusal(parts, clock, TUESDAY - HOUR, TUESDAY) == ""  # its day has come


def test_the_first_edition_goes_out_whenever_it_is_sent(parts: Parts, clock: Clock) -> None:
    assert refusal(parts, clock, MONDAY - 11 * HOUR, MONDAY) == ""
    desk.cancel(parts, drafted(parts, clock, MONDAY), clock())
    assert "is due only on Tuesday" in refusal(parts, clock, MONDAY - HOUR, TUESDAY)


def test_who_sends_each_edition_ahead_by_hand_is_not_held_up(parts: Parts, clock: Clock) -> None:
    sent(parts, clock, TUESDAY, at=MONDAY + 4 * HOUR)
    wednesday = TUESDAY + DAY
    assert "is due only on Wednesday" in refusal(parts, clock, MONDAY + 5 * HOUR, wednesday)
    assert refusal(parts, clock, TUESDAY + 4 * HOUR, wednesday) == ""
    assert refusal(parts, clock, wednesday + 4 * HOUR, wednesday + DAY) == ""  # after a day left out
    clock.now = TUESDAY + HOUR
    ensure(parts, clock())  # from here on the heartbeat sends
    assert "is due only on Wednesday" in refusal(parts, clock, TUESDAY + 4 * HOUR, wednesday)


def test_nothing_is_begun_ahead_while_an_earlier_edition_has_not_gone_out(parts: Parts, clock: Clock) -> None:
    drafted(parts, clock, MONDAY)
    said = refusal(parts, clock, MONDAY + 5 * HOUR, TUESDAY)
    assert said.startswith(
        "the edition daily-20260309T0630 was due on Monday 2026-03-09 06:30 UTC and has not gone out:"
        " `digest send --edition daily-20260309T0630` sends it now all the same;"
    )
    assert refusal(parts, clock, TUESDAY - HOUR, TUESDAY) == ""  # Monday's is over


def test_what_the_heartbeat_could_not_draft_is_missed_too(parts: Parts, clock: Clock) -> None:
    clock.now = MONDAY + 5 * HOUR
    ensure(parts, clock())
    assert "daily-20260309T0630 was due on Monday" in refusal(parts, clock, clock(), TUESDAY)


def test_a_day_without_news_keeps_nothing_back(parts: Parts, clock: Clock) -> None:
    clock.now = MONDAY - HOUR
    pipeline.draft(parts, parts.key(MONDAY), clock())
    assert refusal(parts, clock, MONDAY + 5 * HOUR, TUESDAY) == ""


def test_after_a_weekend_the_last_is_not_called_recent(
    database: Database, clock: Clock, outgoing: MemoryTransport, tmp_path: Path
) -> None:
    settings = Settings(folder=tmp_path, schedule=ScheduleSettings(days=WORKING_DAYS))
    parts = made(database, clock, outgoing, settings)
    friday, next_monday = MONDAY + 4 * DAY, MONDAY + 7 * DAY
    sent(parts, clock, friday)
    said = refusal(parts, clock, friday + 2 * DAY, next_monday)
    assert "is due only on Monday 2026-03-16 06:30 UTC" in said
    assert "went out" not in said


def test_a_draft_whose_time_went_by_is_over(parts: Parts, clock: Clock) -> None:
    clock.now = MONDAY - HOUR
    quiet = pipeline.draft(parts, parts.key(MONDAY), clock())
    tuesday = drafted(parts, clock, TUESDAY)
    held = desk.hold(parts, drafted(parts, clock, TUESDAY + DAY), clock())

    def over(row: EditionRow, hours: float) -> str:
        return desk.over(parts, row, row.key.slot + hours * HOUR)

    assert (over(quiet, 3), over(quiet, 3.1)) == ("", "no news")
    assert (over(tuesday, 3), over(tuesday, 3.1)) == ("", "not sent")
    assert (over(held, 27), over(held, 27.1)) == ("", "not sent")
    assert desk.over(replace(parts, skip_quiet_day=False), quiet, TUESDAY) == "not sent"
    one_off = pipeline.draft(parts, parts.key(MONDAY, "briefing"), clock())
    assert over(one_off, 100) == ""
    assert over(sent(parts, clock, TUESDAY + 2 * DAY), 100) == ""


def test_after_a_restore_nobody_can_say_that_it_has_not_gone_out(parts: Parts, clock: Clock) -> None:
    drafted(parts, clock, MONDAY)
    restored.declare(parts.database, MONDAY + 4 * HOUR)
    said = refusal(parts, clock, MONDAY + 5 * HOUR, TUESDAY)
    assert said.startswith("the database was put back from a backup, and can't tell whether")
    assert "has not gone out" not in said
