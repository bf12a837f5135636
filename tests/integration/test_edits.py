"""An editor's decisions against real databases: remembered, obeyed by every later draft, and taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest import amendments, desk, drafting, edits, pipeline, subscriptions
from digest.daily import ensure
from digest.editing import Change, Problem, write
from digest.errors import StateError
from digest.explain import explain
from digest.model.decisions import Decision, DecisionKind
from digest.model.edition import Edition, EditionState, Method
from digest.model.news import Article
from digest.parts import Parts, address_pepper
from digest.settings import Settings
from digest.store import articles, decisions, editions
from digest.store.editions import EditionRow
from digest.store.engine import Database
from tests.wired import parts_of

SLOT = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
EVENING = SLOT - timedelta(hours=10)
NEWS = {
    "svalbard": (
        "Icebreaker reaches Svalbard after Arctic storm",
        "The Arctic Council thanked the crew in Longyearbyen.",
    ),
    "tromso": (
        "Norway opens Arctic rescue base in Tromso",
        "Svalbard had asked for the helicopters since 2019.",
    ),
    "greenland": (
        "Greenland votes on Arctic mining in Nuuk",
        "The parliament in Nuuk counts its votes in Greenland tonight.",
    ),
    "bases": (
        "Japan and Australia sign defence pact on bases",
        "Tokyo and Canberra will share naval bases.",
    ),
    "gaza": (
        "Gaza ceasefire talks resume in Cairo",
        "Israel and Hamas sent envoys to Egypt, the mediators said.",
    ),
    "ferry": (
        "Ferry to Harne sails again",
        "The crossing takes forty minutes, and the cafe on board is open.",
    ),
}
Edit = Callable[[str], str]


@pytest.fixture
def parts(database: Database, tmp_path: Path) -> Parts:
    built = parts_of(database, Settings(folder=tmp_path), lambda: EVENING)
    with database.write() as conn:
        pepper = address_pepper(conn, EVENING)
        subscriptions.add(conn, "ada@example.org", pepper=pepper, now=EVENING, known_themes=("arctic",))
    for hours, name in enumerate(NEWS, start=1):
        publish(built, name, *NEWS[name], when=EVENING - timedelta(hours=hours))
    return built


def publish(
    parts: Parts, name: str, title: str, dek: str, *, when: datetime, outlet: str = "The Sample Post"
) -> int:
    url = f"https://post.example.org/{name}"
    article = Article(
        url=url,
        canonical_url=url,
        title=title,
        dek=dek,
        text=f"{dek} More was to follow.",
        published_at=when,
        date_source="feed",
        gathered_at=when,
        language="en",
        outlet=outlet,
    )
    with parts.database.write() as conn:
        articles.save_articles(conn, [article])
    return number(parts, name)


def number(parts: Parts, name: str) -> int:
    with parts.database.read() as conn:
        found = articles.find_article(conn, f"https://post.example.org/{name}")
    assert found is not None
    return found.id


def drafted(parts: Parts, now: datetime = EVENING) -> EditionRow:
    return pipeline.draft(parts, parts.key(SLOT), now)


def edited(parts: Parts, row: EditionRow, *steps: Edit) -> EditionRow:
    session = edits.begin(parts, row)
    text = write(session.sheet)
    for step in steps:
        assert step(text) != text, text
        text = step(text)
    return amendments.apply(parts, session, judged(session, text), EVENING).row


def refused(parts: Parts, row: EditionRow, edit: Edit, *, confirm_facts: bool = False) -> tuple[Problem, ...]:
    session = edits.begin(parts, row)
    text = edit(write(session.sheet))
    return edits.judge(session, text, by="", now=EVENING, confirm_facts=confirm_facts)[1]


def said(parts: Parts) -> list[Decision]:
    with parts.database.read() as conn:
        return decisions.list_decisions(conn, parts.publication.slug, parts.schedule.series)


def told(row: EditionRow) -> Edition:
    assert row.edition is not None
    return row.edition


def judged(session: edits.Session, text: str) -> Change:
    change, problems = edits.judge(session, text, by="Ada Lund", now=EVENING)
    assert not problems, [str(problem) for problem in problems]
    assert change is not None
    return change


def order(parts: Parts, row: EditionRow) -> list[str]:
    """The edition's stories by the names of their first articles."""
    names = {number(parts, name): name for name in NEWS}
    return [names.get(story.article_ids[0], str(story.article_ids[0])) for story in told(row).stories]


def marked(parts: Parts, name: str, mark: str) -> Edit:
    at = number(parts, name)
    return lambda text: re.sub(rf"^\w+ s{at} ", f"{mark} s{at} ", text, flags=re.MULTILINE)


