# ruff: noqa: RUF001 - typographic marks occur in deks
from __future__ import annotations

from collections.abc import Callable

import pytest

from digest.model.news import Article
from digest.summarise.deks import DekVerdict, judge_dek

MakeArticle = Callable[..., Article]

WHOLE = "The ferry to Harne sails again on Monday after a winter of repairs in the yard."
SECOND = "Islanders had asked for a spare ship for eleven years."


def verdict(article: MakeArticle, dek: str, **fields: object) -> DekVerdict:
    return judge_dek(article(dek=dek, **fields), max_sentences=2, max_words=40)


@pytest.mark.parametrize(
    "dek",
    [
        WHOLE,
        f"{WHOLE} {SECOND}",
        "“We lost a winter,” said Mayor Ida Holt after the ferry to Harne was towed away.",
        "Bulldozers flatten old housing while the county approves 126 flats for the islanders.",
        "渡船服务将于星期一恢复，岛上居民表示欢迎。",
        "Islanders sign up to a pact on shared ships, which the county drew up last week.",
        "เรือข้ามฟากไปเกาะฮาร์นจะกลับมาแล่นอีกครั้งในวันจันทร์หลังซ่อมตลอดฤดูหนาว",
    ],
)
def test_a_whole_statement_is_used_as_it_stands(article: MakeArticle, dek: str) -> None:
    language = "th" if "เ" in dek else "zh" if "。" in dek else "en"
    assert verdict(article, dek, language=language).text == dek


@pytest.mark.parametrize(
    "dek",
    [
        "The ferry to Harne has stopped sailing and nobody knows until when",
        "Islanders have no ferry until spring; the county says that it is 'looking for a hull'",
    ],
)
def test_a_stop_that_the_outlet_left_away_is_put(article: MakeArticle, dek: str) -> None:
    assert verdict(article, dek).text == f"{dek}."


def test_a_sentence_that_a_feed_says_twice_is_printed_once(article: MakeArticle) -> None:
    assert verdict(article, f"{WHOLE} {WHOLE} {SECOND}").text == f"{WHOLE} {SECOND}"


@pytest.mark.parametrize(
    ("dek", "reason"),
    [
        ("", "none"),
        ("The ferry to Harne sails again on Monday after a winter of…", "cut off"),
        ("The ferry to Harne sails again on Monday after a winter of repairs...", "cut off"),
        ("The ferry to Harne sails again on Monday after a [...]", "cut off"),
        ("The ferry returns to Harne.", "repeats"),
        ("Follow live as the ferry to Harne sails again for the first time.", "caption, a byline or a call"),
        ("Subscribe to our newsletter and never miss a story from Harne again.", "call to act"),
        ("By Ida Holt and Nils Brandt in Harne", "byline"),
        ("Breaking news, analysis and opinion from Harne and the outer islands.", "site"),
        ("Your guide to everything that happens on Harne and the outer islands.", "site"),
        ("Will the ferry to Harne ever sail again after this winter?", "question"),
        ("A ferry leaving the harbour of Harne in heavy snow on Monday.", "verb"),
        ("The ferry to Harne in heavy snow. (Photo: Nils Brandt)", "caption"),
        ("Harne island", "whole"),
        ("and then the ferry to Harne sailed again on Monday.", "whole"),
        ("The mayor said “we lost a winter and then some more of it.", "whole"),
        ("‘We lost a winter, and the ferry of Harne is to blame.", "whole"),
        ("It was the ferry that cost us a winter,' the mayor of Harne said.", "whole"),
        ("The mayor waves to the crowd on the ferry of Harne, May 3, 2026.", "caption"),
        ("Boats wait for the ferry of Harne in the yard, Oskarhavn, May 3, 2026.", "caption"),
        ("The ferry of Harne sails again, says ida@mail.example.org on Monday.", "call"),
        ("ISLANDERS WHO LOST A WINTER The ferry of Harne sails again on Monday.", "call"),
        ("Repairs to the ferry of Harne in the yard of Oskarhavn", "whole"),
        (" ".join(["The ferry to Harne and"] + ["the other islands"] * 15) + ".", "longer than 40 words"),
    ],
)
def test_what_is_no_summary_is_refused_with_the_reason(article: MakeArticle, dek: str, reason: str) -> None:
    found = verdict(article, dek)
    assert found.text == ""
    assert reason in found.why_not


@pytest.mark.parametrize(
    "dek",
    [
        f"{WHOLE} The post Ferry returns to Harne appeared first on The Harne Mail.",
        f"{WHOLE} Continue reading...",
        f"{WHOLE} Read more »",
        f"HARNE (Coast Agency) — {WHOLE}",
        f"HARNE, Norway — {WHOLE}",
        f"HARNE- {WHOLE}",
        f"HARNE—{WHOLE}",
        f"Harne (Reuters) {WHOLE}",
        f"UPDATE: {WHOLE}",
        f"Why it matters: {WHOLE}",
        f"ADVERTISEMENT {WHOLE}",
        f"(CAN){WHOLE}",
        f"(CAN) - {WHOLE}",
        f"Port of Harne (CAN){WHOLE}",
        f"{WHOLE} Islanders had asked for a spare ship for…",
        f"{WHOLE}\nGet our breaking news email, free app or daily news podcast",
        f"{WHOLE} Why did it take so long?",
    ],
)
def test_what_feeds_hang_on_to_a_dek_is_taken_off(article: MakeArticle, dek: str) -> None:
    assert verdict(article, dek).text == WHOLE


def test_a_long_dek_loses_whole_sentences_only(article: MakeArticle) -> None:
    third = "The county council will vote on it in the spring."
    made = article(dek=f"{WHOLE} {SECOND} {third}")
    assert judge_dek(made, max_sentences=3, max_words=90).text == f"{WHOLE} {SECOND} {third}"
    assert judge_dek(made, max_sentences=2, max_words=90).text == f"{WHOLE} {SECOND}"
    assert judge_dek(made, max_sentences=3, max_words=20).text == WHOLE
    assert judge_dek(made, max_sentences=3, max_words=10).text == ""


def test_the_start_of_the_text_cut_without_a_mark_is_no_dek(article: MakeArticle) -> None:
    dek = "The ferry to Harne has stopped sailing and nobody knows"
    assert "cut off" in verdict(article, dek, text=f"{dek} when it will return. More.").why_not
    assert verdict(article, dek, text="Another text altogether.").text == f"{dek}."
    # A feed's text that is the dek again, with its own line after it.
    assert (
        verdict(article, dek, text=f"{dek}\n\nThe post appeared first on The Harne Mail.").text == f"{dek}."
    )


@pytest.mark.parametrize(
    "dek",
    [
        "NATO - the alliance of 32 countries - has asked Harne for a new harbour.",
        "NATO asked for a new harbour — Harne has refused to build it.",
        "The U.S.’ plan for a new harbour on Harne was refused on Monday.",
        "Update: the ferry to Harne sails again on Monday.",  # a sentence of its own
        "The workers' harbour on Harne, built in the '60s, is 'a ruin', the mayor said.",
        "Mayor Ida Holt (Labour) Harne's first, has asked for a new harbour.",
    ],
)
def test_what_only_looks_like_a_dateline_or_half_a_quotation_stays(article: MakeArticle, dek: str) -> None:
    assert verdict(article, dek).text == dek


def test_what_follows_a_sentence_that_is_left_away_goes_with_it(article: MakeArticle) -> None:
    assert verdict(article, f"{WHOLE} Read more here. {SECOND}").text == WHOLE
