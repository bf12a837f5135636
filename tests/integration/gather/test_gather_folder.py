from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.errors import FetchError
from digest.gather.folder import read_folder
from digest.gather.options import GatherOptions
from digest.model.news import Article, Feed, FeedKind

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
YESTERDAY = datetime(2026, 3, 9, 8, tzinfo=UTC)
PLAIN = """Strait Reopens to Ferries
Ferries sail again after two weeks of ice, and traders hope for cheaper fish.
The first boat left at dawn on Monday, the harbour office said, with two hundred people on board.
A Channel Cleared by Hand
Divers opened the last stretch, because the breaker could not pass the old piers without harm.
This content is AI-generated from agency reports. Errors may occur.
Related Articles
Council votes on the new quay.
Fish prices fall before the spring market.
Thoughts
Share your thoughts on this article
Sign in to join the conversation.
"""
MARKDOWN = """---
title: "Treaty talks resume"
date: 2026-03-08T10:00:00Z
url: https://post.example.org/treaty?utm_source=x
outlet: Fjord Review
author: Ada Berg
language: en_GB
comments: https://post.example.org/treaty#comments
unknown: ignored
---
# Another headline

Envoys met again in the old town hall.

## What is at stake

The **fishing** grounds, mostly. <script>alert(1)</script>

- Quotas
- Ports
"""


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    return Feed(str(tmp_path), "Desk", "Desk family", FeedKind.FOLDER, id=3)


def put(feed: Feed, name: str, content: str | bytes) -> Path:
    path = Path(feed.url, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, (YESTERDAY.timestamp(), YESTERDAY.timestamp()))
    return path


def only(feed: Feed) -> Article:
    (article,) = read_folder(feed, GatherOptions(), NOW).articles
    return article


def test_a_plain_text_is_taken_apart_by_its_anatomy(feed: Feed) -> None:
    path = put(feed, "strait.txt", PLAIN)
    article = only(feed)
    assert article.title == "Strait Reopens to Ferries"
    assert article.dek.startswith("Ferries sail again")
    assert article.headings == ("A Channel Cleared by Hand",)
    assert article.ai_notice == "This content is AI-generated from agency reports. Errors may occur."
    assert article.related == ("Council votes on the new quay.", "Fish prices fall before the spring market.")
    assert len(article.text.split("\n\n")) == 2
    assert "thoughts" not in article.text.lower()
    assert (article.published_at, article.date_source) == (YESTERDAY, "file")
    assert article.url == article.canonical_url == path.as_uri()
    assert (article.outlet, article.publisher, article.feed_id, article.language) == (
        "Desk",
        "Desk family",
        3,
        "en",
    )


def test_markdown_has_front_matter_headings_and_no_live_html(feed: Feed) -> None:
    put(feed, "treaty.md", MARKDOWN)
    article = only(feed)
    assert (article.title, article.outlet, article.author) == (
        "Treaty talks resume",
        "Fjord Review",
        "Ada Berg",
    )
    assert article.published_at == datetime(2026, 3, 8, 10, tzinfo=UTC)
    assert article.canonical_url == "https://post.example.org/treaty"
    assert article.language == "en-GB"
    assert article.comments_url == "https://post.example.org/treaty#comments"
    assert article.headings == ("What is at stake",)
    assert "The fishing grounds, mostly." in article.text
    assert "alert" not in article.text


def test_the_points_below_a_point_stand_once(feed: Feed) -> None:
    put(
        feed,
        "l.md",
        "# Head\n\n- First.\n    - Below it.\n        1. Below that.\n- Last.\n\n1. Loose.\n\n   More of it.",
    )
    assert only(feed).text.split("\n\n") == [
        "First.",
        "Below it.",
        "Below that.",
        "Last.",
        "Loose.",
        "More of it.",
    ]


