"""Does each quotation stand in a source word for word, near the name of who is said to have said it?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from digest.summarise.claims import Claim, Ungrounded
from digest.summarise.naming import key_words, opener
from digest.summarise.passages import Passage
from digest.summarise.quoting import Quote, quotations, words_of

_MIN_WORDS = (
    2  # a single word in marks is often the writer's own irony, and a figure or name is checked as such
)
_MIN_SPOKEN = 4  # a shorter quotation is a term that anyone may use
_BEFORE, _AFTER = 400, 120  # characters around it in which a speaker is named
_CUT = re.compile(r"\[[^\]]{0,40}\]|…|\.{3}|\. \. \.")


def check_quotations(summary: Sequence[Passage], sources: Sequence[str]) -> Iterator[Ungrounded]:
    """The quotations that no source has as they stand, and those that it has of somebody else.

    What the summary leaves out with an ellipsis or puts in brackets is passed over; the pieces have to be
    there.
    """
    plain = [f" {' '.join(words_of(source))} " for source in sources]
    for mine in summary:
        for quote in quotations(mine.text):
            pieces = [" ".join(words_of(piece)) for piece in _CUT.split(quote.text)]
            pieces = [f" {piece} " for piece in pieces if piece]
            if sum(piece.count(" ") - 1 for piece in pieces) < _MIN_WORDS:
                continue
            holding = [source for source in plain if all(piece in source for piece in pieces)]
            if not holding:
                yield Ungrounded(Claim.QUOTATION, quote.text, "no source has these words")
            elif not _spoken(quote, mine, pieces, holding):
                yield Ungrounded(Claim.QUOTATION, quote.text, "no source has it of this speaker")


def _spoken(quote: Quote, mine: Passage, pieces: Sequence[str], holding: Sequence[str]) -> bool:
    """Whether one of the names in the sentence stands near the quotation in a source; True without a name."""
    if sum(piece.count(" ") - 1 for piece in pieces) < _MIN_SPOKEN:
        return True
    named = (*mine.names, *filter(None, [opener(mine.text)]))
    names = [name for name in named if not quote.start <= name.start < quote.end]
    speakers = {words[-1] for name in names if (words := key_words(name))}
    if not speakers:
        return True
    longest = max(pieces, key=len)
    for source in holding:
        at = source.find(longest)
        near = source[max(0, at - _BEFORE) : at + len(longest) + _AFTER]
        if any(" ".join(words_of(speaker)) in near for speaker in speakers):
            return True
    return False
