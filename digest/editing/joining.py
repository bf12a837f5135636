"""Merges and splits: which articles are one story, and which are not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations, product

from digest.editing.change import Change
from digest.editing.sheet import APART, MERGE, SPLIT, TOGETHER, Block, Entry, Mark, Problem, Sheet, one_line
from digest.model.decisions import DecisionKind

_OF_A_MERGE = frozenset({DecisionKind.LEADS, DecisionKind.FILE})


def join(sheet: Sheet, entries: Sequence[Entry], change: Change) -> dict[int, int]:
    """Note merges, splits and what was taken back of them; which stories go into which."""
    by_number = {entry.number: entry for entry in entries}
    goes_into: dict[int, list[Block]] = {}
    gone: dict[int, int] = {}
    for entry in entries:
        _taken_back(sheet.blocks[entry.number], entry, change)
        if entry.merge_with and (root := _root(sheet, entry, by_number, change)):
            goes_into.setdefault(root, []).append(sheet.blocks[entry.number])
            gone[entry.number] = root
        elif entry.split:
            _split(sheet.blocks[entry.number], entry, change)
    for root, parts in goes_into.items():
        _merge(sheet.blocks[root], parts, change)
    return gone


def _taken_back(block: Block, entry: Entry, change: Change) -> None:
    for key, kind, had, has in (
        (TOGETHER, DecisionKind.TOGETHER, block.together, entry.together),
        (APART, DecisionKind.APART, block.apart, entry.apart),
    ):
        left = set(has or ())
        if left - set(had) or (left and left != set(had)):
            text = f"`{key}:` can only stay as it is or go: for another article, merge or split"
            change.problems.append(Problem(entry.at(key), text))
        elif had and not left:
            pairs = block.pairs(kind)
            moments = {pair.moment for pair in pairs}  # a merge also says who leads, and under what
            change.taken += pairs
            change.taken += [
                one for one in block.decided if one.kind in _OF_A_MERGE and one.moment in moments
            ]
            change.words.append(f"s{block.number}: its articles are no longer kept {key} by a decision")


def _root(sheet: Sheet, entry: Entry, by_number: dict[int, Entry], change: Change) -> int:
    """The story that all of a row of merges ends in; 0 with a problem noted."""
    problem, seen, at = "", {entry.number}, entry
    block = sheet.blocks[entry.number]
    if entry.mark is Mark.DROP or entry.split:
        problem = "it is merged: write `keep`, and split nothing off it"
    elif entry.headline != one_line(block.headline) or entry.summary not in {"", one_line(block.summary)}:
        problem = "it is merged, and new words would be lost with it: write them at the other story"
    while at.merge_with and not problem:
        if at.merge_with not in sheet.blocks:
            problem = f"there is no story s{at.merge_with}"
        elif at.merge_with in seen:
            problem = "the merge leads back to itself: one of the stories has to stay"
        else:
            at = by_number[at.merge_with]
            seen.add(at.number)
    if not problem and at.mark is Mark.DROP:
        problem = f"s{at.number} is dropped: merge it into this one instead, or keep it"
    if not problem and at.split:
        problem = f"s{at.number} is split as well: do one after the other"
    if problem:
        change.problems.append(Problem(entry.at(MERGE), f"s{entry.number}: {problem}"))
        return 0
    return at.number


def _merge(root: Block, parts: Sequence[Block], change: Change) -> None:
    """All articles are one story, led by the root and under its themes.

    What was said of the stories that go is spent; the other's holds.
    """
    everything = frozenset[int]().union(root.ids, *(part.ids for part in parts))
    for block in (root, *parts):
        change.taken += [
            pair
            for pair in block.pairs(DecisionKind.APART)
            if {pair.article_id, pair.other_id} <= everything and pair not in change.taken
        ]
    for part in parts:
        change.taken += [one for one in part.decided if not one.other_id]
        change.words.append(f"s{part.number} merged into s{root.number}")
    if not root.leads:
        change.decide(DecisionKind.LEADS, root.number)
    if root.themes and not root.latest(DecisionKind.FILE) and any(p.heading != root.heading for p in parts):
        change.decide(DecisionKind.FILE, root.number, " ".join(root.themes))
    _bind(root.number, everything, change)


def _split(block: Block, entry: Entry, change: Change) -> None:
    """Each group is a story of its own, and so is the rest."""
    named = [number for group in entry.split for number in group]
    foreign = [str(number) for number in named if number not in block.ids]
    problem = ""
    if foreign:
        problem = f"s{block.number} has no article {' and no '.join(foreign)}: their numbers stand below it"
    elif len(set(named)) < len(named):
        problem = "an article can go to one story only"
    elif set(named) == block.ids:
        problem = f"all articles of s{block.number} are split off: leave at least one"
    if problem:
        change.problems.append(Problem(entry.at(SPLIT), problem))
        return
    groups: list[Collection[int]] = [*entry.split, block.ids.difference(named)]
    for one, other in combinations(groups, 2):
        for low, high in product(sorted(one), sorted(other)):
            change.decide(DecisionKind.APART, low, other=high)
    for group in groups:
        _bind(min(group), group, change)
    for group in entry.split:
        numbers = " ".join(map(str, group))
        change.words.append(
            f"s{block.number}: {numbers} split off as a story of {'its' if len(group) == 1 else 'their'} own"
        )


def _bind(centre: int, numbers: Iterable[int], change: Change) -> None:
    """Each article with one of them: the store makes it a group."""
    for number in sorted(set(numbers) - {centre}):
        change.decide(DecisionKind.TOGETHER, centre, other=number)
