"""One message on its way: from whom, to whom, and its bytes."""

from __future__ import annotations

import re
from typing import NamedTuple

_BARE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


class Envelope(NamedTuple):
    """A complete message and its envelope.

    ``pieces``, one after the other, are the message, headers first, with CRLF line ends. ``canonical`` is
    its maker's word that every line ends in CRLF, none begins with a dot, the last one is complete, and
    all of it is ASCII: looking for that costs more than sending it, so whoever compiles messages for
    thousands should see to it once. ``edition`` is how a folder of messages names the edition.
    """

    sender: str
    recipient: str
    pieces: tuple[bytes, ...]
    canonical: bool = False
    edition: str = ""

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(map(len, self.pieces))


def canonical_bytes(envelope: Envelope) -> bytes:
    """The message as a file or another program should see it: CRLF throughout, last line complete."""
    content = b"".join(envelope.pieces)
    if envelope.canonical:
        return content
    if not content.count(b"\r") == content.count(b"\n") == content.count(b"\r\n"):
        content = _BARE_END.sub(b"\r\n", content)
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def wire_pieces(envelope: Envelope) -> tuple[bytes, ...]:
    """The message as it stands after DATA, leading dots doubled (RFC 5321, 4.5.2), without the last dot.

    Bare CR and LF become CRLF: some servers take one of them, before a dot, for the end of the message.
    """
    if envelope.canonical:
        return envelope.pieces
    content = canonical_bytes(envelope)
    if content.startswith(b".") or b"\n." in content:
        content = _LEADING_DOT.sub(b"..", content)
    return (content,)
