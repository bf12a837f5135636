"""Over a folder of public feeds, parsers' test suites and attacks, where it lies beside the repository."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from digest.errors import FeedError
from digest.gather.opml import read_opml
from digest.gather.parse import parse_feed
from digest.model.news import Entry, Feed

CORPUS = Path(__file__).parents[4] / "shared" / "data" / "feeds"
MANIFEST = CORPUS / "manifest.jsonl"
ROWS: list[dict[str, Any]] = (
    [json.loads(line) for line in MANIFEST.read_text(encoding="utf-8").splitlines()]
    if MANIFEST.exists()
    else []
)
absent = pytest.mark.skipif(not ROWS, reason=f"no corpus of feeds at {CORPUS}")
NOXIOUS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\ufeff]|<script", re.IGNORECASE
)


@pytest.fixture(scope="module")
def reads() -> dict[str, tuple[Entry | Feed, ...]]:
    """Every file's entries or feeds; none for a file that is refused."""
    found: dict[str, tuple[Entry | Feed, ...]] = {}
    for row in ROWS:
        data = (CORPUS / row["file"]).read_bytes()
        try:
            if row["file"].endswith(".opml") or row["format"] == "opml":
                found[row["file"]] = read_opml(data).feeds
            else:
                read = parse_feed(data, "https://feeds.example.org/f", max_entries=1000)
                found[row["file"]] = read.entries
        except FeedError:
            found[row["file"]] = ()
    return found


def words(entry: Entry) -> str:
    return "\n".join((entry.title, entry.summary, entry.author, entry.id, *entry.categories))


@absent
def test_every_file_gives_the_entries_its_suite_expects(reads: dict[str, tuple[Entry | Feed, ...]]) -> None:
    expected = {row["file"]: row["expected_entries"] for row in ROWS if row["expected_entries"] is not None}
    assert {name: len(reads[name]) for name in expected} == expected
    assert len(expected) > 50


@absent
def test_every_text_and_link_that_comes_out_is_harmless(reads: dict[str, tuple[Entry | Feed, ...]]) -> None:
    for name, found in reads.items():
        for entry in found:
            if isinstance(entry, Entry):
                assert not NOXIOUS.search(words(entry)), name
                assert len(entry.title) <= 400, name
            assert entry.url == "" or entry.url.startswith(("http://", "https://")), name


@absent
@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("billion_laughs.xml", "&l9;"),
        ("xxe_file.xml", "&x;"),
        ("xinclude.xml", "t"),
        ("xss_svg_style.xml", "ok"),
        ("bidi_override.xml", "Safe gnp.exe title x"),
        ("nul_bytes.xml", "a"),
    ],
)
def test_an_attack_by_markup_comes_to_nothing(name: str, title: str) -> None:
    entry = parse_feed((CORPUS / "attack" / name).read_bytes(), "https://feeds.example.org/f").entries[0]
    assert entry.title == title
    assert "root:" not in words(entry)
    assert "alert" not in entry.summary
