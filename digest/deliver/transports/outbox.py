"""A folder instead of a mail server: one .eml per message, its HTML beside it, and an index page.

Nothing is e-mailed. A file appears under its final name only when it is complete, and the same message
always has the same name, so that handing it over twice leaves one file.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as modern
from email.utils import parsedate_to_datetime
from pathlib import Path

from digest.deliver.envelope import Envelope, canonical_bytes
from digest.deliver.transports.outbox_index import Entry, render_index
from digest.deliver.transports.simple import SimpleTransport
from digest.errors import TransportError
from digest.model.delivery import Accepted, Outcome

log = logging.getLogger("digest")

INDEX = "index.html"
_JOURNAL = ".index.jsonl"  # one line per message, so that the index needn't parse thousands of files
_UNSAFE = re.compile(r"[^a-z0-9]+")


class OutboxTransport(SimpleTransport):
    """Writes messages into ``folder``, which it makes if need be."""

    name = "outbox"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def check(self) -> None:
        """Whether the folder is there, or can be made, and written to; see ``Transport.check``."""
        self._make_folder()
        if not os.access(self.folder, os.W_OK | os.X_OK):
            raise TransportError(f"the outbox {self.folder} is not writable: check who owns it")

    def hand_over(self, envelope: Envelope) -> Outcome:
        """Write the .eml and the .html."""
        self._make_folder()
        content = canonical_bytes(envelope)
        message = BytesParser(_class=EmailMessage, policy=modern).parsebytes(content)
        entry = _describe(message, envelope, content)
        try:
            if page := _html(message):
                _write(self.folder / f"{entry.name}.html", page)
            _write(self.folder / f"{entry.name}.eml", content)
            with (self.folder / _JOURNAL).open("a", encoding="utf-8") as journal:
                journal.write(json.dumps(asdict(entry)) + "\n")
        except OSError as error:
            raise TransportError(f"cannot write to the outbox {self.folder}: {error.strerror}") from error
        return Accepted(text=f"{entry.name}.eml")

    def finish(self) -> None:
        """Write the index page anew, of all messages whose files are still there; or say why it can't be."""
        try:
            if self.folder.is_dir():
                _write(self.folder / INDEX, render_index(self._entries()).encode())
        except OSError as error:  # the messages themselves are there
            log.warning("%s can't be written: %s", self.folder / INDEX, error.strerror)

    def _entries(self) -> list[Entry]:
        """What the journal names and the folder holds, each once."""
        found: dict[str, Entry] = {}
        try:
            lines = (self.folder / _JOURNAL).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            lines = []
        for line in lines:
            try:
                entry = Entry(**json.loads(line))
            except (ValueError, TypeError):
                continue  # cut off by a crash; its message is handed over again or reported uncertain
            if (self.folder / f"{entry.name}.eml").exists():
                found[entry.name] = entry
        return list(found.values())

    def _make_folder(self) -> None:
        """Make the folder, readable by its owner only: it holds personal data."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise TransportError(f"cannot make the outbox {self.folder}: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class _Header:
    """The parts of a message that its file is named by."""

    subject: str
    sent_at: datetime | None
    message_id: str


def _header(message: EmailMessage) -> _Header:
    """Subject, date and id, whatever a message has of them."""
    try:
        sent_at = parsedate_to_datetime(str(message["Date"] or ""))
    except ValueError:
        sent_at = None
    if sent_at is not None and sent_at.tzinfo is None:
        sent_at = sent_at.replace(tzinfo=UTC)
    return _Header(str(message["Subject"] or ""), sent_at, str(message["Message-ID"] or ""))


def _describe(message: EmailMessage, envelope: Envelope, content: bytes) -> Entry:
    """How the index lists a message. Its file name sorts by date, then recipient."""
    header = _header(message)
    when = f"{header.sent_at.astimezone(UTC):%Y%m%dT%H%M%S}" if header.sent_at else "undated"
    same = f"{header.message_id or hashlib.sha256(content).hexdigest()} {envelope.recipient}"
    mark = hashlib.sha256(same.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    name = "-".join([when, _slug(envelope.recipient, 40), _slug(header.subject, 40), mark])
    _, html = _parts(message)
    return Entry(
        name=name,
        edition=envelope.edition,
        recipient=envelope.recipient,
        subject=header.subject,
        sent_at=header.sent_at.isoformat() if header.sent_at else "",
        size=len(content),
        has_html=html is not None,
    )


def _slug(text: str, longest: int) -> str:
    """Lower-case ASCII letters, digits and hyphens only, so that no name leads out of the folder."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _UNSAFE.sub("-", plain).strip("-")[:longest].strip("-") or "x"


def _parts(message: EmailMessage) -> tuple[EmailMessage | None, EmailMessage | None]:
    """The plain and the HTML body part."""
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    return (
        plain if isinstance(plain, EmailMessage) else None,
        html if isinstance(html, EmailMessage) else None,
    )


def _html(message: EmailMessage) -> bytes:
    """The HTML as a page of its own, in UTF-8; empty if the message has none."""
    _, html = _parts(message)
    if html is None:
        return b""
    text: str = html.get_content()
    return b"\xef\xbb\xbf" + text.encode("utf-8", "replace")  # the mark tells a browser the encoding


def _write(path: Path, content: bytes) -> None:
    """Write a file that is either whole under its name or not there."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
