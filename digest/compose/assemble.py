"""The edition itself: ranked stories made into cards and lines, with a reason for whatever is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from digest.compose.cut import choose
from digest.compose.decided import BELOW_THE_CUT, notes, rewritten
from digest.compose.headline import clean_headline, same_words
from digest.compose.options import ComposeOptions, Composition
from digest.compose.rank import newest_time, rank_parts
from digest.compose.sift import Sifted, Told, ids, sift
from digest.model.decisions import NO_DECISIONS, Decisions, placed
from digest.model.edition import (
    Edition,
    EditionKey,
    EditionStory,
    Notice,
    Provenance,
    RankPart,
    SourceLink,
    Summary,
    ThemeStyle,
)
from digest.model.news import Article, Story
from digest.model.words import count_words, is_rtl

Summariser = Callable[[Story, bool], Summary | None]


@dataclass(frozen=True, slots=True)
class _Ranked:
    sifted: Sifted
    headline: str
    parts: tuple[RankPart, ...]
    newest: datetime

    @property
    def story(self) -> Story:
        return self.sifted.story

    @property
    def filed(self) -> str:
        """The theme it takes a place of; "" for 'Also today'."""
        return self.sifted.themes[0].theme if self.sifted.themes else ""

    @property
    def place(self) -> int:
        """Where an editor pinned it, from 1; 0 when nobody did."""
        return self.sifted.ruled.place

    @property
    def order(self) -> tuple[bool, bool, float, float, str]:
        """Sorts what is sure first, then what is to be checked, then 'Also today'; each by rank."""
        rank = sum(part.value for part in self.parts)
        return (
            not self.sifted.themes,
            self.sifted.check,
            -round(rank, 9),
            -self.newest.timestamp(),
            self.story.key,
        )


@dataclass(slots=True)
class _Budget:
    """The words of an edition, and the summaries made so far."""

    max_words: int
    summarise: Summariser
    used: int = 0
    led: bool = False  # the lead has its card
    summaries: dict[str, Summary | None] = field(default_factory=dict)

    def card(self, ranked: _Ranked, *, lead: bool) -> bool:
        """Book a card if it fits, as it always does for a pinned story; the edition's lead may be longer."""
        summary = rewritten(self.summarise(ranked.story, lead), ranked.sifted.ruled)
        cost = count_words(ranked.headline) + (count_words(summary.text) if summary else 0)
        if ranked.place:
            self.used += cost
        elif not self._book(cost):
            return False
        self.led = self.led or lead
        self.summaries[ranked.story.key] = summary
        return True

    def pin(self, pinned: Sequence[_Ranked], *, alone: bool) -> None:
        """Book the cards of pinned stories, in order of place; ``alone`` when no other may lead."""
        for index, one in enumerate(pinned):
            self.card(one, lead=index == 0 and (one.place == 1 or alone))

    def line(self, ranked: _Ranked) -> bool:
        """Book one line if it fits."""
        return self._book(count_words(ranked.headline))

    def _book(self, cost: int) -> bool:
        if self.used + cost > self.max_words:
            return False
        self.used += cost
        return True


def compose(
    key: EditionKey,
    stories: Sequence[Story],
    *,
    themes: Sequence[ThemeStyle],
    title: str,
    language: str,
    local_date: str,
    now: datetime,
    options: ComposeOptions,
    summarise: Summariser,
    notice: Callable[[Sequence[Provenance]], Notice | None],
    used_articles: Mapping[int, int],
    used_stories: Mapping[str, int],
    articles_considered: int,
    outlets: int,
    decisions: Decisions = NO_DECISIONS,
) -> Composition:
    """The edition of ``key`` out of ``stories``, and why every other article is not in it.

    Args:
        key: Publication, series and slot.
        stories: What was grouped, in any order.
        themes: Every theme of the publication, in the order in which readers see them.
        title: The publication's name.
        language: The publication's, BCP 47.
        local_date: ISO date of the edition in the publication's time zone.
        now: UTC; ages count from here, and dates after it are taken for it.
        options: Limits, and what may go in.
        summarise: A story's summary, its second argument being whether it leads the edition. Asked only for
            stories that get a card, best first.
        notice: The AI notice that follows from the summaries shown.
        used_articles: Article id to the edition that had it.
        used_stories: Story key to the edition that had it.
        articles_considered: For the colophon: how many articles were looked at.
        outlets: For the colophon: how many feeds they came from.
        decisions: What editors said about its articles; see ``digest.compose.decided``.

    With no story worth a card the edition is ``quiet``: it has none, and rendering says so in a line.
    """
    told = Told(used_articles, used_stories)
    slugs = {theme.slug for theme in themes}
    passed, drops = sift(
        stories, known_themes=slugs, told=told, options=options, now=now, decisions=decisions
    )
    pinned, ranked, repeated = _ranking(passed, now)
    drops |= repeated
    budget = _Budget(options.max_words, summarise)
    budget.pin(pinned, alone=not ranked)
    cards, left = choose(
        [one.filed for one in ranked],
        max_stories=max(0, options.max_stories - len(pinned)),
        also_max=options.also_today_max,
        fits=lambda index: budget.card(ranked[index], lead=not budget.led),
    )
    lines = _lines([(index, ranked[index]) for index in left], budget, options.brief_max)
    fixed, before = _shown(pinned, set(range(len(pinned))), set(), budget, now)
    floating, behind = _shown(ranked, set(cards), lines, budget, now)
    shown = placed(floating, [(one.place, story) for one, story in zip(pinned, fixed, strict=True)])
    drops |= before | behind
    edition = Edition(
        key=key,
        title=title,
        local_date=local_date,
        themes=tuple(themes),
        stories=tuple(shown),
        notice=notice([story.summary.provenance for story in shown if story.summary]),
        language=language,
        quiet=not shown,
        gathered_from=articles_considered,
        outlets=outlets,
    )
    return Composition(edition, dict(sorted(drops.items())))


