"""Does each 'not' stand in a source too, and none that stands there get lost? The same for opposites.

A word is looked up in the sources with what stands around it. Where the places most like its own say the
contrary of what the summary says, the summary has turned the claim round. English only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from digest.summarise.claims import Claim, Ungrounded
from digest.summarise.passages import Context, Grounds, Passage, context, stem
from digest.summarise.polarity import OPPOSITES, Denial

_WINDOW = 6
_FADE = 0.5
_SHOWN = 60  # characters of a claim in a message
_HEADS = 2  # words of meaning after a 'not' that it is taken to say no to
_UNRELATED = 0.4  # what a 'no' of a source counts that says no to something else
_LEAST = 0.8  # likeness under which no source bears a 'not' out
_CONTRARY = 1.2
_CERTAIN = 5.0  # 'unlawful' bears out 'not lawful', whatever stands around it
_LOST = 1.5  # likeness from which a source's 'not' is about the same
_CLEARLY = 1.3  # how much more like it than any source that says yes
_TURNED = 0.5  # likeness from which a source with the opposite word is about the same


def check_polarity(summary: Sequence[Passage], grounds: Grounds) -> Iterator[Ungrounded]:
    """The words with a 'not' too much or too few, and those that stand for their opposite."""
    denied = _denied_stems(grounds)
    for mine in summary:
        for denial in mine.denials:
            if denial.plain and not _borne_out(denial, mine, grounds):
                text = _beginning(mine.text[mine.spots[denial.place][0] :])
                yield Ungrounded(Claim.POLARITY, text, "no source says no to this")
        free = [place for place in range(len(mine.stems)) if place not in mine.denied]
        lost = (at for at in free if mine.stems[at] in denied and _lost(at, mine, grounds))
        if (at := next(lost, None)) is not None:
            yield Ungrounded(Claim.POLARITY, mine.words[at], "the sources say no to this")
        for at in free:
            if mine.opposable(at) and _turned(at, mine, grounds):
                yield Ungrounded(Claim.POLARITY, mine.words[at], "the sources say the opposite")


def _beginning(text: str) -> str:
    """As many of its first words as a message has room for, the last one left out as it may be cut."""
    return text[:_SHOWN].rpartition(" ")[0] or text[:_SHOWN]


def _around(one: Passage, place: int) -> Context:
    return context(one, place, place + 1, _WINDOW, _FADE)


def _heads(denial: Denial, one: Passage) -> frozenset[str]:
    """What a 'not' says no to: the next words of meaning, or when none follows the last before it."""
    after = [one.stems[at] for at in denial.reach if at > denial.place and one.stems[at]]
    before = [word for word in one.stems[max(0, denial.place - 3) : denial.place] if word]
    return frozenset(after[:_HEADS] or before)


def _borne_out(denial: Denial, mine: Passage, grounds: Grounds) -> bool:
    """Whether a source says no to the same, rather than yes."""
    heads = _heads(denial, mine)
    here = _around(mine, denial.place)
    best = _opposed(heads, here, grounds)
    agreeing = set()  # sentences that say no to the same, and so never yes
    for one, other in grounds.denials:
        shared = {one.stems[at] for at in other.reach[:_WINDOW]} & heads
        there = _around(one, other.place)
        if shared:
            agreeing.add(id(one))
            best = max(best, grounds.likeness(here, {**there, **dict.fromkeys(shared, (1.0, 1))}))
        else:
            best = max(best, _UNRELATED * grounds.likeness(here, there))
    contrary = max(
        (
            grounds.likeness(here, {**_around(one, place), head: (1.0, 1)})
            for head in heads
            for one, place in grounds.places.get(head, ())
            if id(one) not in agreeing
        ),
        default=0.0,
    )
    return best >= _LEAST and best >= _CONTRARY * contrary


def _opposed(heads: frozenset[str], here: Context, grounds: Grounds) -> float:
    """How far single words bear a 'not' out: 'unlawful' for 'not lawful', 'fell' for 'did not rise'."""
    if any(head in grounds.denying for head in heads):
        return _CERTAIN
    best = 0.0
    for word, places in grounds.spelled.items():
        turned = {stem(other) for other in OPPOSITES[word]} & heads
        for one, place in places if turned else ():
            if place not in one.plainly_denied:
                near = {**_around(one, place), **dict.fromkeys(turned, (1.0, 1))}
                best = max(best, grounds.likeness(here, near))
    return best


def _denied_stems(grounds: Grounds) -> frozenset[str]:
    """The words of meaning that a 'not' of the sources stands right before."""
    return frozenset(
        word
        for one in grounds.passages
        for denial in one.denials
        if denial.plain
        for word in _heads(denial, one)
    )


def _lost(place: int, mine: Passage, grounds: Grounds) -> bool:
    here = _around(mine, place)
    yes = no = 0.0
    for one, at in grounds.places.get(mine.stems[place], ()):
        alike = grounds.likeness(here, _around(one, at))
        if at in one.plainly_denied:
            no = max(no, alike)
        elif at not in one.denied:
            yes = max(yes, alike)
    return no > _LOST and no > _CLEARLY * yes


def _turned(place: int, mine: Passage, grounds: Grounds) -> bool:
    """Whether the sources have the opposite word here, and this one nowhere as near."""
    here = _around(mine, place)
    word = mine.words[place]
    yes = no = 0.0
    for other in (word, *sorted(OPPOSITES[word])):
        for one, at in grounds.spelled.get(other, ()):
            alike = grounds.likeness(here, _around(one, at))
            if (other == word) == (at not in one.plainly_denied):
                yes = max(yes, alike)
            else:
                no = max(no, alike)
    return no > _TURNED and no > _CLEARLY * yes
