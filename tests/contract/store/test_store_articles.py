"""Articles, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import insert

from digest.model.news import Article, Feed
from digest.store.articles import (
    articles_by_id,
    find_article,
    known_urls,
    recent_articles,
    save_articles,
)
from digest.store.engine import Database
from digest.store.feeds import add_feed, remove_feed
from digest.store.retention import prune_articles
from digest.store.tables import edition_articles, editions

NOW = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def article(name: str = "a", **changes: object) -> Article:
    plain = Article(
        url=f"https://example.org/{name}?utm=1",
        canonical_url=f"https://example.org/{name}",
        title=f"Title {name}",
        gathered_at=NOW,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_every_field_of_an_article_survives(database: Database) -> None:
    with database.write() as conn:
        feed, _ = add_feed(conn, Feed("https://example.org/rss", "Example"), NOW)
        full = article(
            dek="Dek é \U0001f600", text="One.\n\nTwo.", headings=("H", "ж"), related=("R",), ai_notice="AI",
            published_at=datetime(1, 2, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=-5))),
            date_source="feed", language="en-GB", author="A", outlet="Example", publisher="P", weight=0.5,
            comments_url="https://example.org/c", image_url="https://example.org/i", image_credit="C",
            paywalled=True, categories=("x", 'y"'), entry_id="tag:1", feed_id=feed.id,
        )  # fmt: skip
        assert save_articles(conn, [full]) == (1, 0)
        stored = find_article(conn, full.canonical_url)
    assert stored is not None
    assert stored == replace(full, id=stored.id)
    assert stored.published_at is not None
    assert stored.published_at.tzinfo is UTC


def test_the_same_canonical_address_is_one_article(database: Database) -> None:
    with database.write() as conn:
        twice = [article(), article(url="https://example.org/a?utm=2", dek="Later")]
        assert save_articles(conn, twice) == (1, 0)
        assert save_articles(conn, [article(url="https://example.org/a?utm=2", dek="Later")]) == (0, 0)
        assert save_articles(conn, [article(dek="Later still")]) == (0, 1)
        (stored,) = recent_articles(conn, since=NOW, until=NOW + HOUR)
        assert stored.dek == "Later still"


def test_an_update_never_loses_text_nor_moves_the_time_of_gathering(database: Database) -> None:
    with database.write() as conn:
        save_articles(
            conn, [article(text="A long text of the page.", dek="The page's own", published_at=NOW)]
        )
        again = article(
            text="", dek="Feed", title="Corrected", gathered_at=NOW + HOUR, published_at=NOW + HOUR
        )
        assert save_articles(conn, [again]) == (0, 1)
        stored = find_article(conn, "https://example.org/a")
    assert stored is not None
    assert (stored.text, stored.dek) == ("A long text of the page.", "The page's own")
    assert (stored.gathered_at, stored.published_at) == (NOW, NOW)
    assert stored.title == "Corrected"


def test_one_entry_id_with_two_addresses_is_two_articles(database: Database) -> None:
    with database.write() as conn:
        feed, _ = add_feed(conn, Feed("https://example.org/rss", "Example"), NOW)
        both = [article(name, entry_id="same", feed_id=feed.id) for name in "ab"]
        assert save_articles(conn, both) == (2, 0)


def test_articles_of_a_feed_removed_meanwhile_are_kept(database: Database) -> None:
    with database.write() as conn:
        feed, _ = add_feed(conn, Feed("https://example.org/rss", "Example"), NOW)
        save_articles(conn, [article("a", feed_id=feed.id)])
        remove_feed(conn, feed.id)
        assert save_articles(conn, [article("b", feed_id=feed.id), article("a", feed_id=feed.id)]) == (1, 1)
        assert [found.feed_id for found in recent_articles(conn, since=NOW, until=NOW + HOUR)] == [0, 0]


def test_hostile_values_are_tamed_and_unindexable_addresses_left_out(database: Database) -> None:
    hostile = article(
        title="NUL\x00 and \ud800", language="x" * 500, date_source="y" * 500, headings=("\x00h", "\udfff"),
        author="'); DROP TABLE articles; --",
    )  # fmt: skip
    with database.write() as conn:
        long = "https://example.org/" + "b" * 2500
        assert save_articles(conn, [hostile, article(url=long), article("c", canonical_url=long)]) == (1, 0)
        (stored,) = recent_articles(conn, since=NOW, until=NOW + HOUR)
    assert (stored.title, stored.headings) == ("NUL and ?", ("h", "?"))
    assert (len(stored.language), len(stored.date_source)) == (35, 20)
    assert stored.author == hostile.author


def test_known_urls_are_addresses_and_canonical_addresses_however_many(database: Database) -> None:
    asked = {f"https://example.org/{number}" for number in range(40_000)}
    with database.write() as conn:
        save_articles(conn, [article("7"), article("9")])
        known = known_urls(conn, asked | {"https://example.org/7?utm=1"})
        assert known == {f"https://example.org/{rest}" for rest in ("7", "9", "7?utm=1")}
        assert known_urls(conn, []) == set()


def test_recent_articles_go_by_publication_else_by_gathering_in_a_half_open_span(database: Database) -> None:
    stored = [
        article("old", published_at=NOW - HOUR, gathered_at=NOW),
        article("end", published_at=NOW + HOUR, gathered_at=NOW),
        article("late", published_at=NOW + HOUR / 2, gathered_at=NOW - HOUR),
        article("first", published_at=NOW, gathered_at=NOW + 2 * HOUR),
        article("undated", gathered_at=NOW + HOUR / 4),
        article("undated-end", gathered_at=NOW + HOUR),
    ]
    with database.write() as conn:
        save_articles(conn, stored)
        found = recent_articles(conn, since=NOW, until=NOW + HOUR)
    assert [each.title for each in found] == ["Title first", "Title undated", "Title late"]


def test_an_article_is_found_by_id_address_or_canonical_address(database: Database) -> None:
    with database.write() as conn:
        save_articles(conn, [article()])
        stored = find_article(conn, "https://example.org/a")
        assert stored is not None
        assert find_article(conn, "https://example.org/a?utm=1") == stored
        assert find_article(conn, str(stored.id)) == stored
        assert find_article(conn, f" s{stored.id} ") == find_article(conn, f"S{stored.id}") == stored
        assert find_article(conn, f"ss{stored.id}") is find_article(conn, "s") is None
        assert articles_by_id(conn, [stored.id, 12345]) == {stored.id: stored}
        assert find_article(conn, "99999999999999999999") is None


def test_pruning_spares_what_an_edition_used(database: Database) -> None:
    with database.write() as conn:
        save_articles(conn, [article("used"), article("unused"), article("new", gathered_at=NOW + HOUR)])
        used = find_article(conn, "https://example.org/used")
        assert used is not None
        conn.execute(
            insert(editions).values(
                id=1, publication="p", series="daily", slot=NOW, state="sent", created_at=NOW, updated_at=NOW
            )
        )
        conn.execute(insert(edition_articles).values(edition_id=1, article_id=used.id, story_key="k"))
        assert prune_articles(conn, NOW + HOUR) == 1
        assert find_article(conn, "https://example.org/unused") is None
        assert find_article(conn, "https://example.org/used") == used


def test_a_pruned_id_is_never_given_again(database: Database) -> None:
    with database.write() as conn:
        save_articles(conn, [article("a")])
        (first,) = recent_articles(conn, since=NOW, until=NOW + HOUR)
        prune_articles(conn, NOW + HOUR)
        save_articles(conn, [article("b")])
        (second,) = recent_articles(conn, since=NOW, until=NOW + HOUR)
    assert second.id > first.id
