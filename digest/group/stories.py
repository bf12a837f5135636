"""Articles into stories: copies collapse, tellings of one event meet, the best one leads."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from digest.group.cores import odd_ones, with_side_pieces
from digest.group.features import extract
from digest.group.options import GroupOptions
from digest.group.ruled import regrouped
from digest.group.terms import Theme
from digest.group.themes import confidence, score_themes
from digest.model.decisions import NO_RULINGS, Rulings
from digest.model.news import Article, Story, ThemeScore, Verdict

if TYPE_CHECKING:
    from digest.group.linkage import Likeness

# Modules that need NumPy are imported where they are used: it takes 150 ms, which commands that group
# nothing need not wait for.

_HOUR_S = 3600
_SHOWN_TERMS = 8
_UNRELATED = 0.5  # likeness of two articles that are surely about different themes
_FADED = 0.5  # of the likeness of two articles a whole time window apart
_SAME_HOUSE = 0.7  # one publisher's pieces share its phrases, and it rarely tells an event twice
_FULL_TEXT_WORDS = 150
_SUPPORT = 1 / 3  # share of a story's articles that must not be OUT of a theme for it to be IN


@dataclass(frozen=True, slots=True)
class _Batch:
    articles: list[Article]  # by time, then address
    scores: list[dict[str, ThemeScore]]
    vectors: list[dict[str, float]]


def group(
    articles: Sequence[Article],
    themes: Sequence[Theme],
    options: GroupOptions | None = None,
    *,
    language: str = "en",
    rulings: Rulings = NO_RULINGS,
) -> tuple[Story, ...]:
    """The stories of ``articles``, in order of their leads' times; the same for any order of input.

    ``language`` is the publication's: a telling in it leads when there is one.
    """
    from digest.group.linkage import average_linkage  # noqa: PLC0415 - needs NumPy: see above

    options = options or GroupOptions()
    unique = {article.canonical_url: article for article in sorted(articles, key=_order, reverse=True)}
    batch = _prepare(sorted(unique.values(), key=_order), themes, options)
    copies = _copies(batch, options, language)
    named = {url for together in (*rulings.together, *rulings.apart) for url in together}
    copies = {copy: at for copy, at in copies.items() if batch.articles[copy].canonical_url not in named}
    kept = sorted(set(range(len(batch.articles))) - set(copies))
    groups = average_linkage(len(kept), _likeness(batch, kept, options), options.story_threshold)
    stories = []
    pieces = with_side_pieces(
        groups,
        [batch.vectors[at] for at in kept],
        lambda one, other: _hours(batch.articles[kept[one]], batch.articles[kept[other]]) <= options.window_h,
    )
    for numbers in regrouped(pieces, [batch.articles[at].canonical_url for at in kept], rulings):
        tellings = [kept[number] for number in numbers]
        repeats = [copy for copy, original in copies.items() if original in set(tellings)]
        stories.append(_story(batch, tellings, sorted(repeats), themes, options, language))
    return tuple(sorted(stories, key=lambda story: (_time(story.lead), story.key)))


def _time(article: Article) -> datetime:
    moment = article.published_at or article.gathered_at
    return moment or datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _order(article: Article) -> tuple[datetime, str, str, str]:
    return (_time(article), article.canonical_url, article.url, article.title)


def _prepare(articles: list[Article], themes: Sequence[Theme], options: GroupOptions) -> _Batch:
    scores = [
        {score.theme: score for score in score_themes(article, themes, options)} for article in articles
    ]
    return _Batch(articles, scores, [features.weights for features in extract(articles)])


def _preference(article: Article, language: str) -> tuple[bool, bool, bool, float, datetime, str]:
    """Sorts the better telling first."""
    base = language.partition("-")[0]
    foreign = bool(article.language) and article.language.partition("-")[0] != base
    full = len(article.text.split()) >= _FULL_TEXT_WORDS
    return (
        foreign,
        bool(article.ai_notice),
        not full,
        -article.weight,
        _time(article),
        article.canonical_url,
    )


def _copies(batch: _Batch, options: GroupOptions, language: str) -> dict[int, int]:
    """Copies, each with the telling that stands for it.

    A copy hangs on an article that it matches itself, never on a copy of a copy: a round-up that
    quotes two stories must not make them one.
    """
    from digest.group.duplicates import copy_pairs  # noqa: PLC0415 - needs NumPy: see above

    articles = batch.articles
    pairs = copy_pairs(articles, options.copy_containment)
    near: dict[int, set[int]] = {}
    for low, high in pairs:
        if _hours(articles[low], articles[high]) <= options.window_h:
            near.setdefault(low, set()).add(high)
            near.setdefault(high, set()).add(low)
    copies: dict[int, int] = {}
    for at in sorted(near, key=lambda at: _preference(articles[at], language)):
        if at not in copies:
            taken = copies.values()
            copies.update(
                {other: at for other in sorted(near[at]) if other not in copies and other not in taken}
            )
    return copies


def _hours(first: Article, second: Article) -> float:
    return abs((_time(first) - _time(second)).total_seconds()) / _HOUR_S


def _fading(hours: float, options: GroupOptions) -> float:
    """What is left of a likeness: the further apart two articles, the more a story takes."""
    return 1.0 - (1.0 - _FADED) * min(1.0, hours / options.window_h) if options.window_h else 1.0


def _likeness(batch: _Batch, kept: list[int], options: GroupOptions) -> Likeness:
    from digest.group.linkage import likenesses, reaches, scaled  # noqa: PLC0415 - needs NumPy: see above

    times = [_time(batch.articles[at]).timestamp() for at in kept]
    found = likenesses([batch.vectors[at] for at in kept], reaches(times, options.window_h * _HOUR_S))
    filed = [{slug for slug, score in batch.scores[at].items() if score.verdict is Verdict.IN} for at in kept]

    families = [batch.articles[at].family for at in kept]

    def factor(low: int, high: int) -> float:
        unrelated = filed[low] and filed[high] and filed[low].isdisjoint(filed[high])
        left = _UNRELATED if unrelated else 1.0
        if families[low] == families[high]:
            left *= _SAME_HOUSE
        return left * _fading((times[high] - times[low]) / _HOUR_S, options)

    return scaled(found, factor)


def _story(
    batch: _Batch,
    tellings: list[int],
    repeats: list[int],
    themes: Sequence[Theme],
    options: GroupOptions,
    language: str,
) -> Story:
    odd = {tellings[place] for place in odd_ones([batch.vectors[at] for at in tellings])}
    ordered = sorted(tellings, key=lambda at: (at in odd, _preference(batch.articles[at], language)))
    return Story(
        key=_key(batch.articles[at] for at in (*tellings, *repeats)),
        articles=tuple(batch.articles[at] for at in ordered),
        copies=tuple(batch.articles[at] for at in repeats),
        themes=_themes([batch.scores[at] for at in tellings if at not in odd], themes, options),
        why=_why([batch.vectors[at] for at in tellings]),
    )


def _key(articles: Iterable[Article]) -> str:
    """The same for the same set of articles, whatever the order or the run."""
    addresses = "\n".join(sorted(article.canonical_url for article in articles))
    return hashlib.sha256(addresses.encode()).hexdigest()[:16]


def _why(vectors: list[dict[str, float]]) -> tuple[str, ...]:
    """The terms that most of the tellings share, strongest first."""
    spread = Counter(term for vector in vectors for term in vector)
    shared = {term: count for term, count in spread.items() if count > len(vectors) / 2 and count > 1}
    strength = {
        term: math.fsum(vector.get(term, 0.0) for vector in vectors) * count for term, count in shared.items()
    }
    best = sorted(strength, key=lambda term: (-strength[term], term))
    return tuple(best[:_SHOWN_TERMS])


def _themes(
    scores: list[dict[str, ThemeScore]], themes: Sequence[Theme], options: GroupOptions
) -> tuple[ThemeScore, ...]:
    """The story's themes: midway between its best article and the mean, held to CHECK without support."""
    found: list[tuple[float, int, ThemeScore]] = []
    for theme in themes:
        of = [score[theme.slug] for score in scores]
        best = max(of, key=lambda score: (score.score, [hit.term for hit in score.hits]))
        value = round((best.score + math.fsum(score.score for score in of) / len(of)) / 2, 2)
        backed = sum(score.verdict is not Verdict.OUT for score in of) >= len(of) * _SUPPORT
        if value < options.theme_check or best.verdict is Verdict.OUT:
            continue
        sure = value >= options.theme_in and best.verdict is Verdict.IN and backed
        verdict = Verdict.IN if sure else Verdict.CHECK
        merged = ThemeScore(theme.slug, value, confidence(value, options), verdict, best.hits)
        found.append((-value, theme.priority, merged))
    found.sort(key=lambda entry: (entry[2].verdict is not Verdict.IN, entry[0], entry[1], entry[2].theme))
    return tuple(score for _, _, score in found)


