"""An edition as the templates see it: every value final, cleaned and in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass

from digest.model.edition import Notice


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one story is shown, so that no single one can fill a mail. Characters, and counts.

    ``picture`` is the largest size of the lead's, in pixels: the column's width, and a height that keeps the
    headline in sight below an upright photo.
    """

    headline: int = 240
    summary: int = 1_000
    aside: int = 200
    name: int = 60
    sources: int = 6
    related: int = 2
    picture: tuple[int, int] = (552, 414)


MAIL = Limits()
WEB = Limits(headline=500, summary=4_000, aside=600, name=120, sources=60, related=20, picture=(632, 474))


@dataclass(frozen=True, slots=True)
class Link:
    """A name with its address; ``url`` is "" where there is nothing to follow."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class RelatedView:
    """Another story's headline; ``whose`` is its outlet, or the day we told it, or ""."""

    name: str
    whose: str
    url: str


@dataclass(frozen=True, slots=True)
class ThemeView:
    """A theme in this edition: ``style`` is its class (t0, t1...), ``count`` all of its stories."""

    name: str
    style: str
    colour: str
    colour_dark: str
    count: int
    is_named: bool  # False for 'Also today'


@dataclass(frozen=True, slots=True)
class StoryView:
    """One story. Texts are plain and complete; what is absent is "" or empty."""

    key: str
    anchor: str  # the id of its element in the web copy
    headline: str
    url: str
    summary: str
    how: str
    language: str  # BCP 47, where it differs from the edition's
    rtl: bool
    direction: str  # rtl or ltr, "" for that of an edition from left to right
    outlet: str
    sources: str  # after the outlet's name: 'and 3 more' or 'single source'
    others: tuple[Link, ...]
    others_unlinked: str
    time: str
    moment: str  # ISO 8601, UTC
    update: str
    paywalled: bool
    ai_source: str
    ai_quote: str
    read_more: str
    read_more_label: str
    comments_url: str
    discuss: str
    discuss_label: str
    related: tuple[RelatedView, ...]
    theme: ThemeView
    model_made: bool
    brief: bool = (
        False  # a headline is all there is: in the web copy a line will do, among its section's stories
    )


@dataclass(frozen=True, slots=True)
class PictureView:
    """The lead's picture: shown at ``width`` x ``height`` px, kept at the full size for dense screens.

    ``alt`` is "" where nobody described it. ``credit`` is the whole line, ``credited_to`` the name in it.
    """

    url: str
    width: int
    height: int
    full_width: int
    full_height: int
    alt: str
    credit: str
    credited_to: str


@dataclass(frozen=True, slots=True)
class SectionView:
    """One theme's part. ``briefs`` get one line each; ``elsewhere`` says what the web copy alone has."""

    theme: ThemeView
    stories: tuple[StoryView, ...]
    briefs: tuple[StoryView, ...]
    elsewhere: str


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A correction; ``about`` says in words of which edition, whose web copy is at ``url``.

    ``time`` is when it was told, in words, ``moment`` the same for machines; "" in the mail itself.
    """

    headline: str
    paragraphs: tuple[str, ...]
    about: str
    url: str
    time: str = ""
    moment: str = ""


@dataclass(frozen=True, slots=True)
class EditionView:
    """A whole edition for one choice of themes."""

    title: str
    date: str
    iso_date: str
    language: str
    direction: str
    quiet: bool
    quiet_read: str
    story_count: int
    counted: str
    outlets: str
    minutes: str
    lead: StoryView | None
    lead_label: str
    sections: tuple[SectionView, ...]
    contents: tuple[ThemeView, ...]  # every theme with a story, the lead's too
    notice: Notice | None
    picture: PictureView | None  # the lead's
    times: str  # in which zone the times are, "" where no story has one
    correction: CorrectionView | None
    opening: tuple[str, ...]  # an editor's word on top, in paragraphs
    headlines: tuple[str, ...]  # the lead's, then the first of each theme, then the others

    @property
    def cards(self) -> tuple[StoryView, ...]:
        """The stories told on cards, in the order in which they stand."""
        rest = (story for section in self.sections for story in section.stories)
        return (*((self.lead,) if self.lead else ()), *rest)
