"""The fewest pins that give the order an editor asked for, so that all other stories go on floating by rank.

What an editor asks for is a lead, and an order under each heading. Stories that stand in both orders, the
draft's and the file's, one after the other (the longest such run under each heading) weren't moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from digest.model.decisions import placed


@dataclass(frozen=True, slots=True)
class Request:
    """What a file asks for. Stories are numbers.

    ``ranking``: those that were in and stay, in the draft's order. ``chains``: the stories under each
    heading, as they stand there. ``lead``: what stands under that heading, None for whatever comes first.
    ``pinned``: places that hold already, ``fixed``: places written by hand (their stories are in no chain).
    ``entering``: stories that come in.
    """

    ranking: Sequence[int]
    chains: Sequence[Sequence[int]]
    lead: int | None
    pinned: Mapping[int, int]
    fixed: Mapping[int, int]
    entering: Sequence[int]


def places(request: Request) -> dict[int, int]:
    """Every pin that has to hold, but for the ``fixed`` ones: story to place."""
    moved = _moved(request)
    staying = [n for n in request.ranking if n not in moved | request.pinned.keys() | request.fixed.keys()]
    if not moved and _gives(request, staying):
        return dict(request.pinned)
    order = _target(request, moved, staying)
    for number, place in sorted(request.fixed.items(), key=lambda item: (item[1], item[0])):
        order.insert(place - 1, number)
    return {number: order.index(number) + 1 for number in [*request.pinned, *sorted(moved)]}


def _moved(request: Request) -> set[int]:
    known = {number: at for at, number in enumerate(request.ranking)}
    floating = known.keys() - request.pinned.keys()
    moved = {number for number in request.entering if number not in request.fixed}
    for chain in request.chains:
        run = [number for number in chain if number in floating and number not in moved]
        moved.update(set(run) - longest_run(run, known))
    first = next(
        (n for n in request.ranking if n in floating and n not in moved and n not in request.fixed), None
    )
    if request.lead in floating and request.lead != first:
        moved.add(request.lead)
    return moved


def longest_run(items: Sequence[int], rank: Mapping[int, int]) -> set[int]:
    """A longest part of ``items`` whose ranks rise, by patience sorting."""
    tops: list[int] = []  # the lowest rank that a run of each length ends with
    ends: list[int] = []  # the item of each of these
    before: dict[int, int | None] = {}
    for item in items:
        at = bisect_left(tops, rank[item])
        before[item] = ends[at - 1] if at else None
        tops[at : at + 1] = [rank[item]]
        ends[at : at + 1] = [item]
    found: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        found.add(last)
        last = before[last]
    return found


def _gives(request: Request, staying: Sequence[int]) -> bool:
    """Whether the pins that hold already give what is asked for."""
    pins = sorted({**request.pinned, **request.fixed}.items(), key=lambda item: (item[1], item[0]))
    order = placed(staying, [(place, number) for number, place in pins])
    at = {number: index for index, number in enumerate(order)}
    rising = all(at[one] < at[two] for chain in request.chains for one, two in pairwise(chain))
    return rising and (request.lead is None or order[0] == request.lead)


def _target(request: Request, moved: Collection[int], staying: Sequence[int]) -> list[int]:
    """All but the fixed, in an order that keeps every chain, each as near to its old place as it can be."""
    keys = _keys(request, moved)
    chains = [list(staying), *(list(chain) for chain in request.chains)]
    nodes = [n for n in dict.fromkeys((*request.ranking, *request.entering)) if n not in request.fixed]
    order: list[int] = [request.lead] if request.lead is not None else []
    waiting = [node for node in nodes if node not in order]
    while waiting:
        left = set(waiting)
        heads = [next((n for n in chain if n in left), None) for chain in chains]
        behind = {
            n for chain, head in zip(chains, heads, strict=True) for n in chain if n in left and n != head
        }
        best = min((n for n in waiting if n not in behind), key=lambda n: keys[n])
        order.append(best)
        waiting.remove(best)
    return order


def _keys(request: Request, moved: Collection[int]) -> dict[int, float]:
    """Where each story would like to stand: where it did, or beside its new neighbour."""
    keys = {number: float(at) for at, number in enumerate(request.ranking)}
    for chain in request.chains:
        for index, number in enumerate(chain):
            if number not in moved:
                continue
            above = keys.get(chain[index - 1]) if index else None
            below = next((keys[n] for n in chain[index + 1 :] if n not in moved), None)
            keys[number] = next((key for key in (above, below, keys.get(number)) if key is not None), inf)
    return keys | {number: inf for number in request.entering if number not in keys}
