"""The edition itself: ranked stories made into cards and lines, with a reason for whatever is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from digest.compose.balance import balanced
from digest.compose.cards import behind, edition_story
from digest.compose.cut import choose
from digest.compose.decided import BELOW_THE_CUT, notes
from digest.compose.headline import clean_headline, same_words
from digest.compose.leading import brought_up_to_date
from digest.compose.options import ComposeOptions, Composition
from digest.compose.rank import newest_time, rank_parts
from digest.compose.ranked import Budget, Ranked, Summariser
from digest.compose.reading import Reading
from digest.compose.related import Kin, measure, relate
from digest.compose.sift import Sifted, ids, sift
from digest.compose.threads import Past
from digest.compose.updates import Update, follow_all
from digest.model.decisions import NO_DECISIONS, Decisions, placed
from digest.model.edition import (
    Edition,
    EditionKey,
    EditionStory,
    Notice,
    Provenance,
    ThemeStyle,
    ToldStory,
)
from digest.model.news import Story


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
    notice: Callable[[Sequence[Provenance | None]], Notice | None],
    past: Past,
    reading: Reading,
    kin: Kin,
    told_url: Callable[[ToldStory], str],
    articles_considered: int,
    outlets: int,
    decisions: Decisions = NO_DECISIONS,
) -> Composition:
    """The edition of ``key`` out of ``stories``, and why every other article is not in it.

    Args:
        key: Publication, series and slot.
        stories: What was grouped, in any order, told articles of the last days among the others.
        themes: Every theme of the publication, in the order in which readers see them.
        title: The publication's name.
        language: The publication's, BCP 47.
        local_date: ISO date of the edition in the publication's time zone.
        now: UTC; ages count from here, and dates after it are taken for it.
        options: Limits, and what may go in.
        summarise: A story's summary, its second argument being whether it leads the edition. Asked, best
            first, for stories that get a card if it fits.
        notice: The AI notice that follows from the summaries shown; None stands for a bare headline.
        past: What earlier editions told.
        reading: How to find what is new in a text.
        kin: How alike stories are.
        told_url: Where a told story stands in its edition's web copy.
        articles_considered: For the colophon: how many articles were looked at.
        outlets: For the colophon: how many outlets they came from.
        decisions: What editors said about its articles; see ``digest.compose.decided``.

    With no story worth a card the edition is ``quiet``: it has none, and rendering says so in a line.
    """
    slugs = {theme.slug for theme in themes}
    sifted, drops = sift(
        stories, known_themes=slugs, used=past.used, options=options, now=now, decisions=decisions
    )
    sifted = [brought_up_to_date(one, reading) for one in sifted]
    alike = measure({one.story.key: one.story.articles for one in sifted}, past.tellings(), kin)
    passed, updates, nothing_new = follow_all(sifted, alike, past, reading, options.updates, now)
    pinned, ranked, repeated = _ranking(passed, updates, now)
    drops |= _in_vain(sifted, nothing_new) | repeated
    budget = Budget(options.max_words, summarise)
    budget.pin(pinned, alone=not ranked)
    cards, left = choose(
        [one.filed for one in ranked],
        [one.outlet for one in ranked],
        max_stories=max(0, options.max_stories - len(pinned)),
        also_max=options.also_today_max,
        fits=lambda index: budget.card(ranked[index], lead=not budget.led),
        bare=lambda index: budget.bare(ranked[index]),
    )
    lines = _lines([(index, ranked[index]) for index in left], budget, options.brief_max)
    fixed, before = _shown(pinned, set(range(len(pinned))), set(), budget, now)
    floating, after = _shown(ranked, set(cards), lines, budget, now)
    shown = placed(floating, [(one.place, story) for one, story in zip(pinned, fixed, strict=True)])
    drops |= before | after
    tellings = {one.story.key: one.story.articles for one in passed}
    edition = Edition(
        key=key,
        title=title,
        local_date=local_date,
        themes=tuple(themes),
        stories=tuple(relate(shown, tellings, alike, past.stories, told_url, options.related)),
        notice=notice([story.told_by for story in shown]),
        language=language,
        quiet=not shown,
        gathered_from=articles_considered,
        outlets=outlets,
        composed_at=now,
    )
    return Composition(edition, dict(sorted(drops.items())))


def _in_vain(sifted: Sequence[Sifted], nothing_new: Mapping[int, str]) -> dict[int, str]:
    """The reasons why what was told before is not told again, with the pins that don't help against it."""
    pinned = {number: one.ruled.in_vain for one in sifted for number in ids(one.story)}
    return {number: reason + pinned.get(number, "") for number, reason in nothing_new.items()}


def _ranking(
    passed: Sequence[Sifted], updates: Mapping[str, Update], now: datetime
) -> tuple[list[Ranked], list[Ranked], dict[int, str]]:
    """The pinned stories in order of place, and the others best first.

    Without those whose headline a pinned or better one already has, or that have none.
    """
    every = sorted(
        (
            Ranked(
                sifted,
                sifted.ruled.headline or clean_headline(sifted.story.lead),
                (
                    *rank_parts(sifted.story, sifted.themes, now, updates.get(sifted.story.key)),
                    *notes(sifted.ruled, sifted.story),
                ),
                newest_time(sifted.story, now),
                updates.get(sifted.story.key),
            )
            for sifted in passed
        ),
        key=lambda one: one.order,
    )
    pinned = sorted((one for one in every if one.place), key=lambda one: one.sifted.ruled.pin_order)
    kept: dict[tuple[str, ...], Ranked] = {}
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
    pinned = [one for one in kept.values() if one.place]
    floating = [one for one in kept.values() if not one.place]
    return pinned, balanced(floating), drops


def _lines(left: Sequence[tuple[int, Ranked]], budget: Budget, brief_max: int) -> set[int]:
    """Those of the stories without a card that get one line, best first, as far as words reach."""
    lines: set[int] = set()
    for index, one in left[:brief_max]:
        if not budget.line(one):
            break
        lines.add(index)
    return lines


def _shown(
    ranked: Sequence[Ranked], cards: set[int], lines: set[int], budget: Budget, now: datetime
) -> tuple[list[EditionStory], dict[int, str]]:
    """The stories as they stand in the edition, in order of rank, and the reasons for all other articles."""
    shown: list[EditionStory] = []
    drops: dict[int, str] = {}
    for index, one in enumerate(ranked):
        if index in cards | lines:
            summary = budget.summaries.get(one.story.key)
            shown.append(edition_story(one, summary, now, brief=index in lines))
            drops |= behind(one)
        else:
            drops |= dict.fromkeys(ids(one.story), f"{BELOW_THE_CUT}: rank {index + 1} of {len(ranked)}")
    return shown, drops
