"""What comes back, through the command line and over HTTP."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.error
import urllib.request
from email.message import EmailMessage
from mailbox import Maildir
from urllib.parse import unquote, urlsplit

import pytest

from tests.unit.bounces.samples import dsn

from .conftest import DIGEST, Desk, MailServer, environment, serving


@pytest.fixture
def sent(stocked: Desk, mail_server: MailServer) -> dict[str, str]:
    """A newsletter that has sent an edition with VERP; the envelope sender of each reader's message."""
    text = (stocked.folder / "digest.toml").read_text("utf-8")
    more = '[bounces]\naddress = "bounces@harbour.example.net"\nverp = true\nmaildir = "mail"\n'
    header = 'reference_header = "X-PM-Metadata-ref"\n'
    (stocked.folder / "digest.toml").write_text(f"{text}{more}{header}", "utf-8")
    stocked.run("draft")
    stocked.run("send")
    return mail_server.inbox.senders


def bounce_of(reader: str, sent: dict[str, str]) -> bytes:
    return dsn(to=sent[reader], identity=f"<{reader}>", returned="")


def pipe(desk: Desk, raw: bytes) -> subprocess.CompletedProcess[bytes]:
    """As a mail server calls it."""
    command = [*DIGEST, "bounces", "ingest"]
    return subprocess.run(
        command, input=raw, cwd=desk.folder, env=environment(), capture_output=True, check=False
    )


def test_a_bounce_takes_every_way_in(stocked: Desk, sent: dict[str, str], mail_server: MailServer) -> None:
    first, second, third, fourth = sorted(sent)[:4]
    piped = pipe(stocked, bounce_of(first, sent))
    assert (piped.returncode, piped.stdout) == (0, b"")
    assert b"1 applied (1 hard-bounce); 1 never mailed again" in piped.stderr

    (stocked.folder / "bounce.eml").write_bytes(bounce_of(second, sent))
    tally = stocked.json("bounces", "ingest", "bounce.eml", "bounce.eml")
    assert tally["verdicts"] == {"applied": 1, "known already": 1}

    Maildir(stocked.folder / "mail").add(bounce_of(third, sent))
    assert stocked.json("bounces", "poll")["verdicts"] == {"applied": 1}

    address = stocked.json("bounces", "hooks")["postmark"]
    references = {reader: str(mail["X-PM-Metadata-ref"]) for reader, mail in mail_server.inbox.messages}
    assert len(set(references.values())) == len(references) > 4
    reference = references[fourth]
    assert sent[fourth] == f"bounces+{reference}@harbour.example.net"
    event = {"RecordType": "Bounce", "ID": 1, "Type": "HardBounce", "Metadata": {"ref": reference}}
    with serving(stocked) as base:
        assert post(base + urlsplit(address).path, event) == 200
        assert post(base + urlsplit(address).path, {"RecordType": "Open"}) == 200
        assert post(base + urlsplit(address).path[:-1], event) == 404
        assert post(base + urlsplit(address).path.replace("postmark", "ses"), event) == 404
        assert post(base + urlsplit(address).path, "no object") == 400
        signed_by_nobody = stocked.json("bounces", "hooks")["ses"]
        assert post(base + urlsplit(signed_by_nobody).path, {"Type": "Notification"}) == 403

    edition = stocked.json("status")["editions"][0]
    assert edition["counts"]["bounced"] == 4
    stopped = {row["email"] for row in stocked.json("subscribers", "list") if row["state"] != "active"}
    assert stopped == {first, second, third, fourth}
    assert {row["reason"] for row in stocked.json("subscribers", "list") if row["email"] in stopped} == {
        "bounced"
    }
    assert "unsubscribed (bounced)" in stocked.run("subscribers", "show", first).stdout
    assert stocked.json("status")["lost"] == {"bounced": 4}
    assert "4 unsubscribed (of whom 4 bounced)" in stocked.run("status").stderr
    held = json.loads(stocked.run("subscribers", "show", first, "--export").stdout)
    assert held["suppression"]["reason"] == "bounced"
    assert held["events"][0]["kind"] == "hard-bounce"


