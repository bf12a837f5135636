from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from digest.compose import Composition, Past
from digest.model.decisions import Decision, DecisionKind
from digest.model.edition import Method, Provenance, Summary
from digest.model.news import Article, Story, ThemeScore, Verdict

MakeArticle = Callable[..., Article]
MakeStory = Callable[..., Story]
Compose = Callable[..., Composition]


def headlines(composition: Composition) -> list[str]:
    return [story.headline for story in composition.edition.stories]


def test_a_story_stands_with_all_that_a_rendering_needs(
    article: MakeArticle, story: MakeStory, composed: Compose, now: datetime
) -> None:
    lead = article(
        1,
        "Ferry sails again - Outlet 1",
        comments_url="https://c.example.org/",
        image_url="https://i.example.org/",
        paywalled=True,
    )
    second = article(2, publisher="Group", ai_notice="Made by AI.")
    third = article(3, publisher="Group")
    copy = article(4)
    one = composed(story(lead, second, third, copies=[copy]))
    shown = one.edition.stories[0]
    assert shown.headline == "Ferry sails again"
    assert [(link.outlet, link.article_id) for link in shown.sources] == [("Outlet 1", 1), ("Outlet 2", 2)]
    assert shown.sources[0].paywalled
    assert shown.sources[1].ai_notice == "Made by AI."
    assert shown.article_ids == (1, 2, 3, 4)
    assert shown.themes == ("north",)
    assert shown.published_at == now - timedelta(hours=3)
    assert (shown.comments_url, shown.image_url) == (lead.comments_url, lead.image_url)
    assert shown.summary is not None
    assert one.edition.notice is not None
    assert one.edition.notice.short == "1 summaries"
    assert (one.edition.gathered_from, one.edition.outlets, one.edition.quiet) == (99, 7, False)
    assert dict(one.drops) == {
        3: "counted with another text of the same publisher",
        4: "wire copy, counted with: Ferry sails again (Outlet 1)",
    }


