"""What an article becomes when it is gathered again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.model.news import Article
from digest.store.merging import merge

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PAGE = Article(
    "https://example.org/a", "https://example.org/a", "Title", dek="Dek", text="A page's whole text. " * 9,
    headings=("One",), related=("Elsewhere",), ai_notice="Made with AI", published_at=NOW, date_source="page",
    gathered_at=NOW, language="en", author="Ann", outlet="Example", publisher="P", weight=2.0,
    image_url="https://example.org/i", image_credit="Credit", paywalled=True, entry_id="1", feed_id=3, id=7,
)  # fmt: skip
FEED_ENTRY = replace(
    PAGE, title="Corrected", dek="Feed's dek", text="", headings=(), related=(), ai_notice="", author="Feed",
    published_at=NOW + timedelta(days=1), gathered_at=NOW + timedelta(days=1), image_url="", paywalled=False,
    id=0,
)  # fmt: skip


def test_a_bare_entry_corrects_the_title_and_takes_nothing_away() -> None:
    assert merge(PAGE, FEED_ENTRY) == replace(PAGE, title="Corrected")


def test_a_teaser_does_not_replace_the_text() -> None:
    assert merge(PAGE, replace(FEED_ENTRY, text="A page's")).text == PAGE.text


def test_a_corrected_page_replaces_text_and_what_came_with_it() -> None:
    new = replace(PAGE, text="A page's corrected text. " * 8, dek="New", headings=("Two",), paywalled=False)
    merged = merge(PAGE, new)
    assert (merged.text, merged.dek, merged.headings) == (new.text, "New", ("Two",))
    assert not merged.paywalled


def test_a_page_fills_what_the_feed_left_empty() -> None:
    bare = Article(PAGE.url, PAGE.canonical_url, "Title", gathered_at=NOW, feed_id=3)
    assert merge(bare, PAGE) == replace(PAGE, id=0)


def test_another_feed_does_not_take_the_article_over_unless_its_own_is_gone() -> None:
    other = replace(PAGE, feed_id=4, outlet="Other", publisher="Q", entry_id="2", weight=0.1)
    assert merge(PAGE, other) == PAGE
    adopted = merge(replace(PAGE, feed_id=0), other)
    assert (adopted.feed_id, adopted.outlet, adopted.weight) == (4, "Other", 0.1)


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_text_never_shrinks_to_less_than_half(old: str, new: str) -> None:
    merged = merge(replace(PAGE, text=old), replace(PAGE, text=new))
    assert merged.text in {old, new}
    assert len(merged.text) >= len(old) / 2


@given(st.sampled_from([PAGE, FEED_ENTRY]), st.sampled_from([PAGE, FEED_ENTRY]))
def test_gathering_the_same_again_changes_nothing(old: Article, new: Article) -> None:
    once = merge(old, new)
    assert merge(once, new) == once
