from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from digest.group.bonds import Bonds
from digest.group.cores import odd_ones, with_side_pieces
from digest.group.countries import Whereabouts
from digest.group.linkage import Pairs, likenesses, likenesses_of_first, linked
from digest.group.vectors import Floats, Ints, Vectors, offsets
from digest.model.news import Article

CORE = {"bar": 0.4, "fire": 0.4, "resort": 0.4}
SIDE = {"bar": 0.2, "fire": 0.2, "resort": 0.2, "witness": 0.5}


def vectors(
    rows: Sequence[Mapping[str, float]], *, named: Sequence[str] = (), common: Sequence[str] = ()
) -> Vectors:
    terms = sorted({term for row in rows for term in row})
    return Vectors(
        terms,
        offsets(np.array([len(row) for row in rows], np.int64)),
        np.array([terms.index(term) for row in rows for term in sorted(row)], np.int32),
        np.array([row[term] for row in rows for term in sorted(row)], np.float32),
        np.array([term in named for term in terms], bool),
        np.array([term in common for term in terms], bool),
    )


def tellings(count: int) -> list[dict[str, float]]:
    return [{**CORE, f"own{number}": 0.3} for number in range(count)]


def grown(
    groups: Sequence[Sequence[int]],
    rows: Sequence[Mapping[str, float]],
    *,
    hours: Floats | None = None,
    common: Sequence[str] = (),
    apart: Sequence[tuple[int, int]] = (),
    titles: Mapping[int, str] | None = None,
) -> list[list[int]]:
    bonds = Bonds(len(rows), groups, apart)
    at = np.zeros(len(rows)) if hours is None else hours
    where = Whereabouts([named((titles or {}).get(number, "")) for number in range(len(rows))])
    return with_side_pieces(bonds.groups(), vectors(rows, common=common), at, where, 72, bonds)


def named(title: str) -> Article:
    url = "https://news.example.org/ferry"
    return Article(url=url, canonical_url=url, title=title)


def undamped(_here: int, others: Ints) -> Floats:
    return np.ones(len(others))


def test_an_article_alone_joins_a_large_story_whose_central_terms_it_holds() -> None:
    rows = [*tellings(10), SIDE, {"bar": 0.6, "menu": 0.6}]
    assert grown([range(10)], rows) == [[*range(11)], [11]]


def test_words_that_are_always_in_the_news_make_no_side_piece() -> None:
    rows = [*tellings(10), SIDE]
    assert grown([range(10)], rows, common=["bar", "fire"]) == [[*range(11)]]
    assert grown([range(10)], rows, common=list(CORE)) == [[*range(10)], [10]]


def test_a_side_piece_out_of_reach_stays_alone() -> None:
    hours = np.array([0.0] * 10 + [73.0])
    assert grown([range(10)], [*tellings(10), SIDE], hours=hours) == [[*range(10)], [10]]
    hours[3] = 2.0
    assert grown([range(10)], [*tellings(10), SIDE], hours=hours) == [[*range(11)]]


def test_a_side_piece_about_another_country_stays_alone() -> None:
    rows = [*tellings(10), SIDE]
    swiss = dict.fromkeys(range(9), "Fire in a Swiss resort")
    assert grown([range(10)], rows, titles={**swiss, 10: "Fire in a Peruvian resort"}) == [[*range(10)], [10]]
    assert grown([range(10)], rows, titles={**swiss, 10: "Switzerland mourns"}) == [[*range(11)]]
    assert grown([range(10)], rows, titles={**swiss, 10: "Witnesses of the fire"}) == [[*range(11)]]
    assert grown([range(10)], rows, titles={10: "Fire in a Peruvian resort"}) == [[*range(11)]]


def test_a_side_piece_that_is_kept_apart_from_one_telling_stays_alone() -> None:
    assert grown([range(10)], [*tellings(10), SIDE], apart=[(10, 4)]) == [[*range(10)], [10]]
    two = [*tellings(10), SIDE, SIDE]
    assert grown([range(10)], two, apart=[(10, 11)]) == [[*range(11)], [11]]


def test_a_small_story_draws_nothing_in_and_a_pair_is_a_story_of_its_own() -> None:
    assert grown([range(9)], [*tellings(9), SIDE]) == [[*range(9)], [9]]
    rows = [*tellings(10), SIDE, SIDE]
    assert grown([range(10), [10, 11]], rows) == [[*range(10)], [10, 11]]


