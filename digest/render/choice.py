"""Which readers see the same: the name of what a choice of themes shows of an edition."""

from __future__ import annotations

from digest.model.edition import Edition

ALL = "all"


def variant_key(edition: Edition, chosen: frozenset[str]) -> str | None:
    """The name of what a reader of ``chosen`` themes (empty: all) sees of ``edition``.

    Slugs sorted and joined by "+", or "all"; the same for every choice that shows the same stories
    under the same themes. None where no story is left; a correction, or a quiet edition without any story,
    is for all.
    """
    if not edition.stories:
        return ALL if edition.quiet or edition.correction else None
    sections = edition.for_themes(chosen).sections()
    if not sections:
        return None
    if sections == edition.sections():
        return ALL
    return "+".join(sorted(section.theme.slug for section in sections if section.theme))