@pytest.mark.parametrize("suffix", ["md", "txt"])
def test_a_headline_of_the_front_matter_leaves_the_first_paragraph_in_the_text(
    feed: Feed, suffix: str
) -> None:
    front = "---\ntitle: Ferries return\n---\n"
    put(feed, f"t.{suffix}", f"{front}The first boat left at dawn, and all cheered.\n")
    article = only(feed)
    assert (article.title, article.text) == (
        "Ferries return",
        "The first boat left at dawn, and all cheered.",
    )
    put(feed, f"t.{suffix}", f"{front}Ferries Return\n\nThe first boat left at dawn, and all cheered.\n")
    assert only(feed).text == "The first boat left at dawn, and all cheered."


def test_a_link_to_itself_and_a_name_that_is_no_text_harm_nobody(feed: Feed) -> None:
    put(feed, "good.txt", "Good headline\n\nThe text of it is here.")
    Path(feed.url, "loop.txt").symlink_to(Path(feed.url, "loop.txt"))
    page = f"<html><body><p>{'Words of it. ' * 60}</p></body></html>".encode()
    put(feed, os.fsdecode(b"caf\xe9\x07.html"), page)
    put(feed, os.fsdecode(b"\xe9.html"), page)
    put(feed, os.fsdecode(b"no\xe9.txt"), "")
    read = read_folder(feed, GatherOptions(), NOW)
    assert {article.title for article in read.articles} == {"Good headline", "caf"}
    assert sorted(problem.partition(":")[0] for problem in read.problems) == [".html", "no.txt"]


def test_a_web_page_in_the_folder_is_extracted(feed: Feed) -> None:
    body = (
        "<p>Ferries returned to the strait on Monday after two weeks of ice, and many people cheered.</p>" * 3
    )
    put(feed, "p.html", f'<html lang="en"><head><meta name="date" content="2026-03-07T00:00:00Z"></head>'
        f"<article><h1>Strait</h1>{body}</article></html>")  # fmt: skip
    article = only(feed)
    assert (article.title, article.published_at) == ("Strait", datetime(2026, 3, 7, tzinfo=UTC))
    assert article.text.startswith("Ferries returned")


def test_wrapped_lines_are_joined_where_blank_lines_part_paragraphs(feed: Feed) -> None:
    put(
        feed,
        "w.txt",
        "Head line\n\nFirst line of a paragraph\nand its second line.\n\nAnother that\nis wrapped too.\n",
    )
    article = only(feed)
    assert article.dek == "First line of a paragraph and its second line."
    assert article.text == "Another that is wrapped too."


def test_odd_files_cost_themselves_alone(feed: Feed, tmp_path_factory: pytest.TempPathFactory) -> None:
    put(feed, "good.txt", "Good headline\nA sentence that is the dek.\nAnd the text of it is here.")
    put(feed, "sub/latin.txt", "Crème brûlée\nÉté à la mer.\nLe texte est là.".encode("latin-1"))
    put(feed, "empty.txt", "")
    put(feed, "junk.txt", bytes(range(256)) * 4)
    put(feed, "huge.txt", "x" * 3000)
    put(feed, ".hidden.txt", "Hidden\nText.")
    put(feed, "picture.jpg", b"\xff\xd8")
    outside = tmp_path_factory.mktemp("outside") / "secret.txt"
    outside.write_text("Secret\nNever read this.", encoding="utf-8")
    Path(feed.url, "link.txt").symlink_to(outside)
    Path(feed.url, "dir").symlink_to(outside.parent)
    read = read_folder(feed, GatherOptions(max_bytes=2000), NOW)
    titles = {article.title for article in read.articles}
    assert {"Good headline", "Crème brûlée"} <= titles
    assert "Secret" not in titles
    assert "Hidden" not in titles
    assert [problem.split(":")[0] for problem in sorted(read.problems)] == [
        "empty.txt",
        "huge.txt",
        "junk.txt",
    ]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FetchError) as caught:
        read_folder(Feed(str(tmp_path / "none"), "D", kind=FeedKind.FOLDER), GatherOptions(), NOW)
    assert caught.value.trouble == "no-folder"
