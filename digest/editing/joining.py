"""Merges and splits: which articles are one story, and which are not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations, product

from digest.editing.change import Change
from digest.editing.sheet import (
    APART,
    LEADS,
    MERGE,
    PICTURE,
    PINNED,
    SPLIT,
    THEMES,
    TOGETHER,
    Block,
    Entry,
    Mark,
    Problem,
    Sheet,
    one_line,
)
from digest.model.decisions import MERGED, MERGED_AND_FILED, Decision, DecisionKind, Key


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
        _merge(sheet, by_number[root], parts, change)
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
            change.taken += block.pairs(kind)
            if kind is DecisionKind.TOGETHER:
                change.taken += _made_by_a_merge(block)
            change.words.append(f"s{block.number}: its articles are no longer kept {key} by a decision")


def _made_by_a_merge(block: Block) -> list[Decision]:
    """What a merge said of the story besides: who leads it, and perhaps its themes."""
    led = block.latest(DecisionKind.LEADS)
    if led is None or not led.value:
        return []
    filed = [one for one in block.decided if one.kind is DecisionKind.FILE and one.moment == led.moment]
    return [led, *(filed if led.value == MERGED_AND_FILED else [])]


def _root(sheet: Sheet, entry: Entry, by_number: dict[int, Entry], change: Change) -> int:
    """The story that all of a row of merges ends in; 0 with a problem noted."""
    problem, seen, at = "", {entry.number}, entry
    block = sheet.blocks[entry.number]
    if entry.mark is Mark.DROP or entry.split:
        problem = "it is merged: write `keep`, and split nothing off it"
    elif entry.headline != one_line(block.headline) or entry.summary not in {"", one_line(block.summary)}:
        problem = "it is merged, and new words would be lost with it: write them at the other story"
    elif lost := _lost_with_it(block, entry):
        problem = f"it is merged, and `{lost}:` would be lost with it: write it at the other story"
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


def _lost_with_it(block: Block, entry: Entry) -> str:
    """The key of what was newly said of a story that goes into another; "" where nothing was."""
    filed = entry.themes is not None and (entry.themes != block.themes or block.sure is entry.unsure)
    said = {
        THEMES: filed,
        PINNED: entry.pinned not in {None, block.place},
        LEADS: entry.leads not in {None, block.leads},
        PICTURE: entry.no_picture and block.latest(DecisionKind.NO_PICTURE) is None,
    }
    return next((key for key, new in said.items() if new), "")


def _merge(sheet: Sheet, entry: Entry, parts: Sequence[Block], change: Change) -> None:
    """All articles are one story, led by the root and under its themes.

    What was said of the stories that go is spent; the other's holds.
    """
    root = sheet.blocks[entry.number]
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
    elsewhere = any(part.heading != root.heading for part in parts) and (root.themes or sheet.also_today)
    file_it = bool(elsewhere) and root.sure and not root.latest(DecisionKind.FILE)
    if file_it:
        change.decide(DecisionKind.FILE, root.number, " ".join(root.themes))
    if not root.leads and not entry.leads:
        change.decide(DecisionKind.LEADS, root.number, MERGED_AND_FILED if file_it else MERGED)
    standing = {pair.key for block in (root, *parts) for pair in block.pairs(DecisionKind.TOGETHER)}
    _bind(root.number, everything, change, standing)


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


def _bind(
    centre: int, numbers: Iterable[int], change: Change, standing: Collection[Key] = frozenset()
) -> None:
    """Each article with one of them: the store makes it a group. What is ``standing`` is not said anew."""
    for number in sorted(set(numbers) - {centre}):
        pair = Decision(DecisionKind.TOGETHER, centre, number)
        if pair.key not in standing:
            change.decide(DecisionKind.TOGETHER, centre, other=number)