def with_line(parts: Parts, name: str, line: str) -> Edit:
    at = number(parts, name)
    return lambda text: re.sub(rf"^(\w+ s{at} .*\n)", rf"\1{line}\n", text, flags=re.MULTILINE)


def without_line(line: str) -> Edit:
    return lambda text: re.sub(rf"^{line}.*\n", "", text, flags=re.MULTILINE)


def test_a_file_saved_unchanged_decides_nothing(parts: Parts) -> None:
    session = edits.begin(parts, drafted(parts))
    change, problems = edits.judge(session, write(session.sheet), by="", now=EVENING)
    assert change is not None
    assert (change.made, change.taken, problems) == ([], [], ())


def test_every_later_draft_obeys_what_was_decided_once(parts: Parts) -> None:
    row = drafted(parts)
    assert "ferry" not in order(parts, row)
    first = order(parts, row)[0]
    last = order(parts, row)[-1]
    row = edited(
        parts, row, marked(parts, first, "drop"), with_line(parts, last, "pinned: 1"),
        lambda text: text.replace(NEWS["greenland"][0], "Greenland counts"),
        lambda text: text.replace(NEWS["greenland"][1], "Nuuk counts its votes."),
        lambda text: text.replace("themes: middle-east", "themes: arctic, middle-east"),
    )  # fmt: skip
    for again in (row, drafted(parts, EVENING + timedelta(hours=1))):
        assert order(parts, again)[0] == last
        assert first not in order(parts, again)
        stories = {story.headline: story for story in told(again).stories}
        summary = stories["Greenland counts"].summary
        assert summary is not None
        assert summary.text == "Nuuk counts its votes."
        assert summary.provenance.method is Method.EDITOR
        assert (summary.provenance.reviewed_by, summary.provenance.reviewed_at) == ("Ada Lund", EVENING)
        assert summary.provenance.sentences == (NEWS["greenland"][1],)
        assert stories["Greenland counts"].sources[0].title == NEWS["greenland"][0]
        assert stories[NEWS["gaza"][0]].themes == ("arctic", "middle-east")
    assert {one.decided_by for one in said(parts)} == {"Ada Lund"}
    filed = [one for one in said(parts) if one.kind is DecisionKind.FILE]
    assert [(one.article_id, one.value, one.series) for one in filed] == [
        (number(parts, "gaza"), "arctic middle-east", "")
    ]
    with parts.database.read() as conn:
        drops = editions.get_drops(conn, row.id)
    assert drops[number(parts, first)] == "dropped by the editor (Ada Lund)"
    lines = list(explain(parts, str(number(parts, last)), EVENING).lines())
    assert any("pinned (to 1 by Ada Lund)" in line for line in lines)
    assert any(line.startswith("Decided by Ada Lund, 2026-03-09 20:30 UTC: pin 1") for line in lines)


def test_the_daily_send_composes_anew_and_obeys(parts: Parts) -> None:
    row = drafted(parts)
    last = order(parts, row)[-1]
    edited(parts, row, with_line(parts, last, "pinned: 1"), marked(parts, order(parts, row)[1], "drop"))
    publish(
        parts,
        "late",
        "Canada buys two Arctic patrol ships for Nunavut",
        "Ottawa pays in 2031.",
        when=SLOT - timedelta(hours=4),
    )
    morning = SLOT - timedelta(hours=1)
    ensure(replace(parts, clock=lambda: morning), morning)
    with parts.database.read() as conn:
        again = editions.get_edition(conn, row.id)
    assert again is not None
    assert again.revision == row.revision + 2
    assert str(number(parts, "late")) in order(parts, again)
    assert order(parts, again)[0] == last
    assert order(parts, row)[1] not in order(parts, again)


