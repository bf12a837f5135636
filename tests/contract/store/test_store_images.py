from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from digest.model.edition import Edition, EditionKey, EditionStory
from digest.model.picture import Fetching, Jpeg, Picture
from digest.store import editions, images
from digest.store.engine import Database
from digest.store.tables import edition_images
from digest.store.tables import images as table

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)
JPEG = Jpeg(b"\xff\xd8 one", 1104, 621)
OTHER = Jpeg(b"\xff\xd8 two", 800, 450)
URL, MIRROR = "https://post.example.org/1.jpg", "https://post.example.org/2.jpg"


def count(database: Database) -> int:
    with database.read() as conn:
        return conn.execute(select(func.count()).select_from(table)).scalar_one()


def edition_with(*pictures: Jpeg) -> Edition:
    stories = tuple(
        EditionStory(
            key=str(number), headline="h", summary=None, sources=(),
            picture=Picture(jpeg.hash, jpeg.width, jpeg.height),
        )
        for number, jpeg in enumerate(pictures)
    )  # fmt: skip
    return Edition(EditionKey("p", "daily", NOW), "t", "2026-03-02", (), stories, None)


def test_a_picture_is_stored_once_whatever_addresses_it_has(database: Database) -> None:
    with database.write() as conn:
        images.save_image(conn, URL, JPEG, NOW)
        images.save_image(conn, MIRROR, JPEG, NOW)
        images.save_image(conn, URL, JPEG, NOW + DAY)
    assert count(database) == 1
    with database.read() as conn:
        assert images.image_content(conn, JPEG.hash) == JPEG.content
        assert images.image_content(conn, "0" * 64) is None
        picture = Picture(JPEG.hash, 1104, 621, source_url=URL)
        assert images.last_fetch(conn, URL) == Fetching(URL, NOW + DAY, picture)
        assert images.last_fetch(conn, "https://post.example.org/never.jpg") is None


def test_the_last_fetch_stands_be_it_good_or_bad(database: Database) -> None:
    with database.write() as conn:
        images.save_trouble(conn, URL, "it is no picture", NOW)
        assert images.last_fetch(conn, URL) == Fetching(URL, NOW, None, "it is no picture")
        images.save_image(conn, URL, JPEG, NOW)
        found = images.last_fetch(conn, URL)
        assert found is not None
        assert (found.picture is not None, found.trouble) == (True, "")
        images.save_trouble(conn, URL, "gone", NOW)
        assert images.last_fetch(conn, URL) == Fetching(URL, NOW, None, "gone")


def test_an_editions_pictures_stay_and_what_no_edition_shows_goes_in_time(database: Database) -> None:
    with database.write() as conn:
        row, _ = editions.open_slot(conn, EditionKey("p", "daily", NOW), NOW)
        images.save_image(conn, URL, JPEG, NOW)
        images.save_image(conn, MIRROR, OTHER, NOW)
        assert editions.save_content(conn, row.id, edition_with(JPEG, OTHER, JPEG), drops={}, now=NOW)
        assert images.prune_images(conn, NOW + DAY) == 0
        assert editions.save_content(conn, row.id, edition_with(JPEG), drops={}, now=NOW)
        assert images.prune_images(conn, NOW) == 0  # too young
        images.save_image(conn, MIRROR, OTHER, NOW + 2 * DAY)
        assert images.prune_images(conn, NOW + DAY) == 0  # fetched again since
        assert images.prune_images(conn, NOW + 3 * DAY) == 1
        assert images.image_content(conn, JPEG.hash) is not None
        assert images.image_content(conn, OTHER.hash) is None
        assert images.last_fetch(conn, URL) is None


def test_what_is_refused_changes_no_pictures(database: Database) -> None:
    with database.write() as conn:
        row, _ = editions.open_slot(conn, EditionKey("p", "daily", NOW), NOW)
        assert editions.save_content(conn, row.id, edition_with(JPEG), drops={}, now=NOW)
        stale = replace(edition_with(OTHER), title="stale")
        assert not editions.save_content(conn, row.id, stale, drops={}, now=NOW, revision=7)
        shown = conn.execute(select(edition_images.c.hash)).scalars().all()
    assert shown == [JPEG.hash]


def test_a_stored_edition_comes_back_with_its_picture(database: Database) -> None:
    edition = edition_with(JPEG)
    with database.write() as conn:
        row, _ = editions.open_slot(conn, edition.key, NOW)
        editions.save_content(conn, row.id, edition, drops={}, now=NOW)
        kept = editions.get_edition(conn, row.id)
    assert kept is not None
    assert kept.edition == edition
