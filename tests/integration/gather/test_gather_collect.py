from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from digest.gather.collect import MAX_PAGE_TIMEOUTS, gather
from digest.gather.options import GatherOptions
from digest.gather.outcome import Gathered
from digest.gather.probe import probe
from digest.gather.sources import read_source
from digest.model.news import Feed, FeedHealth, FeedKind

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
OPTIONS = GatherOptions(timeout_s=5, max_bytes=500_000, workers=6)
TEXT = "Ferries returned to the northern strait on Monday after ice had closed the channel for two weeks. "


def item(
    url: str, title: str, *, hours: float | None = 1, text: str = "A short sentence stands here."
) -> str:
    date = "" if hours is None else f"<pubDate>{format_datetime(NOW - timedelta(hours=hours))}</pubDate>"
    return f"<item><title>{title}</title><link>{url}</link>{date}<description>{text}</description></item>"


def rss(*items: str) -> str:
    head = "<title>Post</title><language>en</language>"
    return f'<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'


def page(title: str, more: str = "") -> str:
    return f'<html lang="en"><head>{more}</head><article><h1>{title}</h1><p>{TEXT * 3}</p></article></html>'


def run(
    *feeds: Feed, options: GatherOptions = OPTIONS, known: Collection[str] = (), **more: Any
) -> dict[str, Gathered]:
    found: dict[str, Gathered] = {}
    caller = threading.get_ident()

    def on_done(gathered: Gathered) -> None:
        assert threading.get_ident() == caller
        found[gathered.feed.name] = gathered

    def stored(urls: Collection[str]) -> set[str]:
        assert threading.get_ident() == caller
        return set(urls) & set(known)

    healths = more.pop("healths", {})
    due = [(feed, healths.get(feed.name, FeedHealth(feed.id))) for feed in feeds]
    gather(due, options=options, now=NOW, known=stored, on_done=on_done, **more)
    return found


def private(url: str, name: str = "f", **more: Any) -> Feed:
    return Feed(url, name, allow_private=True, id=1, **more)


def test_recent_entries_become_articles_with_their_pages_text(site: Any) -> None:
    site.serve("/a", page("Strait reopens"))
    feed = private(
        site.serve("/rss", rss(item("/a", "Strait reopens"), item("/b", "Old", hours=90)), ETag='"1"')
    )
    got = run(feed)["f"]
    (article,) = got.articles
    assert article.text.startswith("Ferries returned")
    assert (article.title, article.outlet, article.date_source, article.language) == (
        "Strait reopens",
        "f",
        "feed",
        "en",
    )
    assert (got.health.trouble, got.health.entries, got.health.etag, got.health.feed_id) == ("", 2, '"1"', 1)
    assert got.health.due_at == NOW + timedelta(seconds=OPTIONS.gather_every_s)
    assert "/b" not in site.paths()


def test_stored_articles_and_feeds_that_carry_their_text_need_no_page(site: Any) -> None:
    full = f"<![CDATA[<p>{TEXT * 6}</p><p>{TEXT * 6}</p>]]>"
    feed = private(site.serve("/rss", rss(item("/known", "K"), item("/full", "F", text=full))))
    got = run(feed, known={site.url("/known")})["f"]
    assert [article.title for article in got.articles] == ["F"]
    assert site.paths() == ["/rss"]


def test_a_page_is_fetched_at_its_link_and_not_at_what_it_is_known_by(site: Any) -> None:
    """The short form is ours: a site need not answer under it."""
    site.serve("/a/amp", page("Strait reopens"))
    feed = private(site.serve("/rss", rss(item("/a/amp", "Strait reopens"))))
    (article,) = run(feed)["f"].articles
    assert article.text.startswith("Ferries returned")
    assert article.canonical_url.endswith("/a")
    assert article.canonical_url != article.url


