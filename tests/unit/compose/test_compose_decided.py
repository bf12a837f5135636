"""What editors decided is obeyed, whatever the rank says; and what no decision can do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.compose import Composition, Past
from digest.compose.decided import later_than_dropped, led_by
from digest.model.decisions import Decision, DecisionKind, placed
from digest.model.edition import Method, Provenance, RankPart, Summary, ToldStory
from digest.model.news import Article, Story, Verdict

MakeArticle = Callable[..., Article]
MakeStory = Callable[..., Story]
Compose = Callable[..., Composition]
Say = Callable[..., Decision]


@pytest.fixture
def say(now: datetime) -> Say:
    """Make decisions, each a minute later than the one before."""
    minutes = count()

    def make(kind: str, number: int, value: object = "", by: str = "Ada Lund") -> Decision:
        at = now - timedelta(hours=5) + timedelta(minutes=next(minutes))
        return Decision(
            DecisionKind(kind), number, value=str(value), series="daily", decided_by=by, decided_at=at
        )

    return make


def leads(composition: Composition) -> list[int]:
    return [story.article_ids[0] for story in composition.edition.stories]


def many(article: MakeArticle, story: MakeStory, number: int) -> list[Story]:
    """Stories 1, 2, 3... in this order of rank."""
    return [story(article(n, hours=n / 10)) for n in range(1, number + 1)]


def test_a_dropped_story_is_out_with_all_its_articles_and_says_so(
    article: MakeArticle, story: MakeStory, composed: Compose, say: Say
) -> None:
    one, two, copy, other = (article(n, hours=6) for n in (1, 2, 3, 4))
    decided = [say("drop", 2), say("drop", 4, by="")]
    found = composed(story(one, two, copies=[copy]), story(other), decided=decided)
    assert found.edition.quiet
    assert dict(found.drops) == {
        **dict.fromkeys((1, 2, 3), "dropped by the editor (Ada Lund)"),
        4: "dropped by the editor",
    }


def test_what_came_after_its_story_was_dropped_says_which_one_that_was(
    article: MakeArticle, story: MakeStory, composed: Compose, say: Say, now: datetime
) -> None:
    """An editor has seen what is named in the decision, and what was there when it was made."""
    dropped = replace(say("drop", 1), decided_at=now - timedelta(hours=5))
    old, seen, named = article(1, "Kelda stuck", hours=9), article(2, hours=6), article(3, hours=2)
    late, copy = article(4, hours=2), article(5, hours=1, gathered_at=now)
    decided = [dropped, replace(say("drop", 3), decided_at=now - timedelta(hours=8))]
    found = composed(story(old, seen, named, late, copies=[copy]), decided=decided)
    later = "dropped by the editor (Ada Lund): a later telling of “Kelda stuck” [1]"
    assert dict(found.drops) == {
        **dict.fromkeys((1, 2, 3), "dropped by the editor (Ada Lund)"),
        **dict.fromkeys((4, 5), later),
    }
    assert later_than_dropped(found.drops) == [4, 5]


def test_a_story_is_summed_up_under_the_headline_an_editor_gave_it(
    article: MakeArticle, story: MakeStory, composed: Compose, say: Say
) -> None:
    read: dict[int, Story] = {}

    def summarise(one: Story, _lead: bool) -> None:
        read[one.lead.id] = one

    stories = many(article, story, 2)
    composed(*stories, summarise=summarise, decided=[say("headline", 2, "Twenty ships leave")])
    assert read[1] == stories[0]
    assert (read[2].heading, read[2].articles) == ("Twenty ships leave", stories[1].articles)


def test_a_pinned_story_stands_at_its_place_and_the_others_keep_their_order(
    article: MakeArticle, story: MakeStory, composed: Compose, say: Say
) -> None:
    stories = many(article, story, 6)
    assert leads(composed(*stories)) == [1, 2, 3, 4, 5, 6]
    found = composed(*stories, decided=[say("pin", 5, 2), say("pin", 1, 4)])
    assert leads(found) == [2, 5, 3, 1, 4, 6]
    assert found.edition.stories[1].rank[-1] == RankPart("pinned", 0.0, "to 2 by Ada Lund")
    assert leads(composed(*stories, decided=[say("pin", 2, 99)])) == [1, 3, 4, 5, 6, 2]


def test_of_two_pins_at_one_place_the_first_one_said_stands_first(
    article: MakeArticle, story: MakeStory, composed: Compose, say: Say
) -> None:
    stories = many(article, story, 4)
    assert leads(composed(*stories, decided=[say("pin", 4, 1), say("pin", 3, 1)])) == [4, 3, 1, 2]
    assert leads(composed(*stories, decided=[say("pin", 3, 1), say("pin", 4, 1)])) == [3, 4, 1, 2]


def test_the_story_pinned_to_the_top_leads_and_has_the_longer_summary(
    article: MakeArticle, story: MakeStory, composed: Compose, say: Say
) -> None:
    def lengths(composition: Composition) -> list[int]:
        return [len(one.summary.text.split()) for one in composition.edition.stories if one.summary]

    stories = many(article, story, 3)
    assert lengths(composed(*stories, decided=[say("pin", 3, 1)])) == [12, 8, 8]
    assert lengths(composed(*stories, decided=[say("pin", 1, 2)])) == [12, 8, 8]
    assert lengths(composed(stories[0], decided=[say("pin", 1, 2)])) == [12]


def test_a_pin_brings_in_what_would_be_out(
    article: MakeArticle, story: MakeStory, composed: Compose, say: Say
) -> None:
    out = {
        11: story(article(11), theme=""),
        12: story(article(12), verdict=Verdict.CHECK),
        13: story(article(13, hours=60)),
        14: story(article(14, hours=None)),
        15: story(article(15, hours=20)),
    }
    stories = [*many(article, story, 3), *out.values()]
    limits = {"max_stories": 2, "max_words": 40, "brief_max": 0}
    before = composed(*stories, **limits)
    assert leads(before) == [1, 2]
    for number in out:
        found = composed(*stories, decided=[say("pin", number, 1)], **limits)
        first = found.edition.stories[0]
        assert first.article_ids == (number,)
        assert first.summary is not None
        assert not first.needs_check
        assert not first.brief
        assert number not in found.drops
        assert len(found.edition.stories) == 2


def test_pins_are_in_even_beyond_every_limit(
    article: MakeArticle, story: MakeStory, composed: Compose, say: Say
) -> None:
    pins = [say("pin", n, n) for n in range(1, 5)]
    found = composed(*many(article, story, 6), decided=pins, max_stories=2, max_words=10, brief_max=3)
    assert leads(found) == [1, 2, 3, 4]


def test_a_pinned_story_keeps_its_headline_and_the_better_one_that_has_it_too_goes(
    article: MakeArticle, story: MakeStory, composed: Compose, say: Say
) -> None:
    better = story(article(1, "Ferry sails to Harne again"), article(2))
    pinned = story(article(3, "Ferry sails to Harne again"))
    assert leads(composed(better, pinned, decided=[say("pin", 3, 1)])) == [3]


def test_no_pin_tells_a_story_twice_and_the_reason_says_so(
    article: MakeArticle, story: MakeStory, composed: Compose, say: Say, now: datetime
) -> None:
    again = story(article(1), article(2))
    told = ToldStory(
        edition_id=12, ref="daily-12", slot=now - timedelta(days=1), composed_at=now - timedelta(days=1),
        local_date="2026-03-01", key="t1", headline="Told", themes=("north",), article_ids=(1,), summary="",
    )  # fmt: skip
    past = Past((told,), {1: 12})
    found = composed(again, decided=[say("pin", 2, 1)], past=past)
    assert found.edition.quiet
    assert found.drops[1] == "already in edition 12"
    assert found.drops[2].startswith("tells a story that edition 12 already had")
    assert found.drops[2].endswith("; pinned in vain by Ada Lund: no story is told twice")
    assert "in vain" not in composed(again, decided=[say("pin", 1, 1)], past=past).drops[2]


def test_a_filed_story_has_the_editors_themes_and_is_never_to_check(
    article: MakeArticle, story: MakeStory, composed: Compose, say: Say
) -> None:
    doubtful = story(article(1), theme="north", verdict=Verdict.CHECK)
    (shown,) = composed(doubtful, decided=[say("file", 1, "sea south")]).edition.stories
    assert (shown.themes, shown.needs_check) == (("sea", "south"), False)
    assert RankPart("filed", 0.0, "under sea, south by Ada Lund") in shown.rank


def test_being_filed_moves_no_story_in_the_ranking(
    article: MakeArticle, story: MakeStory, composed: Compose, say: Say
) -> None:
    one = story(article(1), theme="north", confidence=0.7)
    before, after = composed(one), composed(one, decided=[say("file", 1, "sea")])
    assert after.edition.stories[0].score == before.edition.stories[0].score


def test_a_story_filed_under_no_theme_is_out_or_stands_under_also_today(
    article: MakeArticle, story: MakeStory, composed: Compose, say: Say
) -> None:
    one, none = story(article(1)), [say("file", 1, "")]
    assert composed(one, decided=none).drops[1] == "filed under no theme by Ada Lund"
    (shown,) = composed(one, decided=none, also_today=True).edition.stories
    assert shown.themes == ()


def test_a_theme_that_is_no_more_files_nothing(
    article: MakeArticle, story: MakeStory, composed: Compose, say: Say
) -> None:
    (shown,) = composed(story(article(1)), decided=[say("file", 1, "gone")]).edition.stories
    assert shown.themes == ("north",)


def test_rewritten_words_name_who_wrote_them_and_what_they_replaced(
    article: MakeArticle, story: MakeStory, composed: Compose, say: Say
) -> None:
    def summarise(story: Story, lead: bool) -> Summary | None:
        made = Provenance(Method.EXTRACT, "Outlet 1", "https://o.example.org/", ("As it stood.",))
        return Summary("As it stood.", made)

    words = [say("headline", 1, "Ferry is back"), say("summary", 1, "It sails.", by="Bo Vik")]
    (shown,) = composed(story(article(1)), decided=words, summarise=summarise).edition.stories
    assert shown.headline == "Ferry is back"
    assert shown.sources[0].title == "Ships number 1 leave for the island"
    assert shown.summary is not None
    assert shown.summary.text == "It sails."
    made = shown.summary.provenance
    assert (made.method, made.reviewed_by, made.reviewed_at) == (Method.EDITOR, "Bo Vik", words[1].decided_at)
    assert (made.source, made.sentences) == ("Outlet 1", ("As it stood.",))


def test_a_summary_of_the_editors_own_stands_where_no_sentence_could(
    article: MakeArticle, story: MakeStory, composed: Compose, say: Say
) -> None:
    def nothing(story: Story, lead: bool) -> Summary | None:
        return None

    found = composed(story(article(1)), decided=[say("summary", 1, "It sails.")], summarise=nothing)
    (shown,) = found.edition.stories
    assert shown.summary is not None
    made = shown.summary.provenance
    assert (shown.summary.text, made.method, made.reviewed_by) == ("It sails.", Method.EDITOR, "Ada Lund")
    assert made.sentences == ()


@pytest.mark.parametrize("order", [("pin", "drop"), ("drop", "pin")])
def test_the_latest_of_contradicting_decisions_wins(
    article: MakeArticle, story: MakeStory, composed: Compose, say: Say, order: tuple[str, str]
) -> None:
    stories = [story(article(1), article(2)), story(article(3))]
    decided = [say(order[0], 1, 2), say(order[1], 2, 2)]
    assert leads(composed(*stories, decided=decided)) == ([3, 1] if order[1] == "pin" else [3])
    two = [say("headline", 2, "Newer")] if order[1] == "pin" else [say("headline", 2, "Older")]
    two.append(say("headline", 1, "Newest"))
    assert composed(*stories, decided=two).edition.stories[0].headline == "Newest"


@given(
    st.lists(st.integers(), unique=True),
    st.lists(st.tuples(st.integers(1, 12), st.text(min_size=1)), unique_by=lambda pin: pin[1]),
)
def test_whatever_is_placed_stands_at_its_place_if_there_is_one(
    floating: list[int], pins: list[tuple[int, str]]
) -> None:
    ordered = sorted(pins, key=lambda pin: pin[0])
    found: list[object] = placed(floating, ordered)
    assert [item for item in found if isinstance(item, int)] == floating
    assert [item for item in found if isinstance(item, str)] == [name for _place, name in ordered]
    last = 0
    for index, (place, name) in enumerate(ordered):
        last = max(place, last + 1)
        assert found.index(name) + 1 == min(last, len(floating) + index + 1)


def test_the_telling_that_is_to_lead_stands_once(article: MakeArticle, story: MakeStory) -> None:
    two = story(article(1), article(2), copies=[article(3)])
    led = led_by(two, 2)
    assert [one.id for one in (*led.articles, *led.copies)] == [2, 1, 3]
    assert led_by(two, 9) == two