def test_every_part_of_the_rank_is_shown_and_adds_up(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    tellings = (
        article(1, hours=18),
        article(2, hours=30, publisher="Group"),
        article(3, publisher="Group", hours=40),
    )
    shown = composed(story(tellings[0], *tellings[1:])).edition.stories[0]
    values = {part.name: part.value for part in shown.rank}
    assert values == {
        "publishers": pytest.approx(math.log2(3)),
        "theme": pytest.approx(0.8 * 5 / 13),
        "freshness": pytest.approx(0.3),
        "source": pytest.approx(0.4),
        "new today": 0.0,
        "balance": 0.0,
    }
    assert shown.score == pytest.approx(sum(values.values()))
    assert all(part.note for part in shown.rank if part.value)


def test_more_publishers_rank_higher_but_wire_copies_do_not(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    two = story(article(1, "Two outlets tell this tale"), article(2))
    copied = story(article(3, "One text on four sites"), copies=[article(4), article(5), article(6)])
    assert headlines(composed(copied, two)) == ["Two outlets tell this tale", "One text on four sites"]


def test_a_copy_that_an_editor_has_lead_counts_for_no_publisher_more(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    whole = story(
        article(1, text="The crew came ashore at noon and the ferry was towed away."),
        article(2, text="Nobody has said who was at the helm that night, says the harbour board."),
        copies=[article(3, text="The crew came ashore at noon and the ferry was towed away at last.")],
    )
    led = [Decision(DecisionKind.LEADS, 3)]
    before, after = (composed(whole, decided=said).edition.stories[0] for said in ((), led))
    assert [link.article_id for link in before.sources] == [1, 2]
    assert [link.article_id for link in after.sources] == [3, 2]
    assert before.rank[0].value == after.rank[0].value
    assert "led" not in {part.name for part in before.rank}
    assert "led" in {part.name for part in after.rank}


def test_what_reports_nothing_stands_below_a_report_as_good(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    column = story(article(1, "Why the island can wait for its ferry", hours=2))
    report = story(article(2, "Island council buys a second ferry", hours=8))
    both = story(
        article(3, "What to know about the harbour", hours=9), article(4, "The harbour freezes over", hours=9)
    )
    shown = composed(column, report, both).edition.stories
    assert [one.key for one in shown] == ["s0003", "s0002", "s0001"]
    parts = [{part.name: part for part in one.rank} for one in shown]
    assert "no report" not in parts[0]  # one of its tellings reports
    assert "no report" not in parts[1]
    assert parts[2]["no report"].value == pytest.approx(-0.3)
    assert "explainer" in parts[2]["no report"].note


def test_what_an_earlier_edition_had_stays_out(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    found = composed(story(article(1), copies=[article(2)]), past=Past(used={1: 12, 2: 11}))
    assert found.edition.quiet
    assert dict(found.drops) == {1: "already in edition 12", 2: "already in edition 11"}


def test_old_and_undated_tellings_go_and_the_fresh_one_leads(
    article: MakeArticle, story: MakeStory, composed: Compose, now: datetime
) -> None:
    gathered = article(4, "Only gathered", hours=None, gathered_at=now - timedelta(hours=2))
    found = composed(
        story(article(1, hours=37), article(2, hours=36), article(3, hours=None)), story(gathered)
    )
    assert sorted(story.article_ids for story in found.edition.stories) == [(2,), (4,)]
    assert dict(found.drops) == {1: "older than 36 h", 3: "undated"}
    old = composed(story(article(1, hours=40), copies=[article(2)]))
    assert old.edition.quiet
    assert old.drops[2] == "wire copy of a text that is undated or older than 36 h"


def test_a_date_in_the_future_counts_as_now(
    article: MakeArticle, story: MakeStory, composed: Compose, now: datetime
) -> None:
    shown = composed(story(article(1, hours=-500))).edition.stories[0]
    assert shown.published_at == now
    assert shown.sources[0].published_at == now
    assert {part.name: part.value for part in shown.rank}["freshness"] == pytest.approx(0.6)


def test_stories_to_check_stay_out_unless_asked_for_and_then_stand_last(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    doubtful = story(*(article(n) for n in range(1, 6)), verdict=Verdict.CHECK, theme="south")
    sure = story(article(9, "Sure of it"))
    out = composed(doubtful, sure)
    assert headlines(out) == ["Sure of it"]
    assert out.drops[1] == "only for an editor to check: best was south at 5.0"
    both = composed(doubtful, sure, include_check=True)
    assert [story.needs_check for story in both.edition.stories] == [False, True]


def test_a_theme_to_check_is_no_place_for_a_story_that_is_in_another(
    article: MakeArticle, composed: Compose
) -> None:
    scores = (ThemeScore("sea", 3.5, 0.4, Verdict.CHECK), ThemeScore("north", 5, 0.8, Verdict.IN))
    shown = composed(Story("s", (article(1),), (), scores)).edition.stories[0]
    assert (shown.themes, shown.needs_check) == (("north",), False)


def test_unthemed_stories_stay_out_or_stand_last_by_a_setting(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    off = [story(article(n), article(n + 100), theme="") for n in range(1, 8)]
    low = story(article(50, "A theme's story"), theme="south")
    near = story(article(60), theme="sea", verdict=Verdict.OUT)
    without = composed(*off, low, near)
    assert headlines(without) == ["A theme's story"]
    assert without.drops[1] == "outside every theme"
    assert without.drops[60] == "outside every theme: best was sea at 5.0"
    found = composed(*off, low, also_today=True)
    assert headlines(found)[0] == "A theme's story"
    assert [story.themes for story in found.edition.stories] == [("south",)] + [()] * 5
    assert found.edition.sections()[-1].theme is None


def test_no_theme_starves_and_the_lead_is_the_best_of_all(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    big = [story(article(n), article(n + 100), article(n + 200), theme="north") for n in range(1, 21)]
    small = [story(article(n), theme="south") for n in (31, 32)]
    tiny = [story(article(41), theme="sea")]
    found = composed(*tiny, *small, *big, max_stories=10, brief_max=0)
    themes = [story.themes[0] for story in found.edition.stories]
    assert themes == ["north"] * 7 + ["south"] * 2 + ["sea"]
    assert found.drops[20] == "below the cut: rank 20 of 23"


def test_with_few_cards_every_theme_has_its_turn(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    big = [story(article(n), article(n + 100), theme="north") for n in range(1, 11)]
    other = [
        story(article(n), theme=theme)
        for theme, of in (("south", 31), ("sea", 41))
        for n in range(of, of + 3)
    ]
    themes = [one.themes[0] for one in composed(*big, *other, max_stories=6, brief_max=0).edition.stories]
    assert themes == ["north"] * 2 + ["south"] * 2 + ["sea"] * 2


def test_no_theme_takes_more_than_half_while_another_waits(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    big = [story(article(n), article(n + 100), theme="north") for n in range(1, 21)]
    other = [story(article(n), theme="south") for n in range(31, 51)]
    themes = [one.themes[0] for one in composed(*big, *other, max_stories=12, brief_max=0).edition.stories]
    assert themes == ["north"] * 6 + ["south"] * 6


def test_a_headline_of_one_outlet_without_a_sentence_waits_for_stories_that_say_more(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    """It has a line then; a card where its theme has nothing else, or where several outlets tell it."""

    def summarise(told: Story, _lead: bool) -> Summary | None:
        said = "Ships left the island." if told.lead.id < 10 else ""
        return Summary(said, Provenance(Method.EXTRACT)) if said else None

    bare, said = article(10, hours=0.1), [article(n, hours=n) for n in (1, 2, 3, 4)]
    found = composed(
        story(bare), *map(story, said), story(article(11), theme="south"), max_stories=4, summarise=summarise
    )
    cards = [one.article_ids[0] for one in found.edition.stories if not one.brief]
    assert sorted(cards) == [1, 2, 3, 11]
    assert 10 in [one.article_ids[0] for one in found.edition.stories if one.brief]
    again = story(bare, article(12, hours=0.1))
    both = composed(again, *map(story, said), max_stories=3, summarise=summarise)
    assert both.edition.stories[0].article_ids == (10, 12)


def test_what_has_no_card_gets_one_line_up_to_the_limit(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    stories = [story(article(n)) for n in range(1, 11)]
    found = composed(*stories, max_stories=4, brief_max=3)
    assert [one.brief for one in found.edition.stories] == [False] * 4 + [True] * 3
    assert [one.summary is None for one in found.edition.stories] == [False] * 4 + [True] * 3
    assert sorted(found.drops.values()) == [
        "below the cut: rank 10 of 10",
        *(f"below the cut: rank {n} of 10" for n in (8, 9)),
    ]


def test_words_are_a_limit_too(article: MakeArticle, story: MakeStory, composed: Compose) -> None:
    stories = [
        story(article(n)) for n in range(1, 11)
    ]  # 7 words of headline, 12 of the lead's summary, then 8
    found = composed(*stories, max_words=60)
    assert [one.brief for one in found.edition.stories] == [False, False, False, True]


def test_the_same_headline_stands_once(article: MakeArticle, story: MakeStory, composed: Compose) -> None:
    first = story(article(1, "Ferry sails to Harne again"), article(2))
    again = story(article(3, "Ferry sails to Harne again | Outlet 3"))
    found = composed(again, first)
    assert headlines(found) == ["Ferry sails to Harne again"]
    assert found.drops[3] == "has the headline of a story that ranks higher (Outlet 1)"


def test_the_same_words_in_another_order_are_another_headline(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    found = composed(story(article(1, "Harne beats Velmora")), story(article(2, "Velmora beats Harne")))
    assert sorted(headlines(found)) == ["Harne beats Velmora", "Velmora beats Harne"]


def test_the_toll_that_two_publishers_tell_leads_the_story(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    early = article(1, "Seven killed in Harne ferry fire")
    late = article(2, "Ferry fire in Harne kills 20", hours=1)
    backed = article(3, "Harne mourns after ferry fire", text="At least 20 people were killed.")
    alone = article(4, "Ferry fire in Harne kills 90", hours=1)
    assert headlines(composed(story(early, late, backed))) == [late.title]
    assert headlines(composed(story(early, alone, backed))) == [early.title]
    assert headlines(composed(story(late, early, backed))) == [late.title]


def test_a_story_without_a_headline_or_summary(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    def nothing(story: Story, lead: bool) -> Summary | None:
        return None

    found = composed(story(article(1, " - ")), story(article(2)), summarise=nothing)
    assert found.drops[1] == "has no headline"
    assert [one.summary for one in found.edition.stories] == [None]


def test_an_article_in_two_stories_is_shown_once(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    found = composed(story(article(1), article(2)), Story("s9", (article(2), article(3))), story(article(3)))
    assert sorted(number for one in found.edition.stories for number in one.article_ids) == [1, 2, 3]


def test_a_quiet_day_is_an_edition_that_says_so(composed: Compose) -> None:
    found = composed()
    assert found.edition.quiet
    assert found.edition.stories == ()
    assert found.edition.notice is not None


def test_a_headline_in_arabic_or_hebrew_runs_from_the_right(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    texts = {1: "العبارة تعود إلى الجزيرة", 2: "המעבורת חוזרת אל האי", 3: "Ferry returns to the island"}
    found = composed(*(story(article(n, text)) for n, text in texts.items()))
    assert {one.headline: one.rtl for one in found.edition.stories} == {
        texts[1]: True,
        texts[2]: True,
        texts[3]: False,
    }
