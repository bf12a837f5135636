"""Why an article is in an edition or out of it, where it stands and how high: every reason on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from digest import pipeline
from digest.errors import NotFoundError
from digest.group import score_themes
from digest.model.answers import ModelAnswer
from digest.model.decisions import Decision
from digest.model.edition import EditionStory
from digest.model.links import edition_ref
from digest.model.news import Article, Story, ThemeScore
from digest.parts import Parts
from digest.rulebook import read_rulebook
from digest.store import articles as article_store
from digest.store import editions, models
from digest.store.decisions import list_decisions
from digest.store.editions import EditionRow


@dataclass(frozen=True)
class Placing:
    """What became of an article in one edition: the card it is part of, or why it is in none."""

    ref: str
    state: str
    story: EditionStory | None
    position: int  # in the ranking, from 1; 0 when it is not in
    dropped: str


@dataclass(frozen=True)
class Explanation:
    """All that is known about one article's way through the day."""

    article: Article
    themes: tuple[ThemeScore, ...]
    story: Story | None  # as the articles around it would be grouped
    placings: tuple[Placing, ...]
    decisions: tuple[Decision, ...] = ()  # what editors said of it
    answers: tuple[ModelAnswer, ...] = ()  # a language model's, about this story, newest first

    def as_json(self) -> dict[str, object]:
        """For ``--json``: everything but the article's full text."""
        story = self.story
        return {
            "article": {k: v for k, v in asdict(self.article).items() if k != "text"},
            "text_words": len(self.article.text.split()),
            "themes": [asdict(score) for score in self.themes],
            "story": story
            and {
                "key": story.key,
                "articles": [{"id": a.id, "url": a.url, "outlet": a.outlet} for a in story.articles],
                "copies": [{"id": a.id, "url": a.url, "outlet": a.outlet} for a in story.copies],
                "why": story.why,
            },
            "editions": [asdict(placing) for placing in self.placings],
            "decisions": [asdict(decision) for decision in self.decisions],
            "model_answers": [asdict(answer) for answer in self.answers],
        }

    def lines(self) -> Iterator[str]:
        """For people."""
        article = self.article
        yield f"{article.title}"
        yield f"  {article.outlet}, {article.url}"
        source = f"according to its {article.date_source}" if article.date_source else "its date is unknown"
        published = f"{article.published_at:%Y-%m-%d %H:%M} UTC" if article.published_at else "undated"
        gathered = f"{article.gathered_at:%Y-%m-%d %H:%M} UTC" if article.gathered_at else "-"
        yield f"  published {published} ({source}); gathered {gathered}; {len(article.text.split())} words"
        if article.ai_notice:
            yield f"  its page says of itself: {article.ai_notice}"
        for score in self.themes:
            yield f"Theme {score.theme}: {score.verdict}, {score.score:.1f} points"
            for hit in score.hits:
                yield f"    {hit.points:+.1f}  {hit.term} ({hit.where}, {hit.count}x)"
        yield from self._story_lines()
        for decision in self.decisions:
            yield self._decided(decision)
        for placing in self.placings:
            yield from _placing_lines(placing)
        if not self.placings:
            yield "No edition has considered it yet: `digest draft` would."
        yield from _answer_lines(self.answers)

    def _decided(self, decision: Decision) -> str:
        when = f", {decision.decided_at:%Y-%m-%d %H:%M} UTC" if decision.decided_at else ""
        other = decision.article_id if decision.other_id == self.article.id else decision.other_id
        said = f" {decision.value}" if decision.value else f" with {other}" if other else ""
        return f"Decided by {decision.decided_by or 'an editor'}{when}: {decision.kind}{said}"

    def _story_lines(self) -> Iterator[str]:
        if self.story is None:
            return
        others = [a for a in self.story.articles if a.id != self.article.id]
        if not others and not self.story.copies:
            yield "Story: the only telling of its event"
        if others:
            yield f"Story: told with {', '.join(f'{a.outlet} ({a.title})' for a in others)}"
        if self.story.why:
            yield f"    shared: {', '.join(self.story.why)}"
        for copy in self.story.copies:
            what = "this article is" if copy.id == self.article.id else f"{copy.outlet} has"
            yield f"    {what} a copy, which counts for nothing"


def _answer_lines(answers: tuple[ModelAnswer, ...]) -> Iterator[str]:
    for answer in answers:
        verdict = "accepted" if answer.accepted else f"refused: {answer.reason}"
        yield f"Asked {answer.model} on {answer.answered_at:%Y-%m-%d %H:%M} UTC for a summary: {verdict}"
        if answer.text:
            yield f"    it said: {answer.text}"


def _placing_lines(placing: Placing) -> Iterator[str]:
    if placing.story is None:
        yield f"Edition {placing.ref} ({placing.state}): out: {placing.dropped or 'no reason on record'}"
        return
    story = placing.story
    yield f"Edition {placing.ref} ({placing.state}): in, ranked {placing.position}, {story.score:.2f} points"
    for part in story.rank:
        yield f"    {part.value:+.2f}  {part.name}" + (f" ({part.note})" if part.note else "")
    if story.summary is None:
        yield "    no summary: no usable sentence"
        return
    made = story.summary.provenance
    yield f"    summary by {made.method}, from {made.source or 'its sources'}: {story.summary.text}"
    for sentence in made.sentences:
        yield f"      from: {sentence}"


def explain(parts: Parts, reference: str, now: datetime) -> Explanation:
    """Everything on record about the article with this address or number. Changes nothing.

    Raises:
        NotFoundError: it was never gathered.
    """
    with parts.database.read() as conn:
        article = article_store.find_article(conn, reference)
        if article is None:
            raise NotFoundError(
                f"{reference!r} was never gathered: no feed named it, or `digest gather` has not run since"
            )
        rows = editions.list_editions(conn, parts.publication.slug, limit=20)
        drops = {row.id: editions.get_drops(conn, row.id) for row in rows}
        when = article.published_at or article.gathered_at or now
        window = timedelta(hours=parts.grouping.window_h)
        around = article_store.recent_articles(conn, since=when - window, until=when + window)
        standing = list_decisions(conn, parts.publication.slug, parts.schedule.series)
        rulings, _decisions = read_rulebook(
            conn, parts.publication.slug, parts.schedule.series, decided=standing
        )
    story = next(
        (
            s
            for s in pipeline.stories(parts, around, rulings)
            if article.id in {a.id for a in (*s.articles, *s.copies)}
        ),
        None,
    )
    placings = [placing for row in rows if (placing := _placing(row, article.id, drops[row.id]))]
    said = tuple(one for one in standing if article.id in {one.article_id, one.other_id})
    with parts.database.read() as conn:
        answers = models.answers_about(conn, {article.id, story.lead.id if story else article.id})
    return Explanation(
        article, score_themes(article, parts.themes), story, tuple(placings), said, tuple(answers)
    )


def _placing(row: EditionRow, article_id: int, drops: dict[int, str]) -> Placing | None:
    ref, state = edition_ref(row.key), row.state.value
    for position, story in enumerate(row.edition.stories if row.edition else (), start=1):
        if article_id in story.article_ids:
            return Placing(ref, state, story, position, "")
    if article_id in drops:
        return Placing(ref, state, None, 0, drops[article_id])
    return None
