"""A story with its place among the others, and what the edition has room for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from digest.compose.decided import rewritten
from digest.compose.sift import Sifted
from digest.compose.updates import Update
from digest.model.edition import RankPart, Summary
from digest.model.news import Story
from digest.model.words import count_words

Summariser = Callable[[Story, bool], Summary | None]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A story that passed, with its headline and its rank by parts."""

    sifted: Sifted
    headline: str
    parts: tuple[RankPart, ...]
    newest: datetime
    update: Update | None = None

    @property
    def story(self) -> Story:
        """The story itself, with its usable tellings alone."""
        return self.sifted.story

    @property
    def outlet(self) -> str:
        """The publisher family that leads it."""
        return self.story.lead.family

    @property
    def filed(self) -> str:
        """The theme it takes a place of; "" for 'Also today'."""
        return self.sifted.themes[0].theme if self.sifted.themes else ""

    @property
    def place(self) -> int:
        """Where an editor pinned it, from 1; 0 when nobody did."""
        return self.sifted.ruled.place

    @property
    def new(self) -> str:
        """What is new in an update; "" for a story that is new as a whole."""
        return self.update.news.line if self.update else ""

    @property
    def order(self) -> tuple[bool, bool, float, float, str]:
        """Sorts what is sure first, then what is to be checked, then 'Also today'; each by rank."""
        rank = sum(part.value for part in self.parts)
        return (
            not self.sifted.themes,
            self.sifted.check,
            -round(rank, 9),
            -self.newest.timestamp(),
            self.story.key,
        )


@dataclass(slots=True)
class Budget:
    """The words of an edition, and the summaries made so far."""

    max_words: int
    summarise: Summariser
    used: int = 0
    led: bool = False  # the lead has its card
    summaries: dict[str, Summary | None] = field(default_factory=dict)
    _made: dict[tuple[str, bool], Summary | None] = field(default_factory=dict)

    def card(self, ranked: Ranked, *, lead: bool) -> bool:
        """Book a card if it fits, as it always does for a pinned story; the edition's lead may be longer."""
        summary = rewritten(self._summary(ranked, lead=lead), ranked.sifted.ruled)
        said = (ranked.headline, ranked.new, summary.text if summary else "")
        cost = sum(count_words(text) for text in said)
        if ranked.place:
            self.used += cost
        elif not self._book(cost):
            return False
        self.led = self.led or lead
        self.summaries[ranked.story.key] = summary
        return True

    def bare(self, ranked: Ranked) -> bool:
        """Whether one outlet's headline is all that its card could say."""
        if ranked.update or ranked.sifted.ruled.summed_up or len(ranked.story.publishers) > 1:
            return False
        return self._summary(ranked, lead=not self.led) is None  # as its card would ask: answers may cost

    def _summary(self, ranked: Ranked, *, lead: bool) -> Summary | None:
        key = (ranked.story.key, lead)
        if key not in self._made:
            read = ranked.update.reading if ranked.update else ranked.story
            if worded := ranked.sifted.ruled.headline:  # no line below may say another toll than an editor's
                read = replace(read, headline=worded)
            self._made[key] = self.summarise(read, lead)
        return self._made[key]

    def pin(self, pinned: Sequence[Ranked], *, alone: bool) -> None:
        """Book the cards of pinned stories, in order of place; ``alone`` when no other may lead."""
        for index, one in enumerate(pinned):
            self.card(one, lead=index == 0 and (one.place == 1 or alone))

    def line(self, ranked: Ranked) -> bool:
        """Book one line if it fits."""
        return self._book(count_words(ranked.headline))

    def _book(self, cost: int) -> bool:
        if self.used + cost > self.max_words:
            return False
        self.used += cost
        return True
