"""An editor at work through the command line, with an editor program of their own."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from .conftest import DIGEST, Desk, MailServer, environment

AN_EDITOR = """
import pathlib, re, sys
path = pathlib.Path(sys.argv[1])
text = path.read_text("utf-8")
pathlib.Path("seen.txt").write_text(text, "utf-8")
pathlib.Path("where.txt").write_text(str(path), "utf-8")
{steps}
path.write_text(text, "utf-8")
"""


def editor(desk: Desk, steps: str) -> dict[str, Any]:
    """The environment in which `digest edit` calls a program that does these steps to ``text``."""
    script = desk.folder / "an editor.py"
    script.write_text(AN_EDITOR.format(steps=steps), encoding="utf-8")
    return {"VISUAL": f'"{sys.executable}" "{script}"', "EDITOR": "false"}


def stories(drafted: Any) -> list[Any]:
    found: list[Any] = drafted["edition"]["stories"]
    return found


def first_ids(drafted: Any) -> list[int]:
    return [story["sources"][0]["article_id"] for story in stories(drafted)]


def test_what_an_editor_does_to_the_draft_stands_in_the_mail_and_in_every_later_draft(
    stocked: Desk, mail_server: MailServer
) -> None:
    before = stocked.json("draft")
    lead, second, *_rest, last = first_ids(before)
    steps = f"""
text = text.replace("keep s{second} ", "drop s{second} ")
text = re.sub(r"(keep s{last} ).*\\n", r"\\1The last is first\\npinned: 1\\n", text)
"""
    edited = stocked.run("edit", "--by", "Ada Lund", **editor(stocked, steps))
    assert "3 changes, remembered for later drafts:" in edited.stderr
    assert f"s{second} " in edited.stderr
    assert "dropped by the editor (Ada Lund)" in edited.stderr
    assert edited.stdout.startswith(f"\nThe lead\n  * s{last} The last is first [")
    assert not Path((stocked.folder / "where.txt").read_text("utf-8")).exists()

    paths = stocked.json("preview", "--out", "look")
    assert "The last is first" in Path(paths["txt"]).read_text("utf-8")
    stocked.run("test", "one@example.com")
    assert str(mail_server.inbox.messages[0][1]["Subject"]).startswith("[TEST]")
    assert "The last is first" in str(mail_server.inbox.messages[0][1])

    again = stocked.json("draft")
    assert first_ids(again)[:2] == [last, lead]
    assert second not in first_ids(again)
    dropped = stocked.run("explain", str(second)).stdout
    assert "out: dropped by the editor (Ada Lund)" in dropped
    assert "pinned (to 1 by Ada Lund)" in stocked.run("explain", str(last)).stdout
    stocked.run("send")
    of_all_themes = [mail for to, mail in mail_server.inbox.messages if to == "reader0000@example.org"]
    assert len(of_all_themes) == 1
    assert "The last is first" in str(of_all_themes[0])


def test_merges_and_splits_hold_through_the_next_draft(stocked: Desk) -> None:
    before = stocked.json("draft")
    whole = next(story for story in stories(before) if len(story["sources"]) > 2)
    other = next(story for story in reversed(stories(before)) if story is not whole)
    big, small = (story["sources"][0]["article_id"] for story in (whole, other))
    off = whole["sources"][-1]["article_id"]
    text = stocked.run("edit", "--print").stdout
    text = text.replace(
        f"keep s{big} {whole['headline']}\n", f"keep s{big} {whole['headline']}\nsplit: {off}\n"
    )
    (stocked.folder / "split.txt").write_text(text, encoding="utf-8")
    stocked.run("edit", "--file", "split.txt")
    text = stocked.run("edit", "--print").stdout
    text = re.sub(rf"(keep s{small} .*\n)", rf"\1merge with: s{big}\n", text)
    (stocked.folder / "merge.txt").write_text(text, encoding="utf-8")
    merged = stocked.json("edit", "--file", "merge.txt")
    assert merged["changes"][0] == f"s{small} merged into s{big}"
    for drafted in (merged, stocked.json("draft")):
        (story,) = [one for one in stories(drafted) if big in one["article_ids"]]
        assert small in story["article_ids"]
        assert off not in story["article_ids"]


def test_the_draft_is_printed_as_a_file_that_changes_nothing_when_given_back(stocked: Desk) -> None:
    stocked.run("draft")
    before = stocked.json("status")
    printed = stocked.run("edit", "--print").stdout
    (stocked.folder / "same.txt").write_text(printed, encoding="utf-8")
    same = stocked.run("edit", "--file", "same.txt")
    assert (same.stdout, same.stderr) == ("", "Nothing was changed.\n")
    assert stocked.json("edit", "--file", "same.txt")["changes"] == []
    assert stocked.json("status") == before
    emptied = stocked.run("edit", **editor(stocked, 'text = ""'))
    assert (emptied.stdout, emptied.stderr) == ("", "Nothing was changed.\n")
    assert stocked.json("status") == before


def test_a_file_can_come_on_standard_input(stocked: Desk) -> None:
    lead = first_ids(stocked.json("draft"))[0]
    printed = stocked.run("edit", "--print").stdout.replace(f"keep s{lead} ", f"drop s{lead} ")
    ended = subprocess.run(
        [*DIGEST, "edit", "--file", "-", "--json"],
        input=printed, cwd=stocked.folder, env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert lead not in first_ids(json.loads(ended.stdout))


def test_after_a_mistake_the_editor_opens_again_with_what_is_wrong_on_top(stocked: Desk) -> None:
    lead = first_ids(stocked.json("draft"))[0]
    steps = f"""