def _ranking(passed: Sequence[Sifted], now: datetime) -> tuple[list[_Ranked], list[_Ranked], dict[int, str]]:
    """The pinned stories in order of place, and the others best first.

    Without those whose headline a pinned or better one already has, or that have none.
    """
    every = sorted(
        (
            _Ranked(
                sifted,
                sifted.ruled.headline or clean_headline(sifted.story.lead),
                (*rank_parts(sifted.story, sifted.themes, now), *notes(sifted.ruled)),
                newest_time(sifted.story, now),
            )
            for sifted in passed
        ),
        key=lambda one: one.order,
    )
    pinned = sorted((one for one in every if one.place), key=lambda one: one.sifted.ruled.pin_order)
    kept: dict[frozenset[str], _Ranked] = {}
    drops: dict[int, str] = {}
    for one in (*pinned, *(one for one in every if not one.place)):
        words = same_words(one.headline)
        if not words:
            drops |= dict.fromkeys(ids(one.story), "has no headline")
        elif words in kept:
            outlet = kept[words].story.lead.outlet
            drops |= dict.fromkeys(
                ids(one.story), f"has the headline of a story that ranks higher ({outlet})"
            )
        else:
            kept[words] = one
    ranked = list(kept.values())
    return [one for one in ranked if one.place], [one for one in ranked if not one.place], drops


def _lines(left: Sequence[tuple[int, _Ranked]], budget: _Budget, brief_max: int) -> set[int]:
    """Those of the stories without a card that get one line, best first, as far as words reach."""
    lines: set[int] = set()
    for index, one in left[:brief_max]:
        if not budget.line(one):
            break
        lines.add(index)
    return lines


def _shown(
    ranked: Sequence[_Ranked], cards: set[int], lines: set[int], budget: _Budget, now: datetime
) -> tuple[list[EditionStory], dict[int, str]]:
    """The stories as they stand in the edition, in order of rank, and the reasons for all other articles."""
    shown: list[EditionStory] = []
    drops: dict[int, str] = {}
    for index, one in enumerate(ranked):
        if index in cards | lines:
            summary = budget.summaries.get(one.story.key)
            shown.append(_edition_story(one, summary, now, brief=index in lines))
            drops |= _behind(one)
        else:
            drops |= dict.fromkeys(ids(one.story), f"{BELOW_THE_CUT}: rank {index + 1} of {len(ranked)}")
    return shown, drops


def _behind(one: _Ranked) -> dict[int, str]:
    """Why articles of a story that is in are not themselves shown."""
    shown = {article.id for article in _one_per_family(one.story.articles)}
    second = "counted with another text of the same publisher"
    drops = {article.id: second for article in one.story.articles if article.id and article.id not in shown}
    copy = f"wire copy, counted with: {one.headline} ({one.story.lead.outlet})"
    return drops | {
        article.id: copy for article in one.story.copies if article.id and article.id not in shown
    }


def _one_per_family(articles: Sequence[Article]) -> list[Article]:
    families: dict[str, Article] = {}
    for article in articles:
        families.setdefault(article.family or article.canonical_url, article)
    return list(families.values())


def _edition_story(one: _Ranked, summary: Summary | None, now: datetime, *, brief: bool) -> EditionStory:
    lead = one.story.lead
    return EditionStory(
        key=one.story.key,
        headline=one.headline,
        summary=summary,
        sources=tuple(_link(article, now) for article in _one_per_family(one.story.articles)),
        themes=tuple(score.theme for score in one.sifted.themes),
        published_at=_published(lead, now),
        language=lead.language,
        rtl=is_rtl(one.headline),
        comments_url=lead.comments_url,
        image_url=lead.image_url,
        image_credit=lead.image_credit,
        rank=one.parts,
        needs_check=one.sifted.check,
        brief=brief,
        article_ids=ids(one.story),
    )


def _link(article: Article, now: datetime) -> SourceLink:
    return SourceLink(
        outlet=article.outlet or article.family,
        url=article.url,
        title=clean_headline(article),
        published_at=_published(article, now),
        paywalled=article.paywalled,
        ai_notice=article.ai_notice,
        article_id=article.id,
    )


def _published(article: Article, now: datetime) -> datetime | None:
    return min(article.published_at, now) if article.published_at else None
