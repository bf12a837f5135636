from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digest.group.bonds import Bonds

COUNT = 8
PLACES = st.integers(0, COUNT - 1)
GROUPS = st.lists(st.lists(PLACES, max_size=4), max_size=4)
PAIRS = st.lists(st.tuples(PLACES, PLACES), max_size=6)


def root_of(bonds: Bonds) -> dict[int, int]:
    return {member: group[0] for group in bonds.groups() for member in group}


@given(GROUPS, PAIRS, PAIRS)
def test_pairs_that_are_apart_never_meet_whatever_is_joined(
    together: list[list[int]], apart: list[tuple[int, int]], later: list[tuple[int, int]]
) -> None:
    bonds = Bonds(COUNT, together, apart)
    for one, other in later:
        if bonds.may_join(one, other):
            bonds.join(one, other)
            assert root_of(bonds)[one] == root_of(bonds)[other]
    root = root_of(bonds)
    assert sorted(root) == list(range(COUNT))
    assert all(root[one] != root[other] for one, other in apart if one != other)


@given(GROUPS)
def test_without_a_contradiction_every_group_is_whole(together: list[list[int]]) -> None:
    root = root_of(Bonds(COUNT, together))
    assert all(len({root[member] for member in group}) <= 1 for group in together)


@given(GROUPS, PAIRS)
def test_the_order_of_the_rulings_changes_nothing(
    together: list[list[int]], apart: list[tuple[int, int]]
) -> None:
    shuffled = [list(reversed(group)) for group in reversed(together)]
    turned = [(other, one) for one, other in reversed(apart)]
    assert Bonds(COUNT, shuffled, turned).groups() == Bonds(COUNT, together, apart).groups()


def test_of_a_group_that_holds_two_kept_apart_each_joins_the_earliest_it_may() -> None:
    assert Bonds(4, [[0, 1, 2]], [(0, 1)]).groups() == [[0, 2], [1], [3]]


def test_what_is_apart_from_one_is_apart_from_all_that_join_it() -> None:
    bonds = Bonds(4, [[0, 1]], [(1, 3)])
    bonds.join(2, 3)
    assert not bonds.may_join(0, 2)
    assert bonds.may_join(0, 1)
