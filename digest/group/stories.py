"""Articles into stories: copies collapse, tellings of one event meet, the best one leads."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from digest.group.options import GroupOptions
from digest.group.order import batch_order, preference, time_of
from digest.group.terms import Theme
from digest.group.themes import confidence, score_themes
from digest.model.decisions import NO_RULINGS, Rulings
from digest.model.news import Article, Story, ThemeScore, Verdict

if TYPE_CHECKING:
    from digest.group.partition import Part

_SUPPORT = 0.4  # share of a story's articles that must be IN a theme for it to be: of three, two
_STRONG = 2.0  # times the points that are enough: from there one telling of several speaks for them all
_Scores = Mapping[str, ThemeScore]


def group(
    articles: Sequence[Article],
    themes: Sequence[Theme],
    options: GroupOptions | None = None,
    *,
    rulings: Rulings = NO_RULINGS,
    language: str = "en",
) -> tuple[Story, ...]:
    """The stories of ``articles``, in order of their leads' times; the same for any order of input.

    ``language`` is the publication's: a telling in it leads when there is one. ``rulings`` hold
    whatever the likeness; addresses in them that no article has say nothing.
    """
    # NumPy takes 150 ms, which commands that group nothing need not wait for.
    from digest.group.partition import partition  # noqa: PLC0415 - see above

    options = options or GroupOptions()
    unique = {article.canonical_url: article for article in sorted(articles, key=batch_order, reverse=True)}
    batch = sorted(unique.values(), key=batch_order)
    scores = [{score.theme: score for score in score_themes(article, themes, options)} for article in batch]
    filed = [frozenset(slug for slug, score in of.items() if score.verdict is Verdict.IN) for of in scores]
    stories = [
        _story(part, batch, scores, themes, options, language)
        for part in partition(batch, filed, options, rulings, language)
    ]
    return tuple(sorted(stories, key=lambda story: (time_of(story.lead), story.key)))


def _story(
    part: Part,
    batch: Sequence[Article],
    scores: Sequence[_Scores],
    themes: Sequence[Theme],
    options: GroupOptions,
    language: str,
) -> Story:
    ordered = sorted(part.tellings, key=lambda at: (at in part.odd, preference(batch[at], language)))
    return Story(
        key=_key(batch[at] for at in (*part.tellings, *part.copies)),
        articles=tuple(batch[at] for at in ordered),
        copies=tuple(batch[at] for at in part.copies),
        themes=_themes([scores[at] for at in part.tellings if at not in part.odd], themes, options),
        why=part.why,
    )


def _key(articles: Iterable[Article]) -> str:
    """The same for the same set of articles, whatever the order or the run."""
    addresses = "\n".join(sorted(article.canonical_url for article in articles))
    return hashlib.sha256(addresses.encode()).hexdigest()[:16]


def _themes(
    scores: Sequence[_Scores], themes: Sequence[Theme], options: GroupOptions
) -> tuple[ThemeScore, ...]:
    """The story's themes: midway between its best article and the mean, held to CHECK without support."""
    found: list[tuple[float, int, ThemeScore]] = []
    for theme in themes:
        of = [score[theme.slug] for score in scores]
        best = max(of, key=lambda score: (score.score, [hit.term for hit in score.hits]))
        value = round((best.score + math.fsum(score.score for score in of) / len(of)) / 2, 2)
        backed = _backed(of, best, options)
        if value < options.theme_check or best.verdict is Verdict.OUT:
            continue
        sure = value >= options.theme_in and best.verdict is Verdict.IN and backed
        verdict = Verdict.IN if sure else Verdict.CHECK
        merged = ThemeScore(theme.slug, value, confidence(value, options), verdict, best.hits)
        found.append((-value, theme.priority, merged))
    found.sort(key=lambda entry: (entry[2].verdict is not Verdict.IN, entry[0], entry[1], entry[2].theme))
    return tuple(score for _, _, score in found)


def _backed(of: Sequence[ThemeScore], best: ThemeScore, options: GroupOptions) -> bool:
    """Whether enough of a story's articles are in the theme; a single one of several must be strong."""
    inside = sum(score.verdict is Verdict.IN for score in of)
    alone = len(of) > 1 and all(score.verdict is Verdict.OUT for score in of if score is not best)
    return inside >= len(of) * _SUPPORT and (not alone or best.score >= _STRONG * options.theme_in)
