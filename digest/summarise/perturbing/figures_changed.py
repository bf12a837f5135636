# ruff: noqa: RUF001 - dashes of several kinds stand in it
"""Figures made false: invented, exchanged for another of the sources, scaled by a thousand."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from digest.summarise.figures import Figure, Unit, figures, same_amount
from digest.summarise.perturbing.editing import replaced, told

_IN_WORDS = ("eleven", "thirteen", "fourteen", "sixteen", "seventeen", "nineteen", "forty", "seventy")


def _movable(text: str) -> list[Figure]:
    """The figures that can be changed: no part of a name or a date in strokes, as '9/11' or 'COVID-19'."""
    free = []
    for figure in figures(text):
        near = text[max(0, figure.start - 1) : figure.start] + text[figure.end : figure.end + 1]
        if not set(near) & set("-–/") or figure.unit is not Unit.PLAIN:
            free.append(figure)
    return free


def _stated(figure: Figure, sources: Sequence[str]) -> bool:
    return any(same_amount(figure, one) for source in sources for one in figures(source))


def invented(text: str, sources: Sequence[str], pick: random.Random) -> str | None:
    """A figure replaced by one of the same form that no source has, nor comes near."""
    found = [one for one in _movable(text) if _stated(one, sources)]
    known = [figure for source in (*sources, text) for figure in figures(source)]
    pick.shuffle(found)
    for figure in found:
        for _ in range(40):
            new = _other_digits(figure.written, pick)
            changed = replaced(text, figure.start, figure.end, new)
            made = next((one for one in figures(changed) if one.start == figure.start), None)
            if made and made.values[0] > 1 and not any(same_amount(made, one) for one in known):
                return changed
    return None


def _other_digits(written: str, pick: random.Random) -> str:
    """Another figure of the same form."""
    if not any(char.isdigit() for char in written):
        return pick.choice(_IN_WORDS)
    digits = [char for char in written if char.isdigit()]
    if len(digits) == 4 and written.isdigit() and written[0] in "12":  # noqa: PLR2004 - a year stays one
        return str(int(written) - pick.randint(3, 60))
    new = iter([str(pick.randint(1, 9)), *(str(pick.randint(0, 9)) for _ in digits[1:])])
    return "".join(next(new) if char.isdigit() else char for char in written)


def swapped(text: str, sources: Sequence[str], pick: random.Random) -> str | None:
    """A figure replaced by another that the text or its sources have, elsewhere."""
    mine = [one for one in _movable(text) if _stated(one, sources)]
    theirs = {figure.written: figure for source in (*sources, text) for figure in _movable(source)}
    options = [(old, new) for old in mine for new in theirs.values() if _exchangeable(old, new)]
    pick.shuffle(options)
    for old, new in options:
        changed = replaced(text, old.start, old.end, new.written)
        if not told(changed, old.start, old.start + len(new.written), sources):
            return changed
    return None


def _exchangeable(old: Figure, new: Figure) -> bool:
    """Whether a writer might take one for the other: same kind, both years or neither, truly different."""
    return (
        (old.unit is Unit.ORDINAL) == (new.unit is Unit.ORDINAL)
        and old.is_year == new.is_year
        and not same_amount(old, new)
        and not same_amount(new, old)
    )


_SCALES = {"million": "billion", "billion": "million", "trillion": "billion", "thousand": "million"}
_SCALES |= {"bn": "m", "m": "bn", "hundred": "thousand", "thousands": "millions", "millions": "billions"}


def scaled(text: str, sources: Sequence[str], pick: random.Random) -> str | None:
    """A million made a billion, a billion a million."""
    found = [
        (figure, match)
        for figure in figures(text)
        if (match := re.search(r"[a-z]+$", figure.written, re.IGNORECASE))
        and match.group().lower() in _SCALES
    ]
    known = [figure for source in sources for figure in figures(source)]
    pick.shuffle(found)
    for figure, match in found:
        new = figure.written[: match.start()] + _SCALES[match.group().lower()]
        changed = replaced(text, figure.start, figure.end, new)
        made = next((one for one in figures(changed) if one.start == figure.start), None)
        if made and not any(same_amount(made, one) for one in known):
            return changed
    return None
