"""What a change of theme files moves: which articles go in, out or to an editor, and by which terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digest.group import GroupOptions, Theme, score_themes
from digest.model.news import Article, Hit, ThemeScore, Verdict

Truth = Mapping[int, Collection[str]]  # by the article's place in a list: the themes a person gave it


@dataclass(frozen=True, slots=True)
class Change:
    """A term's points before and after."""

    term: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Move:
    """One article whose verdict on one theme changes. ``right`` is None where nobody gave the answer."""

    at: int  # the article's place in the list
    theme: str
    before: ThemeScore
    after: ThemeScore
    right: bool | None = None

    @property
    def where(self) -> Verdict:
        """Where it goes."""
        return self.after.verdict

    @property
    def changes(self) -> tuple[Change, ...]:
        """The terms that made the difference, the weightiest first."""
        before, after = _points(self.before.hits), _points(self.after.hits)
        names = dict.fromkeys([*after, *before])
        found = [Change(name, before.get(name, 0.0), after.get(name, 0.0)) for name in names]
        found = [one for one in found if abs(one.after - one.before) >= 0.05]  # noqa: PLR2004 - not shown
        return tuple(sorted(found, key=lambda one: (-abs(one.after - one.before), one.term)))

    def as_json(self, article: Article) -> dict[str, Any]:
        """For ``--json``."""
        return {
            **brief(article),
            "from": self.before.verdict,
            "to": self.after.verdict,
            "points_before": self.before.score,
            "points_after": self.after.score,
            "right": self.right,
            "terms": [{"term": one.term, "before": one.before, "after": one.after} for one in self.changes],
        }


def brief(article: Article) -> dict[str, Any]:
    """An article by what tells it from others."""
    return {"id": article.id, "url": article.url, "title": article.title, "outlet": article.outlet}


def _points(hits: Iterable[Hit]) -> dict[str, float]:
    points: dict[str, float] = {}
    for hit in hits:
        points[hit.term] = points.get(hit.term, 0.0) + hit.points
    return points


@dataclass(frozen=True, slots=True)
class ThemeMoves:
    """One theme: how many articles each verdict has before and after, and what moves."""

    theme: str
    name: str
    before: Mapping[Verdict, int]
    after: Mapping[Verdict, int]
    moves: tuple[Move, ...]

    def going(self, where: Verdict) -> tuple[Move, ...]:
        """What goes there, the clearest first."""
        found = [move for move in self.moves if move.where is where]
        return tuple(sorted(found, key=lambda move: (-abs(move.after.score - move.before.score), move.at)))

    def as_json(self, articles: Sequence[Article]) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "theme": self.theme,
            "before": {verdict.value: self.before.get(verdict, 0) for verdict in Verdict},
            "after": {verdict.value: self.after.get(verdict, 0) for verdict in Verdict},
            "moves": {
                verdict.value: [move.as_json(articles[move.at]) for move in self.going(verdict)]
                for verdict in Verdict
            },
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every theme's moves; and by place, where a person gave the answer, the themes of each side."""

    themes: tuple[ThemeMoves, ...]
    before: Mapping[int, Collection[str]]
    after: Mapping[int, Collection[str]]


def compare(
    before: Sequence[Theme],
    after: Sequence[Theme],
    articles: Iterable[Article],
    truth: Truth,
    options: GroupOptions,
) -> Comparison:
    """Every theme of either side, in the order of ``after``; a theme one side lacks has nothing in it."""
    names = {theme.slug: theme.name for theme in (*before, *after)}
    order = dict.fromkeys([*(theme.slug for theme in after), *(theme.slug for theme in before)])
    was: dict[str, Counter[Verdict]] = {slug: Counter() for slug in order}
    now: dict[str, Counter[Verdict]] = {slug: Counter() for slug in order}
    moves: dict[str, list[Move]] = {slug: [] for slug in order}
    filed: tuple[dict[int, set[str]], dict[int, set[str]]] = ({}, {})
    for at, article in enumerate(articles):
        old, new = _scores(article, before, options), _scores(article, after, options)
        for slug in order:
            first, second = old.get(slug, _nothing(slug)), new.get(slug, _nothing(slug))
            was[slug][first.verdict] += 1
            now[slug][second.verdict] += 1
            if first.verdict is not second.verdict:
                right = ((second.verdict is Verdict.IN) == (slug in truth[at])) if at in truth else None
                moves[slug].append(Move(at, slug, first, second, right))
        if at in truth:
            for side, scores in zip(filed, (old, new), strict=True):
                side[at] = {slug for slug, score in scores.items() if score.verdict is Verdict.IN}
    found = [ThemeMoves(slug, names[slug], was[slug], now[slug], tuple(moves[slug])) for slug in order]
    return Comparison(tuple(found), *filed)


def _scores(article: Article, themes: Sequence[Theme], options: GroupOptions) -> dict[str, ThemeScore]:
    return {score.theme: score for score in score_themes(article, themes, options)} if themes else {}


def _nothing(slug: str) -> ThemeScore:
    return ThemeScore(slug, 0.0, 0.0, Verdict.OUT)
