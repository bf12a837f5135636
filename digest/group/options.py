"""What grouping can be told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GroupOptions:
    """The thresholds of grouping; how they were found stands in ``docs/discussion/stories.md``.

    ``window_h``: hours between two articles beyond which they are never compared.
    ``story_threshold``: likeness (0 to 1) at which two groups of articles are one story.
    ``copy_containment``: share of the shorter text's five-word runs that makes it a copy.
    ``theme_in``, ``theme_check``: points from which an article is in a theme, or for an editor.
    """

    window_h: float = 72
    story_threshold: float = 0.09
    copy_containment: float = 0.5
    theme_in: float = 4
    theme_check: float = 3
