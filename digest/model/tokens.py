"""Signed references to a person: link tokens, Message-IDs, and the hash a suppression keeps.

Nothing is stored for a token: it carries the subscriber's id and an HMAC-SHA256 over what it is for. Only of
a confirmation's the hash is: it expires and is good once, which takes a row anyway. All
are written in hexadecimal, because a link in a mail may be re-cased, and a trailing "-", "_", "." or ">"
is often dropped from it or glued to it; base32 would save seven letters and cost more than the signature.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash

UNSUBSCRIBE = "unsubscribe"
PREFERENCES = "preferences"

_MAC_BYTES = 16  # 128 bits: out of reach for guessing over the network, and a third shorter than all 256
_REF_BYTES = 10  # 80 bits: a reference must fit into the 64 letters before an @
_MAX_LENGTH = 60  # no token is longer; longer input is not worth decoding
_ID_BYTES = 8
_END_OF_IDS = 1 << 8 * _ID_BYTES
_MOMENT_BYTES = 5  # of a form's stamp: seconds since 1970, for 34,000 years
_SHA256_BLOCK = 64  # bytes
_MEASURED = b"%d:%b"  # lengths before the parts: ("ab", "c") and ("a", "bc") must not sign the same bytes
_DIGITS = re.compile(r"[0-9a-f]+")


def make_token(secret: bytes, purpose: str, publication: str, subscriber_id: int, *, version: int = 1) -> str:
    """A URL-safe token that speaks for one subscriber, for one purpose, of one publication.

    ``version`` (1 to 255) is the version of the key: it stands in the token and is signed with it.
    Raises ValueError for an id that no database hands out.
    """
    return token_maker(secret, purpose, publication, version=version)(subscriber_id)


def token_maker(secret: bytes, purpose: str, publication: str, *, version: int = 1) -> Callable[[int], str]:
    """What makes the tokens of many subscribers, from their ids; see ``make_token``."""
    mac, first = _mac(secret, "token", purpose, publication), bytes((version,))

    def make(subscriber_id: int) -> str:
        if not 0 < subscriber_id < _END_OF_IDS:
            message = f"no subscriber has the id {subscriber_id}"
            raise ValueError(message)
        body = first + subscriber_id.to_bytes((subscriber_id.bit_length() + 7) // 8, "big")
        return (body + mac(body)).hex()

    return make


def read_token(secret: bytes, purpose: str, publication: str, token: str) -> int | None:
    """The subscriber's id, or None for a token that we did not make for this purpose.

    Reads past what mail programs do to a link: another case, spaces around it, and anything glued to
    its end that is no digit of a token (a full stop, ">", "=", a bracket).
    """
    digits = _digits_of(token)
    if not digits or len(digits) > _MAX_LENGTH or len(digits) % 2:
        return None
    raw = bytes.fromhex(digits)
    version, number = raw[:1], raw[1:-_MAC_BYTES]
    if not version or not 0 < len(number) <= _ID_BYTES or not any(number):
        return None
    subscriber_id = int.from_bytes(number, "big")
    # Comparing the whole text leaves one spelling only: no leading zeros.
    expected = make_token(secret, purpose, publication, subscriber_id, version=version[0])
    return subscriber_id if hmac.compare_digest(expected, digits) else None


def _digits_of(token: str) -> str:
    """What is left of a token without all that mail programs glue to it."""
    found = _DIGITS.match(token[: _MAX_LENGTH * 2].strip().lower())
    return found[0] if found else ""


def confirmation_token(
    secret: bytes, publication: str, number: int, email_key: str, asked_at: datetime
) -> str:
    """A token that confirms one request to subscribe, told to nobody but by the e-mail that carries it.

    It is the same when that e-mail is sent again, of which the first may have arrived after all. ``asked_at``
    tells a request from another one that had its number before.
    """
    request = f"{number} {asked_at.astimezone(UTC).isoformat()} {email_key}"
    return _mac(secret, "confirmation", publication)(request.encode()).hex()


def confirmation_hash(token: str) -> str:
    """What is stored of a confirmation's token, 64 hex digits. Reads past what ``read_token`` does.

    Any other text has a hash too, which is nobody's. It needs no key: who could search through 128 bits?
    """
    return sha256(_digits_of(token).encode()).hexdigest()


def form_stamp(secret: bytes, publication: str, moment: datetime) -> str:
    """The signed instant at which a form was handed out."""
    body = int(moment.timestamp()).to_bytes(_MOMENT_BYTES, "big")
    return (body + _mac(secret, "form", publication)(body)).hex()


def read_form_stamp(secret: bytes, publication: str, text: str) -> datetime | None:
    """The instant (UTC, whole seconds) in a stamp that we made; None for any other text."""
    if len(text) != 2 * (_MOMENT_BYTES + _MAC_BYTES) or not _DIGITS.fullmatch(text):
        return None
    seconds = int.from_bytes(bytes.fromhex(text)[:_MOMENT_BYTES], "big")
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):  # later than the calendar goes
        return None
    return moment if hmac.compare_digest(form_stamp(secret, publication, moment), text) else None


def key_hash(pepper: bytes, email_key: str) -> str:
    """What a suppression keeps of an address: HMAC-SHA256(pepper, email_key), 64 hex digits.

    The pepper keeps a leaked table from being searched for known addresses.
    """
    return hmac.digest(pepper, email_key.encode(), "sha256").hex()


def key_hasher(pepper: bytes) -> Callable[[str], str]:
    """``key_hash`` for many addresses, at a third of the time."""
    inner, outer = _keyed(pepper)
    return lambda email_key: _digest(inner, outer, email_key.encode()).hex()


def message_id(secret: bytes, edition_ref: str, subscriber_id: int, domain: str) -> str:
    """The Message-ID of one edition to one person, without angle brackets; the same on every try.

    A server that gets the same message twice can so drop the second. ``edition_ref`` must name the
    edition among all that ``secret`` signs for.
    """
    return f"{message_id_maker(secret, edition_ref)(subscriber_id)}@{domain}"


def message_id_maker(secret: bytes, edition_ref: str) -> Callable[[int], str]:
    """What makes the Message-IDs of one edition up to their @, from subscriber ids; see ``message_id``."""
    mac = _mac(secret, "message-id", edition_ref)
    return lambda subscriber_id: mac(b"%d" % subscriber_id).hex()


def delivery_ref(secret: bytes, publication: str, edition_id: int, subscriber_id: int) -> str:
    """The reference of one delivery, for envelope senders (VERP) and a header: bounces come back with it.

    At most 60 letters that survive a change of case. The 80 bits of HMAC keep strangers from writing
    bounces about readers of their choice.
    """
    mac = _mac(secret, "delivery", publication, str(edition_id))(b"%d" % subscriber_id)
    return f"{edition_id}.{subscriber_id}.{mac[:_REF_BYTES].hex()}"


def read_delivery_ref(secret: bytes, publication: str, text: str) -> tuple[int, int] | None:
    """The ids of edition and subscriber in a reference that we made; None for any other text."""
    edition, _, rest = text.strip().lower().partition(".")
    subscriber = rest.partition(".")[0]
    if not (edition.isdecimal() and subscriber.isdecimal() and edition.isascii() and len(text) < _MAX_LENGTH):
        return None
    expected = delivery_ref(secret, publication, int(edition), int(subscriber))
    genuine = hmac.compare_digest(expected.encode(), text.strip().lower().encode())
    return (int(edition), int(subscriber)) if genuine else None


def hook_token(secret: bytes, publication: str, provider: str) -> str:
    """What the address ends with under which a mail provider may report to us: a stranger can't guess it."""
    return _mac(secret, "hook", publication)(provider.encode()).hex()


