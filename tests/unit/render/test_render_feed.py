"""The feed of editions: what RFC 4287 demands, and our own reader of feeds as a second opinion."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lxml import etree

from digest.gather.parse import parse_feed
from digest.render.feed import FeedRenderer

ATOM = "{http://www.w3.org/2005/Atom}"
XHTML = "{http://www.w3.org/1999/xhtml}"
TEMPLATES = Path(__file__).parents[3] / "templates"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
def feed_of(samples: ModuleType) -> FeedRenderer:
    return FeedRenderer([TEMPLATES], samples.PUBLICATION)


def tree_of(text: str) -> Any:
    return etree.fromstring(text.encode())


def entries_of(text: str) -> Any:
    return tree_of(text).findall(f"{ATOM}entry")


def test_it_is_valid_atom(feed_of: FeedRenderer, samples: ModuleType) -> None:
    """RFC 4287: sections 4.1.1 and 4.1.2, the elements that must be there once, and their shapes."""
    went_out = samples.SLOT + timedelta(minutes=2)
    root = tree_of(feed_of.feed([(case(), went_out) for case in samples.CASES.values()]))
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (found,) = element.findall(f"{ATOM}{name}")
            assert found.text
        assert RFC_3339.fullmatch(element.findtext(f"{ATOM}updated"))
        alternates = [
            link.get("href") for link in element.findall(f"{ATOM}link") if link.get("rel") != "self"
        ]
        assert len(alternates) == 1
        assert alternates[0].startswith("https://read.harbour.example/editions")
    assert root.find(f"{ATOM}author/{ATOM}name").text == "Harbour Institute"
    assert root.find(f"{ATOM}link[@rel='self']").get("href") == "https://read.harbour.example/feed.atom"
    for content in root.iter(f"{ATOM}content"):
        assert content.get("type") == "xhtml"
        assert [child.tag for child in content] == [f"{XHTML}div"], (
            "section 3.1.1.3: one div, and nothing else"
        )


def test_an_entry_is_its_edition(feed_of: FeedRenderer, samples: ModuleType) -> None:
    (entry,) = entries_of(feed_of.feed([(samples.normal(), samples.SLOT + timedelta(minutes=2))]))
    assert entry.findtext(f"{ATOM}title").startswith("Four navies agree")
    assert entry.findtext(f"{ATOM}id") == ("tag:harbour.example,2026-03-09:harbour-brief/daily-20260309T0600")
    assert entry.findtext(f"{ATOM}published") == "2026-03-09T06:00:00Z"
    assert entry.findtext(f"{ATOM}updated") == "2026-03-09T06:02:00Z"
    assert entry.findtext(f"{ATOM}summary").startswith("Also: Ice road to the Tarn mines")
    said = " ".join(" ".join(entry.find(f"{ATOM}content").itertext()).split())
    for story in samples.normal().stories:
        assert story.headline in said
    assert "Software chose, grouped and summarised" in said, "the notice goes wherever the summaries go"
    assert "AI summary by small-news-7b" in said
    assert "Levant Courier has a notice on the use of AI" in said
    assert entry.find(f".//{XHTML}a").get("href").startswith("https://www.straitgazette")


def test_our_own_gathering_reads_it(feed_of: FeedRenderer, samples: ModuleType) -> None:
    text = feed_of.feed([(samples.normal(), samples.SLOT), (samples.quiet_day(), samples.SLOT)])
    found = parse_feed(text.encode(), "https://read.harbour.example/feed.atom")
    assert found.entries[0].title.startswith("Four navies agree")
    assert len(found.entries) == 2


def test_hostile_stories_stay_text(feed_of: FeedRenderer, samples: ModuleType) -> None:
    (entry,) = entries_of(feed_of.feed([(samples.hostile(), samples.SLOT)]))
    assert not {"script", "img", "style"} & {etree.QName(each).localname for each in entry.iter()}
    for link in entry.iter(f"{XHTML}a"):
        assert link.get("href").startswith("https://")


def test_a_feed_of_nothing_is_still_a_feed(feed_of: FeedRenderer) -> None:
    root = tree_of(feed_of.feed([]))
    assert root.findtext(f"{ATOM}updated") == "2000-01-01T00:00:00Z"
    assert not root.findall(f"{ATOM}entry")
