"""What an edited file decides, and what it is refused for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from digest.editing import Block, Sheet, write
from digest.editing.order import Request, places
from digest.editing.sheet import Mark, one_line
from digest.model.decisions import Decision, DecisionKind

from .conftest import block, changed, decided, judged, near, refused, said, sheet


def pairs(made: list[Decision], kind: DecisionKind) -> set[tuple[int, int]]:
    return {(one.article_id, one.other_id) for one in made if one.kind is kind}


def under(number: int, line: str) -> tuple[str, str]:
    """What to replace to put a line below a story's first."""
    first = f"s{number} Ships number {number} leave for the island\n"
    return first, f"{first}{line}\n"


def without(beginning: str) -> Callable[[str], str]:
    """What deletes the lines that begin so."""
    return lambda text: "".join(line for line in text.splitlines(True) if not line.startswith(beginning))


def moved(text: str, number: int, heading: str) -> str:
    """The file with a story moved below a heading."""
    start = text.index(f"keep s{number} " if f"keep s{number} " in text else f"out s{number} ")
    ends = [at for word in ("\nkeep s", "\nout s", "\n== ") if (at := text.find(word, start)) > 0]
    end = min(ends, default=len(text))
    story = text[start:end]
    rest = text[:start] + text[end:]
    return rest.replace(f"== {heading} ==\n", f"== {heading} ==\n\n{story}\n", 1)


def test_a_dropped_story_is_dropped_with_every_article(of_three: Sheet) -> None:
    change = changed(of_three, lambda text: text.replace("keep s20", "drop s20"))
    assert decided(change) == [("drop", 20, ""), ("drop", 21, "")]
    assert change.words == ['s20 "Ships number 20 leave for the island": dropped']
    assert {one.decided_by for one in change.made} == {"Bo Vik"}


def test_a_story_that_is_deleted_is_asked_about(of_three: Sheet) -> None:
    def edit(text: str) -> str:
        start = text.index("keep s20")
        return text[:start] + text[text.index("== The South") :]

    (problem,) = refused(of_three, edit)
    assert problem == (
        's20 "Ships number 20 leave for the island" is missing: to leave it out, put back its first line:'
        " `drop s20 Ships number 20 leave for the island`"
    )


def test_a_drop_is_taken_back_and_the_story_floats() -> None:
    drops = (said("drop", 40), said("drop", 41))
    of = sheet(block(10), near=(near(40, mark=Mark.DROP, note="dropped", decided=drops),))
    change = changed(of, lambda text: text.replace("drop s40", "keep s40"))
    assert (change.made, change.taken) == ([], list(drops))
    assert change.words == ['s40 "Ships number 40 leave for the island": no longer dropped']
    raised = changed(of, lambda text: moved(text.replace("drop s40", "keep s40"), 40, "The North [north]"))
    assert decided(raised) == [("pin", 40, "2")]
    assert raised.taken == list(drops)


def test_a_story_that_is_out_is_brought_in_at_the_end_or_where_it_is_put(of_three: Sheet) -> None:
    end = changed(of_three, lambda text: text.replace("out s40", "keep s40"))
    assert decided(end) == [("pin", 40, "4")]
    assert end.words == ['s40 "Ships number 40 leave for the island": brought in and pinned to 4']
    put = changed(of_three, lambda text: moved(text.replace("out s40", "keep s40"), 40, "The North [north]"))
    assert decided(put) == [("pin", 40, "2")]
    named = changed(
        of_three, lambda text: text.replace("out s40", "keep s40").replace(*under(40, "pinned: 1"))
    )
    assert decided(named) == [("pin", 40, "1")]
    lead = changed(
        of_three,
        lambda text: moved(
            moved(text.replace("out s40", "keep s40"), 10, "The North [north]"), 40, "The lead"
        ),
    )
    assert decided(lead) == [("pin", 40, "1")]


def test_bringing_in_what_was_to_check_under_its_theme_confirms_it() -> None:
    of = sheet(block(10), near=(near(40, "sea", sure=False), near(50, "sea")))
    change = changed(of, lambda text: moved(text.replace("out s40", "keep s40"), 40, "At Sea [sea]"))
    assert decided(change) == [("file", 40, "sea"), ("pin", 40, "2")]
    sure = changed(of, lambda text: moved(text.replace("out s50", "keep s50"), 50, "At Sea [sea]"))
    assert decided(sure) == [("pin", 50, "2")]
    other = changed(of, lambda text: moved(text.replace("out s50", "keep s50"), 50, "The South [south]"))
    assert decided(other) == [("file", 50, "south"), ("pin", 50, "2")]


