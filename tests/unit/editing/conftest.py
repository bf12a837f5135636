from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from digest.editing import Block, Change, Problem, Sheet, Telling, diff, parse, write
from digest.editing.sheet import Mark
from digest.model.decisions import Decision, DecisionKind, placed

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
THEMES = {"north": "The North", "south": "The South", "sea": "At Sea"}
Edit = Callable[[str], str]


def block(number: int, theme: str = "north", **fields: object) -> Block:
    """A story of the articles ``number`` and ``number`` + 1."""
    values: dict[str, object] = {
        "headline": f"Ships number {number} leave for the island",
        "source_headline": f"Ships number {number} leave for the island",
        "summary": f"The {number} ships sail at dawn. They carry salt.",
        "source_summary": f"The {number} ships sail at dawn. They carry salt.",
        "themes": (theme,) if theme else (),
        "tellings": tuple(
            Telling(n, f"Outlet {n}", f"Ships number {n} leave for the island") for n in (number, number + 1)
        ),
    }
    return Block(**{**values, **fields})  # type: ignore[arg-type]  # fields by name


def near(number: int, theme: str = "north", **fields: object) -> Block:
    """A story that is out."""
    return block(
        number,
        theme,
        **{"summary": "", "mark": Mark.OUT, "note": "below the cut: rank 31 of 45", **fields},
    )


def sheet(*ranking: Block, near: tuple[Block, ...] = (), also_today: bool = False) -> Sheet:
    return Sheet("daily-20260302T0600", 3, "The Gazette", THEMES, ranking, near, also_today)


def said(kind: str, number: int, value: object = "", other: int = 0, by: str = "Ada Lund") -> Decision:
    return Decision(DecisionKind(kind), number, other, str(value), "daily", by, NOW).settled


def judged(of: Sheet, text: str) -> tuple[Change | None, tuple[Problem, ...]]:
    page, problems = parse(text, of)
    if page is None or problems:
        return None, problems
    change = diff(of, page, series="daily", by="Bo Vik", now=NOW)
    return change, tuple(change.problems)


def changed(of: Sheet, edit: Edit) -> Change:
    """What an edit of the sheet's file decides; the edit must be one that can be read."""
    text = write(of)
    edited = edit(text)
    assert edited != text
    change, problems = judged(of, edited)
    assert not problems, [str(problem) for problem in problems]
    assert change is not None
    return change


def refused(of: Sheet, edit: Edit) -> list[str]:
    """What is wrong with an edited file."""
    _change, problems = judged(of, edit(write(of)))
    return [str(problem) for problem in problems]


def decided(change: Change) -> list[tuple[str, int, str]]:
    """Decisions about single articles, short."""
    return [(one.kind.value, one.article_id, one.value) for one in change.made if not one.other_id]


def recomposed(of: Sheet, change: Change) -> list[int]:
    """The order in which a draft with these pins has the stories: what floats keeps its order."""
    pins = {number: old.place for number, old in of.blocks.items() if old.place}
    for taken in change.taken:
        pins.pop(taken.article_id, None) if taken.kind is DecisionKind.PIN else None
    pins |= {one.article_id: one.place for one in change.made if one.kind is DecisionKind.PIN}
    dropped = {one.article_id for one in change.made if one.kind is DecisionKind.DROP}
    floating = [one.number for one in of.ranking if one.number not in pins.keys() | dropped]
    order = sorted((place, number) for number, place in pins.items() if number not in dropped)
    return placed(floating, order)


@pytest.fixture
def of_three() -> Sheet:
    """Two stories of the north, one of the south, and one that is out."""
    return sheet(block(10), block(20), block(30, "south"), near=(near(40),))
