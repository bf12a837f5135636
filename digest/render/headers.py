"""Header lines: ASCII, folded, and never with a line break that somebody's name brought along."""

from __future__ import annotations

import re
from base64 import b64encode

from digest.errors import RenderError
from digest.render.clean import clean

_LINE = 76
_LONGEST = 998  # RFC 5322, section 2.1.1
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_ASCII = re.compile(r"[\x20-\x7e]*")
_WORD_BYTES = 42  # 56 letters of base64: an encoded-word of 68, and a line of 78 with its header's name
# Nearly all, in a header as they are.
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_PLAIN_MAILBOX = re.compile(rf"(?:[A-Za-z0-9'-]+ )+<{_PLAIN_ADDRESS.pattern}>")
_UNSAFE_ADDRESS = re.compile(r"[\x00-\x20\x7f-\xa0<>,;:\"()\[\]\\\u2028\u2029\ud800-\udfff]")


def text_header(name: str, text: str) -> bytes:
    """An unstructured header, as RFC 2047 encoded-words where it is not plain ASCII."""
    line = clean(text)
    if _ASCII.fullmatch(line) and "=?" not in line:
        return _folded(name, line.split(" "))
    return _folded(name, _encoded_words(line))


def address_header(name: str, display: str, address: str) -> bytes:
    """A header with one address and, if there is one, its owner's name."""
    if not display:
        return b"%b: %b\r\n" % (name.encode(), address_spec(address))
    plain = f"{name}: {display} <{address}>"
    if len(plain) <= _LINE and _PLAIN_MAILBOX.fullmatch(plain, len(name) + 2):
        return plain.encode() + b"\r\n"
    spec = address_spec(address)
    shown = clean(display, 200)
    if not shown:
        return b"%b: %b\r\n" % (name.encode(), spec)
    return _folded(name, [*_phrase(shown), f"<{spec.decode()}>"])


def phrase_header(name: str, phrase: str, bracketed: str) -> bytes:
    """A header of the form: words <token>, such as List-Id."""
    return _folded(name, [*_phrase(clean(phrase, 200)), f"<{_exact(name, bracketed)}>"])


def exact_header(name: str, value: str) -> bytes:
    """A header of one unbroken line: links there must never be folded or encoded (RFC 8058)."""
    return b"%b: %b\r\n" % (name.encode(), _exact(name, value).encode())


def address_spec(address: str) -> bytes:
    """The bare address; its domain in ASCII, a local part outside ASCII as UTF-8 (RFC 6532).

    Raises RenderError for what is no single address, so that none can smuggle in a second one.
    """
    if _PLAIN_ADDRESS.fullmatch(address):
        return address.encode()
    local, at, domain = address.rpartition("@")
    try:
        plain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError as error:
        raise RenderError(f"the domain of {address!r} cannot be written in a header") from error
    if not (local and at and all(plain.split("."))) or "@" in local or _UNSAFE_ADDRESS.search(address):
        raise RenderError(f"{address!r} is no address that can stand in a header")
    return f"{local}@{plain}".encode()


def _exact(name: str, value: str) -> str:
    if not (value and value.isascii() and value.isprintable()) or len(name) + 2 + len(value) > _LONGEST:
        raise RenderError(f"{name}: {value[:60]!r} cannot stand in one header line")
    return value


def _phrase(words: str) -> list[str]:
    if _ATOMS.fullmatch(words) and "=?" not in words:
        return words.split(" ")
    if _ASCII.fullmatch(words) and len(words) < _LINE // 2 and "=?" not in words:
        escaped = words.replace("\\", "\\\\").replace('"', '\\"')
        return [f'"{escaped}"']
    return _encoded_words(words)


def _encoded_words(line: str) -> list[str]:
    """RFC 2047: base64 of UTF-8, no word ending inside a character."""
    words, rest = [], line.encode()
    while len(rest) > _WORD_BYTES:
        cut = _WORD_BYTES
        while rest[cut] & 0xC0 == 0x80:  # in the middle of a character  # noqa: PLR2004 bits of UTF-8
            cut -= 1
        words.append(rest[:cut])
        rest = rest[cut:]
    return [f"=?utf-8?B?{b64encode(one).decode()}?=" for one in (*words, rest) if one]


def _folded(name: str, tokens: list[str]) -> bytes:
    """Tokens joined by spaces, a line broken before the one that would make it too long."""
    whole = f"{name}: {' '.join(tokens)}"
    if len(whole) <= _LINE:
        return whole.encode() + b"\r\n"
    lines, line = [], f"{name}:"
    for token in tokens:
        if len(line) + 1 + len(token) > _LINE and line != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {token}"
    lines.append(line)
    return "\r\n".join(lines).encode() + b"\r\n"
