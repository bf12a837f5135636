"""A message from a mail server or provider: a bounce (RFC 3464, 6533), a complaint (RFC 5965), or neither."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email import message_from_bytes, message_from_string
from email.message import Message
from hashlib import sha256

from digest.bounces.status import best_status, kind_of_status
from digest.bounces.trail import OWN_HEADERS, feedback_from
from digest.model.feedback import Feedback, FeedbackKind

MAX_BYTES = 512 * 1024  # of a report; what counts stands in its first kilobytes, and parsing takes time
_MOST_BOUNDARIES = 100  # in a report; a few are usual, and every line is held against all that are open
_LEAVE = re.compile(r"\s*unsubscribe\s+([0-9a-f]{36,50})\s*", re.IGNORECASE)
# Where a server writes down the address that a message came in under, which is our own envelope sender.
_ENVELOPE = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to")
_REPORTED = ("original-mail-from", "original-envelope-id", "removal-recipient")
_ANSWERS = {"auto-replied", "auto-notified"}
_COMPLAINTS = {"abuse", "fraud", "virus", "other"}


def read_report(raw: bytes) -> Feedback | None:
    """What a message reports; None for one that reports nothing: a letter, an auto-reply, a mere delay.

    Never raises, whatever the bytes are: one that did would stop the reading of its mailbox for good.
    """
    raw = raw[:MAX_BYTES]
    if raw.lower().count(b"boundary=") > _MOST_BOUNDARIES:
        return None
    try:
        return _read(raw)
    except Exception:  # noqa: BLE001 - the parser raises whatever hostile bytes make of it
        return None


def _read(raw: bytes) -> Feedback | None:
    message = message_from_bytes(raw)
    identity = _identity(message, raw)
    if (leaving := _LEAVE.fullmatch(_value(message, "subject"))) and not _is_report(message):
        return Feedback(
            "mail", identity, FeedbackKind.LEAVE, tokens=(leaving[1].lower(),), detail="by e-mail"
        )
    parts = list(message.walk())
    fields = next((_fields(part) for part in parts if _is_complaint(part)), None)
    if fields is not None:
        return _complaint(message, parts, fields, identity)
    blocks = [block for part in parts if _is_status(part) for block in _status_blocks(part)]
    if blocks:
        return _bounce(message, parts, blocks, identity)
    return _prose(message, parts, identity)


def _identity(message: Message, raw: bytes) -> str:
    """What the report is known by: its own id, or its bytes where it has none."""
    return _value(message, "message-id") or sha256(raw).hexdigest()


def _is_report(message: Message) -> bool:
    return message.get_content_type() == "multipart/report"


def _is_complaint(part: Message) -> bool:
    return part.get_content_type() == "message/feedback-report"


def _is_status(part: Message) -> bool:
    return part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}


def _complaint(message: Message, parts: Iterable[Message], fields: Message, identity: str) -> Feedback | None:
    said = _value(fields, "feedback-type").lower()
    kind = FeedbackKind.LEAVE if said.startswith("opt-out") else FeedbackKind.COMPLAINT
    if kind is FeedbackKind.COMPLAINT and said not in _COMPLAINTS:
        return None  # "not-spam", and whatever else is no complaint
    trail = [*_envelope(message), *(_value(fields, name) for name in _REPORTED), *_returned(parts)]
    agent = _value(fields, "user-agent") or _value(message, "from")
    return feedback_from("arf", identity, kind, trail, f"{said}, reported by {agent}")


def _bounce(
    message: Message, parts: Iterable[Message], blocks: Iterable[Message], identity: str
) -> Feedback | None:
    """The first recipient that was given up on. What is delayed or was delivered is no bounce."""
    for block in blocks:
        if _value(block, "action").lower() == "failed":
            diagnosis = _value(block, "diagnostic-code").partition(";")[2].strip()
            status = best_status(_value(block, "status"), diagnosis)
            trail = [*_envelope(message), _value(block, "original-recipient"), *_returned(parts)]
            return feedback_from("dsn", identity, kind_of_status(status), trail, f"{status} {diagnosis}")
    return None


def _prose(message: Message, parts: Iterable[Message], identity: str) -> Feedback | None:
    """A bounce in words, as some servers still write them: sent by nobody, and no answering machine."""
    sender = _value(message, "from").lower()
    by_server = _value(message, "return-path") == "<>" or "mailer-daemon" in sender or "postmaster" in sender
    answers = _value(message, "auto-submitted").lower() in _ANSWERS or message["x-autoreply"] is not None
    if not by_server or answers:
        return None
    text = "\n".join(_text(part) for part in parts if part.get_content_maintype() == "text")
    trail = [*_envelope(message), text]
    status = best_status(text)
    if not status or status.startswith(("2.", "4.")):
        return None  # a notice, or a server that goes on trying
    at = text.find(status)
    return feedback_from("prose", identity, kind_of_status(status), trail, text[at:])


def _envelope(message: Message) -> Iterator[str]:
    for name in _ENVELOPE:
        yield from (str(value) for value in message.get_all(name, ()))


def _returned(parts: Iterable[Message]) -> Iterator[str]:
    """The headers of our own message, as far as the report carries them."""
    for part in parts:
        kind = part.get_content_type()
        if kind in {"message/rfc822", "message/global"} and part.is_multipart():
            original = part.get_payload(0)
            if isinstance(original, Message):
                yield from _own_headers(original)
        elif kind in {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}:
            yield from _own_headers(message_from_string(_text(part)))


def _own_headers(original: Message) -> Iterator[str]:
    for name, value in original.items():
        if name.lower() in OWN_HEADERS:
            yield str(value)


def _fields(part: Message) -> Message:
    """The fields of a feedback report, which the parser takes for a message of its own."""
    inner = part.get_payload(0) if part.is_multipart() else None
    return inner if isinstance(inner, Message) else message_from_string(_text(part))


def _status_blocks(part: Message) -> Iterator[Message]:
    """The blocks of fields: about the message, then one for each recipient.

    The parser splits the plain form by itself, and takes the internationalised one for a message whose
    headers are the first block.
    """
    payload = part.get_payload()
    if not isinstance(payload, list):
        payload = [message_from_string(block) for block in re.split(r"\r?\n\r?\n", _text(part))]
    for block in payload:
        if isinstance(block, Message):
            yield block
            rest = block.get_payload()
            if isinstance(rest, str):
                yield from (
                    message_from_string(text) for text in re.split(r"\r?\n\r?\n", rest) if text.strip()
                )


def _value(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return payload.decode("utf-8", "replace")
