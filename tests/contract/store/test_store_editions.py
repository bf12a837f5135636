"""Editions, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from digest.errors import StateError
from digest.model.edition import (
    Edition,
    EditionKey,
    EditionState,
    EditionStory,
    Method,
    Provenance,
    SourceLink,
    Summary,
    ThemeStyle,
    ToldStory,
)
from digest.model.message import Variant
from digest.store.alerts import add_alert, claim_untold, list_alerts, mark_untold
from digest.store.editions import (
    find_edition,
    fingerprint,
    get_drops,
    get_edition,
    list_editions,
    move,
    open_slot,
    save_content,
)
from digest.store.engine import Database
from digest.store.freezing import freeze, get_variant, get_variants
from digest.store.runs import accept_first, list_runs, start_run
from digest.store.told import told_stories, used_articles

NOW = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = EditionKey("example", "daily", NOW)
VARIANT = Variant("all", "Subject", "Preheader", "<p>é</p>", "é", "<mjml/>", 1)
S = EditionState


def edition(key: EditionKey = KEY, *stories: tuple[str, tuple[int, ...]]) -> Edition:
    link = SourceLink("Example", "https://example.org/a", "A", published_at=NOW)
    return Edition(
        key=key,
        title="Example Digest",
        local_date="2026-03-01",
        themes=(ThemeStyle("arctic", "Arctic", "#112233"),),
        stories=tuple(
            EditionStory(name, f"Headline {name}", None, (link,), article_ids=ids) for name, ids in stories
        ),
        notice=None,
    )


def test_a_slot_is_opened_once_and_found_afterwards(database: Database) -> None:
    with database.write() as conn:
        row, created = open_slot(conn, KEY, NOW)
        assert created
        assert (row.key, row.state, row.edition, row.revision) == (KEY, S.DRAFT, None, 0)
        assert open_slot(conn, KEY, NOW + DAY) == (row, False)
        assert find_edition(conn, KEY) == get_edition(conn, row.id) == row
        assert find_edition(conn, replace(KEY, series="weekly")) is None
        assert get_edition(conn, row.id + 1) is None


def test_the_fingerprint_differs_after_every_change_and_only_then(database: Database) -> None:
    with database.write() as conn:
        seen = [fingerprint(conn, "example")]
        row, _created = open_slot(conn, KEY, NOW)
        seen.append(fingerprint(conn, "example"))
        for _again in range(2):  # at one and the same instant: a clock that was set by hand stands still
            save_content(conn, row.id, edition(), drops={}, now=NOW)
            seen.append(fingerprint(conn, "example"))
        move(conn, row.id, allowed={S.DRAFT}, to=S.HELD, now=NOW + DAY)
        seen.append(fingerprint(conn, "example"))
        assert len(set(seen)) == len(seen)
        open_slot(conn, KEY, NOW + DAY)
        open_slot(conn, replace(KEY, publication="another"), NOW + DAY)
        assert fingerprint(conn, "example") == seen[-1]
        assert seen[-1] == (1, 2, NOW + DAY)


def test_content_is_stored_with_its_hash_and_each_save_is_a_revision(database: Database) -> None:
    with database.write() as conn:
        row, _ = open_slot(conn, KEY, NOW)
        first = edition(KEY, ("s", (1,)))
        assert save_content(conn, row.id, first, drops={7: "too old"}, now=NOW)
        one = get_edition(conn, row.id)
        assert save_content(conn, row.id, edition(KEY), drops={}, now=NOW + DAY)
        two = get_edition(conn, row.id)
        assert save_content(conn, row.id, first, drops={7: "too old"}, now=NOW + DAY)
        three = get_edition(conn, row.id)
        assert one is not None
        assert two is not None
        assert three is not None
        assert (one.edition, one.revision, three.revision) == (first, 1, 3)
        assert one.content_hash == three.content_hash != two.content_hash
        assert get_drops(conn, row.id) == {7: "too old"}
        assert get_drops(conn, 999) == {}


@pytest.mark.parametrize("state", list(EditionState))
def test_content_changes_only_before_it_is_frozen(database: Database, state: EditionState) -> None:
    with database.write() as conn:
        row, _ = open_slot(conn, KEY, NOW)
        move(conn, row.id, allowed={S.DRAFT}, to=state, now=NOW)
        saved = save_content(conn, row.id, edition(), drops={}, now=NOW)
    assert saved == (state in {S.DRAFT, S.HELD, S.APPROVED})


def test_content_is_replaced_only_while_it_is_the_revision_that_is_named(database: Database) -> None:
    with database.write() as conn:
        row, _ = open_slot(conn, KEY, NOW)
        assert save_content(conn, row.id, edition(KEY), drops={}, now=NOW, revision=0)
        assert not save_content(conn, row.id, edition(), drops={}, now=NOW, revision=0)
        found = get_edition(conn, row.id)
    assert found is not None
    assert (found.edition, found.revision) == (edition(KEY), 1)


def test_an_approval_does_not_outlive_the_words_it_was_given_for(database: Database) -> None:
    with database.write() as conn:
        row, _ = open_slot(conn, KEY, NOW)
        move(conn, row.id, allowed={S.DRAFT}, to=S.APPROVED, now=NOW, reviewed_by="Ada Lund")
        save_content(conn, row.id, edition(), drops={}, now=NOW)
        found = get_edition(conn, row.id)
    assert found is not None
    assert (found.state, found.reviewed_by) == (S.DRAFT, "")


def test_a_move_is_made_only_from_an_allowed_state(database: Database) -> None:
    with database.write() as conn:
        row, _ = open_slot(conn, KEY, NOW)
        assert not move(conn, row.id, allowed={S.HELD}, to=S.APPROVED, now=NOW)
        assert move(conn, row.id, allowed={S.DRAFT, S.HELD}, to=S.HELD, now=NOW, reason="check names")
        held = get_edition(conn, row.id)
        assert held is not None
        assert (held.state, held.reason, held.finished_at) == (S.HELD, "check names", None)
        assert move(conn, row.id, allowed={S.HELD}, to=S.APPROVED, now=NOW, reviewed_by="Ada")
        assert move(conn, row.id, allowed={S.APPROVED}, to=S.CANCELLED, now=NOW + DAY)
        gone = get_edition(conn, row.id)
        assert gone is not None
        assert (gone.reason, gone.reviewed_by, gone.finished_at) == ("", "Ada", NOW + DAY)


@pytest.mark.parametrize("state", list(EditionState))
def test_only_a_draft_or_an_approved_edition_freezes(database: Database, state: EditionState) -> None:
    with database.write() as conn:
        row, _ = open_slot(conn, KEY, NOW)
        save_content(conn, row.id, edition(KEY, ("s", (1,))), drops={}, now=NOW)
        move(conn, row.id, allowed={S.DRAFT}, to=state, now=NOW)
        frozen = freeze(conn, row.id, variants=[VARIANT], now=NOW)
        assert frozen == (state in {S.DRAFT, S.APPROVED})
        assert get_variants(conn, row.id) == ({"all": VARIANT} if frozen else {})
        assert get_variant(conn, row.id, "all") == (VARIANT if frozen else None)
        assert get_variant(conn, row.id, "arctic") is None


def test_freezing_an_edition_without_content_is_refused_and_undone(database: Database) -> None:
    with database.write() as conn:
        row, _ = open_slot(conn, KEY, NOW)
    with pytest.raises(StateError, match="no content"), database.write() as conn:
        freeze(conn, row.id, variants=[VARIANT], now=NOW)
    with database.read() as conn:
        assert get_edition(conn, row.id) == row


def test_articles_are_used_up_only_once_a_wanted_transport_accepted_the_edition(database: Database) -> None:
    with database.write() as conn:
        row, _ = open_slot(conn, KEY, NOW)
        save_content(conn, row.id, edition(KEY, ("s1", (1, 2)), ("s2", (2, 3))), drops={}, now=NOW)
        freeze(conn, row.id, variants=[VARIANT], now=NOW)

        def used(transport: str = "smtp", series: str = "daily") -> dict[int, int]:
            return used_articles(conn, "example", series, transports={transport}, ids=[1, 2, 3, 4])

        assert used() == {}
        accept_first(conn, row.id, transport="smtp", now=NOW)
        accept_first(conn, row.id, transport="outbox", now=NOW + DAY)
        assert used() == dict.fromkeys((1, 2, 3), row.id)
        assert used("outbox") == used(series="weekly") == {}
        accepted = get_edition(conn, row.id)
        assert accepted is not None
        assert (accepted.accepted_at, accepted.transport) == (NOW, "smtp")


def accepted_edition(conn: Connection, content: Edition, transport: str = "smtp") -> int:
    row, _ = open_slot(conn, content.key, NOW)
    save_content(conn, row.id, content, drops={}, now=NOW)
    freeze(conn, row.id, variants=[VARIANT], now=NOW)
    accept_first(conn, row.id, transport=transport, now=NOW)
    return row.id


def test_the_latest_edition_answers_for_what_several_have_used(database: Database) -> None:
    with database.write() as conn:
        ids = [
            accepted_edition(conn, edition(replace(KEY, slot=slot), ("s", (1,)))) for slot in (NOW + DAY, NOW)
        ]
        assert used_articles(conn, "example", "daily", transports={"smtp"}, ids=[1]) == {1: ids[0]}
        assert used_articles(conn, "example", "daily", transports={"smtp"}, ids=[2]) == {}
        assert used_articles(conn, "example", "daily", transports={"smtp"}, ids=[]) == {}


def test_what_was_told_comes_back_oldest_first_with_all_that_a_later_edition_needs(
    database: Database,
) -> None:
    told = replace(
        edition(KEY, ("s1", (1, 2))).stories[0],
        themes=("arctic",),
        summary=Summary("Ice returns.", Provenance(Method.EXTRACT)),
        update_of="The harbour is open.",
        follows="s0",
        web_only=True,
    )
    with database.write() as conn:
        later = accepted_edition(conn, edition(replace(KEY, slot=NOW + DAY), ("s2", (3,))))
        composed = replace(edition(KEY), stories=(told,), composed_at=NOW - timedelta(hours=2))
        first = accepted_edition(conn, composed)
        drafted, _ = open_slot(conn, replace(KEY, slot=NOW + 2 * DAY), NOW)
        save_content(conn, drafted.id, edition(drafted.key, ("s3", (4,))), drops={}, now=NOW)

        def stories(**how: Any) -> list[ToldStory]:
            where = {"series": "daily", "transports": {"smtp"}, "since": NOW, **how}
            return list(told_stories(conn, "example", **where))

        assert stories()[0] == ToldStory(
            edition_id=first,
            ref="daily-20260301T0630",
            slot=NOW,
            composed_at=NOW - timedelta(hours=2),
            local_date="2026-03-01",
            key="s1",
            headline="Headline s1",
            themes=("arctic",),
            article_ids=(1, 2),
            summary="The harbour is open. Ice returns.",
            follows="s0",
        )
        assert [(one.key, one.edition_id) for one in stories()] == [("s1", first), ("s2", later)]
        assert stories()[1].composed_at == NOW + DAY, "older versions didn't keep it: the slot stands for it"
        assert [one.key for one in stories(since=NOW + DAY)] == ["s2"]
        assert stories(transports={"outbox"}) == stories(series="weekly") == []


def test_editions_are_listed_newest_slot_first(database: Database) -> None:
    with database.write() as conn:
        for days, series in ((1, "daily"), (3, "weekly"), (2, "daily")):
            row, _ = open_slot(conn, EditionKey("example", series, NOW + days * DAY), NOW)
            if days == 2:
                move(conn, row.id, allowed={S.DRAFT}, to=S.HELD, now=NOW)
        open_slot(conn, EditionKey("other", "daily", NOW), NOW)

        def days_of(**how: object) -> list[int]:
            rows = list_editions(conn, "example", **how)  # type: ignore[arg-type]
            return [(row.key.slot - NOW).days for row in rows]

        assert days_of() == [3, 2, 1]
        assert days_of(limit=2) == [3, 2]
        assert days_of(series="daily") == [2, 1]
        assert days_of(states={S.HELD}) == [2]
        assert days_of(states=()) == []


def test_an_alert_is_noted_once_and_told_once(database: Database) -> None:
    with database.write() as conn:
        assert add_alert(conn, "late", "An edition is late.", NOW)
        assert not add_alert(conn, "late", "Again.", NOW + DAY)
        assert add_alert(conn, "feed", "A feed is dead.", NOW + DAY)
        late, feed = ("late", NOW, "An edition is late."), ("feed", NOW + DAY, "A feed is dead.")
        assert list_alerts(conn) == [feed, late]
        assert list_alerts(conn, limit=1) == [feed]
        assert list_alerts(conn, since=feed[1]) == [feed]
        assert claim_untold(conn, NOW) == [late, feed]
        assert claim_untold(conn, NOW) == []
        mark_untold(conn, ["feed"])
        assert claim_untold(conn, NOW) == [feed]


def test_an_alert_is_noted_whatever_a_server_said(database: Database) -> None:
    with database.write() as conn:
        assert add_alert(conn, "mailbox", "The mailbox says: no\x00 \ud800.", NOW)
        assert list_alerts(conn) == [("mailbox", NOW, "The mailbox says: no ?.")]


def test_a_run_that_was_killed_is_listed_without_an_end(database: Database) -> None:
    with database.write() as conn:
        row, _ = open_slot(conn, EditionKey("p", "daily", NOW), NOW)
        start_run(conn, row.id, owner="host/1", now=NOW)
        (run,) = list_runs(conn, row.id)
    assert (run.started_at, run.finished_at, run.owner, run.report) == (NOW, None, "host/1", {})
