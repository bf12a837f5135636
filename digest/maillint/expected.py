"""What is known of a mail beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from digest.model.edition import Edition, EditionStory
from digest.render.clean import clean


@dataclass(frozen=True, slots=True)
class Expected:
    """What the reader of a mail should find in it, as far as that is known.

    ``notice``: the words of the AI notice, each of which must stand in both parts (empty: there is
    none); None where that isn't known. ``told``: what sources wrote, which may look like a placeholder
    or a tag without being one.
    """

    notice: tuple[str, ...] | None = None
    told: tuple[str, ...] = ()


def expected_of(edition: Edition) -> Expected:
    """What the mail of ``edition`` should show, and what its sources wrote."""
    notice = edition.notice
    told = {clean(text) for story in edition.stories for text in _told(story)}
    return Expected((notice.short, notice.full) if notice else (), tuple(sorted(told - {""})))


def _told(story: EditionStory) -> Iterator[str]:
    yield story.headline
    yield story.update_of
    if story.summary:
        made = story.summary.provenance
        yield from (story.summary.text, made.source, made.source_ai_notice)
    for source in (*story.sources, *story.related):
        yield from (source.title, source.outlet, source.ai_notice)
