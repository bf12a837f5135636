"""From the form in a real browser to a reader of the next edition: `digest serve`, and a real mail server."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import dkim
import httpx2
import pytest

from tests.browser import AXE, Browser, Page

from .conftest import Desk, MailServer, free_port, serving

pytestmark = pytest.mark.timeout(300)  # several programs, and a browser, on a machine that may be busy
PATIENCE_S = 60
A_PERSONS_PACE_S = 2.1
ADA = "ada@reader.example"


@pytest.fixture
def site(smtp_desk: Desk) -> Iterator[str]:
    """The newsletter's pages at the very address that its mails lead to."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = tomllib.loads((smtp_desk.folder / "digest.toml").read_text("utf-8"))
    settings["publication"] |= {"base_url": address, "reply_to": "editor@harbour.example.net"}
    smtp_desk.configure(**settings, web={"port": port})
    with serving(smtp_desk, port) as served:
        assert served == address
        yield served


def letter_to(mail_server: MailServer, count: int = 1) -> EmailMessage:
    """The newest of so many messages, once they are there."""
    end = time.monotonic() + PATIENCE_S
    while len(mail_server.inbox.messages) < count:
        assert time.monotonic() < end, mail_server.inbox.per_recipient()
        time.sleep(0.05)
    return mail_server.inbox.messages[-1][1]


def link_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    found = re.search(r"<(http://127\S+)>", body.get_content())
    assert found
    return found[1]


def fill_in(page: Page, email: str, *themes: str) -> None:
    """Type and tick as a person does, who may use the keyboard alone."""
    page.ask("document.querySelector('[name=email]').focus()")
    page.ask("document.querySelector('[name=email]').select()")
    page.call("Input.insertText", text=email)
    ticked = page.ask("[...document.querySelectorAll('[name=theme]:checked')].map(e => e.value)")
    for theme in set(ticked) ^ set(themes or ticked):  # all are ticked to begin with
        page.click(f"[value={theme}]")


@pytest.mark.browser
def test_a_person_subscribes_with_a_browser_and_a_mailbox(
    smtp_desk: Desk, mail_server: MailServer, site: str, chromium: Browser
) -> None:
    page = chromium.open(site, width=375, height=800)
    page.click("main .button")
    page.until("document.querySelector('[name=email]')")
    assert page.ask("getComputedStyle(document.querySelector('.trap')).display") == "none"
    assert page.ask("document.documentElement.scrollWidth <= innerWidth")
    fill_in(page, "ada@reader", "arctic")
    page.click("button")
    page.until("document.querySelector('#problem')")
    page.until("document.activeElement.name === 'email'")  # where it is to be mended
    assert page.ask("[...document.querySelectorAll(':checked')].map(e => e.value)") == ["arctic"]
    time.sleep(A_PERSONS_PACE_S)
    fill_in(page, ADA)
    page.click("button")
    page.until("document.body.innerText.includes('Check your inbox')")
    assert page.ask("document.cookie") == ""

    letter = letter_to(mail_server)
    assert letter["To"] == ADA
    assert "List-Unsubscribe" not in letter
    held = smtp_desk.json("subscribers", "show", ADA)
    assert held["state"] == "pending"
    assert held["asked_to_confirm_at"]
    assert "pending" in smtp_desk.run("subscribers", "show", ADA).stdout
    page = chromium.open(link_of(letter), width=375, height=800)
    assert smtp_desk.json("subscribers", "show", ADA)["state"] == "pending", "the link alone does nothing"
    page.click("button")
    page.until("document.body.innerText.includes('You are subscribed')")
    (reader,) = smtp_desk.json("subscribers", "list")
    assert (reader["email"], reader["state"], reader["themes"]) == (ADA, "active", ["arctic"])
    assert reader["confirmed_at"]


