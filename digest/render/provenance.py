"""How a summary came to be, in the few words that stand below it."""

from __future__ import annotations

from collections.abc import Callable

from digest.model.edition import EditionStory, Method
from digest.model.wording import Wording
from digest.render.clean import clean
from digest.render.views import Limits


def how_made(
    story: EditionStory, outlet: str, words: Wording, name_of: Callable[[str], str], limits: Limits
) -> str:
    """The line under the story. ``outlet`` is its first source as shown, ``name_of`` shows a name so."""
    summary = story.summary
    if summary is None:
        # What is new in an update is a sentence of its first source, as it stands.
        return words.how_extract.format(source=outlet) if story.update_of else words.how_none
    made = summary.provenance
    source, reviewer = name_of(made.source) or outlet, name_of(made.reviewed_by)
    # Where the line above names one outlet alone, its name would only be said again.
    alone = len(story.sources) == 1 and source == outlet
    if made.method is Method.EDITOR:
        return words.how_editor.format(reviewer=reviewer) if reviewer else words.how_editor_unnamed
    if made.method is Method.PUBLISHER:
        how = words.how_publisher_alone if alone else words.how_publisher.format(source=source)
    elif made.method is Method.EXTRACT:
        how = words.how_extract_alone if alone else words.how_extract.format(source=source)
    else:
        how = words.how_model.format(model=clean(made.model, limits.name))
    return words.reviewed.format(how=how, reviewer=reviewer) if reviewer else how