def test_marks_that_make_no_sense_where_they_stand_are_refused(of_three: Sheet) -> None:
    assert "is in: write `drop`" in refused(of_three, lambda text: text.replace("keep s20", "out s20"))[0]
    assert (
        "stands among what is in: write `keep`"
        in (refused(of_three, lambda text: moved(text, 40, "The North [north]"))[0])
    )
    assert "stands among what is out" in refused(of_three, lambda text: moved(text, 20, "Out, but near"))[0]
    assert "is out: write `keep`" in refused(of_three, lambda text: text.replace(*under(40, "pinned: 2")))[0]


def test_exactly_one_story_leads(of_three: Sheet) -> None:
    (two,) = refused(of_three, lambda text: moved(text, 20, "The lead"))
    assert "only one story can lead" in two
    (none,) = refused(of_three, lambda text: moved(text, 10, "The North [north]"))
    assert "s10 led, and now no story does" in none
    assert decided(changed(of_three, lambda text: text.replace("keep s10", "drop s10"))) == [
        ("drop", 10, ""), ("drop", 11, ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("themes", "heading", "wanted"),
    [
        (("north",), "The South [south]", "south"),
        (("north", "sea"), "The South [south]", "south sea"),
        (("north", "sea"), "At Sea [sea]", "sea"),
        (("north",), "Also today", ""),
    ],
)
def test_a_story_moved_under_another_heading_has_that_theme_in_place_of_its_first(
    themes: tuple[str, ...], heading: str, wanted: str
) -> None:
    of = sheet(block(10), block(20, themes=themes), also_today=True)
    change = changed(of, lambda text: moved(text, 20, heading))
    assert decided(change) == [("file", 20, wanted)]


def test_themes_can_be_written_and_no_theme_means_out(of_three: Sheet) -> None:
    both = changed(of_three, lambda text: text.replace("themes: south", "themes: sea, south"))
    assert decided(both) == [("file", 30, "sea south")]
    assert both.words == ['s30 "Ships number 30 leave for the island": filed under At Sea, The South']
    none = changed(of_three, lambda text: text.replace("themes: south", "themes: none"))
    assert decided(none) == [("file", 30, "")]
    assert none.words == ['s30 "Ships number 30 leave for the island": filed under no theme, and so out']


def test_a_heading_and_a_line_that_contradict_each_other_are_refused(of_three: Sheet) -> None:
    (problem,) = refused(
        of_three,
        lambda text: moved(text.replace("themes: south", "themes: north"), 30, "At Sea [sea]"),
    )
    assert "s30 was moved to sea, but its line says north: delete the line, or move the story back" in problem


def test_a_filing_whose_line_is_deleted_is_taken_back() -> None:
    of = sheet(block(10), block(20, "sea", decided=(said("file", 21, "sea"),)))
    change = changed(of, lambda text: text.replace("themes: sea (by Ada Lund)\n", ""))
    assert (change.made, change.taken) == ([], [said("file", 21, "sea")])
    again = changed(of, lambda text: text.replace("themes: sea (by Ada Lund)", "themes: south"))
    assert (decided(again), again.taken) == ([("file", 20, "south")], [said("file", 21, "sea")])


def test_words_of_the_editors_own_replace_the_sources_and_are_to_be_checked(of_three: Sheet) -> None:
    change = changed(
        of_three,
        lambda text: text.replace("keep s20 Ships number 20 leave for the island", "keep s20  Salt ships")
        .replace("    The 20 ships sail at dawn. They carry salt.", "Salt leaves\nby sea.\n\nAt noon."),
    )  # fmt: skip
    assert decided(change) == [
        ("headline", 20, "Salt ships"),
        ("summary", 20, "Salt leaves by sea. At noon."),
    ]
    assert [(w.text, set(w.ids), w.is_headline, w.confirmed) for w in change.wordings] == [
        ("Salt ships", {20, 21}, True, False),
        ("Salt leaves by sea. At noon.", {20, 21}, False, False),
    ]


def test_words_are_taken_back_by_deleting_them_or_by_writing_the_sources() -> None:
    said_both = (said("headline", 20, "Salt ships"), said("summary", 21, "Salt."))
    of = sheet(block(10), block(20, headline="Salt ships", summary="Salt.", decided=said_both))
    for headline, text in (
        ("", ""),
        ("Ships number 20 leave for the island", "The 20 ships sail at dawn. They carry salt."),
    ):
        mended = write(of).replace("s20 Salt ships", f"s20 {headline}").replace("    Salt.", f"    {text}")
        change, problems = judged(of, mended)
        assert problems == ()
        assert change is not None
        assert (change.made, change.taken) == ([], list(said_both))


def test_the_sources_own_words_cannot_be_deleted(of_three: Sheet) -> None:
    def edit(text: str) -> str:
        return text.replace("    The 20 ships sail at dawn. They carry salt.\n", "").replace(
            "s30 Ships number 30 leave for the island", "s30"
        )

    problems = refused(of_three, edit)
    assert any("the text of s20 is gone: put it back or write your own" in one for one in problems)
    assert any(
        "s30 has no headline: 'Ships number 30 leave for the island' stood there" in p for p in problems
    )


@pytest.mark.parametrize("nothing", ["\u200b \u200e", "...", "\u200d"])
def test_a_headline_without_a_letter_is_none(of_three: Sheet, nothing: str) -> None:
    (problem,) = refused(
        of_three, lambda text: text.replace("s30 Ships number 30 leave for the island", f"s30 {nothing}")
    )
    assert "s30 has no headline" in problem


def test_words_longer_than_a_newsletter_can_carry_are_refused_even_when_confirmed(of_three: Sheet) -> None:
    def edit(text: str) -> str:
        return text.replace(
            "The 20 ships sail at dawn. They carry salt.", "The ships carry salt. " * 500
        ).replace("s30 Ships number 30 leave for the island", "s30 " + "Ships leave " * 40)

    problems = refused(of_three, edit)
    assert "the summary of s20 has 10999 characters, and 2000 are the most: shorten it" in problems[0]
    assert "the headline of s30 has 479 characters, and 300 are the most: shorten it" in problems[1]


def test_facts_can_be_confirmed_in_the_file(of_three: Sheet) -> None:
    change = changed(
        of_three,
        lambda text: text.replace("keep s20 Ships number 20 leave for the island", "keep s20 900 ships")
        .replace("keep s20 900 ships\n", "keep s20 900 ships\nfacts: confirmed\n"),
    )  # fmt: skip
    assert [wording.confirmed for wording in change.wordings] == [True]


def test_a_merge_joins_all_articles_and_spends_what_was_said_of_the_story_that_goes() -> None:
    spent = (
        said("pin", 30, 3),
        said("headline", 31, "x"),
        said("apart", 21, other=30),
        said("apart", 31, other=99),
    )
    of = sheet(block(10), block(20, decided=(spent[2],)), block(30, "south", headline="x", decided=spent))
    change = changed(of, lambda text: text.replace("keep s30 x\n", "keep s30 x\nmerge with: s20\n"))
    assert pairs(change.made, DecisionKind.TOGETHER) == {(20, 21), (20, 30), (20, 31)}
    assert {(one.kind, one.article_id) for one in change.taken} == {
        (DecisionKind.APART, 21), (DecisionKind.PIN, 30), (DecisionKind.HEADLINE, 31),
    }  # fmt: skip
    assert "s30 merged into s20" in change.words


def test_no_two_stories_are_pinned_to_one_place(of_three: Sheet) -> None:
    told = refused(
        of_three,
        lambda text: text.replace(*under(20, "pinned: 1")).replace(*under(30, "pinned: 1")),
    )
    assert len(told) == 1
    assert "s30 is pinned to 1, and so is s20: give one of them another place" in told[0]
    before = sheet(block(10, decided=(said("pin", 10, 2),)), block(20), block(30))
    (told_again,) = refused(before, lambda text: text.replace(*under(30, "pinned: 2")))
    assert "s30 is pinned to 2, and so is s10" in told_again


def test_a_row_of_merges_ends_in_one_story(of_three: Sheet) -> None:
    change = changed(
        of_three,
        lambda text: text.replace(*under(30, "merge with: s40")).replace(*under(40, "merge with: 10")),
    )
    assert pairs(change.made, DecisionKind.TOGETHER) == {(10, n) for n in (11, 30, 31, 40, 41)}
    # s30 and s40 stood elsewhere
    assert decided(change) == [("file", 10, "north"), ("leads", 10, "merged and filed")]


def test_a_merge_leaves_what_is_said_of_the_story_that_stays() -> None:
    of = sheet(block(10), block(20, "south"), block(30, "south", sure=False), also_today=True)
    chosen = changed(
        of,
        lambda text: text.replace(*under(20, "merge with: s10")).replace(*under(10, "leads: s11")),
    )
    assert decided(chosen) == [("file", 10, "north"), ("leads", 11, "")]
    unsure = changed(of, lambda text: text.replace(*under(10, "merge with: s30")))
    assert decided(unsure) == [("leads", 30, "merged")], "nobody confirmed its theme"
    nowhere = sheet(block(10), block(20, ""), also_today=True)
    kept = changed(nowhere, lambda text: text.replace(*under(10, "merge with: s20")))
    assert decided(kept) == [("file", 20, ""), ("leads", 20, "merged and filed")]


@pytest.mark.parametrize("line", ["leads: 31", "pinned: 1", "picture: none"])
def test_nothing_is_said_in_vain_of_a_story_that_goes_into_another(of_three: Sheet, line: str) -> None:
    key = line.partition(":")[0]
    (told,) = refused(of_three, lambda text: text.replace(*under(30, f"merge with: s10\n{line}")))
    assert f"it is merged, and `{key}:` would be lost with it: write it at the other story" in told


def test_a_merge_is_undone_with_all_that_it_said_and_nothing_else() -> None:
    merged = (
        said("together", 10, other=11), said("leads", 10, "merged and filed"), said("file", 10, "north"),
    )  # fmt: skip
    undone = changed(sheet(block(10, decided=merged), block(20)), without("together:"))
    assert {one.kind for one in undone.taken} == {"together", "leads", "file"}
    typed = (
        said("together", 10, other=11),
        said("leads", 11),
        said("file", 10, "north"),
        said("apart", 10, other=99),
    )
    for key in ("together", "apart"):
        undone = changed(sheet(block(10, decided=typed), block(20)), without(f"{key}:"))
        assert {one.kind.value for one in undone.taken} == {key}


def test_a_second_merge_says_nothing_anew_of_the_first() -> None:
    first = (said("together", 10, other=11), said("leads", 10, "merged"))
    change = changed(
        sheet(block(10, decided=first), block(20)), lambda text: text.replace(*under(20, "merge with: s10"))
    )
    assert pairs(change.made, DecisionKind.TOGETHER) == {(10, 20), (10, 21)}
    assert decided(change) == []


def test_a_story_is_led_by_none_that_is_split_off(of_three: Sheet) -> None:
    (told,) = refused(of_three, lambda text: text.replace(*under(30, "split: 31\nleads: 31")))
    assert "article 31 is split off s30, and can't lead it" in told
    (told,) = refused(of_three, lambda text: text.replace(*under(30, "leads: 99")))
    assert "s30 has no article 99" in told


def test_new_words_of_a_story_may_be_borne_out_by_what_is_merged_into_it(of_three: Sheet) -> None:
    change = changed(
        of_three,
        lambda text: text.replace(*under(30, "merge with: s20")).replace(
            "The 20 ships sail at dawn.", "The 20 and 30 ships sail."
        ),
    )
    assert [set(wording.ids) for wording in change.wordings] == [{20, 21, 30, 31}]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ({20: "merge with: s77"}, "there is no story s77"),
        ({20: "merge with: s20"}, "leads back to itself"),
        ({20: "merge with: s30", 30: "merge with: s20"}, "leads back to itself"),
        ({20: "merge with: s30", 30: "split: 30"}, "s30 is split as well"),
        ({20: "merge with: s30\nsplit: 20"}, "split nothing off it"),
        ({20: "split: 20 30"}, "s20 has no article 30"),
        ({20: "split: 20 21"}, "leave at least one"),
        ({20: "split: 20, 20"}, "one story only"),
        ({20: "together: 20 21"}, "`together:` can only stay as it is or go"),
        ({20: "apart: 30"}, "`apart:` can only stay as it is or go"),
    ],
)
def test_merges_and_splits_that_make_no_sense_are_refused(
    of_three: Sheet, lines: dict[int, str], problem: str
) -> None:
    def edit(text: str) -> str:
        for number, line in lines.items():
            text = text.replace(*under(number, line))
        return text

    assert any(problem in found for found in refused(of_three, edit))


