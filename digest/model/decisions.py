"""What an editor decided about articles: remembered, and obeyed by every later draft.

Decisions speak of articles, not of stories: a story's key changes with every telling that joins it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar


class DecisionKind(StrEnum):
    """What was decided. The first two speak of a pair of articles, the others of one."""

    TOGETHER = "together"  # the two are one story
    APART = "apart"  # the two never are
    PIN = "pin"  # its story stands at this place, counted from 1
    DROP = "drop"  # its story stays out
    FILE = "file"  # its story belongs to these themes, and to no other
    HEADLINE = "headline"  # its story's headline, in the editor's words
    LEADS = "leads"  # it leads its story: headline, first link and what the summary begins with are its own
    NO_PICTURE = "no-picture"  # its story shows none
    SUMMARY = "summary"  # its story's summary, in the editor's words


ABOUT_STORIES = frozenset({DecisionKind.TOGETHER, DecisionKind.APART, DecisionKind.FILE, DecisionKind.LEADS})
"""The kinds that hold for every series: what an article is about doesn't depend on who gets it."""

MERGED, MERGED_AND_FILED = "merged", "merged and filed"  # the value of a LEADS that a merge has made


_OPPOSITE = {DecisionKind.TOGETHER: DecisionKind.APART, DecisionKind.APART: DecisionKind.TOGETHER}
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)

_T = TypeVar("_T")
Key = tuple[str, DecisionKind, int, int]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. ``other_id`` is the second article of a pair, else 0.

    ``value`` is the place of a PIN, the slugs of a FILE parted by spaces (empty: of no theme), the words
    of a HEADLINE or SUMMARY, of a LEADS whether a merge has made it, and empty otherwise. ``series`` is ""
    for ``ABOUT_STORIES``.
    """

    kind: DecisionKind
    article_id: int
    other_id: int = 0
    value: str = ""
    series: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None

    @property
    def settled(self) -> Decision:
        """As it is kept: the lower id of a pair first, and no series where it holds for all of them."""
        ids = (self.article_id, self.other_id)
        low, high = sorted(ids) if self.kind in _OPPOSITE else ids
        series = "" if self.kind in ABOUT_STORIES else self.series
        return replace(self, article_id=low, other_id=high, series=series)

    @property
    def key(self) -> Key:
        """What it is about: a later decision with the same key replaces it."""
        kept = self.settled
        return (kept.series, kept.kind, kept.article_id, kept.other_id)

    @property
    def opposite(self) -> Decision | None:
        """What it takes back by being made; None for what has no opposite."""
        return replace(self, kind=_OPPOSITE[self.kind]) if self.kind in _OPPOSITE else None

    @property
    def moment(self) -> datetime:
        """When it was decided, UTC; before everything where that isn't known."""
        return self.decided_at or _BEFORE_ALL

    @property
    def place(self) -> int:
        """Where a PIN puts its story, from 1."""
        return int(self.value)

    @property
    def slugs(self) -> tuple[str, ...]:
        """The themes of a FILE, the first being where the story appears."""
        return tuple(self.value.split())


def amended(
    standing: Iterable[Decision], made: Iterable[Decision], taken: Iterable[Decision]
) -> list[Decision]:
    """What holds once ``taken`` is taken back and ``made`` is decided: as the store would do it."""
    kept = {decision.key: decision for decision in standing}
    for decision in taken:
        kept.pop(decision.key, None)
    for decision in made:
        if decision.opposite:
            kept.pop(decision.opposite.key, None)
        kept[decision.key] = decision.settled
    return sorted(kept.values(), key=_age)


def _age(decision: Decision) -> tuple[datetime, DecisionKind, int, int]:
    return (decision.moment, decision.kind, decision.article_id, decision.other_id)


@dataclass(frozen=True, slots=True)
class Rulings:
    """What an editor said about which articles are one story, by canonical address.

    ``together``: groups that are one story however unlike. ``apart``: pairs that never are, not even
    through a third article or as copies. Where the two contradict each other, ``apart`` wins.
    """

    together: tuple[tuple[str, ...], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()


NO_RULINGS = Rulings()


@dataclass(frozen=True, slots=True)
class Decisions:
    """What was decided about single articles: all that holds for one draft, by article id."""

    by_article: Mapping[int, tuple[Decision, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, decided: Iterable[Decision]) -> Decisions:
        """Out of everything that was decided; what speaks of pairs is left to ``Rulings``."""
        found: dict[int, tuple[Decision, ...]] = {}
        for decision in decided:
            if decision.kind not in _OPPOSITE:
                found[decision.article_id] = (*found.get(decision.article_id, ()), decision)
        return cls(found)

    def latest(self, article_ids: Iterable[int], kinds: Collection[DecisionKind]) -> Decision | None:
        """The last decision of these kinds about any of the articles: it wins over the others."""
        about = (
            decision
            for number in article_ids
            for decision in self.by_article.get(number, ())
            if decision.kind in kinds
        )
        return max(about, key=_age, default=None)


NO_DECISIONS = Decisions()


def placed(floating: Sequence[_T], pinned: Sequence[tuple[int, _T]]) -> list[_T]:
    """What floats in its own order, with each pinned one at its place, from 1.

    ``pinned`` is in order of place. A place that is taken means the next one, and one beyond the end the end.
    """
    found = list(floating)
    free = 1
    for place, item in pinned:
        at = max(place, free)
        found.insert(at - 1, item)
        free = at + 1
    return found
