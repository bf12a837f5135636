"""The kinds of values a setting can have: how each is read, refused and written.

A kind's ``read`` takes what TOML gave and returns the value the code uses, or raises ``ValueError`` whose
text follows the value in the message: 'is no time of day; write it like "06:30"'. It never repeats the
value itself, because that may be a secret.
"""

from __future__ import annotations

import difflib
import json
import re
import zoneinfo
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from digest.model.links import LONGEST_SERIES
from digest.settings.homes import expanded

T = TypeVar("T")

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SELECTOR = re.compile(
    r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*", re.ASCII | re.IGNORECASE
)
_HEADER_NAME = re.compile(r"X-[A-Za-z0-9-]{1,60}", re.IGNORECASE | re.ASCII)
_HEADER = re.compile(r"X-[A-Za-z0-9-]{1,60}: ?[\x21-\x7e][\x20-\x7e]{0,200}", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
MAX_TEXT = 2_000  # characters; longer ones are a file pasted into the wrong place


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """One kind of value. ``from_text`` turns an environment variable into what TOML would have given."""

    name: str
    read: Callable[[object], T]
    show: Callable[[T], str]
    from_text: Callable[[str], object] = str


def nearest(name: str, known: Sequence[str]) -> str:
    """The known name most like ``name``; "" when none is near."""
    matches = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.6)
    return matches[0] if matches else ""


def quoted(text: str) -> str:
    """A TOML basic string: the same escapes as JSON, with non-ASCII characters kept."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def as_text(value: object) -> str:
    """One line of text, which a header may hold. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("is no text; put it in quotation marks")  # noqa: TRY004  (one exception for every refusal)
    if _CONTROL.search(value):
        raise ValueError("holds a line break or control character; write it on one line")
    if len(value) > MAX_TEXT:
        raise ValueError(f"is longer than {MAX_TEXT} characters")
    return value


def text(name: str = "text", *, required: bool = False) -> Kind[str]:
    """One line of text; safe in a header, because it can hold no line break."""

    def read(value: object) -> str:
        found = as_text(value).strip()
        if required and not found:
            raise ValueError("is empty; give it a value or leave the line out")
        return found

    return Kind(name, read, quoted)


def folder() -> Kind[Path]:
    """A folder, as written; where a relative one starts is the reader's business."""
    plain = text(required=True)

    def read(value: object) -> Path:
        found = plain.read(value)
        expanded(found)
        return Path(found)

    return Kind("folder", read, lambda path: quoted(str(path)))


def file(*, optional: bool = False) -> Kind[Path | None]:
    """A file, as written; None where it is optional and empty."""
    plain = text(required=not optional)

    def read(value: object) -> Path | None:
        found = plain.read(value)
        expanded(found)
        return Path(found) if found else None

    return Kind("file", read, lambda path: quoted(str(path) if path else ""))


def selector(*, optional: bool = False) -> Kind[str]:
    """The name of a DKIM key: the first part of the DNS name that it is published under."""
    advice = 'is no selector; use letters, digits, dots and hyphens, like "digest2026"'
    return pattern("selector", _SELECTOR, advice, optional=optional)


def header_name(*, optional: bool = False) -> Kind[str]:
    """The name of a header that is nobody's but a provider's."""
    advice = 'is no name of an own header; write one that begins with X-, like "X-PM-Metadata-ref"'
    return pattern("header name", _HEADER_NAME, advice, optional=optional)


def headers() -> Kind[tuple[str, ...]]:
    """Whole headers, each as name, colon and value."""

    def read(value: object) -> tuple[str, ...]:
        lines = value if isinstance(value, list) else [None]
        if not all(isinstance(line, str) and _HEADER.fullmatch(line) for line in lines):
            advice = 'write it like ["X-PM-Message-Stream: broadcast"], every name beginning with X-'
            raise ValueError(f"is no list of headers; {advice}")
        return tuple(lines)

    def show(lines: tuple[str, ...]) -> str:
        return "[" + ", ".join(quoted(line) for line in lines) + "]"

    return Kind(
        "list of headers",
        read,
        show,
        lambda found: [line.strip() for line in found.split(",") if line.strip()],
    )


def secret() -> Kind[str]:
    """One line of text, of which every space counts."""
    return Kind("text, secret", as_text, quoted)


def pattern(name: str, shape: re.Pattern[str], advice: str, *, optional: bool) -> Kind[str]:
    """One line of text of a certain ``shape``."""

    def read(value: object) -> str:
        found = as_text(value).strip()
        if not (shape.fullmatch(found) or (optional and not found)):
            raise ValueError(advice)
        return found

    return Kind(name, read, quoted)


def slug() -> Kind[str]:
    """A short name for addresses and files."""
    advice = 'is no short name; use lower-case letters, digits and single hyphens, like "morning-news"'
    return pattern("short name", SLUG, advice, optional=False)


def series() -> Kind[str]:
    """The short name of a series, which links hold."""
    advice = f"is no name of a series; use a-z, digits and single hyphens, at most {LONGEST_SERIES} of them"
    shape = re.compile(rf"(?=.{{1,{LONGEST_SERIES}}}\Z){SLUG.pattern}")
    return pattern("short name", shape, advice, optional=False)


def language() -> Kind[str]:
    """A language tag (BCP 47)."""
    return pattern("language", _LANGUAGE, 'is no language tag; write it like "en" or "pt-BR"', optional=False)


def choice(*allowed: str) -> Kind[str]:
    """One of a few words."""
    listed = " or ".join(f'"{word}"' for word in allowed)

    def read(value: object) -> str:
        if value in allowed:
            return str(value)
        guess = nearest(value, allowed) if isinstance(value, str) else ""
        raise ValueError(
            f"is not known; write {f'{quoted(guess)} (or one of {listed})' if guess else listed}"
        )

    return Kind(listed, read, quoted)


def time_zone() -> Kind[str]:
    """An IANA time zone name."""

    def read(value: object) -> str:
        found = as_text(value).strip()
        try:
            zoneinfo.ZoneInfo(found)
        except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
            raise ValueError(_no_zone(found)) from None
        return found

    return Kind("time zone", read, quoted)


def _no_zone(found: str) -> str:
    zones = zoneinfo.available_timezones()
    if not zones:
        return "cannot be looked up: this machine has no time zone data; install the package tzdata"
    # Places alone: "EST" for "CEST" lies hours off, and the sign of "Etc/GMT+2" says the opposite of "GMT+2".
    places = sorted(zone for zone in zones if "/" in zone and not zone.startswith("Etc/"))
    by_end = [zone for zone in places if zone.casefold().endswith("/" + found.casefold().replace(" ", "_"))]
    folded = {zone.casefold(): zone for zone in [*places, "UTC"]}
    guess = by_end[0] if by_end else folded.get(nearest(found, sorted(folded)), "")
    return (
        f"is no time zone; did you mean {quoted(guess)}?"
        if guess
        else 'is no time zone; write it like "Europe/Oslo"'
    )


def database_url() -> Kind[str]:
    """A SQLAlchemy address of SQLite or PostgreSQL."""

    def read(value: object) -> str:
        found = as_text(value).strip()
        scheme = found.partition("://")[0].partition("+")[0]
        if scheme not in ("sqlite", "postgresql") or "://" not in found:
            raise ValueError(
                'is no database; write "sqlite:///subscribers.db" or "postgresql://user@host/name"'
            )
        return found

    return Kind("database address", read, quoted)
