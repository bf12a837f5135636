"""Alerts that ask something of the editor, and those that are over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from digest.model.edition import EditionState
from digest.model.news import Feed, FeedHealth
from digest.outstanding import outstanding
from digest.store import alerts, feeds
from digest.store.engine import Database
from digest.store.tables import editions
from tests.planned import NOW, plan

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
        ("incomplete:1", set(EditionState)),
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
