"""Moves become the fewest pins that give the order asked for."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from digest.editing import Block, Sheet, write
from digest.editing.order import longest_run
from digest.editing.write import _END
from digest.model.decisions import DecisionKind

from .conftest import block, changed, decided, judged, recomposed, said, sheet


def rearranged(of: Sheet, lead: int, chains: dict[str, list[int]]) -> str:
    """The file with its stories in this order under each heading."""
    text = write(of)
    head, *parts = text.removesuffix(_END).split("\n== ")
    stories: dict[int, str] = {}
    for part in parts:
        for story in part.split("\nkeep s")[1:]:
            stories[int(story.split(" ")[0])] = "\nkeep s" + story
    titles = [part.split("\n")[0] for part in parts]
    placed = [[lead], *(chains.get(slug, []) for slug in of.themes), []]
    return head + "".join(
        "\n== " + title + "\n" + "".join(stories[number] for number in numbers)
        for title, numbers in zip(titles, placed, strict=True)
    )


def chains_of(of: Sheet, order: list[int]) -> dict[str, list[int]]:
    chains: dict[str, list[int]] = {slug: [] for slug in of.themes}
    for number in order:
        chains[of.blocks[number].heading].append(number)
    return chains


def longest_rising(items: list[int]) -> int:
    runs = itertools.chain.from_iterable(itertools.combinations(items, n) for n in range(len(items) + 1))
    return max(len(run) for run in runs if list(run) == sorted(run))


@given(st.permutations(range(7)))
def test_a_longest_run_rises_and_none_is_longer(items: list[int]) -> None:
    found = longest_run(items, {item: item for item in items})
    kept = [item for item in items if item in found]
    assert kept == sorted(kept)
    assert len(kept) == longest_rising(items)


@st.composite
def moves(draw: st.DrawFn) -> tuple[Sheet, int, dict[str, list[int]]]:
    """A draft, some of whose stories are pinned where they stand, and any other order of it."""
    blocks: list[Block] = []
    for place in range(1, draw(st.integers(2, 9))):
        theme = draw(st.sampled_from(["north", "south", "sea"]))
        pin = (said("pin", place * 10, place),) if draw(st.integers(0, 4)) == 0 else ()
        blocks.append(block(place * 10, theme, decided=pin))
    of = sheet(*blocks)
    order = draw(st.permutations([one.number for one in blocks]))
    lead = order[0] if draw(st.booleans()) else blocks[0].number
    return of, lead, chains_of(of, [number for number in order if number != lead])


@given(moves())
def test_any_order_asked_for_is_the_order_of_the_next_draft(
    case: tuple[Sheet, int, dict[str, list[int]]],
) -> None:
    of, lead, chains = case
    change, problems = judged(of, rearranged(of, lead, chains))
    assert problems == ()
    assert change is not None
    order = recomposed(of, change)
    assert order[0] == lead
    assert chains_of(of, order[1:]) == {slug: chains.get(slug, []) for slug in of.themes}
    assert not change.taken
    assert {one.kind for one in change.made} <= {DecisionKind.PIN}


@given(moves())
def test_no_more_stories_are_pinned_than_were_moved(
    case: tuple[Sheet, int, dict[str, list[int]]],
) -> None:
    of, lead, chains = case
    change, _problems = judged(of, rearranged(of, lead, chains))
    assert change is not None
    floating = [one.number for one in of.ranking if not one.place]
    newly = {one.article_id for one in change.made} & set(floating)
    needed = sum(
        len(run) - longest_rising(run)
        for chain in chains.values()
        for run in [[number for number in chain if number in floating]]
    )
    # The lead itself may have to be pinned: one more, and never for a story that already stood there.
    assert len(newly) <= needed + (lead in floating)
    if (
        lead == of.ranking[0].number
        and not needed
        and chains == chains_of(of, [n for n in of.blocks if n != lead])
    ):
        assert not change.made


def test_one_story_moved_to_the_top_is_one_pin() -> None:
    of = sheet(*(block(number * 10) for number in range(1, 7)))
    text = rearranged(of, 10, {"north": [50, 20, 30, 40, 60]})
    change, _problems = judged(of, text)
    assert change is not None
    assert decided(change) == [("pin", 50, "2")]
    assert change.words == ['s50 "Ships number 50 leave for the island": pinned to 2']


def test_a_new_lead_is_pinned_to_the_top_and_the_old_one_floats() -> None:
    of = sheet(block(10), block(20, "south"), block(30))
    change, _problems = judged(of, rearranged(of, 30, {"north": [10], "south": [20]}))
    assert change is not None
    assert decided(change) == [("pin", 30, "1")]
    assert recomposed(of, change) == [30, 10, 20]


def test_a_place_written_by_hand_holds() -> None:
    of = sheet(*(block(number * 10) for number in range(1, 5)))
    change = changed(of, lambda text: text.replace("keep s40", "keep s40").replace(
        "keep s40 Ships number 40 leave for the island\n",
        "keep s40 Ships number 40 leave for the island\npinned: 1\n",
    ))  # fmt: skip
    assert decided(change) == [("pin", 40, "1")]
    assert recomposed(of, change) == [40, 10, 20, 30]


def test_a_pin_whose_line_is_deleted_is_taken_back_and_moves_no_other() -> None:
    of = sheet(block(10), block(20, decided=(said("pin", 20, 2),)), block(30))
    change = changed(of, lambda text: text.replace("pinned: 2 (by Ada Lund)\n", ""))
    assert (change.made, change.taken) == ([], [said("pin", 20, 2)])
    assert change.words == ['s20 "Ships number 20 leave for the island": no longer pinned']


def test_dropping_a_story_keeps_pinned_ones_where_the_file_has_them() -> None:
    of = sheet(block(10), block(20), block(30, decided=(said("pin", 30, 3),)), block(40))
    change = changed(of, lambda text: text.replace("keep s20", "drop s20"))
    assert recomposed(of, change) == [10, 30, 40]
