"""How high a story stands, in addends that an editor can read.

rank = 1.0 x log2(1 + independent publishers) + 0.8 x p / (p + 8), p being the points of its theme
     + 0.6 x 2^(-age / 18 h) + 0.4 x weight of its source + 0.5 if it was first told today
     - 0.3 if no telling is a report, but an explainer, an opinion or a live page
     - 0.3 if an earlier edition told it, and this is an update
     - 0.1 / independent publishers for each story above that the same outlet leads (of 5 at most)

The publishers say what matters, the rest settles what they leave open. Copies of one agency text count as
one publisher. Stories sent before with nothing new to say have no addend: they stay out, see ``updates``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from digest.compose.sift import dated
from digest.compose.updates import Update
from digest.model.edition import RankPart
from digest.model.genre import aside
from digest.model.news import Article, Story, ThemeScore

PUBLISHERS = 1.0
THEME = 0.8
FRESHNESS = 0.6
HALF_POINTS = 8.0  # twice what it takes to be in a theme
HALF_LIFE_H = 18.0
SOURCE = 0.4
NEW_TODAY = 0.5
TODAY = timedelta(hours=24)
NO_REPORT = -0.3
TOLD_BEFORE = -0.3
SAME_OUTLET = -0.1
SAME_OUTLET_MOST = 5  # stories above that count
_NAMED = 4  # publishers in a note


def rank_parts(
    story: Story, themes: Sequence[ThemeScore], now: datetime, update: Update | None = None
) -> tuple[RankPart, ...]:
    """The addends of a story's rank, each with what it rests on. Age counts from the newest telling.

    Of an ``update``, only the tellings of what is new count.
    """
    times = [when for article in story.articles if (when := dated(article, now))]
    newest, oldest = max(times, default=now), min(times, default=now)
    age_h = (now - newest) / timedelta(hours=1)
    best = _weightiest(story.articles)
    new = now - oldest <= TODAY
    parts = [
        RankPart("publishers", PUBLISHERS * math.log2(1 + len(story.publishers)), _publishers(story)),
        RankPart("theme", THEME * _depth(themes), _theme(themes)),
        RankPart("freshness", FRESHNESS * 2 ** (-age_h / HALF_LIFE_H), f"newest telling {age_h:.0f} h old"),
        RankPart("source", SOURCE * best.weight, f"{best.outlet or 'its feed'} weighs {best.weight:g}"),
        RankPart(
            "new today",
            NEW_TODAY if new else 0.0,
            f"first told {(now - oldest) / timedelta(hours=1):.0f} h ago",
        ),
    ]
    if kind := _no_report(story):
        parts.append(RankPart("no report", NO_REPORT, kind))
    if update is not None:
        thread = update.thread
        note = f"an update of edition {thread.told.edition_id} ({thread.why}): {', '.join(update.news.facts)}"
        parts.append(RankPart("told before", TOLD_BEFORE, note))
    return tuple(parts)


def outlet_part(story: Story, above: int) -> RankPart:
    """The addend that balances the outlets: what the ``above`` stories cost that its outlet already leads.

    The more publishers tell a story, the less it matters which of them leads it.
    """
    share = min(above, SAME_OUTLET_MOST) / max(len(story.publishers), 1)
    many = "1 story" if above == 1 else f"{above} stories"
    note = f"{story.lead.outlet or story.lead.family} leads {many} above" if above else ""
    return RankPart("balance", SAME_OUTLET * share if above else 0.0, note)


def newest_time(story: Story, now: datetime) -> datetime:
    """When the newest telling came out."""
    return max((when for article in story.articles if (when := dated(article, now))), default=now)


def _depth(themes: Sequence[ThemeScore]) -> float:
    """How squarely a story is about its theme, 0 to 1.

    Its confidence wouldn't do: that is near 1 a point above the threshold, and real stories have 4 to 60.
    """
    points = themes[0].score if themes else 0.0
    return points / (points + HALF_POINTS)


def _weightiest(articles: Sequence[Article]) -> Article:
    return max(articles, key=lambda article: (article.weight, article.outlet))


def _no_report(story: Story) -> str:
    """What the lead is, if none of the tellings reports anything; "" if one does."""
    kinds = [aside(article) for article in story.articles]
    return kinds[0] if all(kinds) else ""


def _publishers(story: Story) -> str:
    names = story.publishers
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return (
        f"{len(names)}: {', '.join(names[:_NAMED])}{more}" if len(names) > 1 else f"single source: {names[0]}"
    )


def _theme(themes: Sequence[ThemeScore]) -> str:
    return f"{themes[0].theme} at {themes[0].score:.1f}" if themes else "outside every theme"