def test_a_story_cannot_be_merged_into_one_that_is_dropped_nor_with_new_words(of_three: Sheet) -> None:
    (dropped,) = refused(
        of_three, lambda text: text.replace(*under(20, "merge with: s30")).replace("keep s30", "drop s30")
    )
    assert "s30 is dropped" in dropped
    (words,) = refused(
        of_three,
        lambda text: text.replace(*under(20, "merge with: s30")).replace("The 20 ships", "Twenty ships"),
    )
    assert "new words would be lost" in words


def test_a_split_parts_each_article_of_a_group_from_all_others() -> None:
    big = Block(
        "Ferry", tuple(block(20).tellings + block(22).tellings + block(24).tellings), "Salt.", ("sea",)
    )
    of = sheet(block(10), big)
    change = changed(of, lambda text: text.replace("keep s20 Ferry\n", "keep s20 Ferry\nsplit: 24 22, 25\n"))
    assert pairs(change.made, DecisionKind.APART) == {
        (22, 25), (24, 25), (20, 22), (21, 22), (22, 23), (20, 24), (21, 24), (23, 24),
        (20, 25), (21, 25), (23, 25),
    }  # fmt: skip
    assert pairs(change.made, DecisionKind.TOGETHER) == {(22, 24), (20, 21), (20, 23)}
    assert change.words == [
        "s20: 24 22 split off as a story of their own", "s20: 25 split off as a story of its own",
    ]  # fmt: skip