def test_the_pages_of_a_feed_are_fetched_up_to_a_number(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.gather.collect.MAX_PAGES", 2)
    feed = private(site.serve("/rss", rss(*(item(f"/{n}", f"T{n}", hours=n) for n in range(4)))))
    got = run(feed)["f"]
    assert (len(got.articles), sorted(site.paths())) == (4, ["/0", "/1", "/rss"])
    assert "2 pages over the limit not fetched" in got.notes[0]


def test_a_page_that_fails_costs_only_the_page(site: Any) -> None:
    site.serve("/gone", "no", status=410)
    feed = private(site.serve("/rss", rss(item("/gone", "G"), item("/none", "N"))))
    got = run(feed)["f"]
    assert [article.text for article in got.articles] == ["A short sentence stands here."] * 2
    assert got.health.trouble == ""
    assert any("2 of 2 pages" in note and "http-410 1" in note for note in got.notes)


def test_links_to_private_addresses_are_neither_fetched_nor_shown(make_site: Callable[[], Any]) -> None:
    site, other = make_site(), make_site()
    links = [
        other.serve("/secret", page("S")),
        "http://169.254.169.254/x",
        "http://localhost/x",
        "file:///etc/passwd",
    ]
    own = item("/own", "Own")
    site.serve("/own", page("Own"))
    moved = site.serve("/moved", "", status=302, Location=other.url("/secret"))
    feed = private(site.serve("/rss", rss(own, item(moved, "M"), *(item(link, "X") for link in links))))
    got = run(feed)["f"]
    assert [article.title for article in got.articles] == ["Own"]
    assert other.requests == []
    assert len(got.notes) >= 2


def test_a_feed_without_permission_never_reaches_a_private_address(site: Any) -> None:
    got = run(Feed(site.serve("/rss", rss(item("/a", "A"))), "f"))["f"]
    assert got.health.trouble == "private-address"
    assert site.requests == []


def test_undated_entries_keep_no_date_of_their_own(site: Any) -> None:
    site.serve("/u", "<html><body><article><p>Words.</p></article></body></html>")
    site.serve("/d", page("D", '<meta property="article:published_time" content="2026-03-09T00:00:00Z">'))
    feed = private(site.serve("/rss", rss(item("/u", "U", hours=None), item("/d", "D", hours=None))))
    undated, dated = run(feed)["f"].articles
    assert (undated.published_at, undated.date_source, undated.gathered_at) == (None, "", NOW)
    assert (dated.published_at, dated.date_source) == (datetime(2026, 3, 9, tzinfo=UTC), "meta")


def test_one_guid_for_many_items_does_not_merge_them_and_one_link_does(site: Any) -> None:
    items = [item(f"/{n}", f"T{n}").replace("<item>", "<item><guid>same</guid>") for n in range(3)]
    feed = private(site.serve("/rss", rss(*items, item("/0?utm_source=x", "T0 again"))))
    got = run(feed)["f"]
    assert [article.title for article in got.articles] == ["T0", "T1", "T2"]


def test_not_modified_keeps_what_was_known_of_the_feed(site: Any) -> None:
    health = FeedHealth(1, entries=9, etag='"1"', last_modified="x", failures=3, trouble="timeout")
    got = run(private(site.serve("/rss", "", status=304)), healths={"f": health})["f"]
    assert (got.health.entries, got.health.etag, got.health.failures, got.health.trouble) == (9, '"1"', 0, "")
    assert got.articles == ()


def test_every_trouble_is_named_and_holds_up_nobody_else(site: Any) -> None:
    def hang(handler: BaseHTTPRequestHandler) -> None:
        site.over.wait(60)

    good = rss(item("/a", "A"))
    site.routes["/hang"] = hang
    feeds = {
        "good": site.serve("/good", good),
        "http-404": site.url("/none"),
        "http-410": site.serve("/410", "", status=410),
        "http-429": site.serve("/429", "", status=429, Retry_After="3600"),
        "http-500": site.serve("/500", "", status=500),
        "timeout": site.url("/hang"),
        "too-many-redirects": site.serve("/loop", "", status=302, Location="/loop"),
        "private-address": site.serve("/meta", "", status=302, Location="http://169.254.169.254/"),
        "too-large": site.serve("/bomb", gzip.compress(bytes(50_000_000)), Content_Encoding="gzip"),
        "not-a-feed": site.serve("/page", page("P")),
        "empty": site.serve("/empty", ""),
        "truncated": site.serve("/cut", good.replace("</channel></rss>", "<item><title>cut o"), ETag='"c"'),
        "bad-xml": site.serve("/bad", "<rss><channel><item>"),
        "dns": "http://no-such-host.invalid/rss",
    }
    site.serve(
        "/wide", rss(item("/w", "Wide €")).encode("utf-16"), Content_Type="text/xml; charset=iso-8859-1"
    )
    sources = [private(url, name) for name, url in feeds.items()] + [private(site.url("/wide"), "wide")]
    found = run(*sources, options=replace(OPTIONS, timeout_s=1.5))
    assert {name: got.health.trouble for name, got in found.items()} == {
        **{name: name for name in feeds},
        "good": "",
        "wide": "",
    }
    assert found["wide"].articles[0].title == "Wide €"
    assert [article.title for article in found["truncated"].articles] == ["A"]
    assert found["truncated"].health.etag == ""
    assert found["http-429"].health.due_at == NOW + timedelta(hours=1)


def test_no_host_gets_more_requests_at_once_than_allowed(site: Any) -> None:
    def slow(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.05)
        handler.send_error(500)

    feeds = []
    for number in range(8):
        site.routes[f"/{number}"] = slow
        feeds.append(private(site.url(f"/{number}"), str(number)))
    assert len(run(*feeds, options=replace(OPTIONS, max_per_host=2, workers=8))) == 8
    # The server may still be closing one when the next comes; without a cap there would be eight.
    assert 2 <= site.busiest <= 3


def test_a_host_whose_pages_hang_is_asked_for_a_few_of_them_only(site: Any) -> None:
    def hang(handler: BaseHTTPRequestHandler) -> None:
        site.over.wait(60)

    for number in range(12):
        site.routes[f"/p{number}"] = hang
    feed = private(site.serve("/rss", rss(*(item(f"/p{n}", f"T{n}") for n in range(12)))))
    got = run(feed, options=replace(OPTIONS, timeout_s=0.4))["f"]
    assert len(got.articles) == 12
    assert len([path for path in site.paths() if path.startswith("/p")]) <= MAX_PAGE_TIMEOUTS + 2


def test_when_the_runs_time_is_up_the_rest_stays_due_and_pages_are_done_without(site: Any) -> None:
    def slow(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.4)
        handler.send_error(500)

    site.routes |= {f"/s{number}": slow for number in range(6)}
    feeds = [private(site.url(f"/s{number}"), f"s{number}") for number in range(6)]
    found = run(*feeds, options=replace(OPTIONS, max_per_host=1, run_timeout_s=0.6))
    assert 1 <= len(found) < 6
    site.routes |= {f"/p{number}": slow for number in range(6)}
    feed = private(site.serve("/rss", rss(*(item(f"/p{n}", f"T{n}") for n in range(6)))))
    got = run(feed, options=replace(OPTIONS, max_per_host=1, run_timeout_s=0.6))["f"]
    assert len(got.articles) == 6
    assert any("no time left" in note for note in got.notes)


def test_a_stop_ends_the_run_without_half_a_feed(site: Any) -> None:
    def hang(handler: BaseHTTPRequestHandler) -> None:
        site.over.wait(60)

    site.routes["/hang"] = hang
    stopping = iter([False, False, False])
    started = time.monotonic()
    found = run(
        private(site.url("/hang")), options=replace(OPTIONS, timeout_s=60), stop=lambda: next(stopping, True)
    )
    assert found == {}
    assert time.monotonic() - started < 20


def test_what_trips_a_library_costs_one_feed_only(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fragile(feed: Feed, *rest: Any) -> Any:
        if feed.name == "bad":
            raise ZeroDivisionError("deep inside")
        return read_source(feed, *rest)

    monkeypatch.setattr("digest.gather.collect.read_source", fragile)
    url = site.serve("/rss", rss())
    found = run(private(url, "bad"), private(url, "good"))
    assert (found["bad"].health.trouble, found["good"].health.trouble) == ("internal", "")


def test_an_error_of_the_caller_is_the_callers(site: Any) -> None:
    def on_done(gathered: Gathered) -> None:
        raise LookupError("the database is gone")

    with pytest.raises(LookupError):
        gather(
            [(private(site.serve("/rss", rss())), FeedHealth(1))],
            options=OPTIONS,
            now=NOW,
            known=set,
            on_done=on_done,
        )


def test_pages_sitemaps_and_folders_are_sources_too(site: Any, tmp_path: Path) -> None:
    site.serve("/a", page("Story", '<meta property="article:published_time" content="2026-03-10T00:00:00Z">'))
    news = 'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    date = "<n:publication_date>2026-03-10T01:00:00Z</n:publication_date>"
    site.serve("/news.xml", f"<urlset {news}><url><loc>{site.url('/a')}</loc><n:news>{date}<n:title>Story</n:title></n:news></url></urlset>")  # fmt: skip  # noqa: E501 - one document
    index = site.serve(
        "/index.xml",
        f"<sitemapindex><sitemap><loc>{site.url('/news.xml')}</loc></sitemap>"
        f"<sitemap><loc>https://other.example.net/s.xml</loc></sitemap></sitemapindex>",
    )
    (tmp_path / "a.txt").write_text(
        "Headline of it\nA dek that is a sentence.\nAnd its text.", encoding="utf-8"
    )
    found = run(
        private(site.url("/a"), "page", kind=FeedKind.PAGE),
        private(index, "sitemap", kind=FeedKind.SITEMAP),
        Feed(str(tmp_path), "folder", kind=FeedKind.FOLDER),
        Feed(str(tmp_path / "none"), "no folder", kind=FeedKind.FOLDER),
    )
    assert [article.title for article in found["page"].articles] == ["Story"]
    assert [article.title for article in found["sitemap"].articles] == ["Story"]
    assert found["sitemap"].articles[0].text.startswith("Ferries")
    assert "other.example.net" in found["sitemap"].notes[0]
    assert [article.title for article in found["folder"].articles] == ["Headline of it"]
    assert found["no folder"].health.trouble == "no-folder"


def test_a_sitemap_index_that_stays_the_same_gives_what_its_sitemaps_have_new(site: Any) -> None:
    date = "<n:publication_date>2026-03-10T01:00:00Z</n:publication_date>"

    def publish(*names: str) -> None:
        urls = "".join(
            f"<url><loc>{site.url(name)}</loc><n:news>{date}<n:title>Of {name}</n:title></n:news></url>"
            for name in names
        )
        news = 'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
        site.serve("/news.xml", f"<urlset {news}>{urls}</urlset>")

    def index(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers.get("If-None-Match") == '"static"'
        body = f"<sitemapindex><sitemap><loc>{site.url('/news.xml')}</loc></sitemap></sitemapindex>".encode()
        handler.send_response(304 if known else 200)
        handler.send_header("ETag", '"static"')
        handler.send_header("Content-Length", "0" if known else str(len(body)))
        handler.end_headers()
        handler.wfile.write(b"" if known else body)

    site.routes["/index.xml"] = index
    feed = private(site.url("/index.xml"), "s", kind=FeedKind.SITEMAP)
    publish("/a")
    (first,) = run(feed).values()
    publish("/a", "/b")
    (second,) = run(feed, healths={"s": first.health}).values()
    assert [article.title for article in second.articles] == ["Of /a", "Of /b"]


def test_a_probe_finds_the_feed_behind_a_page_and_says_so(site: Any) -> None:
    site.serve("/rss", rss(item("/a", "A", hours=900)))
    link = '<link rel="alternate" type="application/rss+xml" href="/rss">'
    found = probe(private(site.serve("/home", page("Home", link)), ""), OPTIONS, NOW)
    assert (found.feed.url, found.feed.name) == (site.url("/rss"), "Post")
    assert [article.title for article in found.articles] == ["A"]
    assert "is a web page; its feed is" in found.notes[0]
    assert "/a" not in site.paths()


def test_a_page_does_not_choose_what_private_address_is_reached(
    site: Any, make_site: Callable[[], Any]
) -> None:
    inside = make_site()
    link = f'<link rel="alternate" type="application/rss+xml" href="{inside.serve("/admin?do=it", rss())}">'
    found = probe(private(site.serve("/home", page("Home", link)), ""), OPTIONS, NOW)
    assert (found.health.trouble, found.feed.allow_private) == ("private-address", False)
    assert not inside.paths()


def test_a_probe_tells_a_trouble_as_a_run_does(site: Any) -> None:
    assert probe(private(site.url("/none")), OPTIONS, NOW).health.trouble == "http-404"
    assert probe(private(site.serve("/p", page("P"))), OPTIONS, NOW).health.trouble == "not-a-feed"


def test_a_feed_named_like_a_host_goes_by_what_its_pages_call_their_site(site: Any) -> None:
    told = '<meta property="og:site_name" content="The Harbour Post">'
    site.serve("/a", page("Strait reopens", told))
    site.serve("/b", page("Ferry sold", told))
    site.serve("/c", page("Pier closed", '<meta property="og:site_name" content="A guest">'))
    items = rss(*(item(f"/{letter}", f"Headline {letter}") for letter in "abcd"))
    document = items.replace("<title>Post<", "<title>feeds.harbour.example.org<")
    feed = private(site.serve("/rss", document), "www.harbour.example.org.rss")
    (got,) = run(feed).values()
    assert [article.outlet for article in got.articles] == ["The Harbour Post"] * 4
