"""Why an article is in an edition or out of it, where it stands and how high: every reason on record.

What an edition decided is read from it, not worked out anew. Only the story of an article that is in none is
grouped again, from what its edition was composed from. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from digest import desk, drafting, material
from digest.compose.cards import WIRE_COPY
from digest.errors import NotFoundError
from digest.explain.value import Explanation, Placing, Telling, Thread, Through
from digest.group import Sameness, score_themes, why_same
from digest.group.kinship import nearest
from digest.model.decisions import Rulings
from digest.model.edition import EditionStory
from digest.model.links import edition_ref
from digest.model.news import Article, Feed, Story, Verdict
from digest.parts import Parts
from digest.rulebook import read_rulebook
from digest.store import articles as article_store
from digest.store import editions, models
from digest.store import feeds as feed_store
from digest.store.decisions import list_decisions
from digest.store.editions import EditionRow

__all__ = ["Explanation", "explain"]

_EDITIONS = 20  # looked through, the newest first
_TELLINGS = 6  # of its story that are named
_NEAREST = 3  # named where it is alone


def explain(parts: Parts, reference: str, now: datetime) -> Explanation:
    """Everything on record about the article with this address or number.

    Raises:
        NotFoundError: it was never gathered.
    """
    _row, coming = desk.current(parts, now)
    with parts.database.read() as conn:
        article = article_store.find_article(conn, reference)
        if article is None:
            raise NotFoundError(_never_gathered(reference))
        feed = _feed_of(conn, article)
        rows = editions.list_editions(conn, parts.publication.slug, limit=_EDITIONS)
        placed = [
            (row, placing)
            for row in rows
            if (placing := _placing(row, article.id, editions.get_drops(conn, row.id)))
        ]
        key, when = (placed[0][0].key, placed[0][0].updated_at) if placed else (coming, now)
        found = material.gathered(parts, conn, key, when)
        row, shown = next(((row, placing.story) for row, placing in placed if placing.story), (None, None))
        told = _articles_of(conn, shown) if shown else []
        copies = _copies(editions.get_drops(conn, row.id)) if row else set()
        standing = list_decisions(conn, key.publication, key.series)
        rulings, _decisions = read_rulebook(conn, key.publication, key.series, decided=standing)
    batch = [one for one in found.batch if one.id != article.id]
    thread = _thread_of(parts, article, told, copies, batch, None if shown else rulings)
    with parts.database.read() as conn:
        answers = models.answers_about(conn, {article.id, thread.lead_id})
    return Explanation(
        article=article,
        feed=feed,
        themes=score_themes(article, parts.themes),
        theme_points=(parts.drafting.grouping.theme_in, parts.drafting.grouping.theme_check),
        thread=thread,
        placings=tuple(placing for _, placing in placed),
        outlook="" if placed else _outlook(article, coming_ref=edition_ref(coming), since=found.since),
        decisions=tuple(one for one in standing if article.id in {one.article_id, one.other_id}),
        answers=tuple(answers),
    )


def _never_gathered(reference: str) -> str:
    if reference.isdecimal():
        return f"there is no article number {reference}: `digest draft --json` has those of the draft"
    return f"{reference!r} was never gathered: no feed named it, or `digest gather` has not run since"


def _feed_of(conn: Connection, article: Article) -> Feed | None:
    """Where it came from; None when that feed is stored no more."""
    feeds = feed_store.list_feeds(conn, active_only=False)
    return next((feed for feed in feeds if feed.id == article.feed_id), None)


def _placing(row: EditionRow, article_id: int, drops: dict[int, str]) -> Placing | None:
    """What became of the article in this edition; None where that never looked at it."""
    ref, state = edition_ref(row.key), row.state.value
    stories = row.edition.stories if row.edition else ()
    for position, story in enumerate(stories, start=1):
        if article_id in story.article_ids:
            return Placing(row.id, ref, state, story, position, len(stories), drops.get(article_id, ""))
    if article_id in drops:
        return Placing(row.id, ref, state, None, 0, len(stories), drops[article_id])
    return None


def _outlook(article: Article, *, coming_ref: str, since: datetime) -> str:
    """What an article can expect that no edition has looked at."""
    when = article.published_at or article.gathered_at
    if when is not None and when < since:
        return f"too old: the edition {coming_ref} takes what came out since {since:%Y-%m-%d %H:%M} UTC"
    return f"no edition has looked at it yet: `digest draft` would, for {coming_ref}"


def _articles_of(conn: Connection, story: EditionStory) -> list[Article]:
    found = article_store.articles_by_id(conn, story.article_ids)
    return [found[number] for number in story.article_ids if number in found]


def _copies(drops: dict[int, str]) -> set[int]:
    """The articles that an edition counts as copies of others."""
    return {number for number, reason in drops.items() if reason.startswith(WIRE_COPY)}


def _thread_of(
    parts: Parts,
    article: Article,
    told: list[Article],
    copies: set[int],
    batch: list[Article],
    rulings: Rulings | None,
) -> Thread:
    """The article's story and the reasons: as an edition has it (``told``), or grouped by ``rulings``."""
    why: tuple[str, ...] = ()
    if rulings is not None and (story := _story_of(parts, article, batch, rulings)):
        told, why = [*story.articles, *story.copies], story.why
        copies = {copy.id for copy in story.copies}
    others = [one for one in told if one.id != article.id]
    close = why_same(article, others or nearest(article, batch, _NEAREST), batch, parts.drafting.grouping)
    tellings = [_telling(other, same) for other, same in close[:_TELLINGS]]
    return Thread(
        lead_id=told[0].id if told else article.id,
        size=len(told) or 1,
        copies=sum(one.id in copies for one in told),
        is_copy=article.id in copies,
        tellings=tuple(tellings) if others else (),
        nearest=() if others else tuple(tellings),
        shared=why,
        threshold=parts.drafting.grouping.threshold_among(len({one.id for one in (article, *batch)})),
        through=_through(parts, [one for one in told if one.id not in copies]),
    )


def _through(parts: Parts, tellings: Sequence[Article]) -> tuple[Through, ...]:
    """For each theme that some of several tellings are in: which ones, the most points first."""
    if len(tellings) < 2:  # noqa: PLR2004 - of one telling the themes stand above
        return ()
    inside: dict[str, list[tuple[int, str, float]]] = {}
    for one in tellings:
        for score in score_themes(one, parts.themes):
            if score.verdict is Verdict.IN:
                inside.setdefault(score.theme, []).append((one.id, one.outlet, score.score))
    return tuple(
        Through(theme, tuple(sorted(found, key=lambda entry: (-entry[2], entry[0]))), len(tellings))
        for theme, found in inside.items()
    )


def _story_of(parts: Parts, article: Article, batch: Sequence[Article], rulings: Rulings) -> Story | None:
    stories = drafting.stories(parts, [article, *batch], rulings)
    return next(
        (story for story in stories if article.id in {one.id for one in (*story.articles, *story.copies)}),
        None,
    )


def _telling(other: Article, same: Sameness) -> Telling:
    return Telling(
        id=other.id,
        outlet=other.outlet,
        title=other.title,
        url=other.url,
        likeness=same.likeness,
        shared=same.shared,
        hours_apart=same.hours_apart,
        copied=same.containment,
    )