def test_merges_and_splits_are_taken_back_by_deleting_their_lines() -> None:
    together, apart = said("together", 20, other=21), said("apart", 21, other=30)
    of = sheet(block(10), block(20, decided=(together, apart)), block(30, "south", decided=(apart,)))
    joined = changed(of, lambda text: text.replace("together: 20 21 (by Ada Lund)\n", ""))
    assert (joined.made, joined.taken) == ([], [together])
    parted = changed(of, lambda text: text.replace("apart: 30 (by Ada Lund)\n", ""))
    assert (parted.made, parted.taken) == ([], [apart])


def test_an_uncertain_theme_is_confirmed_by_deleting_its_question_mark_or_replaced() -> None:
    of = sheet(block(10), block(20, "sea", sure=False, note="An update"))
    confirmed = changed(of, lambda text: text.replace("themes: sea?", "themes: sea"))
    assert decided(confirmed) == [("file", 20, "sea")]
    other = changed(of, lambda text: text.replace("themes: sea?", "themes: south?"))
    assert decided(other) == [("file", 20, "south")]
    put = changed(of, lambda text: moved(text, 20, "The South [south]"))
    assert decided(put) == [("file", 20, "south")]
    assert "\n# uncertain: delete the ? to confirm, or give it another theme\n# An update\n" in write(of)