def test_a_later_telling_of_a_dropped_story_is_out_until_the_drop_is_taken_back(parts: Parts) -> None:
    row = drafted(parts)
    dropped = number(parts, "svalbard")
    edited(parts, row, marked(parts, "svalbard", "drop"))
    later = SLOT + timedelta(days=2)
    new = publish(
        parts, "second", "Icebreaker reaches Svalbard after the Arctic storm, its captain says",
        "The Arctic Council thanked the crew of the icebreaker that reached Longyearbyen after the storm.",
        when=later - timedelta(hours=12), outlet="Another Post",
    )  # fmt: skip
    morning = later - timedelta(hours=1)
    done = ensure(replace(parts, clock=lambda: morning), morning)
    assert f"; 1 later telling of dropped stories kept out (s{new})" in "\n".join(step.what for step in done)
    newer = pipeline.draft(parts, parts.key(later), morning)
    assert not any(new in story.article_ids for story in told(newer).stories)
    with parts.database.read() as conn:
        drops = editions.get_drops(conn, newer.id)
    reason = "dropped by the editor (Ada Lund): a later telling of “Icebreaker"
    assert drops[dropped] == "older than 36 h"
    assert drops[new].startswith(reason)
    assert drops[new].endswith(f" [{dropped}]")
    assert f"out: {reason}" in "\n".join(explain(parts, f"s{new}", later).lines())
    mark = re.compile(rf"^drop s({dropped}|{new}) ", re.MULTILINE)
    session = edits.begin(parts, newer)
    change = judged(session, mark.sub(r"keep s\1 ", write(session.sheet)))
    row = amendments.apply(parts, session, change, later - timedelta(hours=10)).row
    assert any(new in story.article_ids for story in told(row).stories)
    assert said(parts) == []


def test_what_was_dropped_long_ago_is_no_longer_offered(parts: Parts) -> None:
    edited(parts, drafted(parts), marked(parts, "svalbard", "drop"))
    later = SLOT + timedelta(days=2)
    publish(
        parts, "late", "Canada buys two Arctic patrol ships for Nunavut", "Ottawa pays in 2031.",
        when=later - timedelta(hours=12),
    )  # fmt: skip
    newer = pipeline.draft(parts, parts.key(later), later - timedelta(hours=10))
    assert f"s{number(parts, 'svalbard')} " not in write(edits.begin(parts, newer).sheet)


def test_an_editor_chooses_which_source_leads(parts: Parts) -> None:
    publish(
        parts, "second", "Storm over, icebreaker reaches Svalbard",
        "The icebreaker reached Longyearbyen on Svalbard late, after an Arctic storm, its captain said.",
        when=EVENING - timedelta(minutes=5), outlet="Another Post",
    )  # fmt: skip
    row = drafted(parts)
    first = number(parts, "svalbard")
    (story,) = (story for story in told(row).stories if first in story.article_ids)
    other = next(link.article_id for link in story.sources if link.article_id != story.sources[0].article_id)
    began = story.sources[0].article_id
    led = edited(parts, row, lambda text: re.sub(rf"(keep s{began} .*\n)", rf"\1leads: {other}\n", text))
    for again in (led, drafted(parts)):
        (story,) = (story for story in told(again).stories if first in story.article_ids)
        assert story.sources[0].article_id == other
        assert story.headline == story.sources[0].title
    row = edited(parts, drafted(parts), without_line("leads:"))
    (story,) = (story for story in told(row).stories if first in story.article_ids)
    assert story.sources[0].article_id == began
    assert said(parts) == []


def test_what_is_merged_stays_one_story_and_takes_new_tellings_in(parts: Parts) -> None:
    row = drafted(parts)
    goes, stays = number(parts, "gaza"), number(parts, "svalbard")
    row = edited(parts, row, with_line(parts, "gaza", f"merge with: s{stays}"))
    copy = publish(
        parts, "copy", "Icebreaker reaches Svalbard after Arctic storm at last", NEWS["svalbard"][1],
        when=EVENING - timedelta(minutes=5), outlet="Another Post",
    )  # fmt: skip
    for again in (row, drafted(parts)):
        (story,) = (story for story in told(again).stories if goes in story.article_ids)
        assert stays in story.article_ids
        assert story.sources[0].article_id == stays, "what it was merged into leads"
        assert (story.headline, story.themes) == (NEWS["svalbard"][0], ("arctic",))
    assert copy in story.article_ids
    lines = list(explain(parts, str(goes), EVENING).lines())
    assert f"Decided by Ada Lund, 2026-03-09 20:30 UTC: together with {stays}" in lines
    with_it = lines[next(at for at, line in enumerate(lines) if "told with" in line) :]
    assert any(NEWS["svalbard"][0] in line for line in with_it)
    row = edited(parts, drafted(parts), without_line("together:"))
    assert [goes in story.article_ids for story in told(row).stories if stays in story.article_ids] == [False]
    assert said(parts) == []


