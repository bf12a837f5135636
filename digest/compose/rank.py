"""How high a story stands, in addends that an editor can read.

rank = 1.0 x log2(1 + independent publishers) + 0.8 x confidence of its theme
     + 0.6 x 2^(-age / 18 h) + 0.4 x weight of its source + 0.5 if it was first told today

The publishers say what matters, the rest settles what they leave open. Copies of one agency text count as
one publisher. There is no addend for stories sent before: those stay out altogether, see ``sift``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from digest.compose.sift import dated
from digest.model.edition import RankPart
from digest.model.news import Article, Story, ThemeScore

PUBLISHERS = 1.0
THEME = 0.8
FRESHNESS = 0.6
HALF_LIFE_H = 18.0
SOURCE = 0.4
NEW_TODAY = 0.5
TODAY = timedelta(hours=24)
_NAMED = 4  # publishers in a note


def rank_parts(story: Story, themes: Sequence[ThemeScore], now: datetime) -> tuple[RankPart, ...]:
    """The addends of a story's rank, each with what it rests on. Age counts from the newest telling."""
    times = [when for article in story.articles if (when := dated(article, now))]
    newest, oldest = max(times, default=now), min(times, default=now)
    age_h = (now - newest) / timedelta(hours=1)
    best = _weightiest(story.articles)
    new = now - oldest <= TODAY
    return (
        RankPart("publishers", PUBLISHERS * math.log2(1 + len(story.publishers)), _publishers(story)),
        RankPart("theme", THEME * (themes[0].confidence if themes else 0.0), _theme(themes)),
        RankPart("freshness", FRESHNESS * 2 ** (-age_h / HALF_LIFE_H), f"newest telling {age_h:.0f} h old"),
        RankPart("source", SOURCE * best.weight, f"{best.outlet or 'its feed'} weighs {best.weight:g}"),
        RankPart(
            "new today",
            NEW_TODAY if new else 0.0,
            f"first told {(now - oldest) / timedelta(hours=1):.0f} h ago",
        ),
    )


def newest_time(story: Story, now: datetime) -> datetime:
    """When the newest telling came out."""
    return max((when for article in story.articles if (when := dated(article, now))), default=now)


def _weightiest(articles: Sequence[Article]) -> Article:
    return max(articles, key=lambda article: (article.weight, article.outlet))


def _publishers(story: Story) -> str:
    names = story.publishers
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return (
        f"{len(names)}: {', '.join(names[:_NAMED])}{more}" if len(names) > 1 else f"single source: {names[0]}"
    )


def _theme(themes: Sequence[ThemeScore]) -> str:
    return f"{themes[0].theme} at {themes[0].score:.1f}" if themes else "outside every theme"
