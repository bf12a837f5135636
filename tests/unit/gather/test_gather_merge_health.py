from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from digest.errors import FetchError, ParseError
from digest.gather.extract import extract_page
from digest.gather.health import failed, succeeded
from digest.gather.language import guess, language_of, tag
from digest.gather.merge import article_of, has_full_text, leads_inside
from digest.gather.options import GatherOptions
from digest.model.news import Entry, Feed, FeedHealth

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
FEED = Feed("https://post.example.org/rss", "Harbour Post", "Harbour family", weight=1.5, id=7)
ENTRY = Entry(
    id="g1",
    url="https://post.example.org/2026/strait?utm_source=rss#x",
    title="Strait reopens",
    summary="Ferries sail again after two weeks of ice.",
    published_at=NOW - timedelta(hours=2),
)
SENTENCE = (
    "Ferries returned to the northern strait on Monday after ice had closed the channel for two weeks. "
)
PAGE = f"""<html lang="en"><head><meta property="article:published_time" content="2026-03-01T00:00:00Z">
  <link rel="canonical" href="https://post.example.org/2026/strait-reopens"></head>
  <body><article><h1>Strait reopens</h1><p>{SENTENCE * 3}</p>
  <p>{SENTENCE * 2}</p></article></body></html>""".encode()


def test_entry_and_page_become_one_article_with_the_longer_text_and_the_feeds_date() -> None:
    page = extract_page(PAGE, ENTRY.url)
    article = article_of(ENTRY, FEED, page, now=NOW, page_url=ENTRY.url)
    assert article.url == "https://post.example.org/2026/strait#x"
    assert article.canonical_url == "https://post.example.org/2026/strait-reopens"
    assert (article.outlet, article.publisher, article.weight, article.feed_id) == (
        "Harbour Post",
        "Harbour family",
        1.5,
        7,
    )
    assert article.text.count("\n\n") == 1
    assert (article.published_at, article.date_source) == (NOW - timedelta(hours=2), "feed")
    assert article.dek == ENTRY.summary
    assert (article.gathered_at, article.language, article.entry_id) == (NOW, "en", "g1")


def test_without_a_page_the_feeds_words_stand_in() -> None:
    article = article_of(ENTRY, FEED, None, now=NOW, language="en-GB")
    assert article.text == ENTRY.summary
    assert article.canonical_url == "https://post.example.org/2026/strait"
    assert article.language == "en-GB"


def test_an_undated_entry_takes_the_pages_date_or_stays_undated() -> None:
    undated = Entry(
        id="u", url="https://post.example.org/u", title="U", published_at=datetime(1785, 1, 1, tzinfo=UTC)
    )
    dated = article_of(undated, FEED, extract_page(PAGE, undated.url), now=NOW)
    assert (dated.published_at, dated.date_source) == (datetime(2026, 3, 1, tzinfo=UTC), "meta")
    assert article_of(undated, FEED, None, now=NOW, last_resort="2026-03-09").date_source == "page"
    alone = article_of(undated, FEED, None, now=NOW)
    assert (alone.published_at, alone.date_source, alone.gathered_at) == (None, "", NOW)


def test_an_entry_without_a_title_is_headed_by_its_first_words() -> None:
    article = article_of(
        Entry(id="m", url="https://m.example.org/1", title="", summary=SENTENCE), FEED, None, now=NOW
    )
    assert article.title.startswith("Ferries returned to the northern strait")
    assert article.title.endswith("…")


def test_a_feed_that_carries_the_whole_text_needs_no_page() -> None:
    full = Entry(id="f", url="https://f.example.org/1", title="F", content=f"<p>{SENTENCE * 12}</p>")
    assert has_full_text(full)
    assert not has_full_text(ENTRY)
    assert len(article_of(full, FEED, None, now=NOW).text) > 1000


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/meta",
        "http://localhost/x",
        "http://[::1]/",
        "http://intranet/x",
        "http://db.internal/",
    ],
)
def test_links_that_lead_inside_are_recognised(url: str) -> None:
    assert leads_inside(url, FEED)
    assert not leads_inside("https://public.example.org/x", FEED)


def test_only_the_private_feeds_own_host_and_port_may_be_linked() -> None:
    private = Feed("http://10.1.1.1:8080/rss", "P", allow_private=True)
    assert not leads_inside("http://10.1.1.1:8080/story", private)
    assert leads_inside("http://10.1.1.1:9090/story", private)
    assert leads_inside("http://10.1.1.2:8080/story", private)


OPTIONS = GatherOptions(gather_every_s=1800)
OLD = FeedHealth(
    feed_id=7, failures=2, entries=12, etag='"a"', trouble="timeout", succeeded_at=NOW - timedelta(days=1)
)


def test_a_good_answer_clears_the_trouble() -> None:
    health = succeeded(OLD, NOW, OPTIONS, status=200, entries=3, etag='"b"')
    assert (health.failures, health.trouble, health.entries, health.etag) == (0, "", 3, '"b"')
    assert health.due_at == NOW + timedelta(minutes=30)


def test_failures_are_waited_out_longer_and_longer_up_to_a_day() -> None:
    error = FetchError("timeout", "late")
    waits = []
    health = FeedHealth(feed_id=1)
    for _ in range(9):
        health = failed(health, error, NOW, OPTIONS)
        assert health.due_at is not None
        waits.append((health.due_at - NOW).total_seconds() / 3600)
    assert waits == [0.5, 1, 2, 4, 8, 16, 24, 24, 24]


def test_a_failure_keeps_what_the_last_good_answer_left() -> None:
    health = failed(OLD, ParseError("not-a-feed", "a web page\nand more"), NOW, OPTIONS)
    assert (health.failures, health.entries, health.etag, health.trouble) == (3, 12, '"a"', "not-a-feed")
    assert health.message == "a web page and more"


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (FetchError("http-410", "gone", status=410), timedelta(days=7)),
        (FetchError("http-429", "busy", status=429), timedelta(hours=1)),
        (FetchError("http-429", "busy", status=429, retry_after_s=7200), timedelta(hours=2)),
        (FetchError("http-503", "busy", status=503, retry_after_s=5), timedelta(minutes=30)),
    ],
)
def test_what_the_server_asks_for_is_honoured(error: FetchError, wait: timedelta) -> None:
    assert failed(FeedHealth(feed_id=1), error, NOW, OPTIONS).due_at == NOW + wait


def test_language_tags_take_their_usual_form_and_texts_are_told_apart() -> None:
    assert [tag(word) for word in ("en_us", "ZH-hant-tw", "iw", "und", "english", "")] == [
        "en-US",
        "zh-Hant-TW",
        "he",
        "",
        "",
        "",
    ]
    german = (
        "Die Fähren fahren seit Montag wieder durch die Meerenge, nachdem das Eis den Weg versperrt hatte."
    )
    assert guess(german) == "de"
    assert guess("Hm.") == ""
    assert language_of(german, "", "fr") == "fr"
