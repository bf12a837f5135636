"""What may go into an edition at all, and the reason in words for what may not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.compose.decided import (
    NOTHING,
    TO_CHECK,
    Ruled,
    by,
    drop_reasons,
    filed_under,
    led_by,
    ruled_by,
)
from digest.compose.options import ComposeOptions
from digest.model.decisions import NO_DECISIONS, Decisions
from digest.model.news import Article, Story, ThemeScore, Verdict


@dataclass(frozen=True, slots=True)
class Sifted:
    """A story that may go in: with its usable tellings alone, and the themes it may be filed under.

    ``themes`` is empty for 'Also today'. ``check`` says that an editor has yet to look at its theme.
    ``used`` are the ids of those of its articles that an earlier edition had, ``behind`` all its articles
    that may not go in, these and late ones. ``ruled`` is what an editor said about it.
    """

    story: Story
    themes: tuple[ThemeScore, ...]
    check: bool
    used: tuple[int, ...] = ()
    behind: tuple[Article, ...] = ()
    ruled: Ruled = NOTHING


def dated(article: Article, now: datetime) -> datetime | None:
    """When the article came out: published, else gathered, never later than ``now``; None without either."""
    when = article.published_at or article.gathered_at
    return min(when, now) if when else None


def sift(
    stories: Sequence[Story],
    *,
    known_themes: Collection[str],
    used: Mapping[int, int],
    options: ComposeOptions,
    now: datetime,
    decisions: Decisions = NO_DECISIONS,
) -> tuple[list[Sifted], dict[int, str]]:
    """The stories that may go in, and why the other articles may not. Nothing comes out twice.

    ``used`` has the id of the edition for every article that an earlier edition had. Whether what is left
    of such a story is worth telling is not said here: see ``updates``.
    """
    passed: list[Sifted] = []
    drops: dict[int, str] = {}
    seen: set[int | str] = set()
    for whole in sorted(stories, key=lambda story: story.key):
        story = _keeping(whole, lambda article: _is_first(article, seen))
        if story is None:
            continue
        ruled = ruled_by(decisions, ids(story), used)
        if ruled.dropped:
            fresh, late = _recent(story, options, now)
            out = fresh or story
            drops |= drop_reasons((*out.articles, *out.copies), story, ruled.dropped, decisions) | late
            continue
        had = {number: used[number] for number in ids(story) if number in used}
        drops |= {number: f"already in edition {edition}" for number, edition in had.items()}
        unused = _keeping(story, lambda article: article.id not in used)
        if unused is None:
            continue
        fresh, late = _recent(unused, options, now)
        if fresh is None and ruled.pinned:
            fresh, late = unused, {}
        drops |= late
        if fresh is None:
            continue
        themes, check = filed_under(ruled, fresh.themes, known_themes) or _themes(fresh, known_themes)
        if not ruled.pinned and (reason := _off_theme(fresh, themes, options, check=check, ruled=ruled)):
            drops |= dict.fromkeys(ids(fresh), reason)
            continue
        inside = {article.canonical_url for article in (*fresh.articles, *fresh.copies)}
        every = (*story.articles, *story.copies)
        behind = tuple(article for article in every if article.canonical_url not in inside)
        fresh = led_by(fresh, ruled.leads)
        passed.append(Sifted(fresh, themes, check and not ruled.pinned, tuple(had), behind, ruled))
    return passed, drops


def ids(story: Story) -> tuple[int, ...]:
    """The ids of all its articles, copies last; articles that are not stored have none."""
    return tuple(dict.fromkeys(article.id for article in (*story.articles, *story.copies) if article.id))


def _is_first(article: Article, seen: set[int | str]) -> bool:
    """Whether no other story brought it; from now on one has."""
    identity = article.id or article.canonical_url
    if identity in seen:
        return False
    seen.add(identity)
    return True


def _keeping(story: Story, keeps: Callable[[Article], bool]) -> Story | None:
    """The story with the articles that ``keeps`` lets stand; a copy steps in where no telling is left."""
    tellings = tuple(filter(keeps, story.articles))
    copies = tuple(filter(keeps, story.copies))
    if not tellings:
        tellings, copies = copies[:1], copies[1:]
    return replace(story, articles=tellings, copies=copies) if tellings else None


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
