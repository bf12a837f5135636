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
from hashlib import sha256
from typing import Literal, NamedTuple, Protocol

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
_UNTIDY = (b"\r\n ", b"\t", b"  ")  # in headers with a folded field, or more than single spaces
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

    @property
    def is_slow(self) -> bool:
        """Whether signing takes longer than all else that is done for a message, as RSA does."""
        return any(one.key.algorithm.startswith("rsa") for one in self.identities)

    def sign(self, content: bytes, now: datetime) -> bytes:
        """A complete message, lines ended by CRLF, with its signatures in front; see ``Seal``."""
        head, _, body = content.partition(b"\r\n\r\n")
        return self.seal(b"", now).signatures(head, (relaxed_body(body),)) + content

    def seal(self, shared: bytes, now: datetime) -> Seal:
        """What signs messages that all end their headers with the fields in ``shared``.

        ``now`` (aware) becomes the time of signing: where it is the same on a retry, so is the signature.
        """
        return Seal(self.identities, shared, int(now.timestamp()))


class _Form(NamedTuple):
    """A signature's field with an empty b= at its end and %b for the body hash: as sent, and as hashed."""

    sent: bytes
    hashed: bytes


class Seal:
    """A signer for many messages with some headers in common, which are looked at once."""

    def __init__(self, identities: tuple[Identity, ...], shared: bytes, moment: int) -> None:
        self._identities = identities
        self._moment = moment
        fields = _relaxed_fields(shared) if identities else []
        self._names, order = _chosen([name for name, _ in fields])
        self._signed = sha256(
            b"".join([fields[place][1] for place in order])
        )  # how all that is signed begins
        self._plans: dict[tuple[bytes, ...], tuple[list[int], list[_Form]]] = {}
        self._begun = (b"", sha256())  # how bodies begin, and the hash of that

    def signatures(self, own: bytes, body: Sequence[bytes]) -> bytes:
        """The header fields to put before a message: one for each identity.

        ``own`` are the fields that stand before the shared ones. ``body`` is all that follows the empty line,
        in pieces, and canonical: no line of it ends in a space, has two in a row, or holds a tab, and the
        last one is complete. Looking for that would cost more than the signature.
        """
        if not self._identities:
            return b""
        first, *others = body
        begun = self._begun
        if first is not begun[0]:  # the same object in all messages of a variant
            begun = self._begun = (first, sha256(first))
        hashed = begun[1].copy()
        for piece in others:
            hashed.update(piece)
        body_hash = b64encode(hashed.digest())
        fields = _relaxed_fields(own)
        order, forms = self._plan(tuple([name for name, _ in fields]))
        lines = b"".join([fields[place][1] for place in order])
        signatures = b""
        for identity, form in zip(self._identities, forms, strict=True):
            signed = self._signed.copy()
            signed.update(lines + form.hashed % body_hash)
            signature = _in_lines(b64encode(identity.key.sign(signed.digest())))
            signatures += form.sent % body_hash + signature + b"\r\n"
        return signatures

    def _plan(self, own: tuple[bytes, ...]) -> tuple[list[int], list[_Form]]:
        """Which own fields are hashed, in order, and the signatures' fields: the same for most messages."""
        if own not in self._plans:
            names, order = _chosen(own)
            # Of several fields of one name the last is signed first (RFC 6376, section 5.4.2); shared ones
            # stand last. A name left over at the end stands for a field that nobody may add.
            names = [*self._names, *names, *_NEVER_TWICE]
            self._plans[own] = order, [self._form(one, names) for one in self._identities]
        return self._plans[own]

    def _form(self, identity: Identity, names: Sequence[bytes]) -> _Form:
        lines = [
            f"DKIM-Signature: v=1; a={identity.key.algorithm}; c=relaxed/relaxed;".encode(),
            f" d={identity.domain};".encode(),
            f" s={identity.selector}; t={self._moment};".encode(),
            b" h=" + _names_in_lines(names) + b";",
            b" bh=%b;",
            b" b=",
        ]
        field = b"\r\n".join(lines)
        return _Form(field, relaxed_field(field))


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


def _relaxed_fields(headers: bytes) -> list[tuple[bytes, bytes]]:
    """Each field's name, and its line in the relaxed form."""
    if any(untidy in headers for untidy in _UNTIDY):
        relaxed = [relaxed_field(field) for field in _FIELD.findall(headers)]
        return [(field[: field.index(b":")], field + b"\r\n") for field in relaxed]
    fields = [line.partition(b":") for line in headers.split(b"\r\n") if line]
    return [
        ((lower := name.strip().lower()), b"%b:%b\r\n" % (lower, value.strip(b" ")))
        for name, _, value in fields
    ]


def _chosen(names: Sequence[bytes]) -> tuple[list[bytes], list[int]]:
    """The fields to sign of those with these names, last ones first: their names, and their places."""
    found: dict[bytes, list[int]] = {}
    for place, name in enumerate(names):
        found.setdefault(name, []).insert(0, place)
    signed = [(name, place) for name in _SIGNED for place in found.get(name, ())]
    return [name for name, _ in signed], [place for _, place in signed]


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
