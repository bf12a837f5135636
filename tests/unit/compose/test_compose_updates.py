"""What compose makes of a story that goes on: by hand-made stories, so that grouping has no say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from digest.compose import Composition, Past
from digest.compose.novelty import NoveltyOptions
from digest.compose.options import UpdateOptions
from digest.model.edition import ToldStory
from digest.model.likeness import Likenesses
from digest.model.news import Article, Story

MakeArticle = Callable[..., Article]
MakeStory = Callable[..., Story]
Compose = Callable[..., Composition]

DEAD = "The fire at the Orrel mill killed 9 people, the mayor said on Sunday."
HAD = "tells a story that edition 7 already had (shares article 100)"
HELD = "Police arrested the owner of the Orrel mill on Sunday evening."


def unlike(_stories: object) -> Likenesses:
    return Likenesses()


@pytest.fixture
def told(now: datetime) -> ToldStory:
    return ToldStory(
        edition_id=7,
        ref="daily-7",
        slot=now - timedelta(days=1),
        composed_at=now - timedelta(days=1, hours=2),
        local_date="2026-03-01",
        key="t1",
        headline="Fire at the Orrel mill",
        themes=("north",),
        article_ids=(100, 101),
        summary="A fire broke out at the Orrel mill.",
    )


@pytest.fixture
def past(told: ToldStory) -> Past:
    return Past((told,), dict.fromkeys(told.article_ids, 7))


def test_an_update_says_what_makes_it_one_and_so_does_a_repeat(
    article: MakeArticle, story: MakeStory, composed: Compose, past: Past
) -> None:
    """Of each an editor sees how like what was told it is, by which words, and which article it shares."""

    def kin(likeness: float) -> Callable[[object], Likenesses]:
        return lambda _: Likenesses({(0, 1): likeness}, lambda _low, _high: ("orrel", "mill"))

    def note(likeness: float, *used: Article) -> str:
        fresh = [article(n, f"Nine die at mill, report {n}", text=DEAD) for n in (1, 2)]
        (shown,) = composed(story(*fresh, *used), past=past, kin=kin(likeness)).edition.stories
        return next(part.note for part in shown.rank if part.name == "told before")

    used = [article(100, hours=30), article(101, hours=30)]
    assert note(0.2) == (
        "an update of edition 7 (shares no article; alike by 0.20: orrel, mill): 9 dead, died"
    )
    assert note(0.3, used[0]).startswith("an update of edition 7 (shares article 100; alike by 0.30: orrel")
    assert note(0, *used).startswith("an update of edition 7 (shares articles 100, 101): ")
    again = composed(story(article(1, "The mill burnt", text="A fire broke out.")), past=past, kin=kin(0.2))
    assert again.drops[1].startswith(
        "tells a story that edition 7 already had (shares no article; alike by 0.20: orrel, mill); nothing"
    )


def test_of_two_updates_of_a_running_story_the_one_with_more_publishers_stands(
    article: MakeArticle, story: MakeStory, composed: Compose, past: Past
) -> None:
    used = [article(number, hours=30) for number in (100, 101)]
    dead = story(*(article(n, f"Nine die at mill, report {n}", text=DEAD) for n in (1, 2, 3)), used[0])
    held = story(*(article(n, f"Mill owner arrested, report {n}", text=HELD) for n in (4, 5)), used[1])
    found = composed(held, dead, past=past, kin=unlike)
    (shown,) = found.edition.stories
    assert (shown.update_of, shown.follows) == (DEAD, "t1")
    reason = f"{HAD.replace('100', '101')}; its update is: Nine die at mill, report 1"
    assert (found.drops[4], found.drops[5]) == (reason, reason)
    assert found.drops[100] == "already in edition 7"
    assert [one.update_of for one in composed(held, past=past, kin=unlike).edition.stories] == [HELD]


def test_the_notice_hears_of_an_update_s_line_where_no_summary_stands_below_it(
    article: MakeArticle, story: MakeStory, composed: Compose, past: Past
) -> None:
    fresh = [article(n, f"Nine die at mill, report {n}", text=DEAD) for n in (1, 2)]
    update = story(*fresh, article(100, hours=30))
    found = composed(update, past=past, kin=unlike, summarise=lambda _story, _lead: None)
    assert [(one.update_of, one.summary) for one in found.edition.stories] == [(DEAD, None)]
    assert found.edition.notice is not None
    assert found.edition.notice.short == "1 summaries"


def test_what_came_out_between_an_edition_s_draft_and_its_slot_is_news_to_its_readers(
    article: MakeArticle, story: MakeStory, composed: Compose, past: Past
) -> None:
    def shown(hours: float) -> Composition:
        fresh = [article(n, f"Nine die at mill, report {n}", text=DEAD, hours=hours) for n in (1, 2)]
        return composed(story(*fresh, article(100, hours=30)), past=past, kin=unlike)

    assert [one.update_of for one in shown(25).edition.stories] == [DEAD], "drafted 26 h ago, for 24 h ago"
    late = shown(26.5)
    assert late.edition.quiet
    assert late.drops[1] == f"{HAD}, and came out before that was drafted"


def test_an_update_whose_beginning_is_forgotten_is_followed_all_the_same(
    article: MakeArticle, story: MakeStory, composed: Compose, told: ToldStory
) -> None:
    past = Past((replace(told, follows="t0"),), dict.fromkeys(told.article_ids, 7))
    again = article(1, "The mill burnt", text=told.summary)
    assert composed(story(again, article(100, hours=30)), past=past, kin=unlike).edition.quiet


def test_an_event_that_only_our_own_summary_told_is_known(
    article: MakeArticle, story: MakeStory, composed: Compose, told: ToldStory
) -> None:
    past = Past((replace(told, summary=DEAD),), dict.fromkeys(told.article_ids, 7))
    fresh = [
        article(1, "Nine die at mill", text="Nine people died at the Orrel mill."),
        article(2, "The Orrel mill fire", text="The Orrel mill fire killed 9 people."),
    ]
    whole = story(*fresh, article(100, hours=30))
    assert composed(whole, past=past, kin=unlike).edition.quiet


def test_an_edition_says_when_it_was_drafted(
    article: MakeArticle, story: MakeStory, composed: Compose, now: datetime
) -> None:
    assert composed(story(article(1))).edition.composed_at == now


def test_what_tells_something_else_is_no_source_of_the_update(
    article: MakeArticle, story: MakeStory, composed: Compose, past: Past
) -> None:
    side = article(3, "Mill town mourns", text="Candles were lit in every window of the town.")
    side_copy = article(4, "A town mourns", text="Candles were lit in every window of the town tonight.")
    news_copy = article(5, "Nine die at mill", text=DEAD)
    fresh = [article(n, f"Nine die at mill, report {n}", text=DEAD) for n in (1, 2)]
    whole = story(*fresh, side, article(100, hours=30), copies=[side_copy, news_copy])
    found = composed(whole, past=past, kin=unlike)
    (shown,) = found.edition.stories
    assert shown.article_ids == (1, 2, 5)
    reason = f"{HAD}; others tell what is new in it"
    assert (found.drops[3], found.drops[4]) == (reason, reason)


def test_a_story_that_grouping_met_through_a_third_goes_on_with_the_closest(
    article: MakeArticle, story: MakeStory, composed: Compose, past: Past, told: ToldStory, now: datetime
) -> None:
    later = replace(
        told, edition_id=8, ref="daily-8", slot=now - timedelta(hours=20), key="t2", article_ids=(102,)
    )
    both = Past((told, later), {100: 7, 101: 7, 102: 8})
    fresh = [article(n, f"Nine die at mill, report {n}", text=DEAD) for n in (1, 2)]
    whole = story(*fresh, article(100, hours=30), article(102, hours=22))

    def follows(first: float, second: float) -> str:
        values = {(0, 1): first, (0, 2): second}
        return composed(whole, past=both, kin=lambda _: Likenesses(values)).edition.stories[0].follows

    assert follows(0.3, 0.1) == "t1"
    assert follows(0.3, 0.25) == "t2", "as close, and told later"


def test_likeness_alone_joins_only_lately_told_stories_of_the_same_theme(
    article: MakeArticle, story: MakeStory, composed: Compose, past: Past
) -> None:
    fresh = [article(n, f"Nine die at mill, report {n}", text=DEAD) for n in (1, 2)]

    def follows(likeness: float, theme: str = "north", days: float = 5) -> str:
        found = composed(
            story(*fresh, theme=theme),
            past=past,
            kin=lambda _: Likenesses({(0, 1): likeness}),
            updates=UpdateOptions(follow_days=days),
        )
        return found.edition.stories[0].follows

    assert follows(0.14) == "t1"
    assert follows(0.13) == ""
    assert follows(0.9, theme="south") == ""
    assert follows(0.9, days=0.5) == ""


def test_what_another_story_of_the_matter_told_is_known(
    article: MakeArticle, story: MakeStory, composed: Compose, past: Past, told: ToldStory
) -> None:
    """A reader of both knows it: under a common theme, from the likeness of related stories."""
    text = "Swimmers brought lanterns and chanted verses beside the weir, a witness said."
    lanterns = f"{text} Nobody slept, as {'far as anybody knows, and so on and on ' * 3}she said."
    other = replace(
        told, edition_id=6, key="t0", article_ids=(90,), headline="Vigil at the weir", summary=lanterns
    )
    fresh = [article(n, f"Mill night, report {n}", text=text) for n in (1, 2)]

    def quiet(likeness: float, themes: tuple[str, ...] = ("north",)) -> bool:
        past = Past((replace(other, themes=themes), told), {90: 6, 100: 7, 101: 7})
        whole = story(*fresh, article(100, hours=30))
        options = UpdateOptions(novelty=NoveltyOptions(told_words=1))
        kin = Likenesses({(0, 1): likeness, (0, 2): 0.3})
        return composed(whole, past=past, kin=lambda _: kin, updates=options).edition.quiet

    assert quiet(0.06)
    assert not quiet(0.05)
    assert not quiet(0.06, themes=("south",))


def test_an_update_may_have_no_summary_beside_the_line(
    article: MakeArticle, story: MakeStory, composed: Compose, past: Past
) -> None:
    fresh = [article(n, f"Nine die at mill, report {n}", text=DEAD) for n in (1, 2)]
    read: list[Story] = []

    def summarise(one: Story, lead: bool) -> None:
        read.append(one)

    found = composed(story(*fresh, article(100, hours=30)), past=past, kin=unlike, summarise=summarise)
    assert found.edition.stories[0].summary is None
    assert [one.text for one in read[0].articles] == ["", ""], "the line that stands above is left out"


def test_an_update_is_led_by_the_highest_toll_that_two_publishers_tell(
    article: MakeArticle, story: MakeStory, composed: Compose, past: Past
) -> None:
    quick = [
        article(n, f"Seven die at Orrel mill, report {n}", text="The fire killed seven people at the mill.")
        for n in (1, 2)
    ]
    late = [
        article(n, f"Fire at Orrel mill kills 20, report {n}", text="It burnt until the morning.")
        for n in (3, 4)
    ]
    read: list[Story] = []

    def summarise(one: Story, lead: bool) -> None:
        read.append(one)

    whole = story(*quick, *late, article(100, hours=30))
    (shown,) = composed(whole, past=past, kin=unlike, summarise=summarise).edition.stories
    assert shown.headline.startswith("Fire at Orrel mill kills 20")
    assert "seven" not in (shown.update_of or "")
    assert all("seven" not in one.text for one in read[0].articles)


def test_a_war_s_toll_in_the_background_vouches_for_no_headline(
    article: MakeArticle, story: MakeStory, composed: Compose
) -> None:
    day = "The strike on the school killed two people. Some 71,000 have died by now, the ministry counts."
    telling = [article(n, f"Strike on school kills two, report {n}", text=day) for n in (1, 2)]
    count = article(
        3, "Death toll passes 71,000 after strike on school", text="The ministry counts 71,000 dead."
    )
    (shown,) = composed(story(*telling, count)).edition.stories
    assert shown.headline == "Strike on school kills two, report 1"
