"""What grouping can be told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GroupOptions:
    """The thresholds of grouping; how they were found stands in ``docs/discussion/stories.md``.

    ``window_h``: hours between two articles beyond which they are never compared.
    ``story_threshold``: likeness (0 to 1) at which two groups of articles are one story; a fifth more is
    asked of up to ``few`` articles, and less and less more of up to twice as many: how rare a word is, they
    can't tell.
    ``copy_containment``: share of the shorter text's five-word runs that makes it a copy.
    ``theme_in``, ``theme_check``: points from which an article is in a theme, or for an editor.
    """

    window_h: float = 72
    story_threshold: float = 0.09
    few: int = 40
    copy_containment: float = 0.5
    theme_in: float = 4
    theme_check: float = 3

    def threshold_among(self, articles: int) -> float:
        """The likeness that makes a story where so many articles are compared."""
        scarcity = min(1.0, max(0.0, 2 - articles / self.few))
        return self.story_threshold * (1 + scarcity / 5)