if text.startswith("#!"):
    text = text.replace("kepp s{lead} ", "drop s{lead} ")
else:
    text = text.replace("keep s{lead} ", "kepp s{lead} ")
"""
    edited = stocked.run("edit", **editor(stocked, steps))
    assert "dropped" in edited.stderr
    seen = (stocked.folder / "seen.txt").read_text("utf-8").split("\n")
    told = next(line for line in seen if "'kepp' is no mark: begin the line with keep, drop or out" in line)
    at = int(re.match(r"#! line (\d+):", told)[1])  # type: ignore[index]  # it matches, or the test fails
    assert seen[at - 1].startswith(f"kepp s{lead} ")


def test_ctrl_c_is_the_editors_own_while_it_is_open(stocked: Desk) -> None:
    lead = first_ids(stocked.json("draft"))[0]
    steps = f"""
import os, signal
signal.signal(signal.SIGINT, lambda *_: None)
os.kill(os.getppid(), signal.SIGINT)
text = text.replace("keep s{lead} ", "drop s{lead} ")
"""
    assert ": dropped" in stocked.run("edit", **editor(stocked, steps)).stderr


def test_an_editor_that_comes_back_at_once_loses_nothing(stocked: Desk) -> None:
    lead = first_ids(stocked.json("draft"))[0]
    said = stocked.run("edit", VISUAL="true", EDITOR="").stderr
    assert "The editor 'true' came back at once." in said
    assert "EDITOR='code --wait'" in said
    command = said.partition("`digest ")[2].partition("`")[0].split()
    kept = Path(command[-1])
    kept.write_text(kept.read_text("utf-8").replace(f"keep s{lead} ", f"drop s{lead} "), encoding="utf-8")
    assert ": dropped" in stocked.run(*command).stderr


def test_a_draft_made_anew_says_that_it_was_approved(stocked: Desk) -> None:
    stocked.run("draft")
    stocked.run("approve", "--by", "Mara Ellison")
    assert "It was approved, and is a draft again" in stocked.run("draft").stderr
    assert "approved" not in stocked.run("draft").stderr


def test_a_hold_keeps_its_first_reason_and_status_tells_it(stocked: Desk) -> None:
    ref = stocked.json("draft")["ref"]
    stocked.run("hold", "--reason", "legal says wait")
    stocked.run("hold")
    assert f"{ref} is held: legal says wait" in stocked.run("status").stderr
    assert "is held (legal says wait)" in stocked.run("send", code=1).stderr


def test_an_edition_that_is_cancelled_is_not_sent_until_it_is_released(stocked: Desk) -> None:
    ref = stocked.json("draft")["ref"]
    said = stocked.run("cancel", "--reason", "nobody reads today").stderr
    assert (
        said == f"The edition {ref} is cancelled.\n`digest release --edition {ref}` makes it a draft again.\n"
    )
    listed = stocked.json("status")["editions"][0]
    assert (listed["state"], listed["reason"]) == ("cancelled", "nobody reads today")
    assert "is cancelled and is never sent" in stocked.run("send", "--edition", ref, code=1).stderr
    stocked.run("release", "--edition", ref)
    assert stocked.json("send", "--edition", ref)["sent_now"] > 0
    assert "is sent and can't be cancelled" in stocked.run("cancel", "--edition", ref, code=1).stderr


def test_one_that_had_begun_is_cancelled_for_good(stocked: Desk) -> None:
    ref = stocked.json("draft")["ref"]
    with closing(sqlite3.connect(stocked.folder / "subscribers.db")) as db, db:
        db.execute("UPDATE editions SET frozen_at = slot, state = 'paused'")
    assert stocked.run("cancel", "--edition", ref).stderr == f"The edition {ref} is cancelled.\n"


def test_a_story_is_explained_by_the_name_it_has_in_the_file(stocked: Desk) -> None:
    lead = first_ids(stocked.json("draft"))[0]
    assert stocked.run("explain", f"s{lead}").stdout == stocked.run("explain", str(lead)).stdout
    assert "'s99999' was never gathered" in stocked.run("explain", "s99999", code=1).stderr


def test_a_later_edition_goes_out_soon_after_the_last_only_by_its_name(stocked: Desk) -> None:
    first = stocked.json("send")["ref"]
    second = stocked.json("draft")["ref"]
    assert second != first
    for arguments in (("send",), ("send", "--edition", "daily"), ("send", "--dry-run")):
        refused = stocked.run(*arguments, code=1).stderr
        assert f"{second} is due only on" in refused
        assert f"`digest send --edition {second}` sends it now all the same" in refused
    again = stocked.json("send", "--retry-failed")
    assert (again["ref"], again["sent_now"]) == (first, 0)
    assert stocked.json("send", "--edition", second, "--dry-run")["ref"] == second


def test_a_cancelled_edition_is_not_the_one_that_is_tried_again(stocked: Desk) -> None:
    first = stocked.json("send")["ref"]
    second = stocked.json("draft")["ref"]
    with closing(sqlite3.connect(stocked.folder / "subscribers.db")) as db, db:
        db.execute("UPDATE editions SET accepted_at = slot, state = 'cancelled' WHERE state = 'draft'")
    assert stocked.json("send", "--retry-failed")["ref"] == first
    refused = stocked.run("send", "--edition", second, "--retry-failed", code=1).stderr
    assert f"edition {second} is cancelled: nobody else gets it" in refused


def test_who_sends_by_hand_once_a_day_is_not_held_up(stocked: Desk) -> None:
    moment = datetime.now(UTC)
    first = stocked.json("send")["ref"]
    tomorrow = (moment + timedelta(hours=23)).isoformat()
    second = stocked.json("draft", DIGEST_NOW=tomorrow)["ref"]
    assert second != first
    assert stocked.json("send", "--dry-run", DIGEST_NOW=tomorrow)["ref"] == second


def test_what_was_held_past_its_time_is_what_commands_mean(stocked: Desk, mail_server: MailServer) -> None:
    ref = stocked.json("draft")["ref"]
    due = datetime.fromisoformat(stocked.json("status")["next"][0]["slot"])
    stocked.run("hold")
    now: dict[str, Any] = {"DIGEST_NOW": (due + timedelta(hours=5, minutes=10)).isoformat()}
    assert f"`digest release --edition {ref}` lets it go" in stocked.run("send", code=1, **now).stderr
    assert f"edition {ref} (held)" in stocked.run("edit", "--print", **now).stdout
    assert mail_server.inbox.messages == []
    released = stocked.run("release", **now).stderr
    assert f"The edition {ref} is a draft again." in released
    assert f"It is too late for it to go out by itself: `digest send --edition {ref}` sends it." in released
    refused = stocked.run("send", code=1, **now).stderr
    assert f"the edition {ref} was due on" in refused
    assert mail_server.inbox.messages == []
    assert stocked.json("send", "--edition", ref, **now)["sent_now"] == 40


def test_what_was_cancelled_is_mailed_to_nobody_unless_it_is_named(
    stocked: Desk, mail_server: MailServer
) -> None:
    ref = stocked.json("draft")["ref"]
    stocked.run("cancel")
    assert "there is no edition yet" in stocked.run("hold", code=1).stderr
    assert "there is no edition yet" in stocked.run("edit", "--print", code=1).stderr
    assert ref not in stocked.run("test", "one@example.com").stderr
    assert "is due only on" in stocked.run("send", code=1).stderr
    assert [to for to, _mail in mail_server.inbox.messages] == ["one@example.com"]
    assert f"The edition {ref} is a draft again" in stocked.run("release").stderr
    assert f"{ref} is a draft and can't be released" in stocked.run("release", code=1).stderr


def test_giving_up_keeps_the_file_and_names_it(stocked: Desk) -> None:
    lead = first_ids(stocked.json("draft"))[0]
    before = stocked.json("status")
    steps = f'text = text.replace("keep s{lead} ", "kepp s{lead} ")'
    refused = stocked.run("edit", code=1, **editor(stocked, steps)).stderr
    assert len(refused.strip().splitlines()) == 1
    kept = Path(refused.strip().rpartition("your file is kept: ")[2])
    assert f"kepp s{lead} " in kept.read_text("utf-8")
    assert stocked.json("status") == before

    mended = kept.read_text("utf-8").replace(f"kepp s{lead} ", f"drop s{lead} ")
    kept.write_text(mended, encoding="utf-8")
    assert lead not in first_ids(stocked.json("edit", "--file", str(kept)))


def test_an_edit_holds_though_the_draft_was_composed_anew_while_the_editor_was_open(stocked: Desk) -> None:
    lead = first_ids(stocked.json("draft"))[0]
    steps = f"""