def test_what_is_split_stays_apart_even_from_its_own_copy(parts: Parts) -> None:
    copy = publish(
        parts, "copy", "Icebreaker reaches Svalbard after Arctic storm at last", NEWS["svalbard"][1],
        when=EVENING - timedelta(minutes=5), outlet="Another Post",
    )  # fmt: skip
    row = drafted(parts)
    (whole,) = (story for story in told(row).stories if copy in story.article_ids)
    assert len(whole.article_ids) == 2
    rest = next(n for n in whole.article_ids if n != copy)
    block = edits.begin(parts, row).sheet.blocks
    first = next(n for n in (copy, rest) if n in block)
    text = re.compile(rf"^(\w+ s{first} .*\n)", re.MULTILINE)
    row = edited(parts, row, lambda file: text.sub(rf"\1split: {copy}\n", file))
    for again in (row, drafted(parts)):
        with_copy = [set(story.article_ids) for story in told(again).stories if copy in story.article_ids]
        assert with_copy == [{copy}]
        assert any(story.article_ids == (rest,) for story in told(again).stories)
    row = edited(parts, again, without_line("apart:"))
    assert said(parts) == []
    assert any({copy, rest} <= set(story.article_ids) for story in told(row).stories)


def test_a_story_that_was_out_is_brought_in_and_let_out_again(parts: Parts) -> None:
    composing = replace(parts.drafting.composing, max_stories=3, brief_max=0)
    small = replace(parts.drafting, composing=composing)
    parts = replace(parts, make_drafting=lambda: small)
    before = drafted(parts)
    (out, *_others) = edits.begin(parts, before).sheet.near
    assert out.note.startswith("below the cut: rank ")
    name = next(name for name in NEWS if number(parts, name) == out.number)
    row = edited(parts, before, marked(parts, name, "keep"))
    assert len(told(row).stories) == 3
    assert order(parts, row)[-1] == name
    assert not told(row).stories[-1].brief
    row = edited(parts, row, without_line("pinned:"))
    assert told(row) == told(before)
    assert said(parts) == []


def test_everything_can_be_taken_back(parts: Parts) -> None:
    row = drafted(parts)
    first = order(parts, row)[0]
    changed = edited(
        parts, row, marked(parts, first, "drop"), with_line(parts, order(parts, row)[-1], "pinned: 1"),
        lambda text: text.replace(NEWS["bases"][0], "Bases shared"),
        lambda text: text.replace("themes: middle-east", "themes: arctic"),
    )  # fmt: skip
    assert len(said(parts)) == 4
    back = edited(
        parts, changed, marked(parts, first, "keep"), without_line("pinned:"),
        lambda text: text.replace("Bases shared", ""),
        without_line(r"themes: arctic \(by"),
    )  # fmt: skip
    assert said(parts) == []
    assert told(back) == told(row)


def test_an_edit_holds_in_a_draft_that_was_composed_meanwhile(parts: Parts) -> None:
    session = edits.begin(parts, drafted(parts))
    text = marked(parts, "gaza", "drop")(write(session.sheet))
    change = judged(session, text)
    publish(
        parts, "late", "Canada buys two Arctic patrol ships for Nunavut", "Ottawa pays in 2031.",
        when=EVENING - timedelta(minutes=5),
    )  # fmt: skip
    newer = drafted(parts)
    applied = amendments.apply(parts, session, change, EVENING)
    assert applied.onto == newer
    assert applied.row.revision == newer.revision + 1
    assert "gaza" not in order(parts, applied.row)
    assert str(number(parts, "late")) in order(parts, applied.row)
    out = f"out: {NEWS['gaza'][0]} (dropped by the editor (Ada Lund))"
    assert list(amendments.consequences(parts, applied)) == [out]
    with pytest.raises(StateError, match=r"the file is of edition .*, revision 1, and what is to be edited"):
        edits.judge(edits.begin(parts, applied.row), text, by="", now=EVENING)


def test_what_somebody_else_decided_meanwhile_is_not_undone(parts: Parts) -> None:
    row = drafted(parts)
    session = edits.begin(parts, row)
    retitled = judged(session, write(session.sheet).replace(NEWS["bases"][0], "Bases shared"))
    dropped = judged(session, marked(parts, "gaza", "drop")(write(session.sheet)))
    theirs = edited(parts, row, lambda text: text.replace(NEWS["bases"][0], "Tokyo and Canberra share bases"))
    with pytest.raises(
        StateError, match=r"Ada Lund decided the headline of article .* while you were editing"
    ):
        amendments.apply(parts, session, retitled, EVENING)
    assert told(desk.find(parts, str(row.id))) == told(theirs)
    both = amendments.apply(parts, session, dropped, EVENING).row
    assert "gaza" not in order(parts, both)
    assert "Tokyo and Canberra share bases" in {story.headline for story in told(both).stories}


def test_an_approval_that_came_meanwhile_is_not_undone(parts: Parts) -> None:
    row = drafted(parts)
    session = edits.begin(parts, row)
    change = judged(session, marked(parts, "gaza", "drop")(write(session.sheet)))
    approved = desk.approve(parts, row, EVENING)
    with pytest.raises(StateError, match="was approved while you were editing: nothing was changed"):
        amendments.apply(parts, session, change, EVENING)
    assert desk.find(parts, str(row.id)) == approved
    assert said(parts) == []