def test_a_picture_is_left_out_by_a_line_and_comes_back_without_it(of_three: Sheet) -> None:
    change = changed(of_three, lambda text: text.replace(*under(30, "picture: none")))
    assert decided(change) == [("no-picture", 30, "")]
    assert change.words == ['s30 "Ships number 30 leave for the island": its picture left out']
    without = replace(of_three.ranking[2], decided=(said("no-picture", 31),))
    again = sheet(*of_three.ranking[:2], without)
    assert "picture: none (by Ada Lund)" in write(again)
    change = changed(again, lambda text: text.replace("picture: none (by Ada Lund)\n", ""))
    assert (decided(change), change.taken) == ([], [said("no-picture", 31)])


def test_a_story_that_is_out_keeps_what_was_said_of_its_picture() -> None:
    of = sheet(block(10), near=(near(40, decided=(said("no-picture", 40),)),))
    change, problems = judged(of, write(of))
    assert change is not None
    assert (change.made, change.taken, problems) == ([], [], ())


def test_a_picture_can_be_left_out_and_not_be_chosen(of_three: Sheet) -> None:
    (problem,) = refused(
        of_three, lambda text: text.replace("themes: south", "themes: south\npicture: x.jpg")
    )
    assert "write `picture: none`" in problem


def test_what_is_pinned_by_hand_counts_among_the_places() -> None:
    request = Request(
        ranking=(1, 2, 3, 4), chains=[(4, 2, 3)], lead=None, pinned={}, fixed={1: 1}, entering=()
    )
    assert places(request) == {4: 2}


@pytest.mark.parametrize("breaking", ["\u2028", "\u2029", "\u0085", "\n", "\x1b"])
def test_a_line_of_the_file_is_one_line(breaking: str) -> None:
    assert one_line(f"Ferry{breaking}sails") == "Ferry sails"
