"""Which sentences of a story may stand together, and in what order.

A summary is read under the story's headline, from its first word to its last, and by
somebody who has read nothing else. It has to keep to that headline's matter, say no one thing twice, and
speak of nobody and nothing that it hasn't told of.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from digest.model.news import Story
from digest.summarise.candidates import Sentence
from digest.summarise.naming import WORD, plain
from digest.summarise.standing import Choice, likeness
from digest.summarise.subject import Subject

_SAME = 0.3  # two as alike as that mostly tell one thing in two ways


class Together:
    """Judges choices among the sentences of one story."""

    def __init__(
        self, story: Story, pool: Sequence[Sentence], alone: Sequence[float], *, max_words: int
    ) -> None:
        """``pool`` is what ``candidates`` found, ``alone`` how well each of them would do by itself."""
        subject = Subject.of(story.lead)
        self._pool = pool
        self._alone = alone
        self._max_words = max_words
        self._fitting = [sentence.telling == 0 or subject.fits(sentence.text) for sentence in pool]
        self._known = frozenset(plain(word.group()) for word in WORD.finditer(story.heading))
        first: dict[int, int] = {}
        for number, sentence in enumerate(pool):
            first.setdefault(sentence.telling, number)
        self._openings = frozenset(first.values())

    def opens(self, choice: Choice) -> bool:
        """Whether the first sentence that a telling has to offer is among them."""
        return not self._openings.isdisjoint(choice)

    def fits(self, choice: Choice) -> bool:
        """Whether each telling they are from is the first, or has one of them about the first's matter."""
        fitting = {self._pool[number].telling for number in choice if self._fitting[number]}
        return all(self._pool[number].telling in fitting for number in choice)

    def may_stand(self, choice: Choice) -> bool:
        """Whether they keep the limit, say different things, and presume nothing that isn't said before."""
        told = self.in_order(choice)
        return (
            sum(sentence.words for sentence in told) <= self._max_words
            and all(likeness(one, other) < _SAME for one, other in combinations(told, 2))
            and self._presumes_nothing(told)
        )

    def in_order(self, choice: Choice) -> tuple[Sentence, ...]:
        """Each telling's sentences in order of its text; what opens a telling first, then what does best."""
        rank: dict[int, tuple[bool, float]] = {}
        for number in choice:
            mine = (number in self._openings, self._alone[number])
            telling = self._pool[number].telling
            rank[telling] = max(rank.get(telling, mine), mine)
        told = sorted((self._pool[number] for number in choice), key=lambda one: (one.telling, one.place))
        return tuple(sorted(told, key=lambda one: rank[one.telling], reverse=True))

    def _presumes_nothing(self, told: Sequence[Sentence]) -> bool:
        met, before = self._known, None
        for sentence in told:
            if sentence.surnames.presumes - met or (sentence.leans and not _follows(sentence, before)):
                return False
            met, before = met | sentence.surnames.introduces, sentence
        return True


def _follows(sentence: Sentence, before: Sentence | None) -> bool:
    """Whether the sentence before it is the one before it in its own text."""
    return before is not None and (before.telling, before.place) == (sentence.telling, sentence.place - 1)