@dataclass(frozen=True, slots=True)
class Sameness:
    """How alike two articles are, and why. ``shared`` pairs a term with its part of ``likeness``."""

    likeness: float
    shared: tuple[tuple[str, float], ...]
    containment: float  # of the shorter one's five-word runs, where it is a copy, else 0
    hours_apart: float


def why_same(
    first: Article, second: Article, others: Sequence[Article] = (), options: GroupOptions | None = None
) -> Sameness:
    """For ``explain``: how alike two articles are, weighted as among ``others``."""
    from digest.group.duplicates import copy_pairs  # noqa: PLC0415 - needs NumPy: see above
    from digest.group.linkage import best_shared, likeness_of  # noqa: PLC0415 - needs NumPy: see above

    options = options or GroupOptions()
    vectors = [features.weights for features in extract([first, second, *others])]
    parts = [weight * vectors[1][term] for term, weight in vectors[0].items() if term in vectors[1]]
    hours = _hours(first, second)
    likeness = likeness_of(parts) * _fading(hours, options)
    share = likeness / math.fsum(parts) if parts else 0.0
    shared = best_shared(vectors[0], vectors[1], most=_SHOWN_TERMS)
    copied = copy_pairs([first, second], options.copy_containment).get((0, 1), 0.0)
    return Sameness(
        likeness=round(likeness, 3),
        shared=tuple((term, round(part * share, 3)) for term, part in shared),
        containment=round(copied, 3),
        hours_apart=round(hours, 1),
    )
