"""What an editor decided about articles: remembered, and obeyed by every later draft.

Decisions speak of articles, not of stories: a story's key changes with every telling that joins it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class DecisionKind(StrEnum):
    """What was decided. The first two speak of a pair of articles, the others of one."""

    TOGETHER = "together"  # the two are one story
    APART = "apart"  # the two never are
    PIN = "pin"  # its story stands at this place, counted from 1
    DROP = "drop"  # its story stays out
    FILE = "file"  # its story belongs to these themes, and to no other
    HEADLINE = "headline"  # its story's headline, in the editor's words
    SUMMARY = "summary"  # its story's summary, in the editor's words


ABOUT_STORIES = frozenset({DecisionKind.TOGETHER, DecisionKind.APART, DecisionKind.FILE})
"""The kinds that hold for every series: what an article is about doesn't depend on who gets it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. ``other_id`` is the second article of a pair, else 0.

    ``value`` is the place of a PIN, the slugs of a FILE parted by spaces (empty: of no theme), the words
    of a HEADLINE or SUMMARY, and empty otherwise. ``series`` is "" for ``ABOUT_STORIES``.
    """

    kind: DecisionKind
    article_id: int
    other_id: int = 0
    value: str = ""
    series: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rulings:
    """What an editor said about which articles are one story, by canonical address.

    ``together``: groups that are one story however unlike. ``apart``: pairs that never are, not even
    through a third article or as copies. Where the two contradict each other, ``apart`` wins.
    """

    together: tuple[tuple[str, ...], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rewrite:
    """An editor's own words for a headline or a summary, and who answers for them."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that holds for one draft; keys are article ids.

    ``pins``: places from 1. ``filed``: theme slugs, the first being where it appears.
    """

    pins: Mapping[int, int] = field(default_factory=dict)
    dropped: frozenset[int] = frozenset()
    filed: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    headlines: Mapping[int, Rewrite] = field(default_factory=dict)
    summaries: Mapping[int, Rewrite] = field(default_factory=dict)
