from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from digest.demo import Newsroom, newsroom, sample_subscribers
from digest.model.audience import SubscriberState

NOW = datetime(2026, 2, 3, 7, 0, 30, tzinfo=UTC)  # a Tuesday


@pytest.fixture(scope="module")
def room() -> Newsroom:
    return newsroom(NOW)


def test_there_are_enough_pieces_from_enough_outlets_in_every_format(room: Newsroom) -> None:
    assert len(room.pieces) >= 44
    assert len(room.outlets) >= 8
    assert {outlet.format for outlet in room.outlets} == {"rss", "atom", "json", "sitemap"}
    assert all(room.of(outlet) for outlet in room.outlets)


def test_two_outlets_share_a_publisher(room: Newsroom) -> None:
    assert max(Counter(outlet.publisher for outlet in room.outlets).values()) == 2


def test_everything_was_published_in_the_last_26_hours_and_newest_comes_first(room: Newsroom) -> None:
    times = [piece.published_at for piece in room.pieces]
    assert times == sorted(times, reverse=True)
    assert all(NOW - timedelta(hours=26) <= time <= NOW for time in times)


def test_a_day_named_in_a_text_is_the_day_of_publication(room: Newsroom) -> None:
    early, late = room.by_path["/gulf-ledger/premiums-fall"], room.by_path["/harbour-strait/darwin-drones"]
    assert early.published_at.weekday() == 1
    assert late.published_at.weekday() == 0
    assert any("on Monday" in paragraph for paragraph in late.paragraphs)
    assert "يوم الاثنين" in " ".join(room.by_path["/almina/unifil-arabic"].paragraphs)
    assert "月曜日" in " ".join(room.by_path["/kaikyo/yonaguni"].paragraphs)
    assert not any("{day}" in text for piece in room.pieces for text in (piece.dek, *piece.paragraphs))


def test_every_piece_is_long_enough_to_be_read_and_written_once(room: Newsroom) -> None:
    for piece in room.pieces:
        words = len(" ".join(piece.paragraphs).split())
        if piece.language == "en" and not piece.author.startswith("Tern"):
            assert 145 <= words <= 300, (piece.path, words)
        assert piece.title
        assert piece.dek != piece.title
        assert not piece.dek or re.search(r"[.。]$", piece.dek), piece.path
    deks = [piece.dek for piece in room.pieces if piece.dek]
    assert len(set(deks)) == len(deks)


def test_agency_copies_are_the_same_text_lightly_edited(room: Newsroom) -> None:
    original = room.by_path["/meridian/north-korea-launch"]
    copy = room.by_path["/civic-record/north-korea-wire"]
    assert len(copy.paragraphs) == len(original.paragraphs) - 2
    assert copy.paragraphs[1:] == original.paragraphs[1:-2]
    assert copy.paragraphs[0] != original.paragraphs[0]


def test_the_special_pages_are_there(room: Newsroom) -> None:
    assert [piece.path for piece in room.pieces if piece.ai_notice] == ["/harbour-strait/darwin-drones"]
    assert [piece.path for piece in room.pieces if piece.paywalled] == ["/northlight/newtok"]
    assert [piece.path for piece in room.pieces if not piece.dated] == ["/meridian/central-bank"]
    assert any(piece.comments for piece in room.pieces)
    assert {piece.language: piece.direction for piece in room.pieces} == {
        "en": "ltr",
        "ar": "rtl",
        "ja": "ltr",
    }


def test_the_five_readers_want_different_themes_and_live_at_example_addresses() -> None:
    people = sample_subscribers()
    assert len({person.email_key for person in people}) == len({person.themes for person in people}) == 5
    assert people[0].themes == ()
    for person in people:
        assert person.email.endswith("@example.org")
        assert person.state is SubscriberState.ACTIVE
        assert person.themes == tuple(sorted(person.themes))
