"""What a command loads before it does anything: the start is most of what a small send costs."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import httpx2

from digest import desk, pipeline
from digest.model.tokens import UNSUBSCRIBE, token_maker
from digest.wiring import open_parts, read_settings

from .conftest import Desk, MailServer, environment

MAKING = {
    "digest.compose",
    "digest.group",
    "digest.llm",
    "digest.summarise",
    "digest.drafting",
    "snowballstemmer",
}
RENDERING = {"jinja2", "mjml", "lxml", "premailer", "digest.render.renderer", "digest.render.inlining"}
GATHERING = {"httpx2", "feedparser", "trafilatura", "htmldate", "PIL", "py3langid", "dns", "numpy"}
READING = {"digest.bounces", "digest.subscriptions", "email_validator", "imaplib"}
REST = {
    "alembic",
    "apscheduler",
    "cryptography",
    "pydantic",
    "digest.deliver.transports.outbox",
    "rich",
    "sqlalchemy.dialects.postgresql",
    "starlette",
    "uvicorn",
}


def loaded(room: Desk, *arguments: str) -> set[str]:
    """The modules that `digest` loads, in a process of its own as a user starts it."""
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "digest", *arguments],
        cwd=room.folder,
        env={**environment(), **room.env},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(re.findall(r"^import time: +\d+ \| +\d+ \| +(\S+)$", ended.stderr, re.MULTILINE))


def frozen(room: Desk) -> None:
    """Draft the next edition, and freeze it as a send does that stops before the first message."""
    room.run("draft")
    with open_parts(read_settings(room.folder / "digest.toml")) as parts:
        row, _slot = desk.current(parts, parts.clock())
        assert row
        pipeline.begin(parts, row, parts.clock())


def test_a_frozen_edition_is_sent_by_what_sends_alone(stocked: Desk, mail_server: MailServer) -> None:
    frozen(stocked)
    modules = loaded(stocked, "send")
    assert len(mail_server.inbox.messages) > 20
    assert "digest.deliver.transports.smtp" in modules  # the list is one of modules
    assert modules & {*MAKING, *RENDERING, *GATHERING, *READING, *REST} == set()


def test_a_draft_is_rendered_for_the_send_and_not_made_anew(
    stocked: Desk, mail_server: MailServer, tmp_path: Path
) -> None:
    stocked.run("draft")
    stocked.env["XDG_CACHE_HOME"] = str(tmp_path / "empty")  # as on a machine that has rendered nothing yet
    modules = loaded(stocked, "send")
    assert len(mail_server.inbox.messages) > 20
    assert {"digest.render.renderer", "premailer.premailer"} <= modules
    assert "urllib3" not in modules  # requests, which premailer would load for what it must not fetch
    assert modules & {*MAKING, *GATHERING, *READING, *REST} == set()


def test_a_send_renders_by_what_earlier_ones_have_found_out(stocked: Desk, mail_server: MailServer) -> None:
    stocked.run("send", "--dry-run")
    modules = loaded(stocked, "send")
    assert len(mail_server.inbox.messages) > 20
    assert "digest.render.inlining" in modules
    assert modules & {"premailer.premailer", "cssutils"} == set()


def break_a_theme(room: Desk) -> None:
    (room.folder / "themes").mkdir()
    text = 'slug = "harbour"\nname = "Quays & ships"\ncolour = "#123456"\n[phrases]\nstrong = [quay]\n'
    (room.folder / "themes/harbour.toml").write_text(text, encoding="utf-8")


def test_a_broken_theme_file_stops_what_drafts_and_no_frozen_edition(
    stocked: Desk, mail_server: MailServer
) -> None:
    frozen(stocked)
    break_a_theme(stocked)
    assert "harbour.toml" in stocked.run("draft", code=1).stderr
    assert not mail_server.inbox.messages
    stocked.run("send")
    assert len(mail_server.inbox.messages) > 20


def test_a_broken_theme_file_is_told_by_what_runs_and_frozen_editions_go_out(
    stocked: Desk, mail_server: MailServer
) -> None:
    frozen(stocked)
    break_a_theme(stocked)
    running = stocked.start("run")
    assert running.stderr is not None
    told = running.stderr.readline()
    deadline = time.monotonic() + 60
    while len(mail_server.inbox.messages) < 20 and time.monotonic() < deadline:
        time.sleep(0.2)
    running.terminate()
    running.communicate(timeout=60)
    assert "harbour.toml" in told
    assert "until it is mended no edition is drafted" in told
    assert len(mail_server.inbox.messages) >= 20
    assert any("harbour.toml" in alert["text"] for alert in stocked.json("status")["alerts"])


def test_a_broken_theme_file_keeps_nobody_from_leaving(stocked: Desk) -> None:
    with open_parts(read_settings(stocked.folder / "digest.toml")) as parts, parts.database.write() as conn:
        token = token_maker(parts.token_secret(conn), UNSUBSCRIBE, parts.publication.slug)(1)
    break_a_theme(stocked)
    server = stocked.start("serve", "--port", "0")
    assert server.stderr is not None
    try:
        told = server.stderr.readline()
        base = server.stderr.readline().partition(" on ")[2].partition(";")[0]
        assert httpx2.post(f"{base}/u/{token}").status_code == 200
        form = httpx2.get(f"{base}/subscribe").text
    finally:
        server.terminate()
        server.communicate(timeout=20)
    assert "harbour.toml" in told
    assert "names and colours of themes alone" in told
    assert "Quays &amp; ships" in form
    assert "Arctic" in form
    assert stocked.json("subscribers", "list", "--state", "unsubscribed")[0]["id"] == 1


def test_the_version_is_told_without_the_commands(smtp_desk: Desk) -> None:
    modules = loaded(smtp_desk, "--version")
    assert "digest.cli" in modules
    assert modules & {"digest.parts", "digest.settings", "sqlalchemy"} == set()
