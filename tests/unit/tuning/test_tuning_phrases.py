from __future__ import annotations

from digest.model.news import Article
from digest.tuning.distinctive import distinctive, log_odds
from digest.tuning.phrases import Phrase, phrases_of, singular


def article(title: str, text: str = "") -> Article:
    return Article(url=title, canonical_url=title, title=title, text=text, language="en")


def texts(*articles: Article) -> set[str]:
    return {phrase.text for phrase in phrases_of(articles)}


def found(text: str, *articles: Article) -> Phrase:
    return next(phrase for phrase in phrases_of(articles) if phrase.text == text)


def test_names_keep_their_capitals_and_other_words_lose_them() -> None:
    one = article(
        "Locks repaired", "Repairs to the old lock took the Orm Canal Trust a year. Repairs cost much."
    )
    assert {"Orm Canal Trust", "lock", "repair"} <= texts(one)
    assert not {"Repairs", "Lock", "Canal Trust"} & texts(one)


def test_capitals_of_a_headline_in_title_case_say_nothing() -> None:
    assert "lock gate" in texts(article("Old Lock Gate Fails"))
    assert "Orm" in texts(article("Gate fails in Orm harbour"))


def test_a_capital_after_a_comma_makes_a_name_and_one_after_a_stop_does_not() -> None:
    assert "Lindholm" in texts(article("x", "At dawn, Lindholm flooded."))
    assert "flooding" in texts(article("x", "Rain came. Flooding followed."))


def test_an_acronym_is_to_be_found_letter_by_letter() -> None:
    assert found("OCK", article("x", "The trust, OCK, met. OCK paid.")).is_acronym
    assert not found("lock", article("x", "The lock held.")).is_acronym


def test_no_phrase_crosses_a_stop_a_comma_or_a_bracket_or_ends_in_a_word_without_meaning() -> None:
    met = texts(
        article("Gate shut", "Crews left the gate, rain fell (storm warned). Boats wait for the lock.")
    )
    assert {"rain fell", "gate", "storm warned"} <= met
    assert not {"gate rain", "fell storm", "warned boat", "wait for", "the lock"} & met
    assert "wait for the" not in met


def test_plurals_are_found_by_themselves_and_so_left_out() -> None:
    words = ["nodules", "countries", "politics", "series", "canvas", "bus", "boxes", "ice", "gas", "skies"]
    assert [singular(word) for word in words] == [
        "nodule", "country", "politics", "series", "canva", "bus", "boxes", "ice", "gas", "sky",
    ]  # fmt: skip


def test_a_phrase_knows_where_it_stands() -> None:
    phrase = found(
        "lock", article("Lock opens", "A gate."), article("Gate", "One lock. Lock two."), article("x", "lock")
    )
    assert [set(one) for one in (phrase.articles, phrase.in_titles, phrase.salient)] == [
        {0, 1, 2},
        {0},
        {0, 1},
    ]


def test_scripts_without_spaces_and_empty_articles_give_nothing_and_no_error() -> None:
    assert (
        phrases_of([article("東京の港で火災", "港で火災が発生した。"), article(""), article("…!?", "12 3")])
        == []
    )


def test_more_examples_and_a_rarer_phrase_score_higher() -> None:
    def score(within: int, without: int, background: int = 1000) -> float:
        return log_odds(within, 5, without, background)[1]

    assert score(3, 0) > score(2, 0) > score(1, 0)
    assert score(2, 0) > score(2, 5) > score(2, 100) > score(2, 500)
    assert score(2, 400) < 0 < score(2, 0)


def test_a_phrase_of_both_examples_that_others_lack_comes_first() -> None:
    examples = [
        article("Weir breaks", "The weir at Orm."),
        article("Old weir", "Rain on the weir and the town."),
    ]
    others = [article(f"Town meeting {at}", "Rain on the town.") for at in range(30)]
    best = distinctive(phrases_of(examples), examples, others)[0]
    assert (best.phrase.text, set(best.examples), best.background) == ("weir", {0, 1}, 0)
