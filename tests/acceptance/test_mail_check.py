"""`digest check --mail`: what an editor, a script and somebody without a newsletter see of the linter."""

from __future__ import annotations

from collections import Counter

import pytest

from digest.demo import DemoSite

from .conftest import Desk


@pytest.fixture
def shown(empty_desk: Desk) -> Desk:
    empty_desk.run("demo", ".")
    return empty_desk


def test_the_demo_edition_has_no_error_and_no_warning_in_any_variant(shown: Desk) -> None:
    findings = shown.json("check", "--mail")
    assert {finding["level"] for finding in findings} == {"notice"}, findings
    assert {finding["rule"] for finding in findings} == {"dkim", "link-local"}
    assert Counter(finding["mail"] for finding in findings)["all"] == 2
    assert {"arctic", "middle-east"} <= {finding["mail"] for finding in findings}
    said = shown.run("check", "--mail")
    assert said.stdout.count("dkim") == 1, "what all mails share is said once"
    assert "Looking at the mails of edition daily-" in said.stderr
    assert "0 errors, 0 warnings, 2 notices" in said.stderr


def test_messages_of_the_outbox_are_as_good_as_what_was_rendered(shown: Desk) -> None:
    files = sorted(str(path) for path in (shown.folder / "outbox").glob("*.eml"))
    findings = shown.json("check", "--mail", *files)
    assert {finding["mail"] for finding in findings} == set(files)
    assert {finding["level"] for finding in findings} == {"notice"}, findings
    known = shown.json("check", "--mail", "--edition", "1", *files)
    assert {finding["rule"] for finding in known} == {"dkim", "link-local"}


def test_without_an_edition_a_made_up_sample_is_looked_at(desk: Desk) -> None:
    said = desk.run("check", "--mail")
    assert "a made-up sample" in said.stderr
    assert "error" not in said.stdout


def test_a_mistake_in_a_template_is_found_before_it_is_sent(shown: Desk, newsroom: DemoSite) -> None:
    shown.run("init", ".", "--templates")
    story = shown.folder / "templates" / "edition.mjml.j2"
    story.write_text(
        story.read_text("utf-8").replace('<mj-breakpoint width="480px" />', '<mj-breakpoint wide="480px" />'),
        encoding="utf-8",
    )
    css = shown.folder / "templates" / "edition.css.j2"
    css.write_text(css.read_text("utf-8") + ".s { color: #aaaaaa }\n", encoding="utf-8")
    said = shown.run("check", "--mail", code=1)
    lines = said.stdout.splitlines()
    assert (
        sum(line.startswith("error   mjml-attribute: mj-breakpoint has no attribute wide") for line in lines)
        == 1
    )
    assert sum(line.startswith("error   contrast-light") for line in lines) == 5
    assert any("contrast-light: and" in line and "more" in line for line in lines)
    assert "in what readers would get" in said.stderr


def test_a_foreign_mail_needs_no_newsletter(empty_desk: Desk) -> None:
    (empty_desk.folder / "their.eml").write_text(
        'From: a@example.org\nSubject: WIN NOW!!!\nContent-Type: text/html\n\n<a href="data:x">Go</a>',
        encoding="utf-8",
    )
    said = empty_desk.run("check", "--mail", "their.eml", code=1)
    assert "error   link-scheme" in said.stdout
    assert "error   text-missing" in said.stdout
    assert [path.name for path in empty_desk.folder.iterdir()] == ["their.eml"], "nothing is made"


def test_mjml_is_looked_at_as_such(desk: Desk) -> None:
    good = "<mjml><mj-body><mj-section><mj-column></mj-column></mj-section></mj-body></mjml>"
    (desk.folder / "good.mjml").write_text(good, encoding="utf-8")
    (desk.folder / "bad.mjml").write_text(
        good.replace("<mj-column>", "<mj-column wide='2'>"), encoding="utf-8"
    )
    assert desk.json("check", "--mail", "good.mjml") == []
    said = desk.run("check", "--mail", "good.mjml", "bad.mjml", code=1)
    assert said.stdout.startswith("error   mjml-attribute [bad.mjml]: mj-column has no attribute wide")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("check", "a.eml"), 2, "--mail"),
        (("check", "--edition", "1"), 2, "--mail"),
        (("check", "--mail", "--online"), 2, "--online"),
        (("check", "--mail", "missing.eml"), 1, "missing.eml can't be read"),
        (("check", "--mail", "."), 1, "can't be read"),
        (("check", "--mail", "empty.eml"), 1, "empty.eml is no e-mail"),
        (("check", "--mail", "--edition", "77"), 1, "no edition '77'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    desk: Desk, arguments: tuple[str, ...], code: int, words: str
) -> None:
    (desk.folder / "empty.eml").write_bytes(b"")
    assert words in desk.run(*arguments, code=code).stderr
