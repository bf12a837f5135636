"""`explain` on both databases: every question an editor asks about an article, answered from the record."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest import pipeline
from digest.errors import NotFoundError
from digest.explain import Explanation, explain
from digest.model.news import Article, Feed
from digest.parts import Parts, remember_installation
from digest.settings import Settings
from digest.store import articles as article_store
from digest.store import feeds as feed_store
from digest.store.engine import Database
from digest.wiring import build

SLOT = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
NOW = SLOT - timedelta(minutes=30)
ICE = """The icebreaker Kelda freed two trawlers near Svalbard on Sunday, the Arctic Council said in
Longyearbyen. The trawlers had been stuck for a week."""
TOLD = {  # name: title, text, outlet, hours before the slot
    "ice": ("Icebreaker Kelda frees trawlers near Svalbard", ICE, "Fjord Review", 9),
    "ice-too": ("Trawlers near Svalbard freed by the Kelda", f"{ICE} Both sailed on.", "Harbour Post", 8),
    "ice-other": (
        "Two trawlers out of the ice off Svalbard",
        "Two trawlers left the ice near Svalbard behind the icebreaker Kelda, Longyearbyen said.",
        "Island Radio",
        7,
    ),
    "onions": ("Onion prices climb", "Farmers in Marrow Vale blame a dry spring.", "Harbour Post", 6),
    "old": ("Icebreaker Kelda leaves for Svalbard", "The Kelda left for the Arctic.", "Fjord Review", 90),
}


@pytest.fixture
def parts(database: Database, tmp_path: Path) -> Parts:
    built = build(Settings(folder=tmp_path), database, clock=lambda: NOW)
    remember_installation(built)
    with database.write() as conn:
        feed, _added = feed_store.add_feed(conn, Feed("https://all.example.org/feed.xml", "All papers"), NOW)
        saved = [
            Article(
                url=f"https://paper.example.org/{name}",
                canonical_url=f"https://paper.example.org/{name}",
                title=title,
                text=text,
                published_at=SLOT - timedelta(hours=hours),
                date_source="feed",
                gathered_at=NOW,
                language="en",
                outlet=outlet,
                feed_id=feed.id,
            )
            for name, (title, text, outlet, hours) in TOLD.items()
        ]
        undated = replace(
            saved[0], url="https://paper.example.org/u", canonical_url="u", title="Svalbard mine to close",
            text="The last coal mine on Svalbard closes in June.", published_at=None, date_source="",
        )  # fmt: skip
        article_store.save_articles(conn, [*saved, undated])
    return built


def said(parts: Parts, name: str) -> str:
    return "\n".join(explain(parts, f"https://paper.example.org/{name}", NOW).lines())


def test_what_no_edition_has_looked_at_is_told_what_to_expect(parts: Parts) -> None:
    assert "no edition has looked at it yet: `digest draft` would, for daily-20260310T0630" in said(
        parts, "ice"
    )
    assert "too old: the edition daily-20260310T0630 takes what came out since" in said(parts, "old")
    with pytest.raises(NotFoundError, match="never gathered"):
        explain(parts, "https://nowhere.example.org/", NOW)


def test_an_article_that_is_in_is_explained_from_feed_to_summary(parts: Parts) -> None:
    pipeline.draft(parts, parts.key(SLOT), NOW)
    text = said(parts, "ice")
    assert "gathered 2026-03-10 06:00 UTC from the feed All papers <https://all.example.org/feed.xml>" in text
    assert "published 2026-03-09 21:30 UTC (according to its feed)" in text
    assert "Theme arctic: in, " in text
    assert "(4 are in, 3 to check)" in text
    assert "Svalbard" in text
    assert "Theme middle-east: out, 0.0 points" in text
    assert "Story: 3 articles (1 of them copies), this one its lead; a likeness of 0.11 joins a pair" in text
    assert "Island Radio: Two trawlers out of the ice off Svalbard" in text
    assert "h apart" in text
    assert re.search(r"in arctic by 2 of its 2 tellings: \w+ \w+ \[\d+\] at \d+\.\d, ", text)
    assert "shares " in text
    assert "Edition daily-20260310T0630 (number 1, draft): in, ranked 1 of 2, " in text
    assert "publishers (2: Fjord Review, Island Radio)" in text
    assert "summary by extract, from " in text
    assert "      from: " in text


def test_a_copy_says_behind_which_story_it_stands(parts: Parts) -> None:
    pipeline.draft(parts, parts.key(SLOT), NOW)
    text = said(parts, "ice-too")
    assert "Story: 3 articles (1 of them copies), this one a copy in it" in text
    assert "the same text: a copy" in text
    assert "it stands behind that story and is not named: wire copy, counted with: Icebreaker Kelda" in text


def test_an_article_that_is_alone_and_out_has_its_nearest_and_the_reason(parts: Parts) -> None:
    pipeline.draft(parts, parts.key(SLOT), NOW)
    text = said(parts, "onions")
    assert "Story: the only telling of its event; a story takes a likeness of 0.11" in text
    assert "(number 1, draft): out: outside every theme" in text
    undated = said(parts, "u")
    assert "published undated (its date is unknown)" in undated


def test_json_says_what_the_lines_say(parts: Parts) -> None:
    pipeline.draft(parts, parts.key(SLOT), NOW)
    found: Explanation = explain(parts, "https://paper.example.org/ice", NOW)
    data = json.loads(json.dumps(found.as_json(), default=str))
    assert data["feed"]["name"] == "All papers"
    assert data["article"]["title"] == TOLD["ice"][0]
    assert "text" not in data["article"]
    assert data["theme_points"] == {"in": 4, "check": 3}
    assert data["themes"][0]["theme"] == "arctic"
    assert data["story"]["size"] == 3
    assert {telling["outlet"] for telling in data["story"]["tellings"]} == {"Harbour Post", "Island Radio"}
    assert data["editions"][0]["position"] == 1
    assert data["editions"][0]["story"]["summary"]["provenance"]["method"] == "extract"
