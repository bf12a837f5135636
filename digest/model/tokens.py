"""Signed references to a person: link tokens, Message-IDs, and the hash a suppression keeps.

Nothing is stored for a token: it carries the subscriber's id and an HMAC-SHA256 over what it is for.
Its letters are lower-case base32 (RFC 4648, section 6), because a link in a mail may be re-cased, and
a trailing "-", "_", "." or ">" is often dropped from it or glued to it.
"""

from __future__ import annotations

import binascii
import hmac
import re
from base64 import b32decode
from functools import lru_cache

UNSUBSCRIBE = "unsubscribe"
PREFERENCES = "preferences"

_MAC_BYTES = 16  # 128 bits: out of reach for guessing over the network, and a third shorter than all 256
_REF_BYTES = 10  # 80 bits: a reference must fit into the 64 letters before an @
_MAX_LENGTH = 60  # no token is longer; longer input is not worth decoding
_ID_BYTES = 8
_LETTERS = re.compile(r"[a-z2-7]+")
_ALPHABET = b"abcdefghijklmnopqrstuvwxyz234567"
_TABLE = _ALPHABET.ljust(256, b"\0")
_BLOCK = 20  # bytes that become 32 letters in one go


def make_token(secret: bytes, purpose: str, publication: str, subscriber_id: int, *, version: int = 1) -> str:
    """A URL-safe token that speaks for one subscriber, for one purpose, of one publication.

    ``version`` (1 to 255) is the version of the key: it stands in the token and is signed with it.
    Raises ValueError for an id that no database hands out.
    """
    if not 0 < subscriber_id < 1 << 8 * _ID_BYTES:
        message = f"no subscriber has the id {subscriber_id}"
        raise ValueError(message)
    body = bytes((version,)) + subscriber_id.to_bytes((subscriber_id.bit_length() + 7) // 8, "big")
    mac = _mac(_begun(secret, "token", purpose, publication), body.hex())
    return _base32(body + mac)


def read_token(secret: bytes, purpose: str, publication: str, token: str) -> int | None:
    """The subscriber's id, or None for a token that we did not make for this purpose.

    Reads past what mail programs do to a link: another case, spaces around it, and anything glued to
    its end that is no letter of a token (a full stop, ">", "=", a bracket).
    """
    found = _LETTERS.match(token[: _MAX_LENGTH * 2].strip().lower())
    if found is None or len(found[0]) > _MAX_LENGTH:
        return None
    letters = found[0]
    try:
        raw = b32decode(letters.upper() + "=" * (-len(letters) % 8))
    except binascii.Error:
        return None
    version, number = raw[:1], raw[1:-_MAC_BYTES]
    if not version or not 0 < len(number) <= _ID_BYTES or not any(number):
        return None
    subscriber_id = int.from_bytes(number, "big")
    # Comparing the whole text leaves one spelling only: no leading zeros, no loose last bits.
    expected = make_token(secret, purpose, publication, subscriber_id, version=version[0])
    return subscriber_id if hmac.compare_digest(expected, letters) else None


def key_hash(pepper: bytes, email_key: str) -> str:
    """What a suppression keeps of an address: HMAC-SHA256(pepper, email_key), 64 hex digits.

    The pepper keeps a leaked table from being searched for known addresses.
    """
    return hmac.digest(pepper, email_key.encode(), "sha256").hex()


def message_id(secret: bytes, edition_ref: str, subscriber_id: int, domain: str) -> str:
    """The Message-ID of one edition to one person, without angle brackets; the same on every try.

    A server that gets the same message twice can so drop the second. ``edition_ref`` must name the
    edition among all that ``secret`` signs for.
    """
    return f"{_base32(_mac(_begun(secret, 'message-id', edition_ref), str(subscriber_id)))}@{domain}"


def delivery_ref(secret: bytes, publication: str, edition_id: int, subscriber_id: int) -> str:
    """The reference of one delivery, for envelope senders (VERP) and a header: bounces come back with it.

    At most 55 letters that survive a change of case. The 80 bits of HMAC keep strangers from writing
    bounces about readers of their choice.
    """
    mac = _mac(_begun(secret, "delivery", publication, str(edition_id)), str(subscriber_id))
    return f"{edition_id}.{subscriber_id}.{_base32(mac[:_REF_BYTES])}"


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
    return _base32(_mac(_begun(secret, "hook", publication), provider))


def is_hook_token(secret: bytes, publication: str, provider: str, token: str) -> bool:
    """Whether ``token`` is the one of this provider."""
    expected = hook_token(secret, publication, provider)
    return hmac.compare_digest(expected.encode(), token.encode("utf-8", "replace"))


@lru_cache(maxsize=32)
def _begun(secret: bytes, *parts: str) -> hmac.HMAC:
    """The MAC of what is the same for every subscriber, to be copied: keying takes longer than signing."""
    mac = hmac.new(secret, digestmod="sha256")
    for part in parts:
        mac.update(_measured(part))
    return mac


def _mac(begun: hmac.HMAC, own: str) -> bytes:
    mac = begun.copy()
    mac.update(_measured(own))
    return mac.digest()[:_MAC_BYTES]


def _measured(part: str) -> bytes:
    # Lengths before the parts: ("ab", "c") and ("a", "bc") must not sign the same bytes.
    raw = part.encode()
    return b"%d:%b" % (len(raw), raw)


def _steps() -> list[tuple[int, int, int]]:
    """How to spread a block's groups of five bits over bytes: halve the block, then each half, and so on.

    For each step the bits that stay, the bits that move, and how far.
    """
    steps = []
    groups, lanes = 32, 1
    while groups > 1:
        groups, lanes = groups // 2, lanes * 2
        lane = (1 << 5 * groups) - 1
        stay = sum(lane << 16 * groups * number for number in range(lanes // 2))
        steps.append((stay, stay << 5 * groups, 3 * groups))
    return steps


_STEPS = _steps()


def _base32(raw: bytes) -> str:
    """Base32 in lower case without padding: on 20 bytes at a time, base64.b32encode takes thrice as long."""
    letters = b""
    for start in range(0, len(raw), _BLOCK):
        bits = int.from_bytes(raw[start : start + _BLOCK].ljust(_BLOCK, b"\0"), "big")
        for stay, move, far in _STEPS:
            bits = bits & stay | (bits & move) << far
        letters += bits.to_bytes(32, "big").translate(_TABLE)
    return letters[: (len(raw) * 8 + 4) // 5].decode()
