from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.gather.urls import canonical_url, origin, same_site, tidy_url, web_url, without_login


@pytest.mark.parametrize(
    "raw",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "java\nscript:alert(1)",
        "ftp://a.example/",
        "",
        "http://",
        "http://[::1",
        "http://a.example:99999/",
        "https://a b.example\u3000/" + "x" * 3000,
        "mailto:a@b.example",
    ],
)
def test_what_is_no_web_address_is_refused(raw: str) -> None:
    assert web_url(raw) == ""


def test_a_relative_link_is_resolved_and_made_safe_for_attributes() -> None:
    assert web_url("../b?q=\"<x>'", "https://a.example/news/1/") == "https://a.example/news/b?q=%22%3Cx%3E'"
    assert web_url("//b.example/x", "https://a.example/") == "https://b.example/x"
    assert web_url(" HTTPS://a.example/\u200bx ") == "https://a.example/x"


def test_a_space_within_an_address_is_part_of_it() -> None:
    assert web_url(" https://a.example/my photo.jpg?q=a  b ") == "https://a.example/my%20photo.jpg?q=a%20%20b"
    assert web_url("a b.html\t", "https://a.example/n/") == "https://a.example/n/a%20b.html"
    assert web_url("https://a.example/long/\r\n      path") == "https://a.example/long/path"
    assert web_url("https://a b.example/x") == ""
    assert web_url("https://a.example/" + " " * 1900) == "https://a.example/"
    assert web_url("https://a.example/" + " " * 1900 + "x") == ""


def test_half_a_surrogate_pair_is_no_part_of_an_address() -> None:
    """JSON can write one, and no database or server takes it."""
    assert web_url("https://a.example/\ud800b?q=\udfff") == "https://a.example/b?q="
    assert web_url("\udc80x", "https://a.example/") == "https://a.example/x"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://A.Example.org:443/x?utm_source=rss&id=4&fbclid=9#top", "https://a.example.org/x?id=4"),
        ("http://a.example.org:80", "http://a.example.org/"),
        ("http://a.example.org:8080/x", "http://a.example.org:8080/x"),
        ("https://a.example.org/story/amp/", "https://a.example.org/story"),
        ("https://a.example.org/story.amp.html?amp=1", "https://a.example.org/story.html"),
        ("https://a.example.org/amp/", "https://a.example.org/amp/"),
        ("https://a.example.org/x?b=2&a=1&a=1", "https://a.example.org/x?b=2&a=1&a=1"),
        ("https://u:p@a.example.org/x", "https://a.example.org/x"),
        (
            "https://www.google.com/url?rct=j&url=https://n.example/s%3Fid%3D1&ct=ga",
            "https://n.example/s?id=1",
        ),
        ("file:///srv/news/a.txt", "file:///srv/news/a.txt"),
    ],
)
def test_a_canonical_address_loses_what_does_not_change_the_page(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@given(st.text(max_size=80))
def test_no_text_trips_the_address_functions_and_canonical_is_stable(text: str) -> None:
    for raw in (text, "http://a.example/" + text):
        once = canonical_url(web_url(raw))
        assert canonical_url(once) == once
        assert web_url(raw) == "" or web_url(raw).startswith(("http://", "https://"))


def test_a_readers_link_keeps_all_but_tracking() -> None:
    assert (
        tidy_url("https://a.example/x/amp?utm_medium=rss&p=1#live-2") == "https://a.example/x/amp?p=1#live-2"
    )


def test_one_site_is_a_host_with_its_prefixes_and_subdomains() -> None:
    assert same_site("https://amp.news.example/x", "https://www.news.example/y")
    assert same_site("https://en.news.example/x", "https://news.example/y")
    assert not same_site("https://news.example/x", "https://evil.example/y")
    assert not same_site("https://evilnews.example/x", "https://news.example/y")
    assert not same_site("https://news.example/", "")


def test_origin_has_default_ports_and_login_can_be_removed() -> None:
    assert origin("HTTPS://News.Example./x") == ("news.example", 443)
    assert without_login("http://me:secret@news.example:81/x") == "http://news.example:81/x"
