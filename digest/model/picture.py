"""The one picture of an edition: what the store holds of it, and what an edition says of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Jpeg:
    """A picture as readers get it: a JPEG without metadata. ``width`` and ``height`` are pixels."""

    content: bytes
    width: int
    height: int

    @property
    def hash(self) -> str:
        """The SHA-256 of the content in hex: its name in the store and in links."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Picture:
    """A story's picture in an edition; its bytes stand in the store under ``hash``.

    ``alt`` describes it, in its publisher's words; "" where they have none. ``credit`` is whose it is;
    "" where nothing says so, and then ``outlet``, whose article it came with, is named. ``source_url``
    is where it was fetched.
    """

    hash: str
    width: int
    height: int
    alt: str = ""
    credit: str = ""
    outlet: str = ""
    source_url: str = ""


@dataclass(frozen=True, slots=True)
class Fetching:
    """What the last fetch of a picture's address came to: ``picture``, or ``trouble`` in words.

    Of the picture only hash and size are known here.
    """

    url: str
    fetched_at: datetime
    picture: Picture | None = None
    trouble: str = ""
