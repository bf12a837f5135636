"""One issue of the newsletter, as a value that never depends on anything outside itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from digest.model.picture import Picture


class Method(StrEnum):
    """How a summary came to be."""

    PUBLISHER = "publisher"  # the outlet's own dek, as it stands
    EXTRACT = "extract"  # sentences of the article, as they stand
    MODEL = "model"  # written by a language model, checked against the sources
    EDITOR = "editor"  # written or rewritten by a named person


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a summary came to be, and who answers for it.

    ``sentences`` are the source sentences it rests on, word for word. ``source_ai_notice`` is the
    source's own notice on the use of AI. ``reviewed_by`` is "" until a person has.
    """

    method: Method
    source: str = ""  # the outlet whose words these are
    source_url: str = ""
    sentences: tuple[str, ...] = ()
    model: str = ""
    source_ai_notice: str = ""
    reviewed_by: str = ""
    reviewed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A story in two or three sentences. Its text is never empty: without one there is no Summary."""

    text: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class SourceLink:
    """One outlet's telling of a story."""

    outlet: str
    url: str
    title: str
    published_at: datetime | None = None
    paywalled: bool = False
    ai_notice: str = ""
    article_id: int = 0


@dataclass(frozen=True, slots=True)
class RankPart:
    """One addend of a story's rank, for an editor to see."""

    name: str
    value: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class EditionStory:
    """A story as it stands in an edition: all that any rendering needs, and nothing to look up.

    ``themes`` are the slugs it may be filed under, in order of preference; empty means 'Also today'.
    ``sources`` has the lead outlet first. ``brief`` stories get one line instead of a card, and
    ``web_only`` ones stand in the web copy alone (both are what the byte budget moved). ``image_url``, with
    credit and alt text, is what its first source shows; ``picture`` is that picture as we serve it, and
    ``picture_trouble`` why there is none though one was wanted.
    """

    key: str
    headline: str
    summary: Summary | None
    sources: tuple[SourceLink, ...]
    themes: tuple[str, ...] = ()
    published_at: datetime | None = None
    language: str = ""
    rtl: bool = False
    comments_url: str = ""
    image_url: str = ""
    image_credit: str = ""
    image_alt: str = ""
    picture: Picture | None = None
    picture_trouble: str = ""
    rank: tuple[RankPart, ...] = ()
    needs_check: bool = False  # its theme's verdict was CHECK
    update_of: str = ""  # what is new, when an earlier edition told this story
    follows: str = ""  # the key of the story of that edition
    related: tuple[SourceLink, ...] = ()
    brief: bool = False
    web_only: bool = False
    article_ids: tuple[int, ...] = ()  # including wire copies: all are used up by this edition

    @property
    def has_card(self) -> bool:
        """Whether a mail tells it on a card."""
        return not (self.brief or self.web_only)

    @property
    def told_by(self) -> Provenance | None:
        """How what stands under its headline came to be; None where nothing does.

        What is new in an update is an extract: a sentence of its first source, as it stands.
        """
        if self.summary is not None:
            return self.summary.provenance
        if not self.update_of:
            return None
        first = self.sources[0] if self.sources else SourceLink("", "", "")
        return Provenance(
            Method.EXTRACT,
            source=first.outlet,
            source_url=first.url,
            sentences=(self.update_of,),
            source_ai_notice=first.ai_notice,
        )

    @property
    def score(self) -> float:
        """The rank, summed."""
        return sum(part.value for part in self.rank)


@dataclass(frozen=True, slots=True)
class ToldStory:
    """A story as an edition told it that went out: what later editions must not repeat, and may link to.

    ``ref`` names the edition in links, ``slot`` is its instant (UTC), ``local_date`` its ISO date in the
    publication's time zone; ``composed_at`` (UTC) is when it was drafted, for the last time. ``key`` is the
    story's in that edition, ``follows`` that of the still earlier story it was an update of, else "".
    ``summary`` includes what was said to be new.
    """

    edition_id: int
    ref: str
    slot: datetime
    composed_at: datetime
    local_date: str
    key: str
    headline: str
    themes: tuple[str, ...] = ()
    article_ids: tuple[int, ...] = ()
    summary: str = ""
    follows: str = ""


@dataclass(frozen=True, slots=True)
class ThemeStyle:
    """What rendering needs to know of a theme. Colours are #rrggbb."""

    slug: str
    name: str
    colour: str
    colour_dark: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One theme's part of an edition. ``theme`` is None for 'Also today'. Never empty."""

    theme: ThemeStyle | None
    stories: tuple[EditionStory, ...]


