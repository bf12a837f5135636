"""A theme that a lead names in passing, and the rough cut into sentences it rests on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from digest.group import Theme
from digest.group.text import fold, sentence_starts, words
from digest.model.news import Article, ThemeScore, Verdict

from .conftest import only

MakeArticle = Callable[..., Article]

GAZETTEER = '[places.laos]\nnames = ["Laos"]\ncities = ["Vientiane"]\n[places.china]\nnames = ["China"]\n'
THEME = """
[phrases]
strong = ["river commission"]
medium = ["sluice", "weir"]
[places]
medium = ["laos"]
[[pairs]]
name = "country and water"
weight = "strong"
places = ["laos", "china"]
topics = ["dam", "flood"]
"""
TITLE = "China and its guests talk trade"
FIRST = "Ministers met on Monday to talk of steel and cloth."
AGAIN = "They will meet again in the spring, they told reporters."
PADDING = " They spoke of prices at some length." * 12


@pytest.fixture
def rivers(rivers_of: Callable[..., Theme]) -> Theme:
    return rivers_of(THEME, GAZETTEER)


def is_passing(score: ThemeScore) -> bool:
    return any(hit.term.startswith("named in passing") for hit in score.hits)


def test_one_later_sentence_files_nothing_under_a_title_that_names_something_else(
    rivers: Theme, article: MakeArticle
) -> None:
    score = only(rivers, article(TITLE, f"{FIRST} A dam in Laos was praised. {AGAIN}"))
    assert is_passing(score)
    assert score.verdict is not Verdict.IN
    assert score.score == pytest.approx(
        (3 * 1.5 + 1.5) / 2
    )  # half of the pair across title and lead, and of Laos


def test_it_ends_half_way_between_the_thresholds_whatever_it_holds(
    rivers: Theme, article: MakeArticle
) -> None:
    text = f"{FIRST} Laos, its dam and its flood came up before the river commission. {AGAIN}"
    score = only(rivers, article(TITLE, text))
    assert (score.score, score.verdict) == (3.5, Verdict.CHECK)


@pytest.mark.parametrize(
    ("title", "dek", "text"),
    [
        (TITLE, "", f"A dam in Laos was praised on Monday. {FIRST} {AGAIN}"),
        (TITLE, "", f"{FIRST} A dam in Laos was praised. Vientiane owes much for it."),
        (TITLE, "", f"{FIRST} A dam in Laos was praised. {AGAIN} {PADDING} Laos said little."),
        (TITLE, "Laos sent a minister.", f"{FIRST} A dam in Vientiane was praised. {AGAIN}"),
        (TITLE, "", f"{FIRST} A dam in Laos was praised, and Vientiane was glad."),
        ("China and its guests talk trade as a dam cracks in Laos", "", FIRST),
        ("They met at night", "", f"{FIRST} A dam in Laos was praised. {AGAIN}"),
    ],
    ids=[
        "in the first sentence",
        "in two sentences",
        "comes back further down",
        "in the dek",
        "two words in a lead of two sentences",
        "in the title",
        "under a title that names nothing",
    ],
)
def test_what_is_more_than_an_aside(
    rivers: Theme, article: MakeArticle, title: str, dek: str, text: str
) -> None:
    assert not is_passing(only(rivers, article(title, text, dek=dek)))


def test_a_pair_that_stands_without_the_sentence_is_no_aside(rivers: Theme, article: MakeArticle) -> None:
    text = f"A flood was the first matter on Monday. Laos sent a minister. {AGAIN}"
    assert not is_passing(only(rivers, article(TITLE, text)))


def test_a_lesser_phrase_alone_proves_no_aside(rivers: Theme, article: MakeArticle) -> None:
    assert not is_passing(only(rivers, article(TITLE, f"{FIRST} A sluice was shown. {AGAIN}")))
    assert is_passing(only(rivers, article(TITLE, f"{FIRST} The river commission sent nobody. {AGAIN}")))


@pytest.mark.parametrize(
    ("text", "openers"),
    [
        (
            "One dam broke. Two held! Will three? \u201cNobody knows.\u201d They wait",
            "One Two Will Nobody They",
        ),
        ("Sen. Ann Lee met Mr. Oh and Dr. Huang. They ate.", "Sen They"),
        ("The U.S. team won. J. R. Hart saw it.", "The J"),
        ("Prices rose by 3.5 per cent. 40 shops shut", "Prices 40"),
        ("no capitals follow. so it is one", "no"),
        ("", ""),
    ],
)
def test_sentences_open_after_a_stop_and_before_a_capital(text: str, openers: str) -> None:
    tokens = words(fold(text))
    starts = sentence_starts(fold(text), 60)
    assert [tokens[start] for start in starts if start < len(tokens)] == openers.split()


def test_sentences_are_cut_no_further_than_asked() -> None:
    assert sentence_starts("One two. Three four. Five six. Seven eight.", 4) == (0, 2)
