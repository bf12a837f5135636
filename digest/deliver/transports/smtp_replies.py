"""What a mail server answers: bytes to replies, replies to verdicts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from digest.model.delivery import Accepted, Deferred, Outcome, Rejected

MAX_LINE = 8192  # bytes; RFC 5321 allows 512, servers do as they like
MAX_REPLY = 65536  # bytes, of a reply of many lines
CLOSING = 421  # the server is going to close this connection, whatever was asked (RFC 5321, 4.2.1)
GO_AHEAD = 354
_USUAL = re.compile(rb"([2-5][0-9][0-9]) ([\x20-\x7e]{0,1000})")  # one line, printable ASCII
_CODE = re.compile(rb"[2-5][0-9][0-9](?=[ -]|$)")
_NEEDS_AUTH = frozenset({530, 534, 535, 538})
# Refusals of MAIL that are about the one message: its parameters or its size. Any other 5xx there is
# about the sender, which is the same for everybody.
_ABOUT_THE_MESSAGE = frozenset({501, 552, 555})


class Step(Enum):
    """What a reply answers."""

    MAIL = "MAIL FROM"
    RCPT = "RCPT TO"
    DATA = "DATA"
    CONTENT = "the message"
    VOID = "RSET"  # an answer that decides nothing
    QUIT = "QUIT"


class Reply(NamedTuple):
    """A whole reply, its lines joined by spaces."""

    code: int
    text: str


class ProtocolError(Exception):
    """The server does not speak SMTP, or not at this point; the connection can't be trusted further."""


class ForeverError(Exception):
    """The server will take nothing from us, over any connection, until somebody changes something."""


class ReplyReader:
    """Cuts a stream of bytes into replies."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._size = 0

    @property
    def between_replies(self) -> bool:
        """Whether the last reply is complete and the next has not begun."""
        return not self._rest and not self._lines

    def feed(self, data: bytes) -> Iterator[Reply]:
        """The replies that ``data`` completes, one by one: good ones before a bad one still count.

        Raises:
            ProtocolError: what comes next is no reply.
        """
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if reply := self._line(line.rstrip(b"\r")):
                yield reply
        if len(self._rest) > MAX_LINE:
            raise ProtocolError("a line without end")

    def _line(self, line: bytes) -> Reply | None:
        """Take one line; the reply, if it is the last of one."""
        if not self._lines and (known := _USUAL.fullmatch(line)):
            return Reply(int(known[1]), known[2].decode("ascii"))
        code, mark = line[:3], line[3:4]
        if not _CODE.match(line):
            raise ProtocolError(f"not an answer: {_readable(line)}")
        if self._lines and not self._lines[0].startswith(code):
            raise ProtocolError(f"an answer of two codes: {_readable(self._lines[0])} / {_readable(line)}")
        self._lines.append(line)
        self._size += len(line)
        if self._size > MAX_REPLY:
            raise ProtocolError("an answer without end")
        if mark == b"-":
            return None
        text = _readable(b" ".join(part[4:] for part in self._lines))
        self._lines, self._size = [], 0
        return Reply(int(code), text)


def _readable(data: bytes) -> str:
    """For the ledger and for messages: no control characters, of bearable length."""
    text = data[:1000].decode("utf-8", "replace")
    return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)


def judge(step: Step, reply: Reply) -> Outcome | None:
    """What a reply means for the message; None: go on to the next step.

    Raises:
        ProtocolError: this code can't stand here.
        ForeverError: the server wants a login, or refuses the sender.
    """
    code, text = reply.code, reply.text
    if code in _NEEDS_AUTH and step is not Step.CONTENT:
        raise ForeverError(f"wants a login: {code} {text}")
    match code // 100:
        case 4:
            return Deferred(code, text)
        case 5:
            if step is Step.MAIL and code not in _ABOUT_THE_MESSAGE:
                raise ForeverError(f"refuses the sender: {code} {text}")
            return Rejected(code, text)
        case 2 if step is Step.CONTENT:
            return Accepted(code, text)
        case 2 if step in (Step.MAIL, Step.RCPT):
            return None
        case 3 if step is Step.DATA and code == GO_AHEAD:
            return None
    raise ProtocolError(f"the wrong answer to {step.value}: {code} {text}")
