"""Quality may not sink: scores over news items of our own writing, with the corpus's hash beside them.

Changing the corpus changes the hash; lowering a floor takes a reason in the commit.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import digest
from digest.group import group, load_themes, score_themes
from digest.group.evaluate import bcubed, pairwise, theme_report
from digest.model.news import Article, Verdict

HERE = Path(__file__).parent
THEMES_SHA256 = "47749382fb37bf5c112b5481e5e55dfe4bae3a48fe29641e4f8fbe1438696ece"
STORIES_SHA256 = "5a344c285674789663a704b27c148c114c7fa8e91aa909d991082ad186784da6"
SLUGS = ("indo-pacific", "arctic", "middle-east")
THEMES = load_themes([Path(digest.__file__).parent / "themes"], SLUGS)


def corpus(name: str, sha256: str) -> list[dict[str, Any]]:
    raw = (HERE / name).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == sha256, f"{name} changed: look at the floors, then at the hash"
    return [json.loads(line) for line in raw.decode().splitlines()]


def article(item: dict[str, Any]) -> Article:
    return Article(
        url=item["id"],
        canonical_url=item["id"],
        title=item["title"],
        text=item["text"],
        outlet=item.get("outlet", "Example Post"),
        published_at=datetime.fromisoformat(item.get("date", "2026-03-01T06:00:00+00:00")),
    )


def test_themes_hold_their_floor() -> None:
    items = corpus("themes.jsonl", THEMES_SHA256)
    predicted = [
        {score.theme for score in score_themes(article(item), THEMES) if score.verdict is Verdict.IN}
        for item in items
    ]
    report = theme_report([item["labels"] for item in items], predicted, SLUGS)
    assert len(items) >= 150
    assert report.macro_f1 >= 0.98
    assert all(score.precision >= 0.96 and score.recall >= 0.95 for score in report.by_theme.values())


def test_stories_hold_their_floor() -> None:
    items = corpus("stories.jsonl", STORIES_SHA256)
    stories = group([article(item) for item in items], THEMES)
    story_of = {one.url: story.key for story in stories for one in (*story.articles, *story.copies)}
    truth, found = [item["event"] for item in items], [story_of[item["id"]] for item in items]
    assert bcubed(truth, found).f1 >= 0.98
    assert pairwise(truth, found).precision >= 0.98
    assert pairwise(truth, found).recall >= 0.95