import subprocess
subprocess.run({[*DIGEST, "draft"]!r}, check=True, capture_output=True)
text = text.replace("keep s{lead} ", "drop s{lead} ")
"""
    said = stocked.run("edit", **editor(stocked, steps)).stderr
    assert "The draft was composed anew while you were editing" in said
    assert lead not in first_ids(stocked.json("draft"))


def test_what_was_approved_while_the_editor_was_open_stays_and_the_file_is_kept(stocked: Desk) -> None:
    lead = first_ids(stocked.json("draft"))[0]
    steps = f"""
import subprocess
subprocess.run({[*DIGEST, "approve"]!r}, check=True, capture_output=True)
text = text.replace("keep s{lead} ", "drop s{lead} ")
"""
    refused = stocked.run("edit", code=1, **editor(stocked, steps)).stderr
    assert "was approved while you were editing: nothing was changed" in refused
    kept = Path(refused.strip().rpartition("your file is kept: ")[2])
    assert f"drop s{lead} " in kept.read_text("utf-8")
    assert stocked.json("status")["editions"][0]["state"] == "approved"


def test_an_approved_edition_is_a_draft_again_and_says_so(stocked: Desk) -> None:
    lead = first_ids(stocked.json("draft"))[0]
    stocked.run("approve", "--by", "Mara Ellison")
    steps = f'text = text.replace("keep s{lead} ", "drop s{lead} ")'
    edited = stocked.run("edit", **editor(stocked, steps))
    assert "It was approved, and is a draft again" in edited.stderr
    assert stocked.json("status")["editions"][0]["state"] == "draft"


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"VISUAL": "no-such-editor"}, "'no-such-editor' can't be started"),
        ({"VISUAL": "", "EDITOR": "false"}, "'false' ended with an error (1): nothing was changed"),
        ({"VISUAL": "vi '"}, "$VISUAL can't be read"),
        ({"VISUAL": "", "EDITOR": "", "PATH": "/nonexistent"}, "there is no editor: set EDITOR"),
    ],
)
def test_an_editor_that_is_none_gets_one_clear_line(
    stocked: Desk, variables: dict[str, Any], words: str
) -> None:
    stocked.run("draft")
    refused = stocked.run("edit", code=1, **variables)
    assert words in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert "kept" not in refused.stderr


def test_what_cannot_be_edited_says_so(stocked: Desk) -> None:
    stocked.run("edit", "--print", "--file", "draft.txt", code=2)
    assert "there is no edition yet" in stocked.run("edit", "--print", code=1).stderr
    assert "no edition 'daily-1'" in stocked.run("edit", "--edition", "daily-1", code=1).stderr
    stocked.run("send")
    ref = stocked.json("status")["editions"][0]["ref"]
    refused = stocked.run("edit", "--edition", ref, code=1).stderr
    assert "is sent and can't be edited any more" in refused


def test_every_problem_of_a_file_is_told_at_once(stocked: Desk) -> None:
    lead, second, *_rest = first_ids(stocked.json("draft"))
    text = stocked.run("edit", "--print").stdout
    text = text.replace(f"keep s{lead} ", f"kepp s{lead} ").replace(f"keep s{second} ", "keep s999999 ")
    (stocked.folder / "bad.txt").write_text(text, encoding="utf-8")
    refused = stocked.run("edit", "--file", "bad.txt", code=1)
    assert len(re.findall(r"^digest: line \d+: ", refused.stderr, re.MULTILINE)) == 2
    assert refused.stdout == ""
    assert "missing.txt" in stocked.run("edit", "--file", "missing.txt", code=1).stderr
    (stocked.folder / "latin.txt").write_bytes(b"\xe9")
    assert "no UTF-8 text (line 1)" in stocked.run("edit", "--file", "latin.txt", code=1).stderr