class EditionState(StrEnum):
    """draft -> held | approved -> frozen -> sending <-> paused -> sent; or cancelled."""

    DRAFT = "draft"
    HELD = "held"
    APPROVED = "approved"
    FROZEN = "frozen"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"

    def in_words(self) -> str:
        """What an edition in this state is: it is "a draft", "held", "being sent"."""
        return {EditionState.DRAFT: "a draft", EditionState.SENDING: "being sent"}.get(self, str(self))


OPEN_TO_EDITING = frozenset({EditionState.DRAFT, EditionState.HELD, EditionState.APPROVED})


@dataclass(frozen=True, slots=True)
class EditionKey:
    """What makes an edition one: sent once, whoever asks, however often."""

    publication: str  # slug
    series: str  # daily, weekly, or a one-off's name
    slot: datetime  # the scheduled instant, UTC


@dataclass(frozen=True, slots=True)
class Notice:
    """The AI notice, in the words that this edition's provenance calls for."""

    short: str  # under the masthead
    full: str  # in the footer and on the web copy


CORRECTIONS = "correction"  # the series of all corrections, whatever series they correct


@dataclass(frozen=True, slots=True)
class Correction:
    """What an edition got wrong, in a person's words, for those who got it."""

    of: str  # that edition's reference
    headline: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToldCorrection:
    """A correction that has gone out: ``at`` is when the first reader got it."""

    correction: Correction
    at: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """The content of one issue. ``stories`` stand in rank order; sections are a view of them.

    One with a ``correction`` has no story.
    """

    key: EditionKey
    title: str  # the publication's name
    local_date: str  # ISO date in the publication's time zone
    themes: tuple[ThemeStyle, ...]  # every theme of the publication, in order
    stories: tuple[EditionStory, ...]
    notice: Notice | None  # None only when the publisher turned it off knowingly
    language: str = "en"
    quiet: bool = False  # no news worth a card: the stated answer is a short note, see docs
    gathered_from: int = 0  # articles considered
    outlets: int = 0  # feeds that gave them
    composed_at: datetime | None = None  # what came out later it doesn't know; None: by an older version
    correction: Correction | None = None
    opening: tuple[str, ...] = ()  # an editor's word on top of it, in paragraphs

    def for_themes(self, chosen: frozenset[str]) -> Edition:
        """The edition as seen by a reader of ``chosen`` themes (empty: all of them).

        Stories of no chosen theme go; 'Also today' stories stay only for readers of everything.
        """
        wanted = chosen or frozenset(theme.slug for theme in self.themes)
        everything = wanted >= {theme.slug for theme in self.themes}
        return replace(
            self,
            themes=tuple(theme for theme in self.themes if theme.slug in wanted),
            stories=tuple(
                story
                for story in self.stories
                if wanted.intersection(story.themes) or (everything and not story.themes)
            ),
        )

    def lead(self) -> EditionStory | None:
        """The story that stands first in the mail, and alone shows its picture."""
        return next((story for story in self.stories if story.has_card), None)

    def possible_leads(self) -> tuple[EditionStory, ...]:
        """Every story that leads for readers of some choice of themes, in rank order.

        The lead of any choice is the best of its themes' own leads, so there are at most as many as themes,
        and one more where a story outside every theme leads.
        """
        views = (self, *(self.for_themes(frozenset({theme.slug})) for theme in self.themes))
        leads = {lead.key for view in views if (lead := view.lead())}
        return tuple(story for story in self.stories if story.key in leads)

    def empty_themes(self) -> tuple[ThemeStyle, ...]:
        """The themes without a story: readers see no heading for them, the editor hears of them."""
        told = {section.theme.slug for section in self.sections() if section.theme}
        return tuple(theme for theme in self.themes if theme.slug not in told)

    def sections(self) -> tuple[Section, ...]:
        """Stories under the first of their themes that this view has; themes in their own order.

        Sections without a story are left out, 'Also today' comes last.
        """
        shown = {theme.slug for theme in self.themes}
        filed: dict[str, list[EditionStory]] = {}
        for story in self.stories:
            slug = next((slug for slug in story.themes if slug in shown), "")
            filed.setdefault(slug, []).append(story)
        ordered: list[tuple[ThemeStyle | None, str]] = [(theme, theme.slug) for theme in self.themes]
        ordered.append((None, ""))
        return tuple(Section(theme, tuple(filed[slug])) for theme, slug in ordered if slug in filed)
