"""What compose takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from digest.compose.novelty import NoveltyOptions
from digest.compose.related import RelatedOptions
from digest.model.edition import Edition


@dataclass(frozen=True, slots=True)
class UpdateOptions:
    """When a story goes on with an earlier one.

    Attributes:
        novelty: What counts as materially new.
        follow_days: How long after an edition its stories are looked for by their likeness alone.
        thread_likeness: Likeness at which a story that shares no article with an earlier one is taken for
            it all the same: docs/reference/ranking.md has the pairs seen on either side of it.
        akin: Likeness from which what another story told is known as well, under a common theme.
    """

    novelty: NoveltyOptions = field(default_factory=NoveltyOptions)
    follow_days: float = 5
    thread_likeness: float = 0.14
    akin: float = 0.06


@dataclass(frozen=True, slots=True)
class ComposeOptions:
    """How much goes into an edition, and what may.

    Attributes:
        max_stories: Stories with a card.
        max_words: Headlines and summaries together, brief lines included.
        max_age_h: Articles published longer ago, in hours, stay out.
        also_today: Whether stories outside every theme may fill what room is left, under 'Also today'.
        also_today_max: How many of those at most.
        include_check: Whether stories whose theme is only for an editor to check may go in. Off by default:
            when nobody looks at the draft, what is doubtful stays out, and ``explain`` says so.
        brief_max: Stories beyond the cards that still get one line each.
        updates: When a story goes on with one that was told, and when it has something new to say.
        related: What is named under a story.
    """

    max_stories: int = 20
    max_words: int = 1400
    max_age_h: float = 36.0
    also_today: bool = False
    also_today_max: int = 5
    include_check: bool = False
    brief_max: int = 8
    updates: UpdateOptions = field(default_factory=UpdateOptions)
    related: RelatedOptions = field(default_factory=RelatedOptions)


@dataclass(frozen=True, slots=True)
class Composition:
    """An edition, and the reason in words for every article, by id, that the reader won't see in it.

    An article that is shown has no entry. One that stands behind a shown one (a wire copy, a second text
    of the same publisher) has an entry and is among the story's ``article_ids``.
    """

    edition: Edition
    drops: Mapping[int, str]
