"""What rendering knows of the publication that stays the same from edition to edition."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from digest.errors import ConfigurationError
from digest.model.look import Look
from digest.model.wording import Wording


@dataclass(frozen=True, slots=True)
class Publication:
    """A newsletter, as its readers see it.

    ``timezone`` is an IANA name; every time in a mail is shown in it. ``base_url`` is where
    `digest serve` can be reached. ``from_email`` and ``reply_to`` are bare addresses. Raises
    ConfigurationError for a time zone nobody knows.
    """

    name: str
    slug: str
    from_name: str
    from_email: str
    reply_to: str = ""
    postal_address: str = ""
    publisher: str = ""
    base_url: str = "https://localhost"
    privacy_url: str = ""
    language: str = "en"
    timezone: str = "UTC"
    look: Look = field(default_factory=Look)
    wording: Wording = field(default_factory=Wording)
    headers: tuple[tuple[str, str], ...] = ()  # further ones, which a mail provider asks for

    def __post_init__(self) -> None:
        """Refuse an unknown time zone now, not in the middle of an edition."""
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ConfigurationError(
                f"publication.timezone: {self.timezone!r} is no IANA time zone, such as Europe/Berlin"
            ) from error

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of every time shown."""
        return ZoneInfo(self.timezone)

    @property
    def domain(self) -> str:
        """The domain of the sender's address."""
        return self.from_email.rpartition("@")[2]


def address_after(publisher: str, postal_address: str) -> str:
    """The postal address as it stands after the publisher's name: without that name at its own start."""
    if not publisher.strip():
        return postal_address
    again = re.compile(
        rf"\s*{re.escape(publisher.strip())}[^\S\n]*(?:[,;\u00b7|\n\u2013\u2014-]\s*|\s*$)", re.IGNORECASE
    )
    return again.sub("", postal_address, count=1) if again.match(postal_address) else postal_address


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """``max_html_kib``: how large the HTML of a mail may get before stories move out of it.

    Gmail cuts a message off at 102 KiB; the default leaves room for what relays and links add.
    ``sign_ups``: whether the web copy leads to where people subscribe.
    """

    max_html_kib: int = 80
    sign_ups: bool = False

    def __post_init__(self) -> None:
        """Refuse a budget that leaves room for nothing, or that Gmail would cut."""
        if not 30 <= self.max_html_kib <= 100:  # noqa: PLR2004 - the bounds are the rule
            raise ConfigurationError(
                f"edition.max_html_kib: {self.max_html_kib} is outside 30 to 100 (Gmail cuts mails at 102)"
            )
