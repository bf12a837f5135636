"""The envelope as SMTP commands, for what a server offers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from digest.deliver.envelope import Envelope
from digest.errors import InputError

# What an address in ASCII may be made of: no space, no control character, no angle bracket, so that nothing
# in it can end the command or add another.
_SAFE = re.compile(r"[!-;=?-~]+@[!-;=?A-~]+")
_QUOTED = re.compile(r'"[\x20\x21\x23-\x5b\x5d-\x7e]*"@[A-Za-z0-9.:\[\]-]+')  # "two words"@example.org
_LONGEST = 254  # octets of a path, RFC 5321 4.5.3.1.3


@dataclass(frozen=True, slots=True)
class Offers:
    """The extensions of EHLO that matter to a transaction. ``size`` is the limit in bytes, 0: none."""

    pipelining: bool = False
    eight_bit: bool = False
    utf8: bool = False
    sizes: bool = False
    size: int = 0

    @classmethod
    def of(cls, extensions: Iterable[tuple[str, str]]) -> Offers:
        """From (keyword, parameters) pairs."""
        known = {keyword.upper(): value for keyword, value in extensions}
        limit = known.get("SIZE", "").strip()
        return cls(
            pipelining="PIPELINING" in known,
            eight_bit="8BITMIME" in known,
            utf8="SMTPUTF8" in known,
            sizes="SIZE" in known,
            size=int(limit) if limit.isascii() and limit.isdigit() else 0,
        )


def commands(envelope: Envelope, offers: Offers) -> tuple[bytes, bytes, bytes]:
    """MAIL, RCPT and DATA, with the parameters that this message needs and this server knows.

    Raises:
        InputError: an address is no address, or the server lacks what the message needs.
    """
    source = _sender_path(envelope.sender)
    target = _path(envelope.recipient)
    parameters = ""
    if not (source.isascii() and target.isascii()):
        if not offers.utf8:
            raise InputError("the mail server can't take an address with such letters (it lacks SMTPUTF8)")
        parameters = " SMTPUTF8"
    if not (envelope.canonical or all(piece.isascii() for piece in envelope.pieces)):
        if not offers.eight_bit:
            raise InputError("the mail server can't take 8-bit messages (it lacks 8BITMIME)")
        parameters += " BODY=8BITMIME"
    if offers.sizes:
        size = envelope.size
        if 0 < offers.size < size:
            raise InputError(f"{size} bytes are more than the mail server takes ({offers.size})")
        parameters += f" SIZE={size}"
    return f"MAIL FROM:<{source}>{parameters}\r\n".encode(), f"RCPT TO:<{target}>\r\n".encode(), b"DATA\r\n"


@lru_cache(maxsize=256)
def _sender_path(address: str) -> str:
    """The path of a sender, mostly the same; "" is the null sender."""
    return _path(address) if address else ""


def _path(address: str) -> str:
    """An address as it stands between angle brackets; ASCII wherever its local part allows that."""
    known = _SAFE.fullmatch(address) or _QUOTED.fullmatch(address)
    path = address if known else _international(address)
    if len(path) > _LONGEST or (not known and len(path.encode()) > _LONGEST):
        raise InputError(f"an address of more than {_LONGEST} bytes: {address[:60]!r}...")
    return path


def _international(address: str) -> str:
    """An address beyond ASCII: its domain in IDNA form, which needs no extension."""
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 slow to load, rarely needed

    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise InputError(f"not an address: {address[:80]!r} ({error})") from error
    return found.ascii_email or f"{found.local_part}@{found.ascii_domain}"
