"""True summaries made false on purpose, so that the grounding check can be measured.

Each kind of falsehood is one small change to a text that a person wrote. Which change is drawn from a
generator seeded by the seed, the record and the kind, so that anyone gets the same texts again. English only:
the words it puts in are English. ``perturbing`` has the parts; the procedure is told in
docs/reference/summaries.md.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from digest.summarise.perturbing import claims_turned, figures_changed, names_changed, quotations_changed


class Kind(StrEnum):
    """What is made false."""

    INVENTED_NUMBER = "invented-number"
    SWAPPED_NUMBER = "swapped-number"
    SCALED_NUMBER = "scaled-number"
    INVENTED_NAME = "invented-name"
    SWAPPED_NAME = "swapped-name"
    ALTERED_QUOTATION = "altered-quotation"
    INVENTED_QUOTATION = "invented-quotation"
    FLIPPED_NEGATION = "flipped-negation"
    FLIPPED_DIRECTION = "flipped-direction"


def perturb(text: str, sources: Sequence[str], kind: Kind, *, seed: int, key: str) -> str | None:
    """``text`` with one thing in it made false, or None when it offers nothing of that kind.

    Args:
        text: A summary that ``sources`` bear out.
        sources: What it was made from. No figure, name or quotation is put in at a place where a source says
            the same.
        kind: What to make false.
        seed: Another seed makes another choice.
        key: What tells this text from others, as the record's id.
    """
    pick = random.Random(f"{seed}:{key}:{kind}")  # noqa: S311 - to be repeated, not to be secret
    flat = " ".join(text.split())
    changed = _MAKERS[kind](flat, sources, pick)
    return changed if changed is not None and changed != flat else None


_MAKERS: Mapping[Kind, Callable[[str, Sequence[str], random.Random], str | None]] = {
    Kind.INVENTED_NUMBER: figures_changed.invented,
    Kind.SWAPPED_NUMBER: figures_changed.swapped,
    Kind.SCALED_NUMBER: figures_changed.scaled,
    Kind.INVENTED_NAME: names_changed.invented,
    Kind.SWAPPED_NAME: names_changed.swapped,
    Kind.ALTERED_QUOTATION: quotations_changed.altered,
    Kind.INVENTED_QUOTATION: quotations_changed.invented,
    Kind.FLIPPED_NEGATION: claims_turned.negated,
    Kind.FLIPPED_DIRECTION: claims_turned.opposed,
}
