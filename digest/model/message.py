"""What rendering hands to delivery: a message compiled once, with holes for each recipient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Hole(StrEnum):
    """The personal values of a message. The templates write them as the value of the member."""

    UNSUBSCRIBE_URL = "__DIGEST_UNSUB_URL__"
    PREFERENCES_URL = "__DIGEST_PREFS_URL__"
    ADDRESS = "__DIGEST_ADDRESS__"


@dataclass(frozen=True, slots=True)
class Variant:
    """An edition's rendering for one choice of themes, checked: it may be sent.

    ``key`` is the chosen slugs, sorted and joined by "+", or "all"; the same for every choice that
    shows the same edition. ``html`` and ``text`` still hold the placeholders of ``Hole``.
    """

    key: str
    subject: str
    preheader: str
    html: str
    text: str
    mjml: str
    story_count: int


@dataclass(frozen=True, slots=True)
class Person:
    """The values that fill one recipient's copy. ``message_id`` has no angle brackets."""

    address: str
    name: str
    message_id: str
    list_unsubscribe: str  # the header's whole value: <https://...>, <mailto:...>
    holes: Mapping[Hole, str]


class Message(NamedTuple):
    """One recipient's complete message, in pieces that are only joined on their way out.

    ``own`` and ``shared`` are header lines that end in CRLF, without the empty one after them. ``body`` is
    what follows that one, in encoded segments. What everybody gets is the same objects in every message.
    """

    own: bytes
    shared: bytes
    body: tuple[bytes, ...]

    @property
    def pieces(self) -> tuple[bytes, ...]:
        """All of it, in order."""
        return (self.own, self.shared, b"\r\n", *self.body)

    def __bytes__(self) -> bytes:
        """All of it, joined."""
        return b"".join(self.pieces)