def test_the_larger_story_chooses_first() -> None:
    rows = [*tellings(10), *tellings(11), SIDE]
    assert grown([range(10), range(10, 21)], rows) == [[*range(10)], [*range(10, 22)]]


def test_the_odd_one_out_is_far_from_the_others_and_two_have_none() -> None:
    far = {"bar": 0.1, "law": 0.7}
    assert odd_ones([*tellings(3), far]) == {3}
    assert odd_ones([CORE, far]) == set()


def test_the_less_close_half_of_a_large_story_never_leads() -> None:
    looser = {"bar": 0.4, "fire": 0.4, "law": 0.4}
    assert odd_ones([*tellings(6), looser]) == set()
    assert odd_ones([*tellings(9), looser]) == {9}


def of_two(first: Mapping[str, float], second: Mapping[str, float], named: Sequence[str] = ()) -> float:
    return float(likenesses_of_first(vectors([first, second], named=named))[0])


def test_likeness_counts_how_many_terms_carry_it() -> None:
    assert of_two({"a": 0.6}, {"b": 0.6}) == 0
    assert of_two({"a": 0.6}, {"a": 0.6}) == pytest.approx(0)
    assert of_two({"a": 0.4, "b": 0.4}, {"a": 0.5, "b": 0.5}) == pytest.approx(0.2)
    four = dict.fromkeys("abcd", 0.5)
    assert of_two(four, dict.fromkeys(four, 0.2)) == pytest.approx(0.3)


def test_two_that_name_different_things_are_less_alike() -> None:
    first, second = {"fire": 0.4, "night": 0.4, "Lund": 0.2}, {"fire": 0.4, "night": 0.4, "Bergen": 0.2}
    plain = of_two(first, second)
    assert of_two(first, second, named=["Lund", "Bergen"]) == pytest.approx(0.75 * plain)
    assert of_two(first, second, named=["Lund"]) == pytest.approx(plain)
    assert of_two(first, second, named=["Lund", "Bergen", "fire"]) == pytest.approx(plain)


def test_likenesses_of_a_batch_are_those_of_its_pairs() -> None:
    rows = [CORE, SIDE, {"bar": 0.9}, {"witness": 0.5, "bar": 0.3}]
    pairs = likenesses(vectors(rows), [4, 4, 4, 4], undamped)
    found = {
        (low, high): value for low, high, value in zip(*(column.tolist() for column in pairs), strict=True)
    }
    assert found.keys() == {(0, 1), (1, 3)}
    assert found[0, 1] == pytest.approx(of_two(CORE, SIDE))
    near = likenesses(vectors(rows), [1, 2, 3, 4], undamped)
    assert not near.low.size


def test_terms_in_too_many_articles_find_no_pair_and_count_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [CORE, SIDE, {"bar": 0.9, "menu": 0.2}, {"resort": 0.2, "fire": 0.2, "bar": 0.2, "menu": 0.1}]
    whole = likenesses(vectors(rows), [4] * 4, undamped)
    monkeypatch.setattr("digest.group.linkage._COMMON_LEAST", 3)
    fewer = likenesses(vectors(rows), [4] * 4, undamped)
    assert [column.tolist() for column in fewer] == [column.tolist() for column in whole]
    monkeypatch.setattr("digest.group.linkage._COMMON_LEAST", 1)
    assert not likenesses(vectors(rows), [4] * 4, undamped).low.size


def test_two_events_of_three_are_neighbours_and_need_more_than_one_telling_does() -> None:
    def groups(first: int, second: int, between: float) -> list[list[int]]:
        count = first + second
        pairs = [(low, high) for high in range(count) for low in range(high)]
        value = [0.5 if (low < first) == (high < first) else between for low, high in pairs]
        low, high = (np.array(column, np.int32) for column in zip(*pairs, strict=True))
        return linked(Pairs(low, high, np.array(value, np.float32)), 0.1, Bonds(count))

    spread = 2 ** (2 * 0.7) * 3 ** (2 * 0.15)  # of two groups of two, each telling half like the other
    assert groups(2, 2, 0.101 * spread / 4) == [[0, 1, 2, 3]]
    assert groups(3, 1, 0.105) == [[0, 1, 2, 3]]
    assert groups(3, 3, 0.092) == [[0, 1, 2], [3, 4, 5]]
    assert groups(3, 3, 0.105) == [[0, 1, 2, 3, 4, 5]]
