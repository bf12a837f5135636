"""The main job as its three kinds of people meet it, through the command line alone."""

from __future__ import annotations

import re
import signal
import time
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from digest.clock import utc_now
from digest.demo import DemoSite
from digest.demo.links import links_of

from .conftest import Desk, MailServer


def counts(desk: Desk) -> dict[str, int]:
    found: dict[str, int] = desk.json("status")["editions"][0]["counts"]
    return found


def test_everyone_gets_the_edition_exactly_once_however_often_it_is_asked_for(
    stocked: Desk, mail_server: MailServer
) -> None:
    stocked.run("draft")
    stocked.run("send")
    received = mail_server.inbox.per_recipient()
    assert len(received) == 40
    assert set(received.values()) == {1}
    assert len(mail_server.inbox.message_ids()) == 40

    assert "already" in stocked.run("send").stderr
    for _ in range(3):
        stocked.run("run", "--once")
    both = [stocked.start("run"), stocked.start("run")]
    for process in both:
        assert process.stderr is not None
        assert "watching" in process.stderr.readline()  # it can be told to stop from here on
    time.sleep(2)  # each has had its first beat
    for process in both:
        process.send_signal(signal.SIGTERM)
    for process in both:
        _out, err = process.communicate(timeout=30)
        assert process.returncode == 0, err
    assert mail_server.inbox.per_recipient() == received
    status = stocked.json("status")
    assert [edition["adds_up"] for edition in status["editions"]] == [True] * len(status["editions"])
    assert counts(stocked)["sent"] == counts(stocked)["planned"] == 40


def test_a_dry_run_says_that_an_edition_is_sent(stocked: Desk, mail_server: MailServer) -> None:
    assert sum(stocked.json("send", "--dry-run")["would_get"].values()) == 40
    stocked.run("send")
    said = stocked.run("send", "--dry-run").stderr
    assert " is sent: 40 planned = 40 sent. 0 readers would still be tried." in said
    assert stocked.json("send", "--dry-run")["would_get"] == {}


def test_a_reader_gets_the_themes_they_chose_and_nothing_else(stocked: Desk, mail_server: MailServer) -> None:
    stocked.run("send")
    by_reader = dict(mail_server.inbox.messages)
    arctic = by_reader["reader0001@example.org"].get_body(("plain",))
    everything = by_reader["reader0000@example.org"].get_body(("plain",))
    assert arctic is not None
    assert everything is not None
    assert "ARCTIC" in arctic.get_content()
    assert "MIDDLE EAST" not in arctic.get_content()
    assert "MIDDLE EAST" in everything.get_content()


def test_a_test_is_marked_reaches_only_its_address_and_changes_nothing(
    stocked: Desk, mail_server: MailServer
) -> None:
    stocked.run("draft")
    before = stocked.json("status")
    stocked.run("test", "one@example.com", "two@example.com")
    assert set(mail_server.inbox.per_recipient()) == {"one@example.com", "two@example.com"}
    _recipient, message = mail_server.inbox.messages[0]
    assert str(message["Subject"]).startswith("[TEST]")
    personal = [link for link in links_of(message) if link.startswith("https://harbour.example.net/")]
    assert personal
    leaving = re.compile(r"/(u|p)/")
    assert not [link for link in personal if leaving.search(link)]
    assert "https://harbour.example.net/test" in str(message["List-Unsubscribe"])
    assert stocked.json("status") == before


def test_preview_changes_nothing_and_writes_every_form(stocked: Desk) -> None:
    before = stocked.json("status")
    paths = stocked.json("preview", "--out", "look", "--theme", "arctic")
    assert {Path(path).name for path in paths.values()} == {
        "edition.html", "edition.txt", "edition.eml", "edition.mjml", "edition.web.html",
        "edition.sheet.html",
    }  # fmt: skip
    html = Path(paths["html"]).read_text("utf-8")
    assert "__DIGEST_" not in html
    message = message_from_bytes(Path(paths["eml"]).read_bytes(), policy=default)
    assert message["Subject"].startswith("[TEST]")
    assert stocked.json("status") == before


