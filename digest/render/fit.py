"""Keeps an edition inside its byte budget: from card to one-liner, from one-liner to the web copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from digest.errors import RenderError
from digest.model.edition import Edition, EditionStory
from digest.model.links import edition_ref

FAIR_CARDS = 3  # every theme keeps so many cards, and so many lines, while another still has more
FAIR_LINES = 3


@dataclass(slots=True)
class _Shelf:
    """What one theme still shows: indexes into the edition's stories, best first."""

    cards: list[int]
    lines: list[int]


def fit(edition: Edition, budget: int, measure: Callable[[Edition], int]) -> Edition:
    """``edition`` with as few stories moved as bring ``measure`` (bytes) to ``budget`` or below.

    The order of moves is fixed and fair: whichever theme shows most gives up its last story first,
    so a theme with few loses none while another has many. The top story goes last of all. Raises
    RenderError where even the bare frame is too large.
    """
    if measure(edition) <= budget:
        return edition
    moves = list(_moves(edition))
    low, high, best = 1, len(moves), None
    while low <= high:
        middle = (low + high) // 2
        candidate = _moved(edition, moves[:middle])
        if measure(candidate) <= budget:
            best, high = candidate, middle - 1
        else:
            low = middle + 1
    if best is None:
        raise RenderError(
            f"edition {edition_ref(edition.key)}: the mail without any story is already over its"
            f" {budget:,} bytes: shorten the notice or the templates, or raise edition.max_html_kib"
        )
    return best


def _moved(edition: Edition, moves: Sequence[tuple[int, bool]]) -> Edition:
    stories = list(edition.stories)
    for index, to_web in moves:
        stories[index] = _put(stories[index], to_web=to_web)
    return replace(edition, stories=tuple(stories))


def _put(story: EditionStory, *, to_web: bool) -> EditionStory:
    return replace(story, brief=False, web_only=True) if to_web else replace(story, brief=True)


def _moves(edition: Edition) -> Iterator[tuple[int, bool]]:
    """Every move in order: (index of the story, whether it leaves for the web copy)."""
    shelves, top = _shelves(edition)
    while (shelf := _fullest(shelves, "cards", FAIR_CARDS)) is not None:
        yield _to_line(shelf)
    while (shelf := _fullest(shelves, "lines", FAIR_LINES)) is not None:
        yield shelf.lines.pop(), True
    while (shelf := _fullest(shelves, "cards", 0)) is not None:
        yield _to_line(shelf)
    while (shelf := _fullest(shelves, "lines", 0)) is not None:
        yield shelf.lines.pop(), True
    if top is not None:
        yield top, False
        yield top, True


def _to_line(shelf: _Shelf) -> tuple[int, bool]:
    index = shelf.cards.pop()
    shelf.lines.insert(0, index)  # it ranks above the lines that were there
    return index, False


def _fullest(shelves: Sequence[_Shelf], kind: str, keep: int) -> _Shelf | None:
    """The shelf with most of ``kind``, if that is more than ``keep``; of equals the last."""
    if not shelves:
        return None
    shelf = max(reversed(shelves), key=lambda one: len(getattr(one, kind)))
    return shelf if len(getattr(shelf, kind)) > keep else None


def _shelves(edition: Edition) -> tuple[list[_Shelf], int | None]:
    place = {id(story): index for index, story in enumerate(edition.stories)}
    top = edition.lead()
    shelves = [
        _Shelf(
            [place[id(one)] for one in section.stories if one.has_card and one is not top],
            [place[id(one)] for one in section.stories if one.brief and not one.web_only],
        )
        for section in edition.sections()
    ]
    return shelves, None if top is None else place[id(top)]
