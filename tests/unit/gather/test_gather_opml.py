from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.errors import InputError
from digest.gather.opml import read_opml, write_opml
from digest.model.news import Feed, FeedKind

NOW = datetime(2026, 3, 10, tzinfo=UTC)


def opml(outlines: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0"><head/><body>{outlines}</body></opml>'.encode()


def test_what_is_written_is_read_back_the_same() -> None:
    feeds = (
        Feed("https://a.example.org/rss?x=1&y=2", 'Åland & "Fjord" Post', "Fjord family", FeedKind.FEED, 1.5),
        Feed("https://b.example.org/news.xml", "नमस्ते", kind=FeedKind.SITEMAP, weight=0.0),
        Feed("https://c.example.org/page", "Page", kind=FeedKind.PAGE),
    )
    assert read_opml(write_opml(feeds, "Mine & yours", NOW)).feeds == feeds


def test_folders_and_private_permission_are_not_handed_on() -> None:
    feeds = [
        Feed("/srv/news", "F", kind=FeedKind.FOLDER),
        Feed("http://10.0.0.1/rss", "P", allow_private=True),
    ]
    (read,) = read_opml(write_opml(feeds, "t", NOW)).feeds
    assert read == Feed("http://10.0.0.1/rss", "P")


def test_included_lists_are_not_followed_and_other_schemes_refused_by_name() -> None:
    read = read_opml(
        opml(
            '<outline text="i" type="include" url="https://x.example.org/more.opml"/>'
            '<outline text="f" xmlUrl="file:///etc/passwd"/><outline text="j" xmlUrl="javascript:1"/>'
            '<outline text="ok" xmlURL="https://ok.example.org/rss"/>'
            '<outline text="again" xmlUrl="https://ok.example.org/rss"/>'
        )
    )
    assert [feed.url for feed in read.feeds] == ["https://ok.example.org/rss"]
    assert len(read.problems) == 3
    assert "more.opml" in read.problems[0]


def test_truncated_joined_and_deep_documents_are_read() -> None:
    outline = '<outline text="a" xmlUrl="https://a.example.org/{}"/>'
    assert len(read_opml(opml(outline.format(1))[:-12]).feeds) == 1
    assert len(read_opml(opml(outline.format(1)) + opml(outline.format(2))).feeds) == 2
    deep = '<outline text="n">' * 5000 + outline.format(3) + "</outline>" * 5000
    assert len(read_opml(opml(deep)).feeds) == 1


def test_entities_in_opml_are_not_expanded() -> None:
    doctype = b'<!DOCTYPE opml [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]>'
    (feed,) = read_opml(doctype + opml('<outline text="&b;" xmlUrl="https://a.example.org/"/>')).feeds
    assert feed.name == "&b;"


def test_a_nameless_feed_is_called_by_its_host_and_odd_weights_are_bounded() -> None:
    (feed,) = read_opml(
        b'<opml xmlns:digest="x">'
        b'<outline xmlUrl="https://a.example.org/" digest:weight="900" digest:kind="folder"/></opml>'
    ).feeds
    assert (feed.name, feed.weight, feed.kind) == ("a.example.org", 3.0, FeedKind.FEED)


def test_what_is_no_opml_is_refused() -> None:
    with pytest.raises(InputError, match="no OPML"):
        read_opml(b"<html><body>hello</body></html>")
