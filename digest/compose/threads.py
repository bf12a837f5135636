"""Which running story of earlier editions a story goes on with, and what makes it that one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digest.compose.options import UpdateOptions
from digest.compose.related import Alike
from digest.compose.sift import Sifted
from digest.model.edition import ToldStory
from digest.model.news import Article

_CLOSE = 0.6  # of the likeness to the closest told story
_NAMED = 3  # shared articles


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier editions of the series told.

    Attributes:
        stories: Those of the last fortnight, oldest first.
        used: Article id to the id of the edition that had it, however long ago.
        articles: Of the last days' told stories, the articles by id: what was told in full.
    """

    stories: tuple[ToldStory, ...] = ()
    used: Mapping[int, int] = field(default_factory=dict)
    articles: Mapping[int, Article] = field(default_factory=dict)

    def tellings(self) -> list[tuple[Article, ...]]:
        """Each told story as articles: those at hand, else what the edition said of it."""
        return [self._tellings(told) for told in self.stories]

    def _tellings(self, told: ToldStory) -> tuple[Article, ...]:
        at_hand = tuple(self.articles[number] for number in told.article_ids if number in self.articles)
        return at_hand or (Article("", told.key, told.headline, told.summary),)


@dataclass(frozen=True, slots=True)
class Thread:
    """A running story, and how another one was known as its next telling.

    Attributes:
        stories: As editions told it, oldest first.
        likeness: Of the other to the one it is most like of those it was joined to; 0 where it is like none.
        terms: What they have in common, the weightiest first.
        shared: The ids of the articles that they share.
        akin: What else was told of the matter under a common theme, in other stories.
    """

    stories: tuple[ToldStory, ...]
    likeness: float = 0.0
    terms: tuple[str, ...] = ()
    shared: tuple[int, ...] = ()
    akin: tuple[ToldStory, ...] = ()

    @property
    def told(self) -> ToldStory:
        """Its latest telling."""
        return self.stories[-1]

    @property
    def key(self) -> str:
        """The same for all updates of a running story."""
        return self.stories[0].key

    @property
    def why(self) -> str:
        """What makes the other its next telling: 'shares article 12; alike by 0.31: dam, kelda'."""
        said = []
        if self.shared:
            more = len(self.shared) - _NAMED
            numbers = ", ".join(map(str, self.shared[:_NAMED])) + (f" and {more} more" if more > 0 else "")
            said.append(f"shares article{'s' if len(self.shared) > 1 else ''} {numbers}")
        if self.likeness:
            terms = f": {', '.join(self.terms)}" if self.terms else ""
            said.append(f"{'' if self.shared else 'shares no article; '}alike by {self.likeness:.2f}{terms}")
        return "; ".join(said)

    @property
    def had(self) -> str:
        """How the reason begins why a story is out that an edition told before."""
        return f"tells a story that edition {self.told.edition_id} already had ({self.why})"


def thread_of(
    passed: Sifted, alike: Alike, past: Past, options: UpdateOptions, now: datetime
) -> Thread | None:
    """What the story goes on with; None where no edition told of it."""
    likeness = alike.told[passed.story.key]
    used = set(passed.used)
    found = {place for place, told in enumerate(past.stories) if used.intersection(told.article_ids)}
    if found:
        # Grouping may have met some through a third story: the closest ones are what it goes on with.
        least = _CLOSE * max(likeness.get(place, 0.0) for place in found)
        found = {place for place in found if likeness.get(place, 0.0) >= least}
    else:
        since = now - timedelta(days=options.follow_days)
        near = {
            place
            for place, value in likeness.items()
            if value >= options.thread_likeness
            and past.stories[place].slot >= since
            and _may_follow(passed, past.stories[place])
        }
        found = {max(near, key=lambda place: (likeness[place], place))} if near else set()
    if not found:
        return None
    places = _linked(found, past)
    in_order = sorted(places, key=lambda place: (past.stories[place].slot, likeness.get(place, 0.0), place))
    closest = max(found, key=lambda place: (likeness.get(place, 0.0), place))
    shared = used.intersection(number for place in found for number in past.stories[place].article_ids)
    akin = {
        place
        for place, value in likeness.items()
        if value >= options.akin and _may_follow(passed, past.stories[place])
    } - places
    return Thread(
        tuple(past.stories[place] for place in in_order),
        likeness.get(closest, 0.0),
        alike.shared(passed.story.key, closest) if likeness.get(closest) else (),
        tuple(sorted(shared)),
        tuple(past.stories[place] for place in sorted(akin)),
    )


def _linked(places: set[int], past: Past) -> set[int]:
    """The places with those of all stories that these were updates of, or that were updates of these."""
    threads: dict[str, set[int]] = {}
    for place, told in enumerate(past.stories):
        # Stories stand oldest first: what one follows has its thread already.
        thread = threads.get(told.follows, set())
        thread.add(place)
        threads[told.key] = thread
    return set().union(*(threads[past.stories[place].key] for place in places))


def _may_follow(passed: Sifted, told: ToldStory) -> bool:
    """Whether they stand under one theme, or the earlier one under none."""
    return not told.themes or bool({score.theme for score in passed.themes} & set(told.themes))
