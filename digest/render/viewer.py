"""From an edition to its view: decides every word and number that the templates show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date

from digest.model.edition import (
    Edition,
    EditionStory,
    Method,
    Notice,
    Section,
    SourceLink,
    Summary,
)
from digest.model.links import Links, story_anchor
from digest.model.look import readable
from digest.render.clean import (
    clean,
    is_rtl_language,
    isolate,
    language_tag,
    reader_url,
    runs_rtl,
    word_count,
)
from digest.render.corrections import view_correction
from digest.render.neighbours import Neighbours
from digest.render.pictures import view_picture
from digest.render.provenance import how_made
from digest.render.publication import Publication
from digest.render.views import (
    MAIL,
    WEB,
    CorrectionView,
    EditionView,
    Link,
    RelatedView,
    SectionView,
    StoryView,
    ThemeView,
)
from digest.render.when import time_of

WORDS_A_MINUTE = 220
_MOST_KNOWN = 1_000  # views of stories, kept from variant to variant: an edition has a few dozen


# Story, in which theme, of an edition in which language and of which day; and what came of it.
StoryViews = dict[tuple[str, ThemeView, str, date], tuple[EditionStory, StoryView]]


def view_edition(
    edition: Edition, publication: Publication, *, web: bool, known: StoryViews | None = None
) -> EditionView:
    """``edition`` as a mail shows it, or in full, as the ``web`` copy does.

    ``known`` takes the views of its stories and gives them back when another variant shows the same;
    it belongs to one publication, and either to mails or to web copies.
    """
    return _Viewer(edition, publication, {} if known is None else known, web=web).edition_view()


def _is_bare(story: EditionStory) -> bool:
    """Whether a mail tells it in a line, or leaves it out, and there is no more to tell of it anywhere."""
    return not (story.has_card or story.summary or story.update_of)


class _Viewer:
    def __init__(self, edition: Edition, publication: Publication, known: StoryViews, *, web: bool) -> None:
        self.edition = edition
        self.publication = publication
        self.known = known
        self.words = publication.wording
        self.look = publication.look
        self.zone = publication.zone
        self.limits = WEB if web else MAIL
        self.web = web
        self.language = language_tag(edition.language) or "en"
        self.day = date.fromisoformat(edition.local_date)
        self.sections = edition.sections()

    def edition_view(self) -> EditionView:
        lead, lead_view = self._lead(), None
        contents: list[ThemeView] = []
        shown: list[SectionView] = []
        for number, section in enumerate(self.sections):
            theme = self._theme(number, section)
            contents.append(theme)
            rest = [story for story in section.stories if story is not lead]
            if lead is not None and len(rest) < len(section.stories):
                lead_view = self._story(lead, theme)
            if rest:
                shown.append(self._section(theme, rest))
        neighbours = self._neighbours(contents, lead)
        lead_view = neighbours.of(lead_view) if lead_view else None
        shown = [neighbours.section(section) for section in shown]
        count = len(self.edition.stories)
        outlets = {source.outlet for story in self.edition.stories for source in story.sources}
        return EditionView(
            title=clean(self.edition.title, self.limits.name),
            date=self.words.day(self.day),
            iso_date=self.day.isoformat(),
            language=self.language,
            direction="rtl" if is_rtl_language(self.language) else "ltr",
            quiet=self.edition.quiet,
            quiet_read=self._quiet_read(),
            story_count=count,
            counted=self.words.counted("stories", count),
            outlets=self.words.counted("from_outlets", len(outlets)) if outlets else "",
            minutes=self._minutes(lead_view, shown),
            lead=lead_view,
            lead_label=self._lead_label(lead_view),
            sections=tuple(shown),
            contents=tuple(contents),
            notice=self._notice(),
            picture=view_picture(lead, Links(self.publication.base_url), self.words, self.limits),
            times=self._times(),
            correction=self._correction(),
            opening=tuple(map(clean, self.edition.opening)),
            headlines=self._headlines(lead),
        )

    def _neighbours(self, themes: Sequence[ThemeView], lead: EditionStory | None) -> Neighbours:
        places = zip(themes, self.sections, strict=True)
        shown = ((story, theme) for theme, section in places for story in section.stories)
        here = ((story, theme) for story, theme in shown if self.web or not story.web_only)
        return Neighbours(here, self.limits.related, lead)

    def _lead(self) -> EditionStory | None:
        """The first story with a card. Composing puts one outside every theme there only when told to."""
        return next((one for one in self.edition.stories if self._has_card(one) and not _is_bare(one)), None)

    def _lead_label(self, lead: StoryView | None) -> str:
        if lead is None:
            return ""
        return f"{self.words.lead} \u00b7 {lead.theme.name}" if lead.theme.is_named else self.words.lead

    def _has_card(self, story: EditionStory) -> bool:
        return self.web or story.has_card

    def _headlines(self, lead: EditionStory | None) -> tuple[str, ...]:
        firsts = [
            next((story for story in section.stories if self._has_card(story)), section.stories[0])
            for section in self.sections
        ]
        in_order = [*([lead] if lead else []), *firsts, *self.edition.stories]
        return tuple(dict.fromkeys(self._headline(story) for story in in_order))

    def _minutes(self, lead: StoryView | None, sections: list[SectionView]) -> str:
        stories = [story for section in sections for story in (*section.stories, *section.briefs)]
        stories += [lead] if lead else []
        texts = [f"{story.headline} {story.summary} {story.sources}" for story in stories]
        words = sum(map(word_count, (*texts, *self.edition.opening)))
        return self.words.counted("minutes", max(1, round(words / WORDS_A_MINUTE)))

    def _notice(self) -> Notice | None:
        notice = self.edition.notice
        return Notice(clean(notice.short), clean(notice.full)) if notice else None

    def _quiet_read(self) -> str:
        articles, outlets, words = self.edition.gathered_from, self.edition.outlets, self.words
        if not (articles and outlets):
            return ""
        if outlets > 1:
            return words.quiet_read.format(articles=articles, outlets=outlets)
        return words.quiet_read_one_outlet.format(articles=articles) if articles > 1 else words.quiet_read_one

    def _correction(self) -> CorrectionView | None:
        correction = self.edition.correction
        return view_correction(correction, self.publication) if correction else None

    def _times(self) -> str:
        if not any(story.published_at for story in self.edition.stories):
            return ""
        return self.words.times.format(zone=self.publication.timezone.replace("_", " "))

    def _theme(self, number: int, section: Section) -> ThemeView:
        theme, look = section.theme, self.look
        return ThemeView(
            name=clean(theme.name, self.limits.name) if theme else self.words.also_today,
            style=f"t{number}",
            colour=readable(theme.colour, look.paper, look.accent) if theme else look.accent,
            colour_dark=readable(theme.colour_dark, look.dark_paper, look.dark_accent)
            if theme
            else look.dark_accent,
            count=len(section.stories),
            is_named=theme is not None,
        )

    def _section(self, theme: ThemeView, stories: list[EditionStory]) -> SectionView:
        briefs = [] if self.web else [story for story in stories if story.brief and not story.web_only]
        hidden = 0 if self.web else sum(story.web_only for story in stories)
        cards = [self._story(story, theme) for story in stories if self._has_card(story)]
        return SectionView(
            theme=theme,
            stories=tuple(cards),
            briefs=tuple(self._story(story, theme) for story in briefs),
            elsewhere=self.words.counted("web_more", hidden) if hidden else "",
        )

    def _story(self, story: EditionStory, theme: ThemeView) -> StoryView:
        key = (story.key, theme, self.language, self.day)
        known = self.known.get(key)
        if known is None or known[0] is not story:
            if len(self.known) >= _MOST_KNOWN:
                self.known.clear()
            known = self.known[key] = (story, self._new_story(story, theme))
        return known[1]

    def _new_story(self, story: EditionStory, theme: ThemeView) -> StoryView:
        words, limits = self.words, self.limits
        headline = self._headline(story)
        first = story.sources[0] if story.sources else SourceLink("", "", story.headline)
        outlet = self._name(first.outlet)
        others, more = self._others(story)
        language = language_tag(story.language)
        declared = next((source for source in story.sources if source.ai_notice), None)
        quote = clean(declared.ai_notice, limits.aside) if declared else self._declared(story.summary)
        comments = reader_url(story.comments_url)
        rtl = story.rtl or runs_rtl(headline)
        return StoryView(
            key=story.key,
            anchor=story_anchor(story.key),
            headline=headline,
            url=reader_url(first.url),
            summary=clean(story.summary.text, limits.summary) if story.summary else "",
            how=how_made(story, outlet, words, self._name, limits),
            language="" if language.lower() == self.language.lower() else language,
            rtl=rtl,
            direction="rtl" if rtl else "ltr" if is_rtl_language(self.language) else "",
            outlet=outlet,
            sources=self._sources(story),
            others=others,
            others_unlinked=words.unlinked_more.format(n=more) if more else "",
            time=time_of(story.published_at, self.day, self.zone, self.words),
            moment=story.published_at.astimezone(UTC).isoformat() if story.published_at else "",
            update=clean(story.update_of, limits.summary),
            paywalled=first.paywalled,
            ai_source=words.ai_source.format(outlet=self._name(declared.outlet) if declared else outlet)
            if quote
            else "",
            ai_quote=quote,
            read_more=words.read_more.format(outlet=outlet),
            read_more_label=words.read_more_label.format(outlet=outlet, headline=headline),
            comments_url=comments,
            discuss=words.discuss.format(outlet=outlet),
            discuss_label=words.discuss_label.format(outlet=outlet, headline=headline),
            related=self._related(story),
            theme=theme,
            model_made=bool(story.summary and story.summary.provenance.method is Method.MODEL),
            brief=_is_bare(story),
        )

    def _headline(self, story: EditionStory) -> str:
        summary = (story.summary.text,) if story.summary else ()
        said = (story.headline, *(source.title for source in story.sources), *summary)
        lines = (clean(line, self.limits.headline) for line in said)
        return next((line for line in lines if line), self.words.untitled)

    def _name(self, outlet: str) -> str:
        return isolate(clean(outlet, self.limits.name), line_rtl=is_rtl_language(self.language))

    def _declared(self, summary: Summary | None) -> str:
        return clean(summary.provenance.source_ai_notice, self.limits.aside) if summary else ""

    def _sources(self, story: EditionStory) -> str:
        """What follows the first outlet's name."""
        more = len(story.sources) - 1
        if more < 0:
            return ""
        return self.words.more_sources.format(n=more) if more else self.words.single_source

    def _others(self, story: EditionStory) -> tuple[tuple[Link, ...], int]:
        """The other sources, and how many there was no room to name."""
        rest, most = story.sources[1:], self.limits.sources
        shown = (
            rest if len(rest) == most + 1 else rest[:most]
        )  # "and 1 other" would take as much room as its name
        links = tuple(Link(self._name(source.outlet), reader_url(source.url)) for source in shown)
        return links, len(rest) - len(shown)

    def _related(self, story: EditionStory) -> tuple[RelatedView, ...]:
        own = story.sources[0].outlet if story.sources else ""
        lines = (self._related_line(link, own) for link in story.related)
        return tuple(line for line in lines if line.name)

    def _related_line(self, link: SourceLink, own: str) -> RelatedView:
        """The headline, and whose it is: another outlet's than ``own``, or ours of an earlier day."""
        headline = isolate(clean(link.title, self.limits.aside))
        whose = self._name(link.outlet)
        if not whose and link.published_at:
            day = self.words.day(link.published_at.astimezone(self.zone).date(), short=True)
            whose = self.words.related_edition.format(date=day)
        if not headline:
            return RelatedView(whose, "", reader_url(link.url))
        return RelatedView(
            headline, "" if link.outlet and link.outlet == own else whose, reader_url(link.url)
        )
