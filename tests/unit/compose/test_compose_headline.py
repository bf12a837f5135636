# ruff: noqa: RUF001 - dashes of every kind are what is tested
from __future__ import annotations

import pytest

from digest.compose.headline import MAX_CHARS, clean_headline
from digest.model.news import Article


def cleaned(title: str, outlet: str = "The Harne Mail", publisher: str = "Mail Group") -> str:
    url = "https://www.harnemail.example.org/1"
    return clean_headline(
        Article(url=url, canonical_url=url, title=title, outlet=outlet, publisher=publisher)
    )


@pytest.mark.parametrize(
    "tail",
    [
        "- The Harne Mail",
        "– Harne Mail",
        "— Harne Mail Online",
        "| HARNE MAIL",
        "| Islands | The Harne Mail",
        "- Mail Group",
        "| HarneMail",
    ],
)
def test_the_outlet_at_the_end_goes(tail: str) -> None:
    assert cleaned(f"Ferry to the island sails again {tail}") == "Ferry to the island sails again"


@pytest.mark.parametrize(
    "title",
    [
        "Ferry to the island: live updates",
        "Ferry to the island sails - live updates",
        "Ferry to the island sails | What we know",
        "War of words - and ships",
        "Oslo - Harne Mail",
        "Ferry sails again – islanders rejoice",
    ],
)
def test_what_tells_the_reader_something_stays(title: str) -> None:
    assert cleaned(title) == title


def test_white_space_is_one_space_and_an_endless_title_is_cut_at_a_word() -> None:
    assert cleaned("Ferry \n to\tHarne") == "Ferry to Harne"
    long = cleaned("ferry " * 100)
    assert len(long) <= MAX_CHARS + 1
    assert long.endswith("ferry…")


def test_an_outlet_without_a_name_takes_nothing_away() -> None:
    assert cleaned("Ferry to the island - sails", outlet="", publisher="") == "Ferry to the island - sails"
