"""Quoted-printable that can be joined: segments are encoded once, personal values in between.

The encoded body is canonical for DKIM as it stands (no run of spaces, none at the end of a line) and
needs no dot-stuffing in SMTP: no line begins with a dot.
"""

from __future__ import annotations

import re

WIDTH = 76  # of an encoded line, the "=" of a soft break included (RFC 2045, section 6.7)
SOFT_BREAK = b"=\r\n"
_PLAIN = frozenset(range(0x20, 0x7F)) - {ord("=")}
_TABLE = {byte: bytes((byte,)) if byte in _PLAIN else b"=%02X" % byte for byte in range(256)}
_LATER_SPACES = re.compile(rb"(?<= ) +")
_WORD = re.compile(rb"[!-<>-~]*")  # nothing in such a line needs an escape: links and addresses are like that
_FIRST_BYTES = {b".": b"=2E", b"F": b"=46"}  # a lone dot ends the DATA; "From " is changed by mailboxes


def encode(text: str) -> bytes:
    """``text`` (lines end in a line feed) as UTF-8 in quoted-printable, CRLF between lines.

    Decodes to the same bytes whatever encoded piece is joined on by a SOFT_BREAK, on either side.
    """
    return b"\r\n".join(_encode_line(line) for line in text.encode().split(b"\n"))


def _encode_line(line: bytes) -> bytes:
    if not _WORD.fullmatch(line):
        line = _escaped(line)
    pieces = []
    while True:
        line = _guard(line)
        if len(line) < WIDTH:  # one letter stays free for the soft break before a hole
            pieces.append(line)
            return SOFT_BREAK.join(pieces)
        cut = WIDTH - 1
        if b"=" in line[cut - 2 : cut]:  # never inside an escape
            cut = line.rindex(b"=", 0, cut)
        pieces.append(line[:cut])
        line = line[cut:]


def _escaped(line: bytes) -> bytes:
    line = b"".join(map(_TABLE.__getitem__, line))
    line = _LATER_SPACES.sub(lambda run: b"=20" * len(run[0]), line)
    return line[:-1] + b"=20" if line.endswith(b" ") else line


def _guard(line: bytes) -> bytes:
    """A line's first byte, escaped where it would be misread."""
    if line.startswith((b".", b"From ")):
        return _FIRST_BYTES[line[:1]] + line[1:]
    return line
