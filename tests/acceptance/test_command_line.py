"""What the command line makes of odd arguments, and of an output that can't be written."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from digest.cli import MODULES, wanted_modules

from .conftest import DIGEST, Desk, environment


def test_a_reader_of_our_output_that_goes_away_is_no_error(desk: Desk) -> None:
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run(
        [*DIGEST, "themes", "list"],
        cwd=desk.folder,
        env=environment(),
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("arguments", [["themes", "list"], ["--help"]])
def test_an_output_on_a_full_disk_is_one_line(desk: Desk, arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [*DIGEST, *arguments],
            cwd=desk.folder,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr == "digest: the output can't be written: No space left on device\n"


def test_only_the_command_itself_says_what_is_loaded() -> None:
    assert wanted_modules(["--config", "draft", "status"]) == ["status"]
    assert wanted_modules(["--config=draft", "-v", "status", "draft"]) == ["status"]
    assert wanted_modules(["--config", "--version", "status"]) == ["status"]
    assert wanted_modules(["--config", "x", "--version", "status"]) == []
    assert wanted_modules(["nosuch", "draft"]) == list(MODULES.values())
    assert wanted_modules(["--help", "draft"]) == list(MODULES.values())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--config", "~nosuch/digest.toml", "status"], "~nosuch/digest.toml: names ~nosuch"),
        (["feeds", "add", "~nosuch/articles"], "has that home folder"),
        (
            ["themes", "new", "Ferries", "--from", "~nosuch/article.txt"],
            "has that home folder",
        ),
        (["feeds", "add", "http://[bad", "--unchecked"], "is neither an http(s) address nor a folder"),
        (["draft", "--date", "9999-12-31"], "the year 9999 is no time for a newsletter"),
        (["draft", "--date", "0001-01-01"], "the year 1 is no time for a newsletter"),
        (["explain", "caf\udce9"], "digest: 'caf\\udce9' holds bytes that are no text here"),
        (["feeds", "remove", "caf\udce9"], "digest: 'caf\\udce9' holds bytes that are no text here"),
    ],
)
def test_an_argument_that_leads_nowhere_is_one_line(desk: Desk, arguments: list[str], said: str) -> None:
    assert said in desk.run(*arguments, code=1).stderr


def test_a_weight_that_is_no_number_is_wrong_usage(desk: Desk) -> None:
    said = desk.run("feeds", "add", "http://a.example/", "--unchecked", "--weight", "nan", code=2).stderr
    assert "nan is no number" in said


@pytest.mark.parametrize(
    "line",
    [
        '[delivery]\noutbox = "~nosuch/outbox"',
        '[bounces]\nmaildir = "~nosuch/mail"',
        '[[feeds]]\nurl = "~nosuch/articles"\nkind = "folder"',
    ],
)
def test_a_setting_that_names_the_home_of_nobody_is_one_line(desk: Desk, line: str) -> None:
    (desk.folder / "digest.toml").write_text(line, encoding="utf-8")
    said = desk.run("status", code=1).stderr
    assert "has that home folder" in said
    assert said.count("\n") == 1


def test_a_feed_is_exported_whatever_its_name_and_publisher_were_typed_with(desk: Desk) -> None:
    desk.run(
        "feeds", "add", "https://a.example/x y", "--unchecked", "--name", "A\x01  & B", "--publisher", "P\x02"
    )
    (feed,) = desk.json("feeds", "list")
    assert (feed["name"], feed["publisher"], feed["url"]) == ("A & B", "P", "https://a.example/x%20y")
    assert 'digest:publisher="P"' in desk.run("feeds", "export").stdout


def test_a_folder_that_an_opml_file_has_no_place_for_is_named(desk: Desk) -> None:
    (desk.folder / "desk").mkdir()
    desk.run("feeds", "add", "https://a.example/x", "--unchecked", "--name", "A")
    desk.run("feeds", "add", "desk", "--unchecked", "--name", "Our desk")
    said = desk.run("feeds", "export", "feeds.opml").stderr
    assert "1 feed written to feeds.opml." in said
    left_out = f"Left out, for OPML has no folders: Our desk ({desk.folder / 'desk'})."
    assert left_out in said
    exported = desk.run("feeds", "export")
    assert left_out in exported.stderr
    assert "Our desk" not in exported.stdout


def test_a_template_that_includes_itself_is_named(desk: Desk) -> None:
    desk.run("init", "news")
    news = Desk(desk.folder / "news")
    (news.folder / "templates" / "edition.txt.j2").write_text(
        '{% include "edition.txt.j2" %}', encoding="utf-8"
    )
    news.run("draft")
    assert "edition.txt.j2, line 1: it includes itself, without end" in news.run("preview", code=1).stderr