def test_whoever_approves_has_read_the_lines_of_updates_too(parts: Parts) -> None:
    row = drafted(parts)
    update = replace(told(row).stories[0], summary=None, update_of="Two more sailed to Svalbard.")
    edition = replace(told(row), stories=(update,))
    desk.approve(parts, replace(row, edition=edition), EVENING, reviewed_by="Bo Vik")
    notice = told(desk.find(parts, str(row.id))).notice
    assert notice is not None
    assert "Bo Vik reviewed the summaries before sending and answers for them." in notice.full


def test_an_edit_of_an_edition_that_went_out_meanwhile_changes_nothing(parts: Parts) -> None:
    session = edits.begin(parts, drafted(parts))
    change = judged(session, marked(parts, "gaza", "drop")(write(session.sheet)))
    pipeline.send(parts, session.row, SLOT)
    with pytest.raises(StateError, match="was sent while you were editing"):
        amendments.apply(parts, session, change, EVENING)
    assert said(parts) == []
    with pytest.raises(StateError, match="is sent and can't be edited any more"):
        edits.begin(parts, desk.find(parts, str(session.row.id)))


def test_a_held_edition_stays_held_and_an_approved_one_is_a_draft_again(parts: Parts) -> None:
    row = desk.hold(parts, drafted(parts), EVENING, "a call back")
    row = edited(parts, row, marked(parts, "gaza", "drop"))
    assert (row.state, row.reason) == (EditionState.HELD, "a call back")
    row = desk.approve(parts, desk.release(parts, row, EVENING), EVENING, reviewed_by="Bo Vik")
    row = edited(parts, row, marked(parts, "bases", "drop"))
    assert (row.state, row.reviewed_by) == (EditionState.DRAFT, "")


def test_what_was_told_is_not_told_again_and_its_pin_is_spent(parts: Parts) -> None:
    row = drafted(parts)
    row = edited(parts, row, with_line(parts, "gaza", "pinned: 1"))
    pipeline.send(parts, row, SLOT)
    tomorrow = drafting.draft_value(parts, parts.key(SLOT + timedelta(days=1)), SLOT)
    assert tomorrow.drops[number(parts, "gaza")] == f"already in edition {row.id}"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("The parliament in Nuuk counts 31 votes.", "the number '31'"),
        ("The parliament in Nuuk counts for Erik Olsen.", "the name 'Erik Olsen'"),
        ('The parliament in Nuuk is "slow to count".', "the quotation 'slow to count'"),
    ],
)
def test_words_that_no_article_bears_out_are_refused_until_an_editor_answers_for_them(
    parts: Parts, text: str, missing: str
) -> None:
    row = drafted(parts)

    def edit(file: str) -> str:
        return file.replace(NEWS["greenland"][1], text)

    (problem,) = refused(parts, row, edit)
    assert f"don't bear out {missing} (" in problem.text
    assert "): mend it, or answer for it with a line `facts: confirmed`" in problem.text
    shown = edit(write(edits.begin(parts, row).sheet)).split("\n")
    assert shown[problem.line - 1].strip() == text
    assert refused(parts, row, edit, confirm_facts=True) == ()
    edited(parts, row, edit, with_line(parts, "greenland", "facts: confirmed"))


def test_a_headline_is_held_to_its_figures_but_not_to_its_capitals_or_its_grammar(parts: Parts) -> None:
    row = drafted(parts)
    old = NEWS["greenland"][0]
    denied = "The vote of Greenland was not counted in Nuuk"
    assert refused(parts, row, lambda text: text.replace(old, denied)) == ()
    assert refused(parts, row, lambda text: text.replace(old, "Greenland Counts And Counts")) == ()
    (problem,) = refused(parts, row, lambda text: text.replace(old, "Greenland counts 31 votes"))
    assert "the number '31'" in problem.text


def test_every_series_has_its_own_order_and_words_but_the_same_stories(parts: Parts) -> None:
    row = drafted(parts)
    edited(
        parts, row, marked(parts, "svalbard", "drop"),
        with_line(parts, "bases", f"merge with: s{number(parts, 'gaza')}"),
    )  # fmt: skip
    other = drafting.draft_value(parts, parts.key(SLOT, "weekly"), EVENING).edition
    together = {number(parts, "bases"), number(parts, "gaza")}
    assert any(together <= set(story.article_ids) for story in other.stories)
    assert any(number(parts, "svalbard") in story.article_ids for story in other.stories)
