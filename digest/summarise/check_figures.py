"""Does each figure stand in a source, and does it count the same thing there?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from digest.summarise.claims import Claim, Ungrounded
from digest.summarise.figures import Figure, Unit, same_amount
from digest.summarise.passages import MOST_PLACES, Context, Grounds, Passage, context

_WINDOW = 4  # words of meaning on either side of a figure
_FADE = 0.8
_MOST = 60  # figures in one summary; more is a table
_TOO_MANY = "there are too many figures to check"
_CLEARLY = 0.8  # another figure fits the place better when this one's likeness is under so much of its


def check_figures(summary: Sequence[Passage], grounds: Grounds) -> Iterator[Ungrounded]:
    """The figures that no source has, or that every source has of something else.

    A figure passes when a source has it, as the same kind of amount, and no other figure of that kind stands
    in words more like those around it.
    """
    if sum(len(mine.figures) for mine in summary) > _MOST:
        yield Ungrounded(Claim.NUMBER, next(f.written for mine in summary for f in mine.figures), _TOO_MANY)
        return
    theirs = [(figure, one) for one in grounds.passages for figure in one.figures]
    for mine in summary:
        for figure in mine.figures:
            if reason := _wrong(figure, mine, theirs, grounds):
                yield Ungrounded(Claim.NUMBER, figure.written, reason)


def _wrong(figure: Figure, mine: Passage, theirs: Sequence[tuple[Figure, Passage]], grounds: Grounds) -> str:
    same = [(one, where) for one, where in theirs if same_amount(figure, one)]
    if not same:
        return "no source has this figure"
    fitting = [(one, where) for one, where in same if _same_kind(figure, one)]
    if not fitting:
        return "the sources have it as another kind of amount"
    here = _around(figure, mine)
    own = max(grounds.likeness(here, _around(one, where)) for one, where in fitting[:MOST_PLACES])
    known = {id(one) for one, _ in same}
    others = ((one, where) for one, where in theirs if id(one) not in known and _confusable(figure, one))
    rival, instead = max(
        (
            (grounds.likeness(here, _around(one, where)), one.written)
            for one, where in islice(others, MOST_PLACES)
        ),
        default=(0.0, ""),
    )
    return f"the sources have {instead} here" if own < _CLEARLY * rival else ""


def _around(figure: Figure, where: Passage) -> Context:
    return context(where, *where.between(figure.start, figure.end), _WINDOW, _FADE)


def _same_kind(one: Figure, other: Figure) -> bool:
    """'5 percent', '$5' and '5' are three things; '5th' and '5' are one."""
    return one.unit is other.unit or {one.unit, other.unit} == {Unit.ORDINAL, Unit.PLAIN}


def _confusable(one: Figure, other: Figure) -> bool:
    """Whether the one may stand where the other should: a year for a year, a '5-year-old' for another."""
    return _same_kind(one, other) and one.is_year == other.is_year and one.compound == other.compound
