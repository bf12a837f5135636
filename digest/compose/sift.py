"""What may go into an edition at all, and the reason in words for what may not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.compose.decided import NOTHING, TO_CHECK, Ruled, by, drop_reason, filed_under, ruled_by
from digest.compose.options import ComposeOptions
from digest.model.decisions import NO_DECISIONS, Decisions
from digest.model.news import Article, Story, ThemeScore, Verdict


@dataclass(frozen=True, slots=True)
class Sifted:
    """A story that may go in: with its usable tellings alone, and the themes it may be filed under.

    ``themes`` is empty for 'Also today'. ``check`` says that an editor has yet to look at its theme.
    ``ruled`` is what an editor said about it.
    """

    story: Story
    themes: tuple[ThemeScore, ...]
    check: bool
    ruled: Ruled = NOTHING


@dataclass(frozen=True, slots=True)
class Told:
    """What earlier editions held: article ids and story keys, each with the id of that edition."""

    articles: Mapping[int, int]
    stories: Mapping[str, int]


def dated(article: Article, now: datetime) -> datetime | None:
    """When the article came out: published, else gathered, never later than ``now``; None without either."""
    when = article.published_at or article.gathered_at
    return min(when, now) if when else None


def sift(
    stories: Sequence[Story],
    *,
    known_themes: Collection[str],
    told: Told,
    options: ComposeOptions,
    now: datetime,
    decisions: Decisions = NO_DECISIONS,
) -> tuple[list[Sifted], dict[int, str]]:
    """The stories that may go in, and why the other articles may not. Nothing comes out twice."""
    passed: list[Sifted] = []
    drops: dict[int, str] = {}
    seen: set[int | str] = set()
    for whole in sorted(stories, key=lambda story: story.key):
        story = _unseen(whole, seen)
        if story is None:
            continue
        ruled = ruled_by(decisions, ids(story), told.articles)
        if ruled.dropped:
            drops |= dict.fromkeys(ids(story), drop_reason(ruled.dropped))
            continue
        if (reasons := _told_before(story, told)) is not None:
            drops |= {number: reason + ruled.in_vain for number, reason in reasons.items()}
            continue
        fresh, late = _recent(story, options, now)
        if fresh is None and ruled.pinned:
            fresh, late = story, {}
        drops |= late
        if fresh is None:
            continue
        themes, check = filed_under(ruled, fresh.themes, known_themes) or _themes(fresh, known_themes)
        if not ruled.pinned and (reason := _off_theme(fresh, themes, options, check=check, ruled=ruled)):
            drops |= dict.fromkeys(ids(fresh), reason)
            continue
        passed.append(Sifted(fresh, themes, check and not ruled.pinned, ruled))
    return passed, drops


def ids(story: Story) -> tuple[int, ...]:
    """The ids of all its articles, copies last; articles that are not stored have none."""
    return tuple(dict.fromkeys(article.id for article in (*story.articles, *story.copies) if article.id))


def _unseen(story: Story, seen: set[int | str]) -> Story | None:
    """The story without articles that another story already brought."""

    def first(articles: Sequence[Article]) -> tuple[Article, ...]:
        fresh = []
        for article in articles:
            identity = article.id or article.canonical_url
            if identity not in seen:
                seen.add(identity)
                fresh.append(article)
        return tuple(fresh)

    tellings = first(story.articles)
    copies = first(story.copies)
    if not tellings:
        if not copies:
            return None
        tellings, copies = copies[:1], copies[1:]
    return replace(story, articles=tellings, copies=copies)


def _told_before(story: Story, told: Told) -> dict[int, str] | None:
    """A story is told once: if an earlier edition had it or any article of it, all of it stays out."""
    used = {number: told.articles[number] for number in ids(story) if number in told.articles}
    if not used and story.key not in told.stories:
        return None
    edition = told.stories.get(story.key) or max(used.values())
    return {
        number: f"already in edition {used[number]}"
        if number in used
        else f"tells a story that edition {edition} already had"
        for number in ids(story)
    }


def _recent(story: Story, options: ComposeOptions, now: datetime) -> tuple[Story | None, dict[int, str]]:
    """The story with the tellings that are recent enough; None when there is none."""
    oldest = now - timedelta(hours=options.max_age_h)
    late: dict[int, str] = {}
    fresh: list[Article] = []
    for article in story.articles:
        when = dated(article, now)
        if when is not None and when >= oldest:
            fresh.append(article)
        elif article.id:
            late[article.id] = f"older than {options.max_age_h:g} h" if when else "undated"
    if fresh:
        return replace(story, articles=tuple(fresh)), late
    behind = f"wire copy of a text that is undated or older than {options.max_age_h:g} h"
    return None, late | {article.id: behind for article in story.copies if article.id}


def _themes(story: Story, known: Collection[str]) -> tuple[tuple[ThemeScore, ...], bool]:
    """The themes to file it under, best first, and whether an editor has to check them."""
    ours = [score for score in story.themes if score.theme in known]
    sure = tuple(score for score in ours if score.verdict is Verdict.IN)
    doubtful = tuple(score for score in ours if score.verdict is Verdict.CHECK)
    return sure or doubtful, not sure and bool(doubtful)


def _off_theme(
    story: Story, themes: Sequence[ThemeScore], options: ComposeOptions, *, check: bool, ruled: Ruled
) -> str:
    """Why the story's themes keep it out; "" when they don't."""
    if check and not options.include_check:
        return f"{TO_CHECK}: best was {themes[0].theme} at {themes[0].score:.1f}"
    if themes or options.also_today:
        return ""
    if ruled.filed:
        return f"filed under no theme{by(ruled.filed)}"
    if not story.themes:
        return "outside every theme"
    best = max(story.themes, key=lambda score: (score.score, score.theme))
    return f"outside every theme: best was {best.theme} at {best.score:.1f}"
