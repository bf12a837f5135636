"""What readers are told that an article comes from."""

from __future__ import annotations

import pytest

from digest.gather.outlet import outlet_name


@pytest.mark.parametrize(
    "name",
    [
        *("Harbour Post", "World news | The Harbour Post", "example.org", "Harbour.com", "port.example"),
        *("news.co.uk", "U.S.News", "St. Brendan's Herald", "\u6d77\u5ce1", "A.B.C."),
    ],
)
def test_a_name_is_taken_as_it_is(name: str) -> None:
    assert outlet_name((name, "The Site"), ("https://www.example.net/",)) == name


@pytest.mark.parametrize(
    "name",
    [
        *("", "www.example.org", "feeds.example.org", "feeds.example.co.uk.news.rss.xml", "example.org.feed"),
        *("https://example.org", "https://feeds.example.org/rss?x=1", "example.org/rss"),
        *("rss.example.org:80", "rss.example.com.services.xml.rss.World.xml"),
    ],
)
def test_an_address_is_no_name(name: str) -> None:
    assert outlet_name((name, "", "The Site"), ("https://www.example.net/",)) == "The Site"


@pytest.mark.parametrize(
    ("urls", "name"),
    [
        (("https://www.harbourpost.org/news",), "harbourpost"),
        (("https://feeds.bay.co.uk/rss.xml",), "bay"),
        (("", "http://127.0.0.1:8800/feeds/a.xml", "https://rss.bay.org/"), "bay"),
        (("http://localhost:8800/", "http://[::1]/"), "www.bay.org.rss"),
        ((), "www.bay.org.rss"),
    ],
)
def test_without_a_name_it_is_the_sites_domain_without_its_ending(urls: tuple[str, ...], name: str) -> None:
    assert outlet_name(("www.bay.org.rss",), urls) == name


def test_with_nothing_else_the_host_stands() -> None:
    assert outlet_name(("", ""), ("", "http://127.0.0.1:8800/rss")) == "127.0.0.1"
    assert outlet_name((), ()) == ""
