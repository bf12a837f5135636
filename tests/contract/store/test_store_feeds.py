"""Feeds and their health, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.errors import InputError
from digest.model.news import Feed, FeedHealth, FeedKind
from digest.store.engine import Database
from digest.store.feeds import (
    add_feed,
    all_health,
    due_feeds,
    find_feed,
    list_feeds,
    remove_feed,
    save_health,
    sync_settings_feeds,
)

NOW = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
FEED = Feed(
    "https://news.example.org/rss", "The Example", publisher="Example", weight=1.5, allow_private=True
)


def test_an_added_feed_comes_back_as_it_was(database: Database) -> None:
    with database.write() as conn:
        stored, created = add_feed(conn, replace(FEED, kind=FeedKind.SITEMAP), NOW)
        assert created
        assert stored == replace(FEED, kind=FeedKind.SITEMAP, id=stored.id)
        assert list_feeds(conn) == [stored]


def test_adding_an_address_twice_gives_the_first_feed(database: Database) -> None:
    with database.write() as conn:
        first, _ = add_feed(conn, FEED, NOW)
        assert add_feed(conn, replace(FEED, name="Another name"), NOW) == (first, False)


def test_an_address_that_cannot_be_indexed_is_refused(database: Database) -> None:
    long = Feed("https://example.org/" + "é" * 1500, "Long")
    with database.write() as conn, pytest.raises(InputError, match="longer than 2000 bytes"):
        add_feed(conn, long, NOW)


def test_settings_feeds_follow_the_settings_and_added_ones_stay(database: Database) -> None:
    one, two = Feed("https://one.example.org", "One"), Feed("https://two.example.org", "Two")
    with database.write() as conn:
        add_feed(conn, FEED, NOW)
        sync_settings_feeds(conn, [one, two], NOW)
        sync_settings_feeds(conn, [replace(one, name="Uno", weight=2.0)], NOW)
        assert {(feed.name, feed.origin) for feed in list_feeds(conn)} == {
            ("The Example", "added"),
            ("Uno", "settings"),
        }
        assert [feed.name for feed in list_feeds(conn, active_only=False)] == ["The Example", "Uno", "Two"]
        sync_settings_feeds(conn, [], NOW)
        assert [feed.name for feed in list_feeds(conn)] == ["The Example"]
        assert add_feed(conn, two, NOW)[1] is False
        assert [feed.name for feed in list_feeds(conn)] == ["The Example", "Two"]


def test_a_feed_that_is_reached_or_read_in_another_way_is_due_at_once(database: Database) -> None:
    later = NOW + timedelta(hours=1)
    same, near, page = (Feed(f"https://{name}.example.org", name) for name in ("same", "near", "page"))
    with database.write() as conn:
        sync_settings_feeds(conn, [same, near, page], NOW)
        for feed in list_feeds(conn):
            save_health(conn, FeedHealth(feed.id, due_at=later))
        renamed, trusted = replace(same, name="Same as ever"), replace(near, allow_private=True)
        sync_settings_feeds(conn, [renamed, trusted, replace(page, kind=FeedKind.PAGE)], NOW)
        assert [feed.name for feed, _ in due_feeds(conn, NOW)] == ["near", "page"]


def test_a_feed_is_found_by_id_address_or_exact_name(database: Database) -> None:
    with database.write() as conn:
        stored, _ = add_feed(conn, FEED, NOW)
        for ref in (str(stored.id), FEED.url, FEED.name):
            assert find_feed(conn, ref) == stored
        for ref in ("the example", "999999", "9" * 30, "9" * 5000, "", "²"):
            assert find_feed(conn, ref) is None


def test_health_is_replaced_and_goes_with_its_feed(database: Database) -> None:
    with database.write() as conn:
        feed, _ = add_feed(conn, FEED, NOW)
        good = FeedHealth(
            feed.id, NOW, NOW, NOW + timedelta(hours=1), 200, 0, "", "", 12, '"tag"', "yesterday"
        )
        bad = replace(good, status=None, failures=2, trouble="timeout", message="nobody\x00 home")
        save_health(conn, good)
        assert all_health(conn) == {feed.id: good}
        save_health(conn, bad)
        assert all_health(conn) == {feed.id: replace(bad, message="nobody home")}
        assert remove_feed(conn, feed.id)
        assert not remove_feed(conn, feed.id)
        assert all_health(conn) == {}
        save_health(conn, good)  # the gatherer comes back after the editor removed the feed
        assert all_health(conn) == {}


def test_due_feeds_are_the_active_ones_never_checked_or_past_their_time(database: Database) -> None:
    with database.write() as conn:
        never, past, future, inactive = (
            add_feed(conn, Feed(f"https://{name}.example.org", name), NOW)[0]
            for name in ("never", "past", "future", "inactive")
        )
        sync_settings_feeds(conn, [inactive], NOW)
        sync_settings_feeds(conn, [], NOW)
        late = FeedHealth(past.id, due_at=NOW, etag="x")
        save_health(conn, late)
        save_health(conn, FeedHealth(future.id, due_at=NOW + timedelta(seconds=1)))
        assert due_feeds(conn, NOW) == [(never, FeedHealth(never.id)), (past, late)]


def test_a_feed_that_a_clock_ahead_has_checked_is_due(database: Database) -> None:
    with database.write() as conn:
        feed = add_feed(conn, Feed("https://ahead.example.org", "Ahead"), NOW)[0]
        ahead = NOW + timedelta(days=3)
        save_health(conn, FeedHealth(feed.id, checked_at=ahead, due_at=ahead + timedelta(minutes=30)))
        assert [found.id for found, _ in due_feeds(conn, NOW)] == [feed.id]
        assert due_feeds(conn, ahead) == []
