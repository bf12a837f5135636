"""Text and addresses from feeds, made safe to stand in a mail, a header and a page."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

from digest.model.links import MAX_URL

_HOLE = re.compile(r"__(?=DIGEST_)", re.IGNORECASE)
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters
    "\ud800-\udfff"  # lone surrogates
    "\u00ad\u200b\u202a-\u202e\u2060-\u206f\ufeff"  # invisible; also bidi overrides left open
    "\ufdd0-\ufdef\ufff9-\uffff"  # noncharacters and specials
    "\U000e0000-\U000e0fff]"  # tags
    "|[\U0001fffe\U0001ffff\U0002fffe-\U0002ffff\U0010fffe\U0010ffff]"
)
_SPACE = re.compile(r"\s+")
_BLANK_LINE = re.compile(r"\n\s*\n")
_ZALGO = re.compile(r"([\u0300-\u036f\u0489\u20d0-\u20ff]{3})[\u0300-\u036f\u0489\u20d0-\u20ff]+")
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # Japanese, Chinese, Korean
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_RTL_LANGUAGES = frozenset({"ar", "arc", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})
_PATH_SAFE = "/:;=@!$&'()*+,-._~%?#[]"  # what is escaped already stays as it is
_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def clean(text: str, limit: int | None = None) -> str:
    """One line of plain text: no control, invisible or half characters, single spaces.

    Nothing in it can pass for one of our placeholders: a feed that wrote one would otherwise be
    handed a reader's own links. ``limit`` is the longest result in characters, cut at a word.
    """
    if text.isascii() and text.isprintable() and "  " not in text and "__" not in text:
        line = text.strip()  # most texts: nothing below would change them
    else:
        line = " ".join(_INVISIBLE.sub("", text).split())
        line = _ZALGO.sub(r"\1", _HOLE.sub("_ ", line))
    return line if limit is None else shorten(line, limit)


def paragraphs_of(text: str) -> tuple[str, ...]:
    """What a person wrote with blank lines between paragraphs, each of them ``clean``."""
    return tuple(line for block in _BLANK_LINE.split(text) if (line := clean(block)))


def shorten(line: str, limit: int) -> str:
    """``line`` in at most ``limit`` characters, cut between words, with an ellipsis."""
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    space = cut.rfind(" ")
    if space > limit // 2:  # a script without spaces, or one long word, is cut anywhere
        cut = cut[:space]
    while cut and unicodedata.combining(line[len(cut)]):
        cut = cut[:-1]
    return cut.rstrip(" ,;:.-\u2013\u2014\u200d") + "\u2026"


def reader_url(url: str) -> str:
    """``url`` as ASCII where it is an http(s) address that a reader may follow, else ""."""
    if len(url) > MAX_URL or _INVISIBLE.search(url) or _SPACE.search(url.strip()):
        return ""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not host or "@" in parts.netloc:
        return ""
    shown = f"[{host}]" if ":" in host else host
    rest = (quote(part, safe=_PATH_SAFE) for part in (parts.path, parts.query, parts.fragment))
    plain = urlunsplit((parts.scheme.lower(), shown + port, *rest))
    return "" if len(plain) > MAX_URL else _HOLE.sub("%5F%5F", plain)


def language_tag(tag: str) -> str:
    """``tag`` where it is shaped like BCP 47, else ""."""
    return tag if _LANGUAGE.fullmatch(tag) else ""


def is_rtl_language(tag: str) -> bool:
    """Whether a language is written from right to left."""
    return tag.partition("-")[0].lower() in _RTL_LANGUAGES


def has_rtl(text: str) -> bool:
    """Whether any letter in it runs from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text)


def runs_rtl(text: str) -> bool:
    """Whether most letters run from right to left."""
    if text.isascii():
        return False
    strong = [unicodedata.bidirectional(letter) for letter in text]
    return sum(kind in {"R", "AL"} for kind in strong) > sum(kind == "L" for kind in strong)


def isolate(text: str, *, line_rtl: bool = False) -> str:
    """``text`` fenced off where it runs against its line, so that it can't reorder its neighbours."""
    other_way = (
        any(unicodedata.bidirectional(letter) == "L" for letter in text) if line_rtl else has_rtl(text)
    )
    return f"{_ISOLATE}{text}{_POP_ISOLATE}" if other_way else text


@lru_cache(maxsize=1024)  # of each story for every variant of an edition
def word_count(text: str) -> int:
    """Words; every two letters of a script without spaces count as one."""
    spaced, dense = _DENSE.subn(" ", text)
    return len(re.findall(r"\w+", spaced)) + dense // 2
