"""Which related lines a card keeps, in one reader's mail: none about what is in sight there anyway."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from digest.model.edition import EditionStory
from digest.render.clean import reader_url
from digest.render.views import RelatedView, SectionView, StoryView, ThemeView


class Neighbours:
    """What was named so far, and where every story of the mail stands.

    A line that leads to a story under the same heading says its headline twice, be that a card or a line of
    'also in brief'; one to another theme's story, to a story that is not in this mail, or to an earlier
    edition does not. The lead, which stands apart, also names cards further down under its theme's heading,
    but for the first of them, which may stand right below. No target is named twice. What an update goes on
    with is that update's to name.
    """

    def __init__(
        self, shown: Iterable[tuple[EditionStory, ThemeView]], most: int, lead: EditionStory | None = None
    ) -> None:
        """``shown`` are this mail's stories, each with its heading's theme; ``most`` is for one card."""
        stands: dict[str, set[str]] = {}
        began: set[str] = set()
        self._below: set[str] = set()  # what the lead may name
        self._lead = lead.key if lead else ""
        owners: dict[str, str] = {}
        for story, theme in shown:
            first = story.sources[0] if story.sources else None
            for target in filter(None, (reader_url(first.url) if first else "", story.headline)):
                stands.setdefault(target, set()).add(theme.style)
                if story.has_card and theme.style in began:
                    self._below.add(target)
            if story.has_card and story.key != self._lead:
                began.add(theme.style)
            if story.follows and story.related and story.has_card:
                owners.setdefault(reader_url(story.related[0].url), story.key)
        self._stands: Mapping[str, set[str]] = stands
        self._owners: Mapping[str, str] = owners
        self._most = most
        self._named: set[str] = set()

    def of(self, card: StoryView) -> StoryView:
        """``card`` with the lines that it has room for. Ask for cards in the order they stand in."""
        lines: list[RelatedView] = []
        for line in card.related:
            target = line.url or line.name
            if len(lines) < self._most and self._may_name(card, target):
                lines.append(line)
                self._named.add(target)
        return card if len(lines) == len(card.related) else _with_lines(card, tuple(lines))

    def section(self, section: SectionView) -> SectionView:
        """``section`` with its cards' lines."""
        return replace(section, stories=tuple(map(self.of, section.stories)))

    def _may_name(self, card: StoryView, target: str) -> bool:
        mine = self._owners.get(target, card.key) == card.key
        in_sight = card.theme.style in self._stands.get(target, ())
        if card.key == self._lead and target in self._below:
            in_sight = False
        return mine and target not in self._named and not in_sight


@lru_cache(maxsize=1_000)  # one and the same card for every variant that shows it so: its text is made once
def _with_lines(card: StoryView, lines: tuple[RelatedView, ...]) -> StoryView:
    return replace(card, related=lines)
