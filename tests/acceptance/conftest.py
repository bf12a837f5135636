"""The command line as a user runs it, in a real folder, with real servers on loopback."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from digest.cli import main
from digest.clock import utc_now
from digest.demo import DemoSite
from digest.gather.opml import write_opml
from tests.browser import CHROMIUM, Browser, browser

DIGEST = (sys.executable, "-m", "digest")


def environment() -> dict[str, str]:
    """For a process of its own: with the tests' cache folder, and compiling what it loads once.

    A compiled program starts in a third of the time, whatever the tests themselves were told.
    """
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


class Inbox:
    """What a real SMTP server was given, by recipient."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, EmailMessage]] = []
        self.raw: list[bytes] = []
        self.answers: dict[str, str] = {}  # to the content of a message, by recipient, that are no consent
        self.senders: dict[str, str] = {}  # the envelope sender of the last message, by recipient

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        if refusal := next((self.answers[one] for one in envelope.rcpt_tos if one in self.answers), ""):
            return refusal
        for recipient in envelope.rcpt_tos:
            self.messages.append((recipient, message_from_bytes(content, policy=default)))
            self.raw.append(content)
            self.senders[recipient] = envelope.mail_from or ""
        return "250 taken"

    def per_recipient(self) -> Counter[str]:
        return Counter(recipient for recipient, _message in self.messages)

    def message_ids(self) -> set[str]:
        return {str(message["Message-ID"]) for _recipient, message in self.messages}


@dataclass
class MailServer:
    inbox: Inbox
    port: int


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """Whoever runs the tests in the background may have Ctrl-C ignored, which commands would inherit."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    inbox = Inbox()
    port = free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield MailServer(inbox, port)
    finally:
        controller.stop()


@pytest.fixture(scope="session")
def newsroom() -> Iterator[DemoSite]:
    with DemoSite(utc_now()) as site:
        yield site


@dataclass(frozen=True)
class Said:
    """What a command wrote."""

    stdout: str
    stderr: str


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.detach()
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")


@dataclass
class Desk:
    """A newsletter's folder, and `digest` in it."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    def start(self, *arguments: str, **env: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*DIGEST, *arguments],
            cwd=self.folder,
            env={**environment(), **self.env, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, code: int = 0, **env: Any) -> Said:
        """The command in this process, as its entry point runs it: a tenth of the time of a new one."""
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in "oe")
        with (
            contextlib.chdir(self.folder),
            mock.patch.dict(os.environ, {**self.env, **env}),
            mock.patch.object(sys, "argv", ["digest", *arguments]),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                main()
                ended = 0
            except SystemExit as end:
                ended = end.code if isinstance(end.code, int) else 0
        said = Said(_text(out), _text(err))
        assert ended == code, f"digest {' '.join(arguments)}: {ended}\n{said.stdout}\n{said.stderr}"
        return said

    def json(self, *arguments: str, **env: Any) -> Any:
        return json.loads(self.run(*arguments, "--json", **env).stdout)

    def configure(self, **sections: dict[str, object]) -> None:
        lines = []
        for section, values in sections.items():
            lines.append(f"[{section}]")
            lines += [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        (self.folder / "digest.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def add_feeds(self, site: DemoSite) -> None:
        (self.folder / "feeds.opml").write_bytes(write_opml(site.feeds(), "Invented outlets", utc_now()))
        self.run("feeds", "import", "feeds.opml", "--allow-private")

    def add_readers(self, count: int) -> None:
        choices = ["", "arctic", "middle-east", "indo-pacific;arctic"]
        rows = [f"reader{n:04}@example.org,Reader {n},{choices[n % 4]}" for n in range(count)]
        (self.folder / "readers.csv").write_text("\n".join(["email,name,themes", *rows]), encoding="utf-8")
        self.run("subscribers", "import", "readers.csv")


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path) -> Desk:
    """A newsletter with the default settings."""
    (tmp_path / "digest.toml").touch()
    shutil.copy(sqlite_template, tmp_path / "subscribers.db")
    return Desk(tmp_path)


@pytest.fixture
def empty_desk(tmp_path: Path) -> Desk:
    """A folder that is no newsletter's."""
    return Desk(tmp_path)


@pytest.fixture
def smtp_desk(desk: Desk, mail_server: MailServer) -> Desk:
    """A newsletter that is really sent, to a mail server on loopback."""
    desk.configure(
        publication={
            "name": "The Harbour Brief",
            "slug": "harbour",
            "from_email": "desk@harbour.example.net",
            "base_url": "https://harbour.example.net",
        },
        delivery={
            "transport": "smtp",
            "smtp_host": "127.0.0.1",
            "smtp_port": mail_server.port,
            "smtp_security": "none",
        },
    )
    return desk


@pytest.fixture(scope="session")
def gathered(newsroom: DemoSite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with feeds, their articles and forty readers, made once."""
    desk = Desk(tmp_path_factory.mktemp("gathered"))
    (desk.folder / "digest.toml").touch()
    desk.add_feeds(newsroom)
    desk.run("gather")
    desk.add_readers(40)
    return desk.folder


@pytest.fixture
def stocked(smtp_desk: Desk, gathered: Path) -> Desk:
    """A newsletter with feeds, their articles and forty readers."""
    for name in ("subscribers.db", "readers.csv"):
        shutil.copy(gathered / name, smtp_desk.folder / name)
    return smtp_desk


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@contextlib.contextmanager
def serving(desk: Desk, port: int = 0) -> Iterator[str]:
    """`digest serve`, by default on the port of the settings, until the block ends; its address."""
    server = desk.start("serve", "--port", str(port))
    assert server.stderr is not None
    try:
        line = server.stderr.readline()
        yield line.partition(" on ")[2].partition(";")[0]
    finally:
        server.terminate()
        server.communicate(timeout=20)


def free_port() -> int:
    """One that nobody listens on just now, for a program that must be told its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