def test_what_was_frozen_is_shown_as_readers_got_it_whatever_the_templates_say_now(
    stocked: Desk, mail_server: MailServer
) -> None:
    stocked.run("send")
    received = dict(mail_server.inbox.messages)
    (stocked.folder / "templates").mkdir(exist_ok=True)
    for name in ("_footer.mjml.j2", "edition.txt.j2"):
        source = (Path(__file__).parents[2] / "templates" / name).read_text("utf-8")
        new = source.replace("words.unsubscribe", '"Take me off"')
        (stocked.folder / "templates" / name).write_text(new, encoding="utf-8")

    def previewed(*themes: str) -> tuple[str, str, str]:
        chosen = [part for theme in themes for part in ("--theme", theme)]
        done = stocked.run("preview", "--out", "look", *chosen)
        files = {Path(line).suffix: Path(stocked.folder / line) for line in done.stdout.splitlines()}
        return files[".txt"].read_text("utf-8"), files[".mjml"].read_text("utf-8"), done.stderr

    for reader, themes in (("reader0000", ()), ("reader0001", ("arctic",))):
        text, mjml, told = previewed(*themes)
        got = received[f"{reader}@example.org"].get_body(("plain",))
        assert got is not None
        unlinked = re.compile(r"https://harbour\.example\.net/(?:test|[up]/\w+)|\S+@example\.org")
        assert unlinked.sub("", text).split() == unlinked.sub("", got.get_content()).split()
        assert "Take me off" not in mjml
        assert "today's templates" not in told

    text, mjml, told = previewed("arctic", "middle-east")  # nobody's choice
    assert "Take me off" in text
    assert "Take me off" in mjml
    assert "today's templates" in told

    stocked.run("test", "one@example.com")
    recipient, message = mail_server.inbox.messages[-1]
    assert recipient == "one@example.com"
    assert "Take me off" not in message.as_string()


def test_a_held_edition_stays_until_it_is_released(stocked: Desk, mail_server: MailServer) -> None:
    stocked.run("draft")
    stocked.run("hold", "--reason", "waiting for a call back")
    assert "held" in stocked.run("send", code=1).stderr
    assert not mail_server.inbox.messages
    stocked.run("release")
    stocked.run("send")
    assert len(mail_server.inbox.messages) == 40


def test_an_approved_edition_names_who_has_read_it(stocked: Desk, mail_server: MailServer) -> None:
    stocked.run("draft")
    stocked.run("approve", "--by", "Mara Ellison")
    stocked.run("send")
    text = mail_server.inbox.messages[0][1].get_body(("plain",))
    assert text is not None
    assert "Mara Ellison" in text.get_content()


def test_what_one_edition_told_the_next_does_not_tell_again(stocked: Desk) -> None:
    stocked.run("send")
    first = stocked.json("status")["editions"][0]["ref"]
    told = stocked.json("draft", "--date", str((utc_now() + timedelta(days=3)).date()))
    assert told["ref"] != first
    assert told["edition"]["stories"] == []
    assert told["edition"]["quiet"]


def test_a_failed_send_loses_no_story(stocked: Desk, mail_server: MailServer) -> None:
    failed = stocked.run("send", code=1, DIGEST_DELIVERY__SMTP_PORT="1")
    assert "127.0.0.1" in failed.stderr
    stocked.run("send")
    assert len(mail_server.inbox.messages) == 40


def test_the_daily_send_goes_out_by_itself_at_its_hour_and_once(
    stocked: Desk, mail_server: MailServer
) -> None:
    now = utc_now()
    slot = (now + timedelta(hours=3)).replace(minute=0, second=0, microsecond=0)
    stocked.env["DIGEST_SCHEDULE__SEND_AT"] = f"{slot:%H:%M}"
    stocked.run("run", "--once", "--now", (slot - timedelta(hours=1)).isoformat())
    assert stocked.json("status")["editions"][0]["state"] == "draft"
    assert not mail_server.inbox.messages
    for minutes in (0, 1, 90):
        stocked.run("run", "--once", "--now", (slot + timedelta(minutes=minutes)).isoformat())
    assert mail_server.inbox.per_recipient().most_common(1)[0][1] == 1
    assert len(mail_server.inbox.messages) == 40


def test_a_late_start_beyond_the_limit_sends_nothing_and_tells_the_editor(
    stocked: Desk, mail_server: MailServer
) -> None:
    slot = (utc_now() + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    stocked.env["DIGEST_SCHEDULE__SEND_AT"] = f"{slot:%H:%M}"
    late = (slot + timedelta(hours=3, minutes=1)).isoformat()
    assert "late" in stocked.run("run", "--once", "--now", late, code=1).stderr
    assert not mail_server.inbox.messages
    assert any("late" in alert["text"] for alert in stocked.json("status")["alerts"])


def test_unsubscribing_in_the_middle_is_honoured(stocked: Desk, mail_server: MailServer) -> None:
    stocked.run("draft")
    stocked.run("subscribers", "remove", "reader0007@example.org")
    stocked.run("send")
    assert "reader0007@example.org" not in mail_server.inbox.per_recipient()
    again = stocked.run("subscribers", "import", "readers.csv")
    assert "1 kept out" in again.stderr


def test_explain_says_why_in_and_why_out(stocked: Desk, newsroom: DemoSite) -> None:
    stocked.run("draft")
    pieces = {piece.title: newsroom.base_url + piece.path for piece in newsroom.room.pieces}
    cable = next(url for title, url in pieces.items() if "Svalbard data cable" in title)
    sewage = next(url for title, url in pieces.items() if "Polish town" in title)
    inside = stocked.run("explain", cable).stdout
    assert "Theme arctic: in" in inside
    assert "ranked" in inside
    outside = stocked.run("explain", sewage).stdout
    assert "out: outside every theme" in outside
    assert "never gathered" in stocked.run("explain", "https://nowhere.example.org/", code=1).stderr
