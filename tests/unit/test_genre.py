from __future__ import annotations

import pytest

from digest.model.genre import is_live_page, is_medley, is_opinion
from digest.model.news import Article


def article(title: str, url: str = "https://one.example.org/news/1", **fields: object) -> Article:
    return Article(url, url, title, **fields)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    "title",
    [
        "Opinion | Harne has forgotten its harbour",
        "OPINION: Harne has forgotten its harbour",
        "Commentary: Harne's harbour, and ours",
        "Editorial: A ferry too far",
        "The Harne Post view on ferries: build one",
        "Harne has forgotten its harbour | Letters",
        "Harne has forgotten its harbour | Ann Example",
        "Harne has forgotten its harbour | Ann van der Example",
    ],
)
def test_an_opinion_is_known_by_its_title(title: str) -> None:
    assert is_opinion(article(title))


@pytest.mark.parametrize(
    "title",
    [
        "Harne buys a second ferry",
        "Harne buys a second ferry | Example News",
        "Harne buys a second ferry | Harne politics",
        "Harne buys a second ferry | One Example",  # the outlet's own name
        "Opinion divided in Harne over second ferry",
        "Public comment on ferry opens",
    ],
)
def test_a_report_is_no_opinion(title: str) -> None:
    assert not is_opinion(article(title, outlet="One Example"))


def test_an_opinion_is_known_by_its_address_and_its_rubric() -> None:
    assert is_opinion(article("Harne must choose", "https://one.example.org/commentisfree/harne"))
    assert is_opinion(article("Harne must choose", categories=("Op-Ed",)))
    assert not is_opinion(article("Harne must choose", categories=("Video",)))


@pytest.mark.parametrize(
    ("title", "medley"),
    [
        ("The Papers: 'Ferry sinks' and 'King's speech'", True),
        ("What the papers say: 'Ferry fiasco'", True),
        ("Newspaper headlines: Ferry row and rain", True),
        ("Monday\u2019s front pages: a ferry and a fire", True),
        ("Papers round-up: ferries again", True),
        ("Ferry arms, a lost boy and a fire: 7 Harne relations reads", True),
        ("Weekend reads: the ferryman's tale and ten more", True),
        ("Revue de presse : le bac coule", True),
        ("Presseschau: Die Fähre von Harne", True),
        ("The papers that sank a ferry company", False),
        ("Judge reads seven charges in ferry trial", False),
        ("Five questions on the ferry", False),
        ("Newspaper fined over ferry picture", False),
    ],
)
def test_a_press_review_or_a_reading_list_is_a_medley(title: str, medley: bool) -> None:
    assert is_medley(title) is medley


@pytest.mark.parametrize(
    ("title", "live"),
    [
        ("LIVE: Harne digs out", True),
        ("Harne flood live: second ferry sinks", True),
        ("Harne flood: live updates", True),
        ("Harne flood - live", True),
        ("The best place to live: Harne", False),
        ("Live-fire drill off Harne", False),
        ("Harne, where ferrymen live well", False),
        ("The villages of Harne where ferrymen live", False),
        ("Harne ferry crisis live", True),
        ("Who will lead Iraq? Election results live", True),
        ("Why Greenland matters: press conference live", True),
        ("Why the strait matters - minister's statement live", True),
        ("People's Congress live", True),
        ("Children\u2019s hospital inquiry live", True),
        ("Families of ferry victims demand answers: hearing live", True),
        ("Storm that hit Harne heads north, snow warnings live", True),
        ("Prime minister to address the nation live", True),
        ("People of Harne vote on ferry merger live", True),
        ("Half of Gaza's displaced still live", False),
        ("The camp in which they now live", False),
        ("Report maps where Harne's poorest ferrymen live", False),
        ("A million migrants could lose the homes where their children live", False),
        ("Study counts how many people live", False),
        ("The most expensive cities in which to live", False),
        ("Rising sea takes the coast where the last U.S. veterans live", False),
        ("Too hot to safely live", False),
        ("Wolves return to the valley where they once could live", False),
    ],
)
def test_a_live_page_is_known_by_its_title(title: str, live: bool) -> None:
    assert is_live_page(title) is live
