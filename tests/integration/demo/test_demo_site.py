from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import feedparser
import pytest
from lxml import etree, html

from digest.demo import DemoSite
from digest.demo.links import follow
from digest.model.news import FeedKind

NOW = datetime(2026, 2, 3, 7, tzinfo=UTC)


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite(NOW) as running:
        yield running


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    try:
        with urlopen(Request(url, headers=headers), timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def test_every_outlet_has_a_feed_on_this_machine_with_all_its_pieces(site: DemoSite) -> None:
    feeds = site.feeds()
    assert {feed.publisher for feed in feeds} == {outlet.publisher for outlet in site.room.outlets}
    for feed, outlet in zip(feeds, site.room.outlets, strict=True):
        assert feed.allow_private
        status, headers, body = get(feed.url)
        assert status == 200
        pieces = site.room.of(outlet)
        if outlet.format in ("rss", "atom"):
            read = feedparser.parse(body)
            assert not read.bozo
            assert [entry.title for entry in read.entries] == [piece.title for piece in pieces]
            assert [entry.link for entry in read.entries] == [site.base_url + piece.path for piece in pieces]
            for entry, piece in zip(read.entries, pieces, strict=True):
                assert ("published" in entry) == piece.dated
                assert entry.get("summary", "") == piece.dek or outlet.full_text
                assert bool(entry.get("comments")) == (piece.comments and outlet.format == "rss")
        elif outlet.format == "json":
            assert headers["Content-Type"] == "application/feed+json; charset=utf-8"
            items = json.loads(body)["items"]
            assert [item["title"] for item in items] == [piece.title for piece in pieces]
        else:
            assert feed.kind is FeedKind.SITEMAP
            titles = etree.fromstring(body).findall(
                ".//{http://www.google.com/schemas/sitemap-news/0.9}title"
            )
            assert [title.text for title in titles] == [piece.title for piece in pieces]


def test_every_page_holds_its_article_among_the_furniture(site: DemoSite) -> None:
    for piece in site.room.pieces:
        page = html.fromstring(get(site.base_url + piece.path)[2].decode())
        assert page.get("lang") == piece.language
        assert page.get("dir") == piece.direction
        assert page.xpath("string(//article/h1)") == piece.title
        assert page.xpath("string(//p[@class='standfirst'])") == piece.dek
        facts = json.loads(str(page.xpath("string(//script[@type='application/ld+json'])")))
        assert facts["isAccessibleForFree"] == (not piece.paywalled)
        assert ("datePublished" in facts) == piece.dated == bool(page.xpath("//time"))
        shown = [
            str(node.xpath("string()"))
            for node in page.iterfind(".//article/*")
            if node.tag in ("p", "h2") and not node.get("class")
        ]
        expected = [paragraph.removeprefix("## ") for paragraph in piece.paragraphs]
        assert shown == (expected[:2] if piece.paywalled else expected)
        for furniture in (
            "//nav",
            "//*[contains(@class, 'cookie')]",
            "//section[contains(@class, 'newsletter')]",
        ):
            assert page.xpath(furniture)
        assert (
            page.xpath("//p[@class='disclaimer']")
            if piece.ai_notice
            else not page.xpath("//p[@class='disclaimer']")
        )


def test_every_link_on_the_site_leads_somewhere_and_none_leaves_the_machine(site: DemoSite) -> None:
    seen, waiting = set(), ["/"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        status, headers, body = get(site.base_url + path)
        assert status == 200, path
        if headers["Content-Type"].startswith("text/html"):
            links = re.findall(r'href="([^"]+)"', body.decode())
            assert all(link.startswith(("/", site.base_url)) for link in links)
            waiting.extend(link.removeprefix(site.base_url) for link in links)
    assert {piece.path for piece in site.room.pieces} <= seen
    assert any(path.endswith("/comments") for path in seen)


def test_an_unchanged_page_is_not_sent_again_and_an_unknown_one_is_not_found(site: DemoSite) -> None:
    url = site.feeds()[0].url
    etag = get(url)[1]["ETag"]
    assert get(url, **{"If-None-Match": etag})[0] == 304
    assert get(url, **{"If-None-Match": '"old"'})[0] == 200
    assert get(site.base_url + "/nowhere")[0] == 404
    with urlopen(Request(url, method="HEAD"), timeout=10) as answer:
        assert answer.read() == b""


def test_the_site_is_gone_after_its_block() -> None:
    with DemoSite(NOW) as site:
        url = site.base_url
    with pytest.raises(URLError):
        urlopen(url, timeout=2)


def test_links_on_loopback_are_followed_past_any_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("urllib.request._opener", None)  # which has read the environment before
    with DemoSite(NOW) as site:
        link = site.feeds()[0].url
        path = tmp_path / "m.eml"
        path.write_text(f"Content-Type: text/html\n\n<a href='{link}'>x</a>", encoding="utf-8")
        assert follow([path], moved={}, allowed=(site.base_url,)) == ([], 1)
