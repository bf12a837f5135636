"""The lead's picture as templates see it: its address, the size it is shown at, its words."""

from __future__ import annotations

from digest.model.edition import EditionStory
from digest.model.links import Links
from digest.model.wording import Wording
from digest.render.clean import clean, isolate
from digest.render.views import Limits, PictureView


def view_picture(
    story: EditionStory | None, links: Links, words: Wording, limits: Limits
) -> PictureView | None:
    """The picture of the lead ``story``; None where it has none.

    It is never linked, so that without words of its publisher it may be mute for screen readers: a
    repetition of the headline would tell them nothing.
    """
    if story is None or story.picture is None:
        return None
    picture = story.picture
    widest, tallest = limits.picture
    share = min(1.0, widest / picture.width, tallest / picture.height)
    whose, outlet = clean(picture.credit, limits.aside), clean(picture.outlet, limits.name)
    credit = words.picture_credit.format(credit=isolate(whose))
    return PictureView(
        url=links.image(picture.hash),
        width=max(1, round(picture.width * share)),
        height=max(1, round(picture.height * share)),
        full_width=picture.width,
        full_height=picture.height,
        alt=clean(picture.alt, limits.aside),
        credit=credit if whose else words.picture_from.format(outlet=isolate(outlet)) if outlet else "",
        credited_to=whose or outlet,
    )
