"""Quality may not sink: scores over news items of our own writing, with the corpus's hash beside them.

Changing the corpus changes the hash; lowering a floor takes a reason in the commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import digest
from digest.group import group, load_themes, score_themes
from digest.group.evaluate import Score, ThemeReport, bcubed, pairwise, theme_report
from digest.model.news import Article, Verdict
from tests.gold.corpus import corpus

THEMES_SHA256 = "28d1208b7f60ea5a2afbc8f548aa20a617555595304b4c2c2236a3c1940e2aeb"
RETOLD_SHA256 = "8280e004d0a51e1b97e0e8861c2e98557cc254a4f4cdc8c52003cd3629ca5edc"
SHORT_SHA256 = "338490c3b8daae388e4397d30ee844363489946ee28c54b3c6d21d7b28f766f7"
STORIES_SHA256 = "215913cb86d7cacb78f1143a7df15a26f89714cb80d6ab5bcd4943f7861fca83"
# Precision and recall; most of the items were written to be hard, those from item-1318 on to be near misses.
THEME_FLOORS = {"indo-pacific": (0.975, 0.95), "arctic": (0.965, 0.945), "middle-east": (0.95, 0.955)}
# The same of events of 2021 to 2026 retold in our own words, and labelled before they were scored. A quarter
# is borderline, and most of what is wrongly in is among these.
RETOLD_FLOORS = {"indo-pacific": (0.85, 0.95), "arctic": (0.895, 0.935), "middle-east": (0.865, 0.985)}
# Titles with a sentence or two, written and labelled by a hand that knew nothing of the theme files.
SHORT_FLOORS = {"indo-pacific": (0.94, 0.975), "arctic": (0.98, 0.935), "middle-east": (0.905, 0.955)}
SLUGS = ("indo-pacific", "arctic", "middle-east")
THEMES = load_themes([Path(digest.__file__).parent / "themes"], SLUGS)


def article(item: dict[str, Any]) -> Article:
    return Article(
        url=item["id"],
        canonical_url=item["id"],
        title=item["title"],
        text=item["text"],
        outlet=item.get("outlet", "Example Post"),
        published_at=datetime.fromisoformat(item.get("date", "2026-03-01T06:00:00+00:00")),
    )


def hold(report: ThemeReport, floors: Mapping[str, tuple[float, float]]) -> None:
    for slug, (precision, recall) in floors.items():
        assert report.by_theme[slug].precision >= precision, slug
        assert report.by_theme[slug].recall >= recall, slug


def themes_of(items: list[dict[str, Any]]) -> list[set[str]]:
    return [
        {score.theme for score in score_themes(article(item), THEMES) if score.verdict is Verdict.IN}
        for item in items
    ]


def test_themes_hold_their_floor() -> None:
    items = corpus("themes.jsonl", THEMES_SHA256)
    report = theme_report([item["labels"] for item in items], themes_of(items), SLUGS)
    assert len(items) >= 2350
    assert report.macro_f1 >= 0.95
    hold(report, THEME_FLOORS)


def test_themes_hold_their_floor_on_events_retold() -> None:
    items = corpus("themes_retold.jsonl", RETOLD_SHA256)
    assert len(items) >= 750
    hold(theme_report([item["labels"] for item in items], themes_of(items), SLUGS), RETOLD_FLOORS)
    clear = [item for item in items if not item.get("borderline")]
    assert theme_report([item["labels"] for item in clear], themes_of(clear), SLUGS).macro_f1 >= 0.96


def test_themes_hold_their_floor_on_short_items_written_blind() -> None:
    items = corpus("themes_short.jsonl", SHORT_SHA256)
    assert len(items) >= 360
    hold(theme_report([item["labels"] for item in items], themes_of(items), SLUGS), SHORT_FLOORS)
    clear = [item for item in items if not item.get("borderline")]
    assert theme_report([item["labels"] for item in clear], themes_of(clear), SLUGS).macro_f1 >= 0.98


def test_themes_hold_their_floor_in_other_languages() -> None:
    items = [item for item in corpus("themes.jsonl", THEMES_SHA256) if item.get("language")]
    report = theme_report([item["labels"] for item in items], themes_of(items), SLUGS)
    assert len({item["language"] for item in items}) >= 16
    assert all(score.right >= 15 for score in report.by_theme.values())
    assert all(score.precision >= 0.97 and score.recall >= 0.95 for score in report.by_theme.values())


def story_scores(which: str) -> tuple[Score, Score]:
    """BCubed and pairwise scores of one part of the corpus, grouped by itself."""
    items = [item for item in corpus("stories.jsonl", STORIES_SHA256) if item["set"] == which]
    stories = group([article(item) for item in items], THEMES)
    story_of = {one.url: story.key for story in stories for one in (*story.articles, *story.copies)}
    truth, found = [item["event"] for item in items], [story_of[item["id"]] for item in items]
    return bcubed(truth, found), pairwise(truth, found)


def test_stories_hold_their_floor() -> None:
    per_item, per_pair = story_scores("plain")
    assert per_item.f1 >= 0.98
    assert per_pair.precision >= 0.98
    assert per_pair.recall >= 0.95


def test_tellings_that_share_few_words_are_not_joined_wrongly_and_some_are_found() -> None:
    """260 tellings, each in words of its own: what can be asked of counting words here is precision."""
    per_item, per_pair = story_scores("varied")
    assert per_item.f1 >= 0.8
    assert per_item.precision >= 0.985
    assert per_pair.wrongly_in <= 3
