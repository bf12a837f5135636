from __future__ import annotations

import pytest

from digest.group.cores import odd_ones, with_side_pieces
from digest.group.linkage import likeness_of, likenesses

CORE = {"bar": 0.4, "fire": 0.4, "resort": 0.4}
SIDE = {"bar": 0.2, "fire": 0.2, "resort": 0.2, "witness": 0.5}


def tellings(count: int) -> list[dict[str, float]]:
    return [{**CORE, f"own{number}": 0.3} for number in range(count)]


def always(_one: int, _other: int) -> bool:
    return True


def never(_one: int, _other: int) -> bool:
    return False


def test_an_article_alone_joins_a_large_story_whose_central_terms_it_holds() -> None:
    vectors = [*tellings(10), SIDE, {"bar": 0.6, "menu": 0.6}]
    groups = [list(range(10)), [10], [11]]
    assert with_side_pieces(groups, vectors, always) == [[*range(11)], [11]]


def test_a_side_piece_out_of_reach_stays_alone() -> None:
    groups = [list(range(10)), [10]]
    assert with_side_pieces(groups, [*tellings(10), SIDE], never) == groups


def test_a_small_story_draws_nothing_in_and_a_pair_is_a_story_of_its_own() -> None:
    small = [list(range(9)), [9]]
    assert with_side_pieces(small, [*tellings(9), SIDE], always) == small
    pair = [list(range(10)), [10, 11]]
    assert with_side_pieces(pair, [*tellings(10), SIDE, SIDE], always) == pair


def test_the_larger_story_chooses_first() -> None:
    vectors = [*tellings(10), *tellings(11), SIDE]
    groups = [list(range(10)), list(range(10, 21)), [21]]
    assert with_side_pieces(groups, vectors, always) == [list(range(10)), list(range(10, 22))]


def test_the_odd_one_out_is_far_from_the_others_and_two_have_none() -> None:
    far = {"bar": 0.1, "law": 0.7}
    assert odd_ones([*tellings(3), far]) == {3}
    assert odd_ones([CORE, far]) == set()


def test_the_less_close_half_of_a_large_story_never_leads() -> None:
    looser = {"bar": 0.4, "fire": 0.4, "law": 0.4}
    assert odd_ones([*tellings(6), looser]) == set()
    assert odd_ones([*tellings(9), looser]) == {9}


def test_likeness_counts_how_many_terms_carry_it() -> None:
    assert likeness_of([]) == 0
    assert likeness_of([0.4]) == pytest.approx(0)
    assert likeness_of([0.2, 0.2]) == pytest.approx(0.2)
    assert likeness_of([0.1] * 4) == pytest.approx(0.3)


def test_likenesses_of_a_batch_are_those_of_its_pairs() -> None:
    vectors = [CORE, SIDE, {"bar": 0.9}]
    parts = [value * SIDE[term] for term, value in CORE.items()]
    assert likenesses(vectors, [3, 3, 3]) == {(0, 1): pytest.approx(likeness_of(parts))}