def is_hook_token(secret: bytes, publication: str, provider: str, token: str) -> bool:
    """Whether ``token`` is the one of this provider."""
    expected = hook_token(secret, publication, provider)
    return hmac.compare_digest(expected.encode(), token.encode("utf-8", "replace"))


def _keyed(key: bytes) -> tuple[_Hash, _Hash]:
    """An HMAC-SHA256 begun: it is two hashes that each begin with a block made of the key (RFC 2104).

    To be copied: hashing the blocks again for every reader, as ``hmac`` does, takes longer than the rest.
    """
    block = (key if len(key) <= _SHA256_BLOCK else sha256(key).digest()).ljust(_SHA256_BLOCK, b"\0")
    inner, outer = (sha256(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))
    return inner, outer


def _digest(inner: _Hash, outer: _Hash, own: bytes) -> bytes:
    """What is begun, ended by ``own``."""
    within, around = inner.copy(), outer.copy()
    within.update(own)
    around.update(within.digest())
    return around.digest()


@lru_cache(maxsize=32)
def _mac(secret: bytes, *parts: str) -> Callable[[bytes], bytes]:
    """What makes a MAC of a last part, after ``parts`` that are the same for every subscriber."""
    inner, outer = _keyed(secret)
    for part in map(str.encode, parts):
        inner.update(_MEASURED % (len(part), part))
    return lambda own: _digest(inner, outer, _MEASURED % (len(own), own))[:_MAC_BYTES]
