"""What a lead names in passing.

A report on another country has a clause on the theme ("... a border that runs from forests to the Arctic"),
and one such clause can hold a place, a topic and several pairs of them. It is an aside when nothing of the
theme stands in title, dek or the text's first sentence, one later sentence of the lead holds all of it, and
the rest of the text doesn't come back to it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

from digest.group.sightings import DEK, LEAD, REST, TITLE, Seen, meet
from digest.group.terms import MEDIUM, STRONG, Term, Theme

_FIRST = 1  # sentences are counted from one
_MANY = 3  # a lead of so many can spare one
# A theme that lives by its pairs has few terms of weight: a lesser phrase alone proves no aside.
_PHRASES = ("phrases:", "acronyms:")


def is_aside(theme: Theme, here: Iterable[Term], seen: Mapping[str, Seen], sentences: Sequence[int]) -> bool:
    """Whether all that speaks for the theme stands in one sentence of the lead, and not in the first.

    Args:
        theme: Whose pairs are looked for in the rest.
        here: The terms seen of it; those of medium weight or more speak for it.
        seen: Where each was seen, by the terms' keys.
        sentences: The numbers of the words that open the text's sentences, 0 first.
    """
    named = [term for term in here if term.weight >= MEDIUM]
    if all(term.weight < STRONG and term.key.startswith(_PHRASES) for term in named):
        return False
    telling = [seen[term.key].positions for term in named]
    if any(at[TITLE] or at[DEK] or at[REST] for at in telling):
        return False
    told = [bisect_right(sentences, word) for at in telling for word in at[LEAD]]
    if len(set(told)) != 1 or told[0] == _FIRST:
        return False
    if len(told) > 1 and len(sentences) < _MANY:
        return False  # half of a short lead, and not in one word
    aside = told[0]
    rest = {key: _without(at, aside, sentences) for key, at in seen.items()}
    left = {key: at for key, at in rest.items() if at.count}
    return all(meet(pair, left) is None for pair in theme.pairs)


def _without(at: Seen, sentence: int, sentences: Sequence[int]) -> Seen:
    """What was seen of a term outside one sentence of the lead."""
    title, dek, lead, rest = at.positions
    kept = [word for word in lead if bisect_right(sentences, word) != sentence]
    return Seen((title, dek, kept, rest), at.forms)
