"""The file: what is written is read back, and what can't be read is named with its line."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.editing import Block, Page, Problem, Sheet, Telling, complain, parse, write
from digest.editing.sheet import LEAD, NEAR, Entry, Mark, one_line
from digest.editing.write import without_complaints
from digest.model.decisions import Decision

from .conftest import block, judged, near, refused, said, sheet

_text = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]) | st.sampled_from(" #=:\n\u2028"), max_size=250
)
_headlines = _text.filter(one_line)


@st.composite
def _blocks(draw: st.DrawFn, number: int, *, inside: bool) -> Block:
    numbers = [number + n for n in range(draw(st.integers(1, 3)))]
    decisions: list[Decision] = []
    who = st.sampled_from(["", "Ada Lund", "Bo (the desk)"])
    if inside and draw(st.booleans()):
        decisions.append(said("pin", numbers[-1], draw(st.integers(1, 9)), by=draw(who)))
    if inside and draw(st.booleans()):
        decisions.append(said("file", numbers[0], "", by=draw(who)))
    if len(numbers) > 1 and draw(st.booleans()):
        decisions.append(said("together", numbers[0], other=numbers[1]))
    if inside and draw(st.booleans()):
        decisions.append(said("apart", numbers[0], other=9_999))
    if draw(st.booleans()):
        decisions += [said("headline", numbers[0], "x"), said("summary", numbers[0], "x")]
    out = draw(st.sampled_from([Mark.OUT, Mark.DROP]))
    return Block(
        headline=draw(_headlines),
        tellings=tuple(Telling(n, draw(_text), draw(_text)) for n in numbers),
        summary=draw(_text) if inside else "",
        themes=tuple(draw(st.lists(st.sampled_from(["north", "south", "sea"]), unique=True, max_size=2))),
        mark=Mark.KEEP if inside else out,
        sure=draw(st.booleans()),
        note=draw(_text),
        source_headline=draw(_text),
        source_summary=draw(_text),
        decided=tuple(decisions),
    )


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    inside = [draw(_blocks(number * 10, inside=True)) for number in range(1, draw(st.integers(1, 6)))]
    outside = [draw(_blocks(1_000 + number * 10, inside=False)) for number in range(draw(st.integers(0, 3)))]
    return sheet(*inside, near=tuple(outside), also_today=draw(st.booleans()))


def _expected(of: Sheet) -> list[Entry]:
    """What the unchanged file says."""
    lead = of.ranking[0].number if of.ranking else 0
    entries = [
        Entry(
            number=one.number,
            mark=one.mark,
            headline=one_line(one.headline),
            heading=LEAD if one.number == lead else one.heading,
            summary=one_line(one.summary),
            themes=one.themes,
            pinned=one.place or None,
            together=one.together or None,
            apart=one.apart or None,
            unsure=not one.sure,
        )
        for one in of.ranking
    ]
    return entries + [
        Entry(
            one.number,
            one.mark,
            one_line(one.headline),
            NEAR,
            together=one.together or None,
            apart=one.apart or None,
        )
        for one in of.near
    ]


@given(sheets())
def test_what_is_written_is_read_back_and_decides_nothing(of: Sheet) -> None:
    page, problems = parse(write(of), of)
    if not of.blocks:
        assert (page, problems) == (None, ())
        return
    assert problems == ()
    assert page is not None
    assert (page.ref, page.revision) == (of.ref, of.revision)
    assert sorted(page.entries, key=lambda entry: entry.number) == _expected(of)
    change, problems = judged(of, write(of))
    assert change is not None
    assert (change.made, change.taken, change.words, problems) == ([], [], [], ())


def test_the_file_reads_well() -> None:
    pinned = block(
        20, headline="Ferry is back", summary="It sails.", decided=(
            said("pin", 20, 2), said("headline", 20, "Ferry is back"), said("summary", 21, "It sails."),
            said("file", 20, "north"), said("together", 20, other=21), said("apart", 20, other=55),
        ),
    )  # fmt: skip
    text = write(sheet(block(10), pinned, near=(near(40), near(50, mark=Mark.DROP, note="dropped"))))
    head, body = text.split("edition: daily-20260302T0600, revision 3\n")
    assert all(line.startswith("#") and len(line) <= 100 for line in head.splitlines())
    assert (
        body
        == """
== The lead ==

keep s10 Ships number 10 leave for the island
themes: north

    The 10 ships sail at dawn. They carry salt.

# 10 Outlet 10: Ships number 10 leave for the island
# 11 Outlet 11: Ships number 11 leave for the island

== The North [north] ==

keep s20 Ferry is back
themes: north (by Ada Lund)
pinned: 2 (by Ada Lund)
together: 20 21 (by Ada Lund)
apart: 55 (by Ada Lund)

    It sails.

# the source's headline: Ships number 20 leave for the island
# the source's words: The 20 ships sail at dawn. They carry salt.
# 20 Outlet 20: Ships number 20 leave for the island
# 21 Outlet 21: Ships number 21 leave for the island

