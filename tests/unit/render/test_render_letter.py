"""The message outside any edition: its headers, its two parts, and what can't be brought into either."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lxml import html

from digest.errors import RenderError
from digest.mailcheck import lint_files
from digest.maillint import Level
from digest.render import Publication
from digest.render.letter import Letter, LetterRenderer

TEMPLATES = Path(__file__).parents[3] / "templates"
NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
LINK = "https://harbour.example/50%25/confirm/0123456789abcdef0123456789abcdef"
LETTER = Letter(
    subject="The Harbour Brief: please confirm",
    title="Please confirm",
    text="Somebody asked for it to be sent to ada@example.org, and it begins once you have confirmed that.",
    button="Confirm",
    url=LINK,
    notes=("It works once.", "If it was not you, ignore this."),
)


@pytest.fixture
def publication(samples: ModuleType) -> Publication:
    found: Publication = samples.PUBLICATION
    return found


def message_of(publication: Publication, letter: Letter = LETTER, *folders: Path) -> EmailMessage:
    raw = LetterRenderer([*folders, TEMPLATES], publication).message(
        letter, "ada@example.org", message_id="<1@harbour.example>", date=NOW
    )
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    return message_from_bytes(raw, _class=EmailMessage, policy=default)


def page_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert isinstance(part, EmailMessage)
    found: str = part.get_content()
    return found


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert isinstance(part, EmailMessage)
    found: str = part.get_content()
    return found


def test_it_is_to_one_person_and_of_no_list(publication: Publication) -> None:
    message = message_of(replace(publication, headers=(("X-Stream", "outbound"),), reply_to="desk@x.example"))
    assert message["To"] == "ada@example.org"
    assert message["From"].addresses[0].addr_spec == publication.from_email
    assert message["Reply-To"] == "desk@x.example"
    assert message["Subject"] == LETTER.subject
    assert message["Message-ID"] == "<1@harbour.example>"
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Stream"] == "outbound"
    for name in ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Precedence"):
        assert name not in message


def test_both_parts_say_the_same(publication: Publication) -> None:
    message = message_of(publication)
    page: Any = html.fromstring(page_of(message))
    shown = " ".join(page.text_content().split())
    text = " ".join(text_of(message).split())
    for words in (LETTER.title, LETTER.text, LETTER.button, *LETTER.notes):
        assert words in shown
        assert words in text
    assert f"<{LINK}>" in text
    assert page.xpath("//a[normalize-space()='Confirm']/@href") == [LINK]
    assert [one.tag for one in page.iter("h1", "h2")] == ["h1"]
    assert page.xpath("//*[@role='main']")


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</mj-text></mj-column><mj-raw><script>1</script></mj-raw>",
        "{{ 7 * 7 }}{% include 'x' %}",
        "__DIGEST_UNSUB_URL__",
        "a\r\nBcc: victim@example.net\r\n\r\nbody",
        "\u202e\u0000\ud800zalgo",
    ],
)
def test_nothing_that_a_letter_says_becomes_markup_or_a_header(
    publication: Publication, hostile: str
) -> None:
    from digest.render.clean import clean  # noqa: PLC0415 - as whoever writes a letter does

    letter = replace(
        LETTER, subject=hostile, title=clean(hostile), text=clean(hostile), button=clean(hostile)
    )
    message = message_of(publication, letter)
    assert "Bcc" not in message
    page: Any = html.fromstring(page_of(message))
    assert page.xpath("//script | //img | //*[@onerror]") == []
    assert "49" not in page.text_content()
    assert page.xpath("//a/@href") == [LINK]


def test_an_address_that_would_be_a_second_header_is_refused(publication: Publication) -> None:
    renderer = LetterRenderer([TEMPLATES], publication)
    for address in ("a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "A <a@b.example>"):
        with pytest.raises(RenderError):
            renderer.message(LETTER, address, message_id="<1@x.example>", date=NOW)


@pytest.mark.parametrize("name", ["letter.mjml.j2", "letter.txt.j2"])
def test_a_template_that_leaves_the_link_out_is_refused(
    publication: Publication, tmp_path: Path, name: str
) -> None:
    original = (TEMPLATES / name).read_text("utf-8")
    (tmp_path / name).write_text(original.replace("{{ letter.url }}", "https://x.example"), "utf-8")
    with pytest.raises(RenderError, match=re.escape(f"{name}: the letter has no link")):
        message_of(publication, LETTER, tmp_path)


def test_an_editor_has_templates_of_their_own(publication: Publication, tmp_path: Path) -> None:
    (tmp_path / "letter.txt.j2").write_text("Bitte: {{ letter.url }}\n", "utf-8")
    assert text_of(message_of(publication, LETTER, tmp_path)).split() == ["Bitte:", LINK]


def test_it_runs_the_way_its_language_does(publication: Publication) -> None:
    page = page_of(message_of(replace(publication, language="ar")))
    assert 'dir="rtl"' in page
    assert "direction:ltr" not in page
    assert "direction:rtl" not in page_of(message_of(replace(publication, language="de")))
    assert message_of(replace(publication, language="ar"))["Content-Language"] == "ar"


def test_the_linter_misses_nothing_but_what_a_list_has(publication: Publication, tmp_path: Path) -> None:
    file = tmp_path / "letter.eml"
    file.write_bytes(bytes(message_of(publication)))
    (linted,) = lint_files([file])
    found = {finding.rule for finding in linted.findings if finding.level is not Level.NOTICE}
    of_a_list = {"list-id", "list-unsubscribe", "one-click", "unsubscribe-html", "unsubscribe-text"}
    assert found == of_a_list | {"preheader"}, "it is so short that its first words are as good"


def test_a_letter_links_the_privacy_notice(publication: Publication) -> None:
    message = message_of(replace(publication, privacy_url="https://harbour.example/privacy"))
    assert 'href="https://harbour.example/privacy"' in page_of(message)
    assert "Privacy: <https://harbour.example/privacy>" in text_of(message)
    assert "Privacy" not in page_of(message_of(publication))
