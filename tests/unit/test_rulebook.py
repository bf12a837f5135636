"""From what is stored to what the stages take."""

from __future__ import annotations

from digest.model.decisions import Decision, DecisionKind, Decisions
from digest.rulebook import rulings_of

ADDRESS = {number: f"https://example.org/{number}" for number in range(1, 9)}


def together(one: int, other: int) -> Decision:
    return Decision(DecisionKind.TOGETHER, one, other)


def test_pairs_add_up_to_groups() -> None:
    found = rulings_of([together(1, 2), together(5, 6), together(3, 2)], ADDRESS)
    assert found.together == (
        ("https://example.org/1", "https://example.org/2", "https://example.org/3"),
        ("https://example.org/5", "https://example.org/6"),
    )
    assert found.apart == ()


def test_an_article_that_is_gone_still_joins_what_it_was_joined_with() -> None:
    found = rulings_of([together(1, 99), together(99, 2), together(98, 7)], ADDRESS)
    assert found.together == (("https://example.org/1", "https://example.org/2"),)


def test_pairs_apart_are_kept_where_both_are_known() -> None:
    pairs = [Decision(DecisionKind.APART, 1, 2), Decision(DecisionKind.APART, 1, 99)]
    assert rulings_of(pairs, ADDRESS).apart == (("https://example.org/1", "https://example.org/2"),)


def test_decisions_about_pairs_are_no_decisions_about_articles() -> None:
    drop = Decision(DecisionKind.DROP, 1)
    assert Decisions.of([together(1, 2), drop]).by_article == {1: (drop,)}