@pytest.mark.browser
def test_a_name_of_one_long_word_makes_no_page_wider_than_a_phone(stocked: Desk, chromium: Browser) -> None:
    settings = tomllib.loads((stocked.folder / "digest.toml").read_text("utf-8"))
    word = "Donaudampfschifffahrtsgesellschaftskapitänsnachrichten"
    settings["publication"] |= {"name": word, "publisher": word}
    stocked.configure(**settings, web={"port": free_port()})
    with serving(stocked) as site:
        for path in ("", "/subscribe", "/confirm/x", "/editions", "/nothing", "/test"):
            page = chromium.open(f"{site}{path}", width=320)
            assert word in page.text()
            assert page.ask("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.browser
@pytest.mark.npm
@pytest.mark.skipif(not AXE.exists(), reason="no axe-core in node_modules")
def test_every_page_and_the_letter_can_be_used_by_everybody(
    smtp_desk: Desk, mail_server: MailServer, site: str, chromium: Browser, tmp_path: Path
) -> None:
    smtp_desk.run("subscribers", "add", "--confirm", ADA)
    letter = letter_to(mail_server)
    body = letter.get_body(("html",))
    assert isinstance(body, EmailMessage)
    file = tmp_path / "letter.html"
    file.write_text(body.get_content(), "utf-8")
    pages = [site, f"{site}/subscribe", link_of(letter), f"{site}/confirm/x", file.as_uri()]
    for width in (320, 1200):
        for dark in (False, True):
            for url in pages:
                page = chromium.open(url, width=width, dark=dark)
                assert page.violations() == [], (url, dark)
                assert page.ask("document.documentElement.scrollWidth <= innerWidth"), (url, width)
            page = chromium.open(f"{site}/subscribe", width=width, dark=dark)
            for email, words in (("ada@", "like name@"), (ADA, "for a moment")):
                fill_in(page, email)
                page.click("button")
                page.until(f"document.body.innerText.includes('{words}')")
                assert page.violations() == [], (words, dark)
    time.sleep(A_PERSONS_PACE_S)
    page.click("button")
    page.until("document.body.innerText.includes('Check your inbox')")
    assert page.violations() == []


def test_the_letter_is_signed(smtp_desk: Desk, mail_server: MailServer) -> None:
    made = smtp_desk.json("dkim", "new", "--algorithm", "ed25519")
    settings = tomllib.loads((smtp_desk.folder / "digest.toml").read_text("utf-8"))
    selector = made["name"].partition(".")[0]
    smtp_desk.configure(**settings, dkim={"ed25519_selector": selector, "ed25519_key": "dkim-ed25519.pem"})
    smtp_desk.run("subscribers", "add", "--confirm", ADA, "--theme", "arctic")
    letter_to(mail_server)
    (raw,) = mail_server.inbox.raw
    assert dkim.DKIM(raw).verify(dnsfunc=lambda _name, **_timeout: made["value"].encode())


def test_an_editor_asks_people_to_confirm(smtp_desk: Desk, mail_server: MailServer) -> None:
    said = smtp_desk.run("subscribers", "add", "--confirm", ADA, "bo@reader.example", "--theme", "arctic")
    assert f"Asked to confirm: {ADA}." in said.stderr
    assert mail_server.inbox.per_recipient() == {ADA: 1, "bo@reader.example": 1}
    again = smtp_desk.json("subscribers", "add", "--confirm", ADA)
    assert [(one["asked"], "shortly before" in one["note"]) for one in again] == [(False, True)]
    smtp_desk.run("subscribers", "remove", ADA)
    assert "taken off the list" in smtp_desk.run("subscribers", "add", "--confirm", ADA, code=1).stderr
    smtp_desk.run("subscribers", "add", "--confirm", ADA, "--resubscribe", code=2)
    added = smtp_desk.run("subscribers", "add", "bo@reader.example")
    assert "Added: bo@reader.example." in added.stderr
    assert smtp_desk.json("subscribers", "show", "bo@reader.example")["state"] == "active"
    assert len(mail_server.inbox.messages) == 2


def test_an_editor_hears_what_the_mail_server_said_to_each(smtp_desk: Desk, mail_server: MailServer) -> None:
    bo, cy = "bo@reader.example", "Cy@reader.example"
    mail_server.inbox.answers = {bo: "550 no such user", cy: "451 later"}
    asked = smtp_desk.json("subscribers", "add", "--confirm", ADA, bo, f" {cy}")
    assert [one["asked"] for one in asked] == [True, False, False]
    assert f"{bo} is refused by the mail server: " in asked[1]["note"]
    assert "no such user" in asked[1]["note"]
    assert f"{cy} is put off by the mail server and tried again" in asked[2]["note"]
    assert mail_server.inbox.per_recipient() == {ADA: 1}


def test_a_mail_server_that_is_away_is_told_to_the_editor_and_the_heartbeat_tries_again(
    smtp_desk: Desk,
) -> None:
    settings = tomllib.loads((smtp_desk.folder / "digest.toml").read_text("utf-8"))
    settings["delivery"]["smtp_port"] = free_port()
    smtp_desk.configure(**settings)
    said = smtp_desk.run("subscribers", "add", "--confirm", ADA, code=1)
    assert "127.0.0.1" in said.stderr
    assert smtp_desk.json("subscribers", "show", ADA)["state"] == "pending"


def test_the_outbox_takes_the_letter_and_check_says_that_nobody_gets_it(desk: Desk) -> None:
    desk.run("subscribers", "add", "--confirm", ADA)
    (file,) = (desk.folder / "outbox").glob("*.eml")
    assert "ada-reader-example" in file.name
    assert "sign-ups are open, and the e-mail" in desk.run("check", code=1).stdout
    desk.configure(web={"subscribe": False})
    assert "sign-ups" not in desk.run("check", code=1).stdout


def test_check_names_the_mail_server_and_tries_it_only_online(
    smtp_desk: Desk, mail_server: MailServer
) -> None:
    line = (
        f"ok      transport: smtp by 127.0.0.1:{mail_server.port} (none); `digest check --online` tries it\n"
    )
    assert line in smtp_desk.run("check", code=1).stdout


def test_check_finds_a_letter_that_cannot_be_sent(smtp_desk: Desk) -> None:
    assert "sign-ups: https://harbour.example.net/subscribe" in smtp_desk.run("check", code=1).stdout
    own = smtp_desk.folder / "templates"
    own.mkdir()
    (own / "letter.txt.j2").write_text("Hello", "utf-8")
    assert "letter.txt.j2: the letter has no link" in smtp_desk.run("check", code=1).stdout


def test_the_web_copy_leads_to_the_form_where_there_is_one(stocked: Desk, mail_server: MailServer) -> None:
    stocked.run("draft")
    stocked.run("send")
    ref = stocked.json("status")["editions"][0]["ref"]
    for is_open in (True, False):
        settings = tomllib.loads((stocked.folder / "digest.toml").read_text("utf-8"))
        stocked.configure(**{**settings, "web": {"subscribe": is_open, "port": free_port()}})
        with serving(stocked) as site:
            page = httpx2.get(f"{site}/editions/{ref}").text
        link = '<a href="https://harbour.example.net/subscribe">Get The Harbour Brief by e-mail</a>'
        assert (link in page) is is_open
