"""Every section and key of ``digest.toml``: its kind, its default, and what it is for.

This is the one list: reading, the template that ``digest init`` writes and the reference page all follow it.
Durations are ``timedelta``, times of day are local to ``publication.timezone``, paths are absolute once read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from digest.model.look import Look
from digest.model.news import Feed
from digest.model.wording import Wording
from digest.settings.appearance import LookSettings, WordingSettings
from digest.settings.editorial import (
    EditionSettings,
    FeedSettings,
    GatherSettings,
    PublicationSettings,
    ScheduleSettings,
    SeriesSettings,
    ThemeSettings,
)
from digest.settings.keys import KeySpec, specs
from digest.settings.machinery import DatabaseSettings, RetentionSettings, WebSettings
from digest.settings.sending import BounceSettings, DeliverySettings, DkimSettings
from digest.settings.summaries import SummarySettings

EXAMPLE_DOMAIN = "example.org"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one newsletter. ``file`` is None when there is none and the defaults hold.

    ``folder`` is absolute: what relative paths are relative to, and where themes/ and templates/ of the
    newsletter's own are looked for.
    """

    folder: Path
    file: Path | None = None
    publication: PublicationSettings = field(default_factory=PublicationSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    series: tuple[SeriesSettings, ...] = ()  # further ones, beside that of schedule
    gather: GatherSettings = field(default_factory=GatherSettings)
    feeds: tuple[Feed, ...] = ()
    themes: ThemeSettings = field(default_factory=ThemeSettings)
    edition: EditionSettings = field(default_factory=EditionSettings)
    summaries: SummarySettings = field(default_factory=SummarySettings)
    look: Look = field(default_factory=Look)
    wording: Wording = field(default_factory=Wording)
    delivery: DeliverySettings = field(default_factory=DeliverySettings)
    dkim: DkimSettings = field(default_factory=DkimSettings)
    bounces: BounceSettings = field(default_factory=BounceSettings)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    web: WebSettings = field(default_factory=WebSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)

    @property
    def from_name(self) -> str:
        """The sender's name, with its default resolved."""
        return self.publication.from_name or self.publication.name

    @property
    def envelope_sender(self) -> str:
        """The address bounces come back to, with its default resolved."""
        return self.bounces.address or self.publication.from_email

    @property
    def leaving_address(self) -> str:
        """Where mails that ask to leave go: to the mailbox of the bounces, where that has an address."""
        publication = self.publication
        return self.bounces.address or publication.reply_to or publication.from_email

    @property
    def signing_domain(self) -> str:
        """The domain in DKIM signatures, with its default resolved."""
        return (self.dkim.domain or self.publication.from_email.rpartition("@")[2]).lower()


SECTIONS: Mapping[str, Any] = {
    section.section: section
    for section in (
        PublicationSettings,
        ScheduleSettings,
        SeriesSettings,
        GatherSettings,
        ThemeSettings,
        EditionSettings,
        SummarySettings,
        LookSettings,
        WordingSettings,
        DeliverySettings,
        DkimSettings,
        BounceSettings,
        DatabaseSettings,
        WebSettings,
        RetentionSettings,
        FeedSettings,
    )
}

LISTS = ("series", "feeds")  # sections that stand in double brackets, any number of times


def keys_of(section: str) -> Mapping[str, KeySpec]:
    """The keys of one section by name, in the order in which they are documented."""
    return specs(section, SECTIONS[section])


def is_example(settings: Settings) -> bool:
    """Whether the sender or the web address is still the example's: such mail must not go out by SMTP."""
    publication = settings.publication
    hosts = (publication.from_email.rpartition("@")[2], urlsplit(publication.base_url).hostname or "")
    return any(
        host == EXAMPLE_DOMAIN or host.endswith("." + EXAMPLE_DOMAIN)
        for host in (h.casefold() for h in hosts)
    )
