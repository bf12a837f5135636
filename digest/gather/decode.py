"""Bytes to text, whatever encoding is claimed."""

from __future__ import annotations

import codecs
import re
import zlib

from digest.errors import ParseError

GZIP_MAGIC = b"\x1f\x8b"
MAX_UNPACKED = 20 * 1024 * 1024
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# How "<" and the next character look in wide encodings without a byte order mark.
WIDE = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
# What servers call by the name of a smaller set; browsers read them so too (WHATWG Encoding).
WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
}

# Character sets that documents and mails are written in. Python knows further codecs, and some of those take
# time by the square (punycode, idna), or run escapes (unicode_escape): a stranger's word must not choose one.
_CHARACTER_SETS = re.compile(
    r"utf-(?:8(?:-sig)?|(?:16|32)(?:-[bl]e)?)|ascii|cp\d+|iso8859-\d+|iso2022_\w+|koi8-[rtu]|kz1048|mac-\w+"
    r"|gb\w+|big5\w*|euc_\w+|shift_jis\w*|hz|johab|tis-620|ptcp154|hp-roman8"
)

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)[\"']")
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)


def unpacked(data: bytes) -> bytes:
    """``data``, or what it holds if it is a gzip file (news sitemaps often are).

    Raises ParseError 'bad-encoding' for a damaged file, 'too-large' for a bomb.
    """
    if not data.startswith(GZIP_MAGIC):
        return data
    engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        result = engine.decompress(data, MAX_UNPACKED)
    except zlib.error as error:
        raise ParseError("bad-encoding", f"damaged gzip file: {error}") from error
    if engine.unconsumed_tail:
        raise ParseError("too-large", f"the gzip file holds more than {MAX_UNPACKED:,} bytes")
    if not engine.eof:
        raise ParseError("bad-encoding", "the gzip file is cut off")
    return result


def decoded(data: bytes, charset: str = "") -> str:
    """``data`` as text.

    Asked in turn: byte order mark, the look of wide encodings, the document's own declaration, the
    server's ``charset``, UTF-8, and then windows-1252, in which everything can be read. A server's
    word comes after the document's because servers name a default for all files alike.
    """
    for mark, name in BOMS:
        if data.startswith(mark):
            return data.decode(name, "replace").removeprefix("\ufeff")
    start = data.lstrip()[:4]
    for look, name in WIDE:
        if start.startswith(look):
            return data.decode(name, "replace")
    declared = _DECLARED.search(data[:1000]) or _META.search(data[:4000])
    for name in (declared.group(1).decode("ascii") if declared else "", charset, "utf-8"):
        text = _tried(data, name)
        if text is not None:
            return text
    if b"\x00" not in data and _mostly_utf8(data):
        return data.decode("utf-8", "replace")
    return data.decode("cp1252", "replace")


def character_set(name: str) -> str:
    """The codec of the character set that a document calls ``name``; "" if it is none to be read with."""
    try:
        codec = codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):  # a NUL in the name
        return ""
    return codec if _CHARACTER_SETS.fullmatch(codec) else ""


def _tried(data: bytes, name: str) -> str | None:
    """``data`` in the encoding ``name``, if that exists and fits.

    Text that is valid UTF-8 with non-ASCII characters is UTF-8, whatever one-byte encoding is
    declared: the odds against such bytes by chance are immense.
    """
    codec = character_set(name)
    if not codec or codec.startswith(("utf-16", "utf-32")):
        return None  # the latter would have shown by its look above: the declaration is a copied header
    try:
        if codec != "utf-8" and not data.isascii():
            try:
                return data.decode("utf-8")
            except UnicodeDecodeError:
                pass
        return data.decode(WIDER.get(codec, codec))
    except ValueError:
        return None


def _mostly_utf8(data: bytes) -> bool:
    """Whether only a few bytes stand in the way of UTF-8."""
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return wrong > 0 and wrong * 4 < sum(1 for character in text if character > "\x7f")
