"""DKIM signatures (RFC 6376) by RSA-SHA256 and Ed25519-SHA256 (RFC 8463), relaxed/relaxed.

A message that carries both satisfies every receiver: those that know only RSA pass over the other. What is
signed is the finished message, so nothing that makes messages needs to know of signatures.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Literal, Protocol

Algorithm = Literal["rsa", "ed25519"]
# Signed where they are there. The list headers are what Gmail and Yahoo want signed (RFC 8058, section 4).
_SIGNED = (
    b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"reply-to", b"in-reply-to", b"references",
    b"mime-version", b"content-type", b"content-transfer-encoding", b"content-language", b"list-id",
    b"list-unsubscribe", b"list-unsubscribe-post", b"list-help", b"archived-at", b"feedback-id",
    b"auto-submitted", b"precedence",
)  # fmt: skip
# Named once more than they occur: a second one that somebody adds on the way breaks the signature
# (RFC 6376, section 8.15), where a mail program might have shown that one.
_NEVER_TWICE = (
    b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"reply-to", b"mime-version", b"content-type",
    b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip
_FIELD = re.compile(rb"[^\r\n]+(?:\r\n[ \t][^\r\n]*)*")
_SPACES = re.compile(rb"[ \t]+")
_BLANK_END = re.compile(rb"[ \t]+(?=\r\n)")
_LINE = 72


class DigestSigner(Protocol):
    """A private key: signs SHA-256 hashes as its algorithm's part of DKIM says."""

    @property
    def algorithm(self) -> str:
        """As in the tag a=."""
        ...

    def sign(self, digest: bytes) -> bytes:
        """The signature of a SHA-256 hash of 32 bytes."""
        ...

    def record(self) -> str:
        """The text of the TXT record that publishes the public half."""
        ...


@dataclass(frozen=True, slots=True)
class Identity:
    """Who vouches: a key, and where its public half is published, ``selector._domainkey.domain``."""

    domain: str
    selector: str
    key: DigestSigner


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs messages for its identities; without one it adds nothing. Safe to share between threads."""

    identities: tuple[Identity, ...] = ()

    def sign(self, content: bytes, now: datetime) -> bytes:
        """A complete message, lines ended by CRLF, with its signatures in front; see ``signatures``."""
        head, _, body = content.partition(b"\r\n\r\n")
        return self.signatures(head, (body,), now) + content

    def signatures(
        self, headers: bytes, body: Sequence[bytes], now: datetime, *, canonical: bool = False
    ) -> bytes:
        """The header fields to put before a message: one for each identity.

        ``headers`` are its fields and ``body`` all that follows the empty line, in pieces. ``now`` (aware)
        becomes the time of signing: where it is the same on a retry, so is the signature. ``canonical`` is
        the caller's word that no line of the body ends in a space, has two in a row, or holds a tab, and that
        the last line is complete: looking for that costs more than the signature.
        """
        if not self.identities:
            return b""
        hashed = sha256() if canonical else sha256(relaxed_body(b"".join(body)))
        for piece in body if canonical else ():
            hashed.update(piece)
        names, signed = _chosen(_FIELD.findall(headers))
        body_hash, moment = b64encode(hashed.digest()), int(now.timestamp())
        return b"".join([self._signature(one, names, signed, body_hash, moment) for one in self.identities])

    def _signature(
        self, identity: Identity, names: bytes, signed: bytes, body_hash: bytes, moment: int
    ) -> bytes:
        unsigned = (
            _unsigned(identity.key.algorithm, identity.domain, identity.selector, names, moment) % body_hash
        )
        digest = sha256(signed + relaxed_field(unsigned)).digest()
        return unsigned + _in_lines(b64encode(identity.key.sign(digest))) + b"\r\n"


def record_name(selector: str, domain: str) -> str:
    """Where the public half of a key is published (RFC 6376, section 3.6.2.1)."""
    return f"{selector}._domainkey.{domain}"


def relaxed_field(field: bytes) -> bytes:
    """A header field in the relaxed form (RFC 6376, section 3.4.2), without the line end."""
    name, _, value = field.partition(b":")
    return name.strip().lower() + b":" + _SPACES.sub(b" ", value.replace(b"\r\n", b"")).strip(b" \t")


def relaxed_body(body: bytes) -> bytes:
    """A body in the relaxed form (RFC 6376, section 3.4.4)."""
    text = _BLANK_END.sub(b"", _SPACES.sub(b" ", body if body.endswith(b"\r\n") else body + b"\r\n"))
    end = len(text)
    while text.endswith(b"\r\n", 0, end):
        end -= 2
    return text[:end] + b"\r\n" if end else b""


_relaxed = lru_cache(maxsize=256)(relaxed_field)  # most fields are the same in a whole run


def _chosen(fields: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The names for h=, in order, and the fields they name as they are hashed.

    Of several fields of one name the last comes first (RFC 6376, section 5.4.2).
    """
    found: dict[bytes, list[bytes]] = {}
    for field in fields:
        found.setdefault(field.partition(b":")[0].strip().lower(), []).append(field)
    names: list[bytes] = []
    hashed: list[bytes] = []
    for name in _SIGNED:
        own = found.get(name, ())
        names += [name] * (len(own) + (name in _NEVER_TWICE))
        hashed += [_relaxed(field) + b"\r\n" for field in reversed(own)]
    return b":".join(names), b"".join(hashed)


@lru_cache(maxsize=256)
def _unsigned(algorithm: str, domain: str, selector: str, names: bytes, moment: int) -> bytes:
    """The signature's field with %b for the body hash, and an empty b= at its end."""
    lines = [
        f"DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed;".encode(),
        f" d={domain};".encode(),
        f" s={selector}; t={moment};".encode(),
        b" h=" + _names_in_lines(names.split(b":")) + b";",
        b" bh=%b;",
        b" b=",
    ]
    return b"\r\n".join(lines)


def _names_in_lines(names: Iterable[bytes]) -> bytes:
    lines, line = [], b""
    for name in names:
        if line and len(line) + len(name) > _LINE:
            lines.append(line)
            line = b""
        line += name + b":"
    return b"\r\n  ".join([*lines, line.rstrip(b":")])


def _in_lines(text: bytes) -> bytes:
    return b"\r\n  ".join(text[start : start + _LINE] for start in range(0, len(text), _LINE))
