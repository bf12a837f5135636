"""Where bounces arrive: a Maildir that a mail server fills, or a mailbox read over IMAP.

A mailbox gives its new messages one by one, each with the position to go on from. Whoever takes the next one
says by that that the last one is done with; after a crash the last one comes again, which harms nobody.
"""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from digest.bounces.reading import MAX_BYTES
from digest.errors import TransportError

_AT_ONCE = 20_000  # UIDs that a search spans; a line of 90,000 is more than imaplib takes


class Mailbox(Protocol):
    """Something that holds messages."""

    @property
    def name(self) -> str:
        """What it is called in messages, and what its position is kept under."""
        ...

    @property
    def is_at_hand(self) -> bool:
        """Whether it is on this machine, so that looking at it takes no connection."""
        ...

    def messages(self, position: str) -> Iterator[tuple[bytes, str]]:
        """New messages, each with the position after it. ``position`` is "" at first.

        Raises:
            TransportError: the mailbox can't be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class Maildir:
    """A Maildir. What was read moves from new/ to cur/, so that nothing is read twice and nothing is lost."""

    folder: Path
    is_at_hand: bool = True

    @property
    def name(self) -> str:
        """The folder."""
        return f"maildir:{self.folder}"

    def messages(self, position: str) -> Iterator[tuple[bytes, str]]:
        """Those in new/, oldest first."""
        new, seen = self.folder / "new", self.folder / "cur"
        try:
            waiting = sorted(path.name for path in new.iterdir())  # names begin with the time of delivery
        except OSError as error:
            raise TransportError(
                f"{new} can't be read: {error.strerror}; is {self.folder} a Maildir?"
            ) from None
        for name in waiting:
            if name.startswith(".") or not (new / name).is_file():
                continue  # a folder or a pipe that strayed in here would stop or hang every reading
            try:
                with (new / name).open("rb") as file:
                    content = file.read(MAX_BYTES)
            except FileNotFoundError:
                continue  # another process was faster
            except OSError as error:
                raise TransportError(f"{new / name} can't be read: {error.strerror}") from None
            yield content, position
            try:
                seen.mkdir(exist_ok=True)
                (new / name).rename(seen / f"{name}:2,S")
            except FileNotFoundError:
                continue  # the same
            except OSError as error:
                raise TransportError(f"{seen} can't be written: {error.strerror}") from None


@dataclass(frozen=True, slots=True)
class ImapMailbox:
    """A mailbox read over IMAP. It is opened for reading only: no message is changed, flagged or deleted.

    The position is UIDVALIDITY and the last UID read (RFC 3501, 2.3.1.1).
    """

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    timeout_s: float = 30.0
    is_at_hand: bool = False

    @property
    def name(self) -> str:
        """The account and the folder."""
        return f"imap:{self.username}@{self.host}/{self.folder}"

    def messages(self, position: str) -> Iterator[tuple[bytes, str]]:
        """Those that came after ``position``, oldest first."""
        try:
            with self._connected() as imap:
                yield from self._read(imap, position)
        except (
            imaplib.IMAP4.error,
            OSError,
            EOFError,
            ValueError,
        ) as error:  # ValueError: no number of a UID
            said = str(error) or type(error).__name__
            raise TransportError(f"the mailbox {self.name} can't be read: {said}") from None

    @contextmanager
    def _connected(self) -> Iterator[imaplib.IMAP4]:
        context = ssl.create_default_context()
        if self.security == "tls":
            imap: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                self.host, self.port, ssl_context=context, timeout=self.timeout_s
            )
        else:
            imap = imaplib.IMAP4(self.host, self.port, timeout=self.timeout_s)
        try:
            if self.security == "starttls":
                imap.starttls(context)
            imap.login(self.username, self.password)
            yield imap
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                imap.logout()
            with suppress(OSError):
                imap.shutdown()

    def _read(self, imap: imaplib.IMAP4, position: str) -> Iterator[tuple[bytes, str]]:
        quoted = '"{}"'.format(self.folder.replace("\\", "\\\\").replace('"', '\\"'))
        status, said = imap.select(quoted, readonly=True)
        if status != "OK":
            raise TransportError(f"the mailbox {self.name} can't be opened: {_words(said)}")
        validity = _words(imap.response("UIDVALIDITY")[1])
        known, _, last = position.partition(":")
        start = int(last) + 1 if known == validity and last.isdecimal() else 1
        held = max(map(int, _words(said).split()), default=0)  # told again where mail comes in meanwhile
        for uid in _uids(imap, start, held):
            _status, parts = imap.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MAX_BYTES}>)")
            content = next((part[1] for part in parts if isinstance(part, tuple)), None)
            if content is not None:  # else it was deleted meanwhile
                yield content, f"{validity}:{uid}"


def _uids(imap: imaplib.IMAP4, start: int, held: int) -> Iterator[int]:
    """The UIDs from ``start`` on, in their order, of a folder that holds so many messages.

    A search is answered in one line, which must not grow with the mailbox: in a big one each search spans a
    part of the UIDs. In a small one it spans all, because UIDs may have wide gaps.
    """
    if held <= _AT_ONCE:
        spans = iter([f"{start}:*"])
    else:
        last = max(_search(imap, "*"), default=0)
        spans = (f"{first}:{first + _AT_ONCE - 1}" for first in range(start, last + 1, _AT_ONCE))
    for span in spans:
        # "5:*" means the last message even where that is number 3.
        yield from sorted(uid for uid in _search(imap, f"UID {span}") if uid >= start)


def _search(imap: imaplib.IMAP4, what: str) -> list[int]:
    _status, found = imap.uid("SEARCH", what)
    return [int(uid) for uid in _words(found).split()]


def _words(answer: object) -> str:
    pieces: list[object] = answer if isinstance(answer, list) else []
    return b" ".join(piece for piece in pieces if isinstance(piece, bytes)).decode("utf-8", "replace")
