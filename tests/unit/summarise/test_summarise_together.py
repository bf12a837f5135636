"""What may stand in one extract, and in what order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from digest.model.news import Article, Story
from digest.summarise.candidates import candidates
from digest.summarise.extract import extract
from digest.summarise.together import Together

MakeArticle = Callable[..., Article]
MakeStory = Callable[..., Story]

SOLD = "The lighthouse of Harne was sold to a hotel chain on Monday, the county said."


def texts(made: Story, most: int = 2) -> list[str]:
    return [sentence.text for sentence in extract(made, max_sentences=most, max_words=60)]


def printable(made: Story) -> list[str]:
    return [sentence.text for sentence in candidates(made, max_words=60)]


def judged(made: Story, *alone: float) -> Together:
    """``alone`` is how well each of the story's sentences would do by itself; alike when not given."""
    pool = candidates(made, max_words=60)
    return Together(made, pool, alone or [0.0] * len(pool), max_words=60)


def test_what_another_telling_says_comes_with_something_about_the_leads_matter(
    article: MakeArticle, story: MakeStory
) -> None:
    lead = article("Lighthouse of Harne sold", text="A hotel chain has bought the old lighthouse.")
    aside = "Fishermen in three bays have lost their nets to a seal."
    assert aside not in texts(story(lead, article("Lighthouse of Harne sold", id=2, text=aside)))
    price = "Fishermen in three bays had hoped for a museum."
    other = article("Lighthouse of Harne sold to hotel chain", id=2, text=f"{SOLD} {price}")
    assert texts(story(lead, other)) == [SOLD, price]


def test_where_nothing_is_about_the_leads_matter_the_lead_is_read_alone(
    article: MakeArticle, story: MakeStory
) -> None:
    ours = "We have walked up to the lighthouse of Harne every spring."
    lead = article("Spring on Harne", text=ours)
    other = article("Seal takes nets", id=2, text="Fishermen in three bays have lost their nets to a seal.")
    assert texts(story(lead, other)) == [ours]


def test_two_ways_to_tell_one_thing_do_not_stand_together(article: MakeArticle, story: MakeStory) -> None:
    again = "A hotel chain on Monday bought the old tower of Harne, its lighthouse, from the county."
    guests = "Its 60 rooms open in the spring."
    made = story(
        article("Lighthouse of Harne sold to hotel chain", text=f"{SOLD} {guests}"),
        article("Hotel chain buys lighthouse of Harne", id=2, text=again),
    )
    assert len({SOLD, again} & set(texts(made))) == 1


def test_whom_a_text_names_by_surname_is_introduced_first(article: MakeArticle, story: MakeStory) -> None:
    text = (
        "Keeper Ida Holt has sold the lighthouse of Harne. Rain fell on seven bays for six days. "
        "Holt will leave with two goats and a telescope."
    )
    together = judged(story(article("Lighthouse sold", text=text)))
    assert together.may_stand((0, 2))
    assert not together.may_stand((2,))
    assert not together.may_stand((1, 2))
    named = story(article("Holt sells lighthouse", text=text))
    assert judged(named).may_stand((1, 2))
    assert not judged(replace(named, headline="Lighthouse sold")).may_stand((1, 2)), (
        "an editor's, without her"
    )


def test_what_opens_a_telling_comes_before_what_goes_into_another(
    article: MakeArticle, story: MakeStory
) -> None:
    rain = "Rain had fallen on seven bays for six days."
    detail = "A chain will turn the lighthouse into a hotel with 60 rooms."
    made = story(
        article("Lighthouse sold", text=f"{rain} {detail}"), article("Lighthouse sold", id=2, text=SOLD)
    )
    together = judged(made, 0.0, 9.0, 1.0)
    assert [sentence.text for sentence in together.in_order((1, 2))] == [SOLD, detail]
    assert [sentence.text for sentence in together.in_order((0, 1, 2))] == [SOLD, rain, detail]
    assert [sentence.text for sentence in judged(made, 2.0, 0.0, 1.0).in_order((0, 2))] == [rain, SOLD]


def test_one_that_stands_by_itself_is_found_behind_many_that_lean(
    article: MakeArticle, story: MakeStory
) -> None:
    leaning = [f"But the lighthouse of Harne was sold for {year} crowns." for year in range(2000, 2013)]
    seal = "A seal took the nets of three fishermen on Friday."
    made = story(article("Lighthouse of Harne sold for crowns", text=" ".join([*leaning, seal])))
    assert texts(made) == [seal]


def test_what_somebody_thinks_is_left_out_beside_reports(article: MakeArticle, story: MakeStory) -> None:
    view = "The lighthouse of Harne should never have been sold to a hotel chain by the county."
    opinion = "Opinion: Lighthouse of Harne sold to hotel chain"
    report = article("Lighthouse sold", text="The county has sold the old lighthouse of Harne.")
    assert view in texts(story(article(opinion, text=view)))
    assert view not in texts(story(report, article(opinion, id=2, text=view)))


def test_what_is_of_the_page_and_not_of_the_story_is_no_candidate(
    article: MakeArticle, story: MakeStory
) -> None:
    title = "Lighthouse of Harne sold to hotel chain"
    for line in (
        f"{title} Updated at 3 p.m. on the Monday of the sale.",
        "The hotel chain did not answer requests for comment.",
        "They should not have sold the old lighthouse of Harne!",
    ):
        assert printable(story(article(title, text=f"{line} {SOLD}"))) == [SOLD]
    assert printable(story(article("The lighthouse of Harne", text=SOLD))) == [SOLD]
    for label in ("Why it matters:", "EXCLUSIVE:", "Exclusive —", "FIRST ON HARNE:"):
        assert printable(story(article(title, text=f"{label} {SOLD}"))) == [SOLD]
    dated = "The county sold its lighthouse on Monday, May 3, 2026."
    assert printable(story(article(title, text=dated))) == [dated]


def test_an_author_is_printed_where_all_else_leans(article: MakeArticle, story: MakeStory) -> None:
    ours, leaning = "We bought the lighthouse of Harne in May.", "But it has no roof and no stairs."
    assert printable(story(article(text=f"{ours} {leaning}"))) == [ours, leaning]
    assert printable(story(article(text=f"{ours} {SOLD}"))) == [SOLD]


def test_a_caption_above_a_dateline_does_not_keep_the_dateline(
    article: MakeArticle, story: MakeStory
) -> None:
    made = story(article("Lighthouse of Harne sold", text=f"Nils waits in Harne.\n\nOSKARHAVN — {SOLD}"))
    assert texts(made) == [SOLD]