def test_who_asks_by_mail_to_leave_is_heard_where_bounces_are(
    stocked: Desk, sent: dict[str, str], mail_server: MailServer
) -> None:
    """Some mail programs write to the address of List-Unsubscribe instead of asking the web address."""
    reader, message = mail_server.inbox.messages[0]
    (way,) = re.findall(r"<mailto:([^>]+)>", str(message["List-Unsubscribe"]))
    address, _, subject = way.partition("?subject=")
    assert address == "bounces@harbour.example.net"
    asking = EmailMessage()
    asking["From"], asking["To"], asking["Subject"] = reader, address, unquote(subject)
    Maildir(stocked.folder / "mail").add(asking.as_bytes())
    assert stocked.json("bounces", "poll")["verdicts"] == {"applied": 1}
    gone = {row["email"] for row in stocked.json("subscribers", "list") if row["state"] != "active"}
    assert gone == {reader}


def post(url: str, event: object) -> int:
    request = urllib.request.Request(url, json.dumps(event).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_headers_that_a_provider_asks_for_stand_in_every_message(
    stocked: Desk, mail_server: MailServer
) -> None:
    text = (
        (stocked.folder / "digest.toml")
        .read_text("utf-8")
        .replace("[delivery]", '[delivery]\nheaders = ["X-PM-Message-Stream: broadcast", "X-Tag:a b"]')
    )
    (stocked.folder / "digest.toml").write_text(text, "utf-8")
    stocked.run("draft")
    stocked.run("send")
    messages = [message for _recipient, message in mail_server.inbox.messages]
    assert {(str(one["X-PM-Message-Stream"]), str(one["X-Tag"])) for one in messages} == {
        ("broadcast", "a b")
    }


def test_a_database_that_is_away_tells_the_mail_server_to_try_again(desk: Desk) -> None:
    desk.configure(database={"url": "sqlite:///gone/subscribers.db"})
    piped = pipe(desk, dsn())
    assert piped.returncode == 75
    assert b"there is no database" in piped.stderr


def test_settings_that_are_being_mistyped_tell_the_mail_server_to_try_again(desk: Desk) -> None:
    (desk.folder / "digest.toml").write_text("[bounces]\nsoft_limt = 3\nnonsense", encoding="utf-8")
    piped = pipe(desk, dsn())
    assert (piped.returncode, piped.stderr.count(b"\n")) == (75, 1)
    assert b"digest: digest.toml:3: no valid TOML" in piped.stderr


def test_settings_of_bounces_that_can_t_work_are_told(desk: Desk) -> None:
    for line, complaint in (
        ("verp = true", "bounces.verp = true needs bounces.address"),
        ('imap_host = "mail.example.org"', "bounces.imap_host needs bounces.imap_username"),
        (
            'imap_host = "a.example.org"\nimap_username = "b"\nimap_password = "p"\nimap_security = "none"',
            "would send the password unencrypted",
        ),
        (
            'address = "a-very-long-address-for-bounces@example.org"\nverp = true',
            "leaves no room for a reference",
        ),
    ):
        (desk.folder / "digest.toml").write_text(f"[bounces]\n{line}\n", "utf-8")
        assert complaint in desk.run("status", code=1).stderr
    desk.configure()
    assert "no mailbox to read: set maildir or imap_host" in desk.run("bounces", "poll", code=1).stderr


def test_check_says_whether_anybody_reads_bounces(stocked: Desk, sent: dict[str, str]) -> None:
    assert "mail/new can't be read: No such file" in stocked.run("check", code=1).stdout
    Maildir(stocked.folder / "mail")
    assert f"bounces: maildir:{stocked.folder}/mail can be read" in stocked.run("check").stdout
    assert "reads neither" not in stocked.run("check").stdout