== The South [south] ==

== At Sea [sea] ==

== Out, but near ==

out s40 Ships number 40 leave for the island
# below the cut: rank 31 of 45; north
# 40 Outlet 40: Ships number 40 leave for the island
# 41 Outlet 41: Ships number 41 leave for the island

drop s50 Ships number 50 leave for the island
# dropped; north
# 50 Outlet 50: Ships number 50 leave for the island
# 51 Outlet 51: Ships number 51 leave for the island

#
#
#
#
# The end of the file.
"""
    )


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_files_of_other_editors_are_read_as_well(of_three: Sheet, ending: str) -> None:
    text = "\ufeff" + write(of_three).replace("\n", ending) + "   " + ending
    change, problems = judged(of_three, text)
    assert problems == ()
    assert change is not None
    assert change.words == []


@pytest.mark.parametrize(
    "text", ["", "\n \n", "# only remarks\n", "edition: daily-20260302T0600, revision 3\n"]
)
def test_an_emptied_file_says_nothing(of_three: Sheet, text: str) -> None:
    assert parse(text, of_three) == (None, ())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("keep s10", "kepp s10", "'kepp' is no mark: begin the line with keep, drop or out"),
        ("keep s10", "remove s10", "'remove' is no mark: begin the line with keep, drop or out"),
        ("keep s20", "delete s20", "'delete' is no mark: begin the line with keep, drop or out"),
        ("keep s20", "keep s21", "there is no story s21"),
        ("== The North [north] ==", "== The Nroth ==", "there is no heading 'The Nroth'"),
        ("themes: south", "theme: south", "'theme' is no key: write `themes:`"),
        ("themes: south", "themes: suoth", "did you mean south?"),
        ("themes: south", "themes:", "`themes:` is empty"),
        ("themes: south", "themes: south\npinned: first", "'first' is no number"),
        ("themes: south", "themes: south\npinned: 0", "`pinned:` needs a place, from 1"),
        ("themes: south", "themes: south\npinned: 1 2", "`pinned:` needs a place, from 1"),
        ("themes: south", "themes: south\nthemes: north", "`themes:` stands in line"),
        ("themes: south", "themes: south\nmerge with: the other", "is no number"),
        ("themes: south", "themes: south\nmerge wiht: s10", "write `merge with:`"),
        ("themes: south", "themes: south\nsplit: s31", "'s31' is no number"),
        ("themes: south", "themes: south\nsplit:", "`split:` needs numbers"),
        ("themes: south", "themes: south\nsplit: ,,", "`split:` needs numbers"),
        ("themes: south", "themes: south\npin: 3", "'pin' is no key; they are themes, pinned,"),
        ("themes: south", "themes: south\nmerge: s10", "'merge' is no key; they are themes, pinned,"),
        ("themes: south", "themes: south\nfacts: yes", "write `facts: confirmed`"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line_and_how_to_mend_it(
    of_three: Sheet, old: str, new: str, words: str
) -> None:
    text = write(of_three).replace(old, new, 1)
    at = text[: text.index(f"\n{new}\n" if ":" in new else f"\n{new}") + 1].count("\n") + 1 + new.count("\n")
    found = [problem for problem in parse(text, of_three)[1] if words in problem.text]
    assert [problem.line for problem in found] == [at], refused(of_three, lambda _: text)


def test_lines_that_belong_nowhere_are_named() -> None:
    of = sheet(block(10))
    head, body = write(of).split("== The lead ==\n")
    stray = parse(head + "    Some text\npinned: 1\n" + body, of)[1]
    assert "belongs to no story" in stray[0].text
    assert "below the first line of a story" in stray[1].text
    assert "above the first heading" in stray[2].text
    (missing,) = parse(write(of).replace("edition: ", "# "), of)[1]
    assert "`edition: daily-20260302T0600, revision 3` is missing" in str(missing)


def test_nothing_that_was_meant_for_a_story_becomes_the_text_of_another() -> None:
    of = sheet(block(10, summary="Salt."), block(20, "south"))
    text = write(of)
    heading = next(line for line in text.splitlines(keepends=True) if "[south]" in line)
    for line, words in (
        ("    Whales in southern seas", "belongs to no story"),
        ("pinned: 3", "below the first line of a story"),
        (
            "keep Whales in southern seas",
            "after 'keep' stands no story's number, like s12: no story can be added",
        ),
        ("Drop 99", "after 'Drop' stands no story's number"),
    ):
        _page, (told,) = parse(text.replace(heading, f"{heading}{line}\n"), of)
        assert words in told.text
    _page, (told,) = parse(text.replace("    Salt.", "Subject: salt"), of)
    assert "the subject is made of the headline that leads" in told.text


@pytest.mark.parametrize("typed", ["keep 20 ", "keep s 20 ", "KEEP S20 ", "Keep S 20 "])
def test_a_storys_number_is_known_however_it_is_written(typed: str) -> None:
    of = sheet(block(10), block(20))
    page, problems = parse(write(of).replace("keep s20 ", typed), of)
    assert problems == ()
    assert page is not None
    assert [entry.number for entry in page.entries] == [10, 20]


def test_some_other_file_is_refused_in_one_line(of_three: Sheet) -> None:
    _page, problems = parse("[publication]\nname = 'X'\n\nSome text\nand more\n", of_three)
    assert [problem.line for problem in problems] == [0]
    assert "`edition: daily-20260302T0600, revision 3` is missing: put it back" in str(problems[0])


def test_a_story_that_stands_twice_is_named(of_three: Sheet) -> None:
    text = write(of_three)
    first = text[: text.index("keep s30")].count("\n") + 1
    assert (
        f"s30 stands in line {first} already" in refused(of_three, lambda text: text + "drop s30 Again\n")[0]
    )


def test_an_unindented_paragraph_may_have_a_colon_where_no_key_stands() -> None:
    of = sheet(block(10, summary="Salt."))
    for text in ("Harbour: the ships are back.", "    The ships are back.\nwhy: nobody knows."):
        page, problems = parse(write(of).replace("    Salt.", text), of)
        assert problems == ()
        assert page is not None
        assert page.entries[0].summary == " ".join(text.split())


def test_no_character_that_turns_or_hides_text_comes_in_with_an_edit() -> None:
    of = sheet(block(10, summary="Salt."))
    page, _ = parse(write(of).replace("    Salt.", "    \u202eSa\u200blt\u202c\u2066 and\ufeff fish."), of)
    assert page is not None
    assert page.entries[0].summary == "Salt and fish."


def test_text_that_looks_like_something_else_is_text_when_it_is_indented() -> None:
    lines = ["#harbour is back", "keep s10 of the ships", "split: the crew", "== not a heading =="]
    of = sheet(block(10, summary="Salt."))
    page, problems = parse(write(of).replace("    Salt.", "\n".join(f"    {line}" for line in lines)), of)
    assert problems == ()
    assert isinstance(page, Page)
    assert page.entries[0].summary == " ".join(lines)


def test_complaints_stand_on_top_count_the_lines_anew_and_go_when_mended(of_three: Sheet) -> None:
    text = write(of_three).replace("themes: south", "themes: suoth").replace("keep s20", "kepp s20")
    problems = parse(text, of_three)[1]
    shown = complain(text, problems)
    told = [line for line in shown.split("\n") if line.startswith("#!")]
    lines = [int(found[1]) for line in told if (found := re.match(r"#! line (\d+):", line))]
    assert [shown.split("\n")[line - 1] for line in lines] == [
        "kepp s20 Ships number 20 leave for the island", "themes: suoth",
    ]  # fmt: skip
    assert without_complaints(shown) == text
    again = complain(shown, parse(shown, of_three)[1])
    assert again == shown
    other = complain(shown, [Problem(0, "vim: set modeline")]).split("\n")
    assert [line for line in other if "vim" in line] == other[5:6] == ["#! vim: set modeline"]


def test_no_words_of_a_feed_stand_where_an_editor_program_obeys_them() -> None:
    hostile = "vim: set modelineexpr foldexpr=system('id'):\x1b[2J\r\n== The lead =="
    told = (Telling(10, hostile, hostile),)
    for of in (
        sheet(Block(hostile, told, hostile, source_headline=hostile), near=(near(40, headline=hostile),)),
        sheet(Block(hostile, told, hostile)),
        sheet(near=(Block(hostile, told, mark=Mark.OUT, note=hostile),)),
    ):
        text = write(of)
        assert "\x1b" not in text
        lines = text.rstrip("\n").split("\n")
        assert not any("vim:" in line for line in lines[:5] + lines[-5:])
        change, problems = judged(of, text)
        assert problems == ()
        assert change is not None
        assert change.words == []


@settings(max_examples=40)
@given(sheets(), st.data())
def test_however_a_file_is_torn_it_is_read_or_refused(of: Sheet, data: st.DataObject) -> None:
    lines = write(of).split("\n")
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        torn = data.draw(
            st.sampled_from(["", "keep s10 X", "out s1000", "== The lead ==", "pinned: 2", "split: 10, 11"])
            | st.sampled_from(["merge with: s20", "themes: none", "together: 10 11", "facts: confirmed"])
            | st.sampled_from(lines)
        )
        where = data.draw(st.sampled_from(["delete", "insert", "replace"]))
        lines[at : at + (where != "insert")] = [] if where == "delete" else [torn]
        lines = lines or [""]
    change, problems = judged(of, "\n".join(lines))
    assert all(problem.text for problem in problems)
    if change is not None and not problems:
        assert all(one.article_id for one in change.made)
        assert bool(change.words) == bool(change.made or change.taken)
