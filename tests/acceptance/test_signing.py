"""From `digest dkim new` to a message that another implementation of DKIM (dkimpy) accepts."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import dkim
import pytest

from digest.checkup import Finding, Level
from digest.checkup.sender import published_keys
from digest.settings import load
from digest.wiring.mail import signer_of

from .conftest import Desk, MailServer

DOMAIN = "harbour.example.net"


def make_keys(desk: Desk) -> dict[str, str]:
    """One key of each kind, put into the settings as the command says; the records by name."""
    records = {}
    for algorithm in ("rsa", "ed25519"):
        made = desk.run("dkim", "new", "--algorithm", algorithm, "--json")
        record = json.loads(made.stdout)
        records[record["name"]] = record["value"]
        settings = desk.folder / "digest.toml"
        table = made.stderr.partition("[dkim]\n")[2].partition("\n`digest")[0]
        text = settings.read_text("utf-8")
        head = text if "[dkim]" in text else f"{text}[dkim]\n"
        settings.write_text(f"{head}{table}\n", "utf-8")
    return records


def verified(raw: bytes, records: dict[str, str]) -> list[bool]:
    def lookup(name: bytes, timeout: int = 5) -> bytes:
        return records[name.decode().rstrip(".")].encode()

    count = raw.count(b"DKIM-Signature:")
    return [bool(dkim.DKIM(raw).verify(idx=index, dnsfunc=lookup)) for index in range(count)]


def test_every_message_is_signed_by_both_keys(stocked: Desk, mail_server: MailServer) -> None:
    records = make_keys(stocked)
    assert set(records) == {f"digest-{kind}._domainkey.{DOMAIN}" for kind in ("rsa", "ed25519")}
    stocked.run("draft")
    stocked.run("test", "one@example.com")
    stocked.run("send")
    assert len(mail_server.inbox.raw) > 20
    assert all(verified(raw, records) == [True, True] for raw in mail_server.inbox.raw)
    preview = json.loads(stocked.run("preview", "--json").stdout)
    assert verified(Path(preview["eml"]).read_bytes(), records) == [True, True]
    signed = mail_server.inbox.raw[-1].partition(b" h=")[2].partition(b";")[0].lower()
    assert signed.replace(b"\r\n  ", b"").split(b":").count(b"list-unsubscribe") == 2  # nobody can add one


def test_the_records_of_the_settings_can_be_had_again(smtp_desk: Desk) -> None:
    assert "digest dkim new" in smtp_desk.run("dkim", "record", code=1).stderr
    records = make_keys(smtp_desk)
    shown = {row["name"]: row["value"] for row in smtp_desk.json("dkim", "record")}
    assert shown == records
    zone = smtp_desk.run("dkim", "record").stdout
    assert f"digest-ed25519._domainkey.{DOMAIN}. 3600 IN TXT (" in zone


def test_a_key_is_never_written_over(smtp_desk: Desk) -> None:
    make_keys(smtp_desk)
    before = (smtp_desk.folder / "dkim-rsa.pem").read_bytes()
    assert "is there already" in smtp_desk.run("dkim", "new", code=1).stderr
    assert (smtp_desk.folder / "dkim-rsa.pem").read_bytes() == before
    assert (
        "is no selector" in smtp_desk.run("dkim", "new", "--selector", "a b", "--out", "x.pem", code=1).stderr
    )
    assert not (smtp_desk.folder / "x.pem").exists()


def test_a_key_that_is_gone_stops_the_send_before_anything_is_sent(
    stocked: Desk, mail_server: MailServer
) -> None:
    make_keys(stocked)
    (stocked.folder / "dkim-rsa.pem").unlink()
    stocked.run("draft")
    assert "dkim.rsa_key: " in stocked.run("send", code=1).stderr
    assert "can't be read" in stocked.run("check", code=1).stdout
    assert not mail_server.inbox.messages
    stocked.configure(**tomllib.loads((stocked.folder / "digest.toml").read_text("utf-8")) | {"dkim": {}})
    stocked.run("send")
    assert mail_server.inbox.messages


def test_check_online_compares_the_published_key(smtp_desk: Desk) -> None:
    records = make_keys(smtp_desk)
    signer = signer_of(load(smtp_desk.folder / "digest.toml", {}, smtp_desk.folder))
    assert signer.identities

    def look(published: dict[str, str]) -> list[Finding]:
        return list(published_keys(signer, lambda name: (published[name],) if name in published else ()))

    assert [finding.level for finding in look(records)] == [Level.OK, Level.OK]
    missing = look({})
    assert [finding.level for finding in missing] == [Level.ERROR, Level.ERROR]
    assert all(records[name] in missing[place].mend for place, name in enumerate(reversed(records)))
    other = look(dict.fromkeys(records, "v=DKIM1; k=rsa; p=AAAA"))
    assert all("another key" in finding.what for finding in other)


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_key_that_others_can_read_is_warned_of_with_the_remedy(smtp_desk: Desk, mode: int) -> None:
    make_keys(smtp_desk)
    assert "private key" not in smtp_desk.run("check", code=1).stdout  # as `digest dkim new` leaves them
    key = smtp_desk.folder / "dkim-rsa.pem"
    key.chmod(mode)
    said = smtp_desk.run("check", code=1).stdout
    assert f"access to the private key {key}" in said
    assert f"chmod 600 {key}" in said
    assert "dkim-ed25519.pem" not in said


def test_settings_that_sign_nothing_are_told(smtp_desk: Desk) -> None:
    settings = smtp_desk.folder / "digest.toml"
    plain = settings.read_text("utf-8")
    for line, complaint in (
        ('rsa_selector = "digest"', "dkim.rsa_selector needs rsa_key beside it"),
        ('rsa_key = "dkim.pem"', "dkim.rsa_key needs rsa_selector beside it"),
        ('domain = "example.net"', "dkim.domain signs nothing without a key"),
        ('rsa_selector = "a b"\nrsa_key = "dkim.pem"', 'dkim.rsa_selector = "a b" is no selector'),
    ):
        settings.write_text(f"{plain}[dkim]\n{line}\n", "utf-8")
        assert complaint in smtp_desk.run("status", code=1).stderr


def test_a_foreign_signing_domain_is_warned_of(smtp_desk: Desk) -> None:
    make_keys(smtp_desk)
    settings = smtp_desk.folder / "digest.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("[dkim]", '[dkim]\ndomain = "example.com"'), "utf-8"
    )
    said = smtp_desk.run("check", code=1).stdout
    assert f"example.com signs for {DOMAIN}, which DMARC does not count" in said
