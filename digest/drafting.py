"""What an edition would be now: articles grouped, summed up, composed, fitted, as editors have ruled.

Changes nothing by itself; ``digest.pipeline`` keeps what comes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from digest import material, pictures
from digest.compose import Composition, Summariser, compose
from digest.group import group as group_articles
from digest.group.kinship import kinship
from digest.llm import Asking, Way
from digest.model.decisions import Decision, Decisions, Rulings
from digest.model.edition import EditionKey, Notice, Provenance
from digest.model.news import Article, Story
from digest.parts import Parts
from digest.rulebook import read_rulebook
from digest.store import editions
from digest.summarise import ai_notice


def stories(parts: Parts, articles: list[Article], rulings: Rulings) -> tuple[Story, ...]:
    """Articles grouped into stories, with their themes, as editors have merged and split them."""
    return group_articles(
        articles,
        parts.themes,
        parts.drafting.grouping,
        rulings=rulings,
        language=parts.publication.language,
    )


def draft_value(
    parts: Parts,
    key: EditionKey,
    now: datetime,
    *,
    decided: Sequence[Decision] | None = None,
    ask: bool = False,
) -> Composition:
    """The edition of a slot as it would be drafted now, obeying editors.

    Changes nothing; but with ``ask`` a language model is asked and pictures are fetched, and what comes of
    that is kept. ``decided`` stands for all that is stored of editors' decisions.
    """
    parts = parts.for_series(key.series)
    with parts.database.read() as conn:
        standing = editions.find_edition(conn, key)
        found = material.gathered(parts, conn, key, now)
        rulings, decisions = read_rulebook(conn, key.publication, key.series, decided=decided)
    grouped = stories(parts, found.batch, rulings)
    chosen = parts.drafting
    way = Way(chosen.summaries, chosen.model, parts.publication.language, parts.database)
    asking = Asking(now, parts.stop) if ask else None
    composition = way.summarised(_composing(parts, key, now, found, grouped, decisions), asking)
    edition = pictures.illustrated(parts, composition.edition, now, ask=ask)
    if standing and standing.edition:
        edition = replace(edition, opening=standing.edition.opening)
    return Composition(parts.renderer.fit(edition), composition.drops)


def _composing(
    parts: Parts,
    key: EditionKey,
    now: datetime,
    found: material.Material,
    grouped: Sequence[Story],
    decisions: Decisions,
) -> Callable[[Summariser], Composition]:
    """What composes the edition, given what sums a story up: once, or again when a model has answered."""
    options = parts.drafting.composing

    def notice(provenances: Sequence[Provenance | None]) -> Notice | None:
        return None if parts.notice_off else ai_notice(provenances, wording=parts.drafting.wording)

    def composing(summarise: Summariser) -> Composition:
        return compose(
            key,
            grouped,
            themes=[theme.style for theme in parts.themes],
            title=parts.edition_title,
            language=parts.publication.language,
            local_date=parts.schedule.local_day(key.slot).isoformat(),
            now=now,
            options=replace(
                options,
                max_age_h=(now - found.since).total_seconds() / 3600,
                max_stories=parts.max_stories or options.max_stories,
            ),
            summarise=summarise,
            notice=notice,
            past=found.past,
            reading=material.READING,
            kin=kinship,
            told_url=lambda told: parts.links.story(told.ref, told.key),
            articles_considered=len(found.recent),
            outlets=len({article.outlet for article in found.recent}),
            decisions=decisions,
        )

    return composing
