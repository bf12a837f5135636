"""The addresses of our own pages, as mails carry them and the web part serves them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from digest.errors import InputError
from digest.model.edition import CORRECTIONS, EditionKey

_SERIES = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
MAX_URL = 2_000  # characters; longer ones break in several mail programs, and are nearly always tracking
LONGEST_SERIES = 100  # characters: a database stores no more
_REF = re.compile(
    rf"(?P<series>{_SERIES.pattern})-(?P<minute>\d{{8}}T\d{{4}})(?P<rest>\d{{2}}|\d{{8}})?", re.ASCII
)


def edition_ref(key: EditionKey) -> str:
    """The name of an edition in links, such as ``daily-20250302T0600``; its slot is in UTC.

    Seconds, and microseconds, are added only where a slot has any. Raises InputError as ``check_series``.
    """
    check_series(key.series)
    slot = key.slot.astimezone(UTC)
    rest = f"{slot:%S%f}" if slot.microsecond else f"{slot:%S}" if slot.second else ""
    return f"{key.series}-{slot:%Y%m%dT%H%M}{rest}"


def check_series(series: str) -> None:
    """Raise InputError for what no series can be called: it is too long, or needs escaping in a link."""
    if len(series) > LONGEST_SERIES or not _SERIES.fullmatch(series):
        raise InputError(
            f"the series {series[:40]!r} cannot stand in a link:"
            f" use letters a-z, digits, '.', '_' and '-', at most {LONGEST_SERIES} of them"
        )


def check_readers_series(series: str) -> None:
    """The same for a series that readers may be in; nobody subscribes to corrections."""
    check_series(series)
    if series == CORRECTIONS:
        raise InputError(f"nobody can be in the series {series!r}: those go to who got what they correct")


def parse_edition_ref(text: str) -> tuple[str, datetime] | None:
    """Series and slot (UTC) of a reference made by ``edition_ref``; None for anything else."""
    found = _REF.fullmatch(text)
    if found is None:
        return None
    rest = (found["rest"] or "").ljust(8, "0")
    try:
        slot = datetime.strptime(found["minute"] + rest, "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    except ValueError:
        return None
    return found["series"], slot


def story_anchor(key: str) -> str:
    """The id of a story's element in the web copy; the same wherever the story stands."""
    return "story-" + re.sub(r"[^A-Za-z0-9_-]", "-", key)


@dataclass(frozen=True, slots=True)
class Links:
    """Absolute addresses under ``base_url``, which may have a path and a trailing slash."""

    base_url: str

    def unsubscribe(self, token: str) -> str:
        """Where a reader leaves; also takes the one-click POST of RFC 8058."""
        return self._at("u", token)

    def preferences(self, token: str) -> str:
        """Where a reader chooses themes."""
        return self._at("p", token)

    def edition(self, ref: str, themes: Iterable[str] = ()) -> str:
        """An edition in the browser, as seen by a reader of ``themes`` (none: all of them)."""
        chosen = "+".join(quote(slug, safe="") for slug in themes)
        return self._at("editions", ref) + (f"?themes={chosen}" if chosen else "")

    def story(self, ref: str, key: str) -> str:
        """One story of an edition in the browser: the web copy's elements carry ``story_anchor``."""
        return f"{self.edition(ref)}#{story_anchor(key)}"

    def image(self, name: str) -> str:
        """A picture that editions show; ``name`` is its hash."""
        return self._at("images", f"{name}.jpg")

    def subscribe(self) -> str:
        """Where people subscribe."""
        return self._at("subscribe")

    def confirm(self, token: str) -> str:
        """Where they confirm that it was them."""
        return self._at("confirm", token)

    def home(self) -> str:
        """The publication's own page."""
        return self._at("")

    def archive(self) -> str:
        """The list of past editions."""
        return self._at("editions")

    def feed(self) -> str:
        """The Atom feed of past editions."""
        return self._at("feed.atom")

    def test(self) -> str:
        """The harmless page that personal links of a test message lead to."""
        return self._at("test")

    def hook(self, provider: str, token: str) -> str:
        """Where a mail provider reports bounces and complaints to."""
        return self._at("hooks", provider, token)

    def _at(self, *parts: str) -> str:
        return "/".join((self.base_url.rstrip("/"), *(quote(part, safe="") for part in parts)))
