"""What an edition is composed from, on both databases: recent articles, and what was told of late."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest import material
from digest.compose import Past
from digest.model.decisions import Decision, DecisionKind
from digest.model.edition import Edition, EditionStory, SourceLink
from digest.model.message import Variant
from digest.model.news import Article
from digest.parts import Parts, remember_installation
from digest.settings import Settings
from digest.store import articles as article_store
from digest.store import decisions, editions, freezing
from digest.store.engine import Database
from digest.store.runs import accept_first
from digest.wiring import build

SLOT = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)


@pytest.fixture
def parts(database: Database, tmp_path: Path) -> Parts:
    built = build(Settings(folder=tmp_path), database, clock=lambda: SLOT)
    remember_installation(built)
    return built


def publish(parts: Parts, name: str, days: float) -> int:
    """An article published so many days before the slot; its id."""
    url = f"https://paper.example.org/{name}"
    when = SLOT - timedelta(days=days)
    article = Article(url, url, f"Title {name}", published_at=when, gathered_at=when)
    with parts.database.write() as conn:
        article_store.save_articles(conn, [article])
        found = article_store.find_article(conn, url)
    assert found is not None
    return found.id


def tell(parts: Parts, days: int, *ids: int, transport: str = "outbox") -> None:
    """An edition so many days before the slot that told one story of these articles."""
    key = parts.key(SLOT - timedelta(days=days))
    story = EditionStory(
        f"k{days}", "Told", None, (SourceLink("A", "https://a.example.org/", "T"),), article_ids=ids
    )
    content = Edition(key, "Digest", key.slot.date().isoformat(), (), (story,), None)
    with parts.database.write() as conn:
        row, _ = editions.open_slot(conn, key, SLOT)
        editions.save_content(conn, row.id, content, drops={}, now=SLOT)
        freezing.freeze(
            conn, row.id, variants=[Variant("all", "s", "p", "<p>h</p>", "t", "<mjml/>", 1)], now=SLOT
        )
        accept_first(conn, row.id, transport=transport, now=SLOT)


def gathered(parts: Parts) -> material.Material:
    with parts.database.read() as conn:
        return material.gathered(parts, conn, parts.key(SLOT), SLOT)


def test_told_articles_of_the_last_days_stand_beside_the_recent_ones(parts: Parts) -> None:
    fresh, lately, long_ago = (
        publish(parts, "fresh", 0.5),
        publish(parts, "lately", 3),
        publish(parts, "long", 9),
    )
    publish(parts, "stale-and-untold", 3)
    tell(parts, 2, lately)
    tell(parts, 8, long_ago)
    found = gathered(parts)
    assert [article.id for article in found.recent] == [fresh]
    assert [article.id for article in found.told] == [lately]
    assert set(found.past.articles) == {lately}
    assert [story.article_ids for story in found.past.stories] == [(long_ago,), (lately,)]
    assert set(found.past.used) == {lately}


def test_what_an_editor_ruled_of_late_stands_beside_the_recent_ones(parts: Parts) -> None:
    dropped, joined, pinned, long_ago = (
        publish(parts, "dropped", 3), publish(parts, "joined", 3.5), publish(parts, "pinned", 3),
        publish(parts, "long", 9),
    )  # fmt: skip
    lately, before = SLOT - timedelta(days=3), SLOT - timedelta(days=8)
    made = [
        Decision(DecisionKind.DROP, dropped, series="daily", decided_at=lately),
        Decision(DecisionKind.TOGETHER, dropped, joined, decided_at=lately),
        Decision(DecisionKind.PIN, pinned, value="1", series="daily", decided_at=lately),
        Decision(DecisionKind.DROP, long_ago, series="daily", decided_at=before),
    ]
    with parts.database.write() as conn:
        decisions.decide(conn, parts.publication.slug, made, SLOT)
    found = gathered(parts)
    assert [article.id for article in found.decided] == [dropped, joined]
    assert [article.id for article in found.batch] == [dropped, joined]


def test_a_told_article_that_is_still_recent_is_there_once(parts: Parts) -> None:
    told = publish(parts, "told", 0.9)
    tell(parts, 1, told)
    found = gathered(parts)
    assert ([article.id for article in found.recent], found.told) == ([told], [])
    assert found.past.used == {told: 1}


def test_an_article_told_long_ago_is_still_used_up(parts: Parts) -> None:
    told = publish(parts, "told", 0.5)
    tell(parts, 40, told)
    found = gathered(parts)
    assert found.past.stories == ()
    assert found.past.used == {told: 1}


def test_of_a_large_story_only_the_best_tellings_come_again(parts: Parts) -> None:
    ids = [publish(parts, f"n{number}", 3) for number in range(material.MOST_TELLINGS + 5)]
    tell(parts, 2, *ids)
    assert [article.id for article in gathered(parts).told] == ids[: material.MOST_TELLINGS]


def test_what_the_outbox_told_is_forgotten_once_mail_goes_out(parts: Parts) -> None:
    tell(parts, 2, publish(parts, "told", 3))
    assert gathered(parts).past.stories
    mailing = replace(parts, transport_name="smtp")
    assert gathered(mailing).past == Past()
    tell(parts, 1, publish(parts, "mailed", 2), transport="smtp")
    assert len(gathered(mailing).past.stories) == 1
    assert len(gathered(parts).past.stories) == 2, "the outbox never tells what readers were mailed"
