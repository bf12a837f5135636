"""What is kept long enough goes, and nothing else: over a newsletter that has sent an edition."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select, update

from digest import pipeline, retention, subscriptions
from digest.daily import ensure
from digest.errors import StateError
from digest.model.answers import ModelAnswer
from digest.model.audience import Subscriber, SubscriberState, SuppressionReason
from digest.model.decisions import Decision, DecisionKind
from digest.model.delivery import Reached
from digest.model.edition import EditionState
from digest.model.news import Article
from digest.model.tokens import key_hash
from digest.parts import Parts, address_pepper
from digest.settings import Settings
from digest.store import (
    alerts,
    articles,
    audience,
    deliveries,
    editions,
    freezing,
    models,
    suppressions,
    tables,
)
from digest.store.decisions import decide
from digest.store.engine import Database
from tests.wired import parts_of

SLOT = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def parts(database: Database, tmp_path: Path) -> Parts:
    return parts_of(database, Settings(folder=tmp_path), lambda: SLOT)


def an_article(name: str, title: str) -> Article:
    url = f"https://post.example.org/{name}"
    return Article(
        url=url, canonical_url=url, title=title, dek=f"{title}, officials said on Monday.",
        text=f"{title}, officials said on Monday. More was to follow.",
        published_at=SLOT - timedelta(hours=3), gathered_at=SLOT - timedelta(hours=2),
        date_source="feed", language="en", outlet="The Sample Post",
    )  # fmt: skip


@pytest.fixture
def sent(parts: Parts) -> int:
    """An edition that told one article of three, sent to ada and bo; its number."""
    with parts.database.write() as conn:
        articles.save_articles(
            conn,
            [
                an_article("told", "Japan and Australia sign defence pact on naval bases"),
                an_article("decided", "Garden show opens in the old harbour"),
                an_article("idle", "Bakery wins a prize for its rye bread"),
            ],
        )
        decided = articles.find_article(conn, "https://post.example.org/decided")
        assert decided is not None
        drop = Decision(DecisionKind.DROP, decided.id, series="daily", decided_by="Ada Lund")
        decide(conn, parts.publication.slug, [drop], SLOT)
        for name in ("ada", "bo"):
            subscriptions.add(
                conn, f"{name}@example.org", pepper=address_pepper(conn, SLOT), now=SLOT, known_themes=()
            )
        models.save_answer(conn, ModelAnswer("a" * 64, "tern-7b", 1, True, "A pact.", (), SLOT))
        alerts.add_alert(conn, "quiet:1", "no news", SLOT)
    row = pipeline.draft(parts, parts.key(SLOT), SLOT)
    pipeline.send(parts, row, SLOT)
    return row.id


def urls(parts: Parts) -> set[str]:
    with parts.database.read() as conn:
        return {url.rpartition("/")[2] for url in conn.scalars(select(tables.articles.c.url))}


def addresses(parts: Parts, edition: int) -> list[str]:
    with parts.database.read() as conn:
        return sorted(record.address for record in deliveries.records(conn, edition))


def test_articles_go_but_for_those_told_or_decided_on(parts: Parts, sent: int) -> None:
    assert retention.apply(parts, SLOT + 89 * DAY).articles == 0
    assert retention.apply(parts, SLOT + 91 * DAY).articles == 1
    assert urls(parts) == {"told", "decided"}


def test_who_got_an_edition_is_forgotten_and_how_many_is_not(parts: Parts, sent: int) -> None:
    assert retention.apply(parts, SLOT + 399 * DAY).recipients == 0
    assert addresses(parts, sent) == ["ada@example.org", "bo@example.org"]
    gone = retention.apply(parts, SLOT + 401 * DAY)
    assert gone.recipients == 2
    assert addresses(parts, sent) == ["", ""]
    with parts.database.read() as conn:
        counts = deliveries.counts(conn, sent)
        assert (counts.sent, counts.planned) == (2, 2)
        assert freezing.get_variants(conn, sent) == {}
        row = editions.get_edition(conn, sent)
    assert row is not None
    assert row.edition is not None
    assert parts.renderer.web_copy(row.edition)  # the archive still shows it
    assert retention.apply(parts, SLOT + 401 * DAY).recipients == 0


def test_nothing_can_be_sent_again_to_whom_nobody_knows(parts: Parts, sent: int) -> None:
    with parts.database.write() as conn:
        conn.execute(update(tables.deliveries).values(state="failed"))
    retention.apply(parts, SLOT + 401 * DAY)
    with parts.database.write() as conn:
        assert deliveries.retry_failed(conn, sent, SLOT + 402 * DAY) == 0


@pytest.mark.parametrize("state", ["sending", "paused"])
def test_an_edition_that_goes_on_keeps_its_readers_and_one_left_unfinished_does_not(
    parts: Parts, sent: int, state: str
) -> None:
    released = SLOT + 10 * DAY
    with parts.database.write() as conn:
        conn.execute(update(tables.editions).values(state=state, finished_at=None, updated_at=released))
        waiting = update(tables.deliveries).where(tables.deliveries.c.subscriber_id == 2)
        conn.execute(waiting.values(state="pending", sent_at=None))
    assert retention.apply(parts, released + 399 * DAY).recipients == 0
    assert addresses(parts, sent) == ["ada@example.org", "bo@example.org"]
    assert retention.apply(parts, released + 401 * DAY).recipients == 2
    assert addresses(parts, sent) == ["", ""]
    with parts.database.read() as conn:
        counts = deliveries.counts(conn, sent)
        row = editions.get_edition(conn, sent)
    assert (counts.sent, counts.skipped, counts.adds_up) == (1, 1, True)
    assert row is not None
    assert row.state is EditionState.CANCELLED


def test_a_correction_reaches_nobody_who_is_not_known_to_have_got_it(parts: Parts, sent: int) -> None:
    with parts.database.read() as conn:
        assert audience.theme_choices(conn, "daily", got=Reached(sent)) == {"": 2}
    retention.apply(parts, SLOT + 401 * DAY)
    with parts.database.read() as conn:
        assert audience.theme_choices(conn, "daily", got=Reached(sent)) == {}


def test_who_never_confirmed_is_deleted_and_who_did_stays(parts: Parts) -> None:
    with parts.database.write() as conn:
        for name, state in (("asked", SubscriberState.PENDING), ("reads", SubscriberState.ACTIVE)):
            reader = Subscriber(email=f"{name}@example.org", email_key=f"{name}@example.org", state=state)
            audience.add_subscriber(conn, reader, key_hash=name, now=SLOT)
    assert retention.apply(parts, SLOT + 29 * DAY).unconfirmed == 0
    assert retention.apply(parts, SLOT + 31 * DAY).unconfirmed == 1
    with parts.database.read() as conn:
        assert [reader.email for reader in audience.iter_subscribers(conn)] == ["reads@example.org"]


def test_who_left_is_forgotten_and_never_comes_back_by_mistake(parts: Parts, sent: int) -> None:
    with parts.database.write() as conn:
        pepper = address_pepper(conn, SLOT)
        reader = subscriptions.find(conn, "ada@example.org")
        subscriptions.unsubscribe(conn, reader.id, pepper=pepper, now=SLOT)
    assert retention.apply(parts, SLOT + 399 * DAY).departed == 0
    assert retention.apply(parts, SLOT + 401 * DAY).departed == 1
    with parts.database.write() as conn:
        assert audience.find_subscriber(conn, "ada@example.org") is None
        suppressed = suppressions.suppression(conn, key_hash(pepper, reader.email_key))
        assert suppressed is not None
        assert suppressed.reason is SuppressionReason.UNSUBSCRIBED
        with pytest.raises(StateError, match="has unsubscribed"):
            subscriptions.add(conn, "ada@example.org", pepper=pepper, now=SLOT, known_themes=())


def test_a_dry_run_counts_and_changes_nothing(parts: Parts, sent: int) -> None:
    late = SLOT + 401 * DAY
    counted = retention.apply(parts, late, dry_run=True)
    assert str(counted) == "1 article, 1 model answer, 1 alert, 2 recipients"
    assert urls(parts) == {"told", "decided", "idle"}
    assert retention.apply(parts, late) == counted
    assert str(retention.apply(parts, late)) == "nothing"


def test_the_heartbeat_forgets_once_a_day_and_never_under_a_clock_set_by_hand(
    parts: Parts, sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = SLOT + 91 * DAY
    boots = map(str, count())
    monkeypatch.setattr("digest.clock.boot_id", lambda: next(boots))  # down between the beats: no jump
    ensure(replace(parts, rehearsal=True), late)
    assert "idle" in urls(parts)
    done = [step.what for step in ensure(parts, late)]
    assert "kept long enough: 1 article, 1 model answer" in done
    assert "idle" not in urls(parts)
    with parts.database.write() as conn:
        old = replace(an_article("older", "An old story of the harbour"), gathered_at=SLOT)
        articles.save_articles(conn, [old])
    ensure(parts, late + timedelta(hours=23))
    assert "older" in urls(parts)
    ensure(parts, late + timedelta(hours=24))
    assert "older" not in urls(parts)
