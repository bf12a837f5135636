"""Alerts that ask something of the editor, and those that are over."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from digest import telling
from digest.model.edition import EditionState
from digest.model.news import Feed, FeedHealth
from digest.outstanding import outstanding
from digest.settings import Settings
from digest.store import alerts, feeds
from digest.store.engine import Database
from digest.store.tables import deliveries, editions
from tests.planned import NOW, plan
from tests.wired import Clock, parts_of

HOUR = timedelta(hours=1)
REF = f"daily-{NOW:%Y%m%dT%H%M}"
WAITING = {EditionState.DRAFT, EditionState.HELD, EditionState.APPROVED}


def shown(database: Database) -> list[str]:
    with database.read() as conn:
        return [key for key, _at, _text in outstanding(conn, "p", NOW - timedelta(days=7))]


@pytest.mark.parametrize(
    ("key", "states"),
    [
        (f"held:{REF}", {EditionState.HELD}),
        (f"approval:{REF}", {EditionState.DRAFT}),
        (f"late:{REF}", WAITING),
        (f"doubted:{REF}", {EditionState.DRAFT, EditionState.HELD}),
        (f"paused:1:{NOW.date()}", {EditionState.PAUSED}),
        ("refused:1:30", {EditionState.PAUSED}),
        (f"error:Draft:{REF}:no disk", WAITING),
        (f"error:Send:{REF}:no disk", WAITING),
        ("error:Resume:1:no disk", {EditionState.FROZEN, EditionState.SENDING}),
    ],
)
def test_an_alert_about_an_edition_stands_while_it_is_so(
    key: str, states: set[EditionState], database: Database
) -> None:
    plan(database, ["ada"])
    with database.write() as conn:
        alerts.add_alert(conn, key, "words", NOW)
    for state in EditionState:
        with database.write() as conn:
            conn.execute(update(editions).values(state=state))
        assert shown(database) == ([key] if state in states else []), state


def test_an_edition_that_was_never_drafted_is_late_all_the_same(database: Database) -> None:
    with database.write() as conn:
        alerts.add_alert(conn, f"late:{REF}", "words", NOW)
        alerts.add_alert(conn, f"held:{REF}", "words", NOW)
    assert shown(database) == [f"late:{REF}"]


def test_what_works_again_is_over(database: Database) -> None:
    with database.write() as conn:
        alerts.add_alert(conn, "error:bounces:the folder is gone", "words", NOW)
    assert shown(database) == ["error:bounces:the folder is gone"]
    with database.write() as conn:
        alerts.set_aside(conn, ["error:bounces:the folder is gone"])
    assert shown(database) == []


def test_a_feed_that_gives_something_again_asks_nothing(database: Database) -> None:
    with database.write() as conn:
        feed, _ = feeds.add_feed(conn, Feed("https://post.example.org/rss", "Post"), NOW)
        alerts.add_alert(conn, f"feed:{feed.id}:2026-02-20", "words", NOW)
        feeds.save_health(conn, FeedHealth(feed.id, trouble="http-404"))
    assert len(shown(database)) == 1
    with database.write() as conn:
        feeds.save_health(conn, FeedHealth(feed.id))
    assert shown(database) == []


def test_what_sends_a_late_edition_no_more_is_not_shown_beside_that_it_is_late(database: Database) -> None:
    plan(database, ["ada"])
    keys = [f"{kind}:{REF}" for kind in ("held", "late", "model")]
    with database.write() as conn:
        conn.execute(update(editions).values(state=EditionState.HELD))
        for key in keys:
            alerts.add_alert(conn, key, "words", NOW)
    assert shown(database) == keys[1:]


def test_readers_that_were_not_reached_are_an_alert_until_they_are(database: Database) -> None:
    plan(database, ["ada", "bo"])
    with database.write() as conn:
        alerts.add_alert(conn, "incomplete:1", "words", NOW)
        conn.execute(update(deliveries).where(deliveries.c.subscriber_id == 1).values(state="failed"))
    assert shown(database) == ["incomplete:1"]
    with database.write() as conn:
        conn.execute(update(deliveries).values(state="sent"))
    assert shown(database) == []


def test_that_a_database_was_put_back_stands_until_somebody_says_what_became_of_what_was_due(
    database: Database,
) -> None:
    plan(database, ["ada"])
    put_back = NOW + HOUR
    with database.write() as conn:
        alerts.add_alert(conn, f"restored:{put_back.isoformat()}", "words", put_back)
    for state, moved_at, stands in (
        (EditionState.DRAFT, NOW, True),
        (EditionState.SENT, NOW, True),  # as the backup knew already
        (EditionState.PAUSED, put_back + HOUR, True),
        (EditionState.CANCELLED, put_back + HOUR, False),
        (EditionState.SENT, put_back + HOUR, False),
    ):
        with database.write() as conn:
            conn.execute(update(editions).values(state=state, updated_at=moved_at))
        assert bool(shown(database)) is stands, state
    with database.write() as conn:  # a later one went out
        later = {"slot": put_back + HOUR, "state": EditionState.SENT, "updated_at": NOW}
        conn.execute(update(editions).values(later))
    assert shown(database) == []


def test_a_failure_is_an_alert_until_the_step_works(database: Database, tmp_path: Path) -> None:
    """Also within the hour in which its coming back would be no news."""
    parts = parts_of(database, Settings(folder=tmp_path), Clock(NOW))
    failed = ["error:bounces:login failed"]

    def untold() -> list[str]:
        with database.write() as conn:
            return [key for key, _at, _text in alerts.claim_untold(conn, NOW)]

    telling.note_failure(parts, "bounces", "login failed", NOW)
    assert shown(database) == untold() == failed
    telling.note_success(parts, "bounces", NOW + HOUR / 4)
    assert shown(database) == []
    telling.note_failure(parts, "bounces", "login failed", NOW + HOUR / 2)
    assert shown(database) == failed, "it fails again"
    assert untold() == []
    telling.note_success(parts, "bounces", NOW + HOUR * 3 / 4)
    telling.note_success(parts, "bounces", NOW + 2 * HOUR)
    assert shown(database) == []
    telling.note_failure(parts, "bounces", "login failed", NOW + 3 * HOUR)
    assert shown(database) == untold() == failed, "after an hour it is news"
