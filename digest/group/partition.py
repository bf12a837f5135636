"""Which articles make which story: copies hang on their tellings, tellings meet, rulings are obeyed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import NDArray

from digest.group.bonds import Bonds
from digest.group.cores import Vector, odd_ones, with_side_pieces
from digest.group.countries import ELSEWHERE, Whereabouts
from digest.group.duplicates import copy_pairs
from digest.group.features import extract
from digest.group.linkage import Damping, likenesses, linked, reaches
from digest.group.options import GroupOptions
from digest.group.order import hour_of, preference
from digest.group.vectors import Floats, Ints, Vectors
from digest.model.decisions import Rulings
from digest.model.genre import is_medley
from digest.model.news import Article

RULED = "an editor's ruling"
_SHOWN_TERMS = 8
_UNRELATED = 0.5  # likeness of two articles that are surely about different themes
_FADED = 0.35  # of the likeness of two articles a whole time window apart
_SAME_HOUSE = 0.6  # one publisher's pieces share its phrases, and it rarely tells an event twice


@dataclass(frozen=True, slots=True)
class Part:
    """One story, as places in the batch. ``odd``: tellings far from the others. ``why`` they are one."""

    tellings: tuple[int, ...]
    copies: tuple[int, ...]
    odd: frozenset[int]
    why: tuple[str, ...]


def partition(
    articles: Sequence[Article],
    filed: Sequence[frozenset[str]],
    options: GroupOptions,
    rulings: Rulings,
    language: str,
) -> list[Part]:
    """The stories of ``articles``, which stand in ``batch_order``; ``filed``: the themes each is IN."""
    ruled = _Places(articles, rulings)
    # A press review is on every story of the day and tells none of them.
    medleys = {at for at, article in enumerate(articles) if is_medley(article.title)} - ruled.named
    copies = _copies(articles, options, language, ruled, medleys)
    kept = [
        at for at in range(len(articles)) if at in ruled.named or (at not in copies and at not in medleys)
    ]
    place = {at: number for number, at in enumerate(kept)}
    bonds = ruled.bonds(place)
    for copy, original in copies.items():
        if copy in place and bonds.may_join(place[copy], place[original]):
            bonds.join(place[copy], place[original])
    vectors = extract(articles, options.window_h).take(kept)
    hours = np.array([hour_of(articles[at]) for at in kept])
    where = Whereabouts([articles[at] for at in kept])
    damping = _damping([articles[at] for at in kept], [filed[at] for at in kept], hours, where, options)
    pairs = likenesses(vectors, reaches(hours, options.window_h), damping)
    stories = linked(pairs, options.threshold_among(len(articles)), bonds)
    groups = with_side_pieces(stories, vectors, hours, where, options.window_h, bonds)
    hung: dict[int, list[int]] = {}
    for copy, original in copies.items():
        if copy not in place:
            hung.setdefault(original, []).append(copy)
    alone = [
        Part((at,), tuple(sorted(hung.get(at, ()))), frozenset(), ())
        for at in sorted(medleys - copies.keys())
    ]
    return [_part(numbers, kept, vectors, copies, hung, ruled) for numbers in groups] + alone


class _Places:
    """An editor's rulings as places in the batch; addresses that aren't in it say nothing."""

    def __init__(self, articles: Sequence[Article], rulings: Rulings) -> None:
        at = {article.canonical_url: place for place, article in enumerate(articles)}
        known = [[at[url] for url in group if url in at] for group in rulings.together]
        self._together = [frozenset(group) for group in known if len(set(group)) > 1]
        self.apart = [(at[one], at[other]) for one, other in rulings.apart if one in at and other in at]
        self.named = frozenset().union(*self._together, *self.apart)

    def bonds(self, number_of: dict[int, int]) -> Bonds:
        """The rulings, of articles as they are numbered."""
        return Bonds(
            len(number_of),
            ([number_of[at] for at in group] for group in self._together),
            ((number_of[one], number_of[other]) for one, other in self.apart),
        )

    def made(self, story: Sequence[int]) -> bool:
        """Whether a ruling put two articles of ``story`` together."""
        return any(len(group.intersection(story)) > 1 for group in self._together)


def _copies(
    articles: Sequence[Article],
    options: GroupOptions,
    language: str,
    ruled: _Places,
    medleys: Collection[int],
) -> dict[int, int]:
    """Copies, each with the telling that stands for it; a medley's are other medleys.

    A copy hangs on an article that it matches itself, never on a copy of a copy: a round-up that
    quotes two stories must not make them one.
    """
    apart = {frozenset(pair) for pair in ruled.apart}
    near: dict[int, set[int]] = {}
    for low, high in copy_pairs(articles, options.copy_containment):
        within = abs(hour_of(articles[low]) - hour_of(articles[high])) <= options.window_h
        alike = (low in medleys) == (high in medleys)
        if within and alike and frozenset((low, high)) not in apart:
            near.setdefault(low, set()).add(high)
            near.setdefault(high, set()).add(low)
    copies: dict[int, int] = {}
    originals: set[int] = set()
    for at in sorted(near, key=lambda at: preference(articles[at], language)):
        if at not in copies:
            found = [other for other in sorted(near[at]) if other not in copies and other not in originals]
            copies.update(dict.fromkeys(found, at))
            if found:
                originals.add(at)
    return copies


def fading(hours: Floats, window_h: float) -> Floats:
    """What is left of a likeness: the further apart two articles, the more a story takes."""
    return (
        1.0 - (1.0 - _FADED) * np.minimum(1.0, np.abs(hours) / window_h) if window_h else np.ones_like(hours)
    )


def _damping(
    articles: Sequence[Article],
    filed: Sequence[frozenset[str]],
    hours: Floats,
    where: Whereabouts,
    options: GroupOptions,
) -> Damping:
    families: dict[str, int] = {}
    family = np.array([families.setdefault(article.family, len(families)) for article in articles], np.int64)
    slugs = sorted(frozenset().union(*filed))
    themes = np.array([[slug in of for slug in slugs] for of in filed], bool).reshape(len(filed), len(slugs))
    has_theme: NDArray[np.bool_] = themes.sum(axis=1) > 0

    def damping(here: int, others: Ints) -> Floats:
        left = fading(hours[others] - hours[here], options.window_h)
        left[family[others] == family[here]] *= _SAME_HOUSE
        left[where.elsewhere(here, others)] *= ELSEWHERE
        if has_theme[here]:
            left[has_theme[others] & ((themes[others] & themes[here]).sum(axis=1) == 0)] *= _UNRELATED
        return left

    return damping


def _part(
    numbers: Sequence[int],
    kept: Sequence[int],
    vectors: Vectors,
    copies: dict[int, int],
    hung: dict[int, list[int]],
    ruled: _Places,
) -> Part:
    members = {kept[number] for number in numbers}
    rows = {kept[number]: number for number in numbers if copies.get(kept[number]) not in members}
    repeats = (members - rows.keys()).union(*(hung.get(at, ()) for at in members))
    told = [vectors.row(number) for number in rows.values()] if len(rows) > 1 else []
    tellings = tuple(rows)
    return Part(
        tellings,
        tuple(sorted(repeats)),
        frozenset(tellings[place] for place in odd_ones(told)),
        ((RULED,) if ruled.made([*tellings, *repeats]) else ()) + _why(told),
    )


def _why(vectors: Sequence[Vector]) -> tuple[str, ...]:
    """The terms that most of the tellings share, strongest first."""
    spread = Counter(term for vector in vectors for term in vector)
    shared = {term: count for term, count in spread.items() if count > len(vectors) / 2 and count > 1}
    strength = {
        term: fsum(vector.get(term, 0.0) for vector in vectors) * count for term, count in shared.items()
    }
    best = sorted(strength, key=lambda term: (-strength[term], term))
    return tuple(best[:_SHOWN_TERMS])
