"""A weekly beside the daily: each goes out at its own time, to its own readers, with its own span of news."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import delete

from digest import desk, pipeline, subscriptions
from digest.daily import _busy, _keep_busy, ensure
from digest.deliver.envelope import Envelope
from digest.deliver.transports.memory import MemoryTransport
from digest.errors import NotFoundError, StateError
from digest.model.delivery import Accepted, Deferred, Outcome
from digest.model.edition import EditionState
from digest.model.links import edition_ref
from digest.model.news import Article
from digest.model.wording import Wording
from digest.parts import Parts, address_pepper, remember_installation
from digest.settings import EditionSettings, ScheduleSettings, SeriesSettings, Settings
from digest.store import alerts, articles, editions, tables, turn
from digest.store.batches import Fate
from digest.store.engine import Database
from digest.wiring.options import publication_of, series_of
from tests.wired import Clock, parts_of

BEGUN = datetime(2026, 3, 1, 12, tzinfo=UTC)  # a Sunday, when its weekly would be out
DAILY = datetime(2026, 3, 8, 6, 30, tzinfo=UTC)  # the Sunday after
WEEKLY = datetime(2026, 3, 8, 9, tzinfo=UTC)
WEEK = SeriesSettings(name="weekly", days=("sun",), send_at=time(9), title="The Week", max_stories=2)
ALL_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEWS = {
    2: ("Icebreaker reaches Svalbard after a storm", "The Arctic Council thanked the crew in Longyearbyen."),
    5: ("Japan and Australia sign a pact on naval bases", "Tokyo and Canberra will share naval bases."),
    7: ("Gaza ceasefire talks resume in Cairo", "Israel and Hamas sent envoys to Egypt, mediators said."),
}


@pytest.fixture
def clock() -> Clock:
    return Clock(BEGUN)


@pytest.fixture
def outgoing() -> MemoryTransport:
    return MemoryTransport()


@pytest.fixture
def parts(database: Database, clock: Clock, outgoing: MemoryTransport, tmp_path: Path) -> Parts:
    built = parts_of(database, Settings(folder=tmp_path, series=(WEEK,)), clock, outgoing)
    with database.write() as conn:
        pepper = address_pepper(conn, clock())
        for name, series in (("ada", "daily"), ("bo", "weekly")):
            subscriptions.add(
                conn, f"{name}@example.org", pepper=pepper, now=clock(), known_themes=(), series=series
            )
    return built


def publish(parts: Parts, day: int) -> None:
    title, dek = NEWS[day]
    when, url = datetime(2026, 3, day, 18, tzinfo=UTC), f"https://post.example.org/{day}"
    with parts.database.write() as conn:
        articles.save_articles(
            conn,
            [
                Article(
                    url=url, canonical_url=url, title=title, dek=dek, text=f"{dek} More was to follow.",
                    published_at=when, date_source="feed", gathered_at=when, language="en",
                    outlet="The Sample Post",
                )
            ],
        )  # fmt: skip


def at(parts: Parts, clock: Clock, moment: datetime) -> list[str]:
    """What a heartbeat says that it did."""
    clock.now = moment
    return [f"{step.edition} {step.what}" for step in ensure(parts, moment)]


def subjects(outgoing: MemoryTransport) -> list[tuple[str, str]]:
    """Who got what, in order."""
    raw = [(envelope.recipient, b"".join(envelope.pieces)) for envelope in outgoing.messages]
    return [(who, str(message_from_bytes(content)["Subject"])) for who, content in raw]


def test_each_series_goes_out_once_at_its_time_to_its_own_readers(
    parts: Parts, clock: Clock, outgoing: MemoryTransport
) -> None:
    for day in NEWS:
        publish(parts, day)
    assert any("daily-20260308T0630 drafted" in line for line in at(parts, clock, DAILY - timedelta(hours=1)))
    at(parts, clock, DAILY + timedelta(seconds=20))
    assert [who for who, _ in subjects(outgoing)] == ["ada@example.org"]
    for _ in range(3):
        at(parts, clock, WEEKLY + timedelta(seconds=20))
    assert [who for who, _ in subjects(outgoing)] == ["ada@example.org", "bo@example.org"]
    with parts.database.read() as conn:
        standing = {edition_ref(row.key): row.state for row in editions.list_editions(conn, "digest")}
        told = alerts.list_alerts(conn, limit=10)
    assert standing == {
        "daily-20260308T0630": EditionState.SENT,
        "weekly-20260308T0900": EditionState.SENT,
    }
    assert not any("weekly" in text for _, _, text in told)  # none is owed from before the newsletter began


def test_a_weekly_tells_of_its_whole_week_whatever_the_daily_told(
    parts: Parts, clock: Clock, outgoing: MemoryTransport
) -> None:
    publish(parts, 5)
    at(parts, clock, datetime(2026, 3, 6, 6, 30, 20, tzinfo=UTC))
    publish(parts, 7)
    at(parts, clock, WEEKLY + timedelta(seconds=20))
    with parts.database.read() as conn:
        found = editions.find_edition(conn, parts.key(WEEKLY, "weekly"))
    assert found is not None
    assert found.edition is not None
    assert found.edition.title == "The Week"
    assert {story.headline for story in found.edition.stories} == {NEWS[5][0], NEWS[7][0]}
    assert [who for who, _ in subjects(outgoing)].count("bo@example.org") == 1


def test_a_weekly_tells_no_story_of_the_last_one_as_new(
    parts: Parts, clock: Clock, outgoing: MemoryTransport
) -> None:
    for day in NEWS:
        publish(parts, day)
    at(parts, clock, WEEKLY + timedelta(seconds=20))
    last = max(NEWS)
    title, dek = NEWS[last]
    when, url = datetime(2026, 3, last, 18, tzinfo=UTC) + timedelta(days=1), "https://echo.example.org/1"
    echo = Article(
        url=url, canonical_url=url, title=f"{title}, officials say", dek=dek, text=f"{dek} More came.",
        published_at=when, date_source="feed", gathered_at=when, language="en", outlet="The Echo",
    )  # fmt: skip
    with parts.database.write() as conn:
        articles.save_articles(conn, [echo])
    next_week = WEEKLY + timedelta(days=7)
    clock.now = next_week - timedelta(hours=1)
    row = pipeline.draft(parts, parts.key(next_week, "weekly"), clock.now)
    assert row.edition is not None
    assert row.edition.stories == ()


def test_a_series_holds_as_many_stories_as_its_settings_say(parts: Parts, clock: Clock) -> None:
    for day in NEWS:
        publish(parts, day)
    clock.now = WEEKLY - timedelta(hours=1)
    _row, weekly = desk.at_hand(parts, clock.now, "weekly")
    assert sum(not story.brief for story in weekly.stories) == 2
    _row, daily = desk.at_hand(parts, clock.now)
    assert EditionSettings().max_stories > 2
    assert {story.headline for story in daily.stories} == {NEWS[7][0]}  # of 36 hours


def test_an_editor_names_a_series_for_its_edition_at_hand(parts: Parts, clock: Clock) -> None:
    publish(parts, 7)
    with pytest.raises(StateError, match=r"`digest draft --series weekly` makes the next one"):
        desk.named(parts, clock.now, "weekly")
    at(parts, clock, WEEKLY - timedelta(hours=1))
    assert edition_ref(desk.named(parts, clock.now, "weekly").key) == "weekly-20260308T0900"
    assert desk.named(parts, clock.now).key.series == "daily"
    held = desk.hold(parts, desk.named(parts, clock.now, "weekly"), clock.now)
    assert held.state is EditionState.HELD
    said = at(parts, clock, WEEKLY + timedelta(minutes=1))
    assert any("digest release --edition weekly-20260308T0900" in line for line in said)
    with pytest.raises(NotFoundError, match="there is no edition 'monthly'"):
        desk.named(parts, clock.now, "monthly")


def test_a_series_that_begins_later_owes_nothing_from_before(
    database: Database, clock: Clock, outgoing: MemoryTransport, tmp_path: Path
) -> None:
    parts_of(database, Settings(folder=tmp_path), clock, outgoing)
    clock.now = WEEKLY + timedelta(hours=1)
    later = parts_of(database, Settings(folder=tmp_path, series=(WEEK,)), clock, outgoing)
    said = at(later, clock, clock.now)
    assert not any("weekly" in line for line in said)
    publish(later, 7)
    next_week = WEEKLY + timedelta(days=7)
    assert any(line.startswith("weekly-20260315T0900 drafted") for line in at(later, clock, next_week))


def test_both_at_one_moment_fail_and_are_told_one_by_one(
    parts: Parts, clock: Clock, outgoing: MemoryTransport
) -> None:
    weekly = parts.series[1]
    same = replace(weekly, schedule=replace(weekly.schedule, send_at=time(6, 30)))
    parts = replace(parts, series=(parts.series[0], same), transport=_no_transport)
    publish(parts, 7)
    at(parts, clock, DAILY - timedelta(hours=1))
    said = at(parts, clock, DAILY + timedelta(seconds=20))
    assert sum("the mail server is away" in line for line in said) == 2
    with parts.database.read() as conn:
        keys = [key for key, _, _ in alerts.list_alerts(conn, limit=10)]
    assert len([key for key in keys if key.startswith("error:Send:")]) == 2


def test_what_was_deferred_of_a_one_off_goes_on_by_itself(
    parts: Parts, clock: Clock, outgoing: MemoryTransport
) -> None:
    with parts.database.write() as conn:
        pepper = address_pepper(conn, clock())
        subscriptions.add(
            conn, "cy@example.org", pepper=pepper, now=clock(), known_themes=(), series="briefing"
        )
    publish(parts, 7)
    clock.now = datetime(2026, 3, 7, 20, tzinfo=UTC)
    answers: list[Outcome] = [Deferred(451, "not now"), Accepted()]
    busy = replace(parts, transport=lambda: MemoryTransport(lambda _envelope: answers.pop(0)))
    row = pipeline.draft(busy, busy.key(clock.now, "briefing"), clock.now)
    first = pipeline.send(busy, row, clock.now)
    assert (first.counts.deferred, first.counts.sent) == (1, 0)
    said = at(busy, clock, clock.now + timedelta(hours=2))
    assert any(line.startswith("briefing-20260307T2000 went on sending") for line in said)
    assert desk.find(busy, str(row.id)).state is EditionState.SENT


def _no_transport() -> MemoryTransport:
    raise StateError("the mail server is away")


def test_a_series_that_changes_places_with_the_main_one_is_no_newer_for_it(
    database: Database, clock: Clock, outgoing: MemoryTransport, tmp_path: Path
) -> None:
    daily = parts_of(database, Settings(folder=tmp_path), clock, outgoing)
    with database.write() as conn:
        subscriptions.add(
            conn, "ada@example.org", pepper=address_pepper(conn, clock()), now=clock(), known_themes=()
        )
    publish(daily, 7)
    clock.now = DAILY - timedelta(minutes=5)
    swapped = Settings(
        folder=tmp_path,
        schedule=ScheduleSettings(series="weekly", days=("sun",), send_at=time(9)),
        series=(SeriesSettings(name="daily", days=ALL_DAYS, send_at=time(6, 30)),),
    )
    parts = parts_of(database, swapped, clock, outgoing)
    at(parts, clock, DAILY + timedelta(seconds=20))
    assert [who for who, _ in subjects(outgoing)] == ["ada@example.org"]


def test_a_series_that_cannot_be_planned_stops_no_other(
    parts: Parts, clock: Clock, outgoing: MemoryTransport
) -> None:
    weekly = parts.series[1]
    broken = replace(weekly, schedule=replace(weekly.schedule, series="w" * 101))
    parts = replace(parts, series=(parts.series[0], broken))
    remember_installation(parts)
    publish(parts, 7)
    done = at(parts, clock, DAILY + timedelta(seconds=20))
    assert [who for who, _ in subjects(outgoing)] == ["ada@example.org"]
    done += at(parts, clock, WEEKLY - timedelta(hours=1))
    assert any("cannot stand in a link" in line for line in done)


def test_nobody_to_send_to_says_what_readers_read_instead(parts: Parts, clock: Clock) -> None:
    publish(parts, 7)
    row = pipeline.draft(parts, parts.key(DAILY, "briefing"), DAILY)
    with pytest.raises(
        StateError, match=r"nobody reads the series 'briefing'; readers are 1 in 'daily', 1 in"
    ):
        pipeline.send(parts, row, DAILY)


def test_series_on_the_same_days_are_told_apart_by_their_hour(tmp_path: Path) -> None:
    evening = SeriesSettings(name="evening", days=ALL_DAYS, send_at=time(18))
    found = series_of(Settings(folder=tmp_path, series=(evening, WEEK)))
    assert [one.label for one in found] == ["Every day, 06:30", "Every day, 18:00", "On Sundays"]


def test_a_publishers_own_words_for_the_link_stand_beside_a_second_series_too(tmp_path: Path) -> None:
    ours, both = Wording(preferences="Themen w\u00e4hlen"), Wording(preferences_and_series="Wie oft?")
    for wording, words in (
        (ours, "Themen w\u00e4hlen"),
        (both, "Wie oft?"),
        (Wording(), "Choose themes and how often"),
    ):
        settings = Settings(folder=tmp_path, wording=wording, series=(WEEK,))
        assert publication_of(settings).wording.preferences == words


def test_what_falls_due_while_another_goes_out_for_hours_is_sent_after_it(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    def slow(_envelope: Envelope) -> Outcome:
        clock.now += timedelta(hours=6)
        return Accepted()

    outgoing = MemoryTransport(slow)
    parts = parts_of(database, Settings(folder=tmp_path, series=(WEEK,)), clock, outgoing)
    with database.write() as conn:
        for name, series in (("ada", "daily"), ("bo", "weekly")):
            subscriptions.add(
                conn, f"{name}@example.org", pepper=address_pepper(conn, BEGUN), now=BEGUN, known_themes=(),
                series=series,
            )  # fmt: skip
    publish(parts, 7)
    at(parts, clock, DAILY + timedelta(seconds=20))
    assert [who for who, _ in subjects(outgoing)] == ["ada@example.org"]
    at(parts, clock, clock.now + timedelta(minutes=1))  # half past twelve: the weekly's hours are over
    assert [who for who, _ in subjects(outgoing)] == ["ada@example.org", "bo@example.org"]


def begun_with(
    database: Database, clock: Clock, outgoing: MemoryTransport, folder: Path, main: str, *others: str
) -> None:
    """A heartbeat at seven in the morning, half an hour after each of these series fell due."""
    settings = Settings(
        folder=folder,
        schedule=ScheduleSettings(series=main),
        series=tuple(SeriesSettings(name=name, days=ALL_DAYS, send_at=time(6, 30)) for name in others),
    )
    clock.now = DAILY + timedelta(minutes=30)
    ensure(parts_of(database, settings, clock, outgoing), clock.now)


@pytest.mark.parametrize(
    ("main", "others", "got"),
    [
        ("morning", (), ["bo"]),  # the daily under another name
        ("brief", ("daily",), ["ada"]),  # a new one, put first
        ("daily", ("brief",), ["ada"]),
    ],
)
def test_a_new_series_owes_nothing_from_before_wherever_it_stands(
    database: Database, clock: Clock, outgoing: MemoryTransport, tmp_path: Path,
    main: str, others: tuple[str, ...], got: list[str],
) -> None:  # fmt: skip
    parts = parts_of(database, Settings(folder=tmp_path), clock, outgoing)
    new = main if main != "daily" else others[0]
    with database.write() as conn:
        for name, series in (("ada", "daily"), ("bo", new)):
            subscriptions.add(
                conn, f"{name}@example.org", pepper=address_pepper(conn, BEGUN), now=BEGUN, known_themes=(),
                series=series,
            )  # fmt: skip
    publish(parts, 7)
    begun_with(database, clock, outgoing, tmp_path, main, *others)
    assert [who.partition("@")[0] for who, _ in subjects(outgoing)] == got


def test_a_series_with_editions_is_old_though_nobody_noted_when_it_began(
    database: Database, clock: Clock, outgoing: MemoryTransport, tmp_path: Path
) -> None:
    parts = parts_of(database, Settings(folder=tmp_path), clock, outgoing)
    publish(parts, 7)
    pipeline.draft(parts, parts.key(DAILY - timedelta(days=1)), DAILY - timedelta(days=1))
    with database.write() as conn:
        subscriptions.add(
            conn, "ada@example.org", pepper=address_pepper(conn, BEGUN), now=BEGUN, known_themes=()
        )
        conn.execute(delete(tables.meta).where(tables.meta.c.key.like("installed_at:%")))  # as it was before
    begun_with(database, clock, outgoing, tmp_path, "weekly", "daily")
    assert [who for who, _ in subjects(outgoing)] == ["ada@example.org"]


@pytest.mark.parametrize("seen", [False, True])
def test_a_short_turn_does_not_hide_the_long_send_before_it(
    parts: Parts, clock: Clock, outgoing: MemoryTransport, *, seen: bool
) -> None:
    """Whether a heartbeat sent it or has seen the turn of whoever did."""
    long, short = (DAILY - timedelta(minutes=30), DAILY + timedelta(hours=4)), timedelta(seconds=5)
    slug = parts.publication.slug

    def takes_a_turn(began: datetime, ended: datetime) -> None:
        with parts.database.write() as conn:
            turn.take(conn, slug, owner="a", lease_s=120, now=began, fate=lambda _: Fate.UNKNOWN)
            turn.give_back(conn, slug, owner="a", now=ended)

    publish(parts, 7)
    at(parts, clock, DAILY - timedelta(hours=1))
    if seen:
        takes_a_turn(*long)
        assert _busy(parts, long[1] + short) == [long]
    else:
        _keep_busy(parts, long)
    takes_a_turn(long[1] + short, long[1] + 2 * short)
    at(parts, clock, long[1] + timedelta(minutes=1))
    assert "ada@example.org" in [who for who, _ in subjects(outgoing)]
