"""Editors' decisions, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.model.decisions import Decision, DecisionKind, amended
from digest.store.decisions import decide, list_decisions, take_back
from digest.store.engine import Database

NOW = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
DROP = Decision(DecisionKind.DROP, 7, series="daily", decided_by="Ada Lund", decided_at=NOW)
TOGETHER = Decision(DecisionKind.TOGETHER, 9, 4)
DECISIONS = st.one_of(
    st.builds(
        Decision,
        st.sampled_from([DecisionKind.TOGETHER, DecisionKind.APART]),
        st.sampled_from([1, 2]),
        st.sampled_from([3, 4]),
        decided_at=st.sampled_from([NOW, NOW + timedelta(1)]),
    ),
    st.builds(
        Decision,
        st.sampled_from([DecisionKind.FILE, DecisionKind.HEADLINE]),
        st.sampled_from([1, 2]),
        value=st.sampled_from(["a", "b"]),
        series=st.just("daily"),
        decided_at=st.sampled_from([NOW, NOW + timedelta(1)]),
    ),
)


def test_a_decision_is_kept_with_who_made_it_and_when(database: Database) -> None:
    with database.write() as conn:
        decide(conn, "news", [DROP], NOW)
    with database.read() as conn:
        assert list_decisions(conn, "news", "daily") == [DROP]


def test_a_later_decision_about_the_same_replaces_the_earlier(database: Database) -> None:
    first = Decision(DecisionKind.HEADLINE, 7, value="One", series="daily", decided_at=NOW)
    second = Decision(DecisionKind.HEADLINE, 7, value="Two", series="daily", decided_at=NOW + timedelta(1))
    with database.write() as conn:
        decide(conn, "news", [first], NOW)
        decide(conn, "news", [second], NOW)
        assert list_decisions(conn, "news", "daily") == [second]


def test_a_decision_holds_for_its_own_series_and_publication(database: Database) -> None:
    with database.write() as conn:
        decide(conn, "news", [DROP], NOW)
        assert list_decisions(conn, "news", "weekly") == []
        assert list_decisions(conn, "other", "daily") == []


def test_what_articles_are_about_holds_for_every_series(database: Database) -> None:
    with database.write() as conn:
        decide(conn, "news", [Decision(DecisionKind.FILE, 7, value="arctic", series="daily")], NOW)
        (found,) = list_decisions(conn, "news", "weekly")
    assert (found.value, found.series, found.decided_at) == ("arctic", "", NOW)


def test_a_pair_is_one_whichever_comes_first_and_its_opposite_takes_it_back(database: Database) -> None:
    with database.write() as conn:
        decide(conn, "news", [TOGETHER], NOW)
        decide(conn, "news", [Decision(DecisionKind.APART, 4, 9)], NOW)
        (found,) = list_decisions(conn, "news", "daily")
    assert (found.kind, found.article_id, found.other_id) == (DecisionKind.APART, 4, 9)


def test_a_decision_taken_back_is_gone_and_counted(database: Database) -> None:
    with database.write() as conn:
        decide(conn, "news", [DROP, TOGETHER], NOW)
        assert take_back(conn, "news", [Decision(DecisionKind.TOGETHER, 4, 9)], NOW) == 1
        assert take_back(conn, "news", [TOGETHER], NOW) == 0
        assert list_decisions(conn, "news", "daily") == [DROP]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # the database is emptied in each example
@given(st.lists(DECISIONS, max_size=6), st.lists(DECISIONS, max_size=6), st.lists(DECISIONS, max_size=4))
def test_what_would_hold_is_what_holds_once_it_is_stored(
    database: Database, before: list[Decision], made: list[Decision], taken: list[Decision]
) -> None:
    with database.write() as conn:
        take_back(conn, "news", list_decisions(conn, "news", "daily"), NOW)
        decide(conn, "news", before, NOW)
        standing = list_decisions(conn, "news", "daily")
        take_back(conn, "news", taken, NOW)
        decide(conn, "news", made, NOW)
        assert amended(standing, made, taken) == list_decisions(conn, "news", "daily")
