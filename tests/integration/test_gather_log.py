"""What the log is told of feeds: each thing when it begins, and when it changes."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest import pipeline
from digest.gather.outcome import Gathered
from digest.model.news import Feed, FeedHealth, FeedKind
from digest.settings import Settings
from digest.store import feeds
from digest.store.engine import Database
from tests.wired import Clock, parts_of

NOW = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = Feed("https://post.example.org/feed", "The Sample Post")


def test_a_file_that_stays_unreadable_is_told_once(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "empty.txt").touch()
    parts = parts_of(database, Settings(folder=tmp_path), Clock(NOW))
    with database.write() as conn:
        feeds.add_feed(conn, Feed(str(folder), "Our own", kind=FeedKind.FOLDER), NOW)

    def told(now: datetime) -> list[str]:
        caplog.clear()
        with caplog.at_level(logging.INFO, "digest"):
            pipeline.gather(parts, now)
        return [one.getMessage() for one in caplog.records if one.name.startswith("digest")]

    assert told(NOW) == ["feed Our own: empty.txt: the file is empty"]
    assert told(NOW + HOUR) == []
    (folder / "other.md").touch()
    (both,) = told(NOW + 2 * HOUR)
    assert "empty.txt: " in both
    assert "other.md: " in both
    for path in folder.iterdir():
        path.unlink()
    assert told(NOW + 3 * HOUR) == []
    (folder / "empty.txt").touch()
    assert told(NOW + 4 * HOUR) == ["feed Our own: empty.txt: the file is empty"]


def test_a_feed_that_has_moved_is_told_of_once_and_other_notes_each_time() -> None:
    well, moved = FeedHealth(1), FeedHealth(1, message="the feed has moved")
    found = Gathered(FEED, moved, notes=("the feed has moved", "2 pages were left out"))
    told = [(logging.INFO, "the feed has moved"), (logging.INFO, "2 pages were left out")]
    assert found.to_log(well) == told
    assert found.to_log(moved) == told[1:]
