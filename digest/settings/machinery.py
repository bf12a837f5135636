"""The sections an operator cares for: the database, the web pages, how long things are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from digest.settings import addresses, kinds, quantities
from digest.settings.keys import key

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_CENTURY = 36_500 * _DAY


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """Where everything is kept."""

    section: ClassVar[str] = "database"

    url: str = key(
        kinds.database_url(),
        "sqlite:///subscribers.db",
        "A SQLite file, or PostgreSQL as postgresql://user@host/name.",
        secret=True,
    )


@dataclass(frozen=True, slots=True)
class WebSettings:
    """The web pages that mails link to: `digest serve`."""

    section: ClassVar[str] = "web"

    host: str = key(addresses.host(), "127.0.0.1", "The address it listens on.")
    port: int = key(quantities.integer(1, quantities.HIGHEST_PORT), 8025, "The port it listens on.")
    secret: str = key(
        kinds.secret(),
        "",
        "What the links in mails are signed with, 32 characters or more. Empty: a key made on first use and"
        " kept in the database. With another secret, links in mails already sent stop working.",
        secret=True,
    )
    subscribe: bool = key(
        quantities.boolean(),
        True,
        "Whether people may subscribe there. An e-mail asks each of them to confirm it.",
    )
    confirm_within: timedelta = key(
        quantities.duration(_HOUR, 30 * _DAY),
        7 * _DAY,
        "How long the link in that e-mail works; retention.unconfirmed at most.",
    )
    sign_ups_per_hour: int = key(
        quantities.integer(1, 100_000),
        500,
        "The most requests to subscribe that are taken in an hour, from everybody together.",
    )
    proxies: tuple[str, ...] = key(
        quantities.networks(),
        ("127.0.0.1", "::1"),
        "The addresses of the web servers in front of it, or their networks: whom they speak for is believed"
        " (X-Forwarded-For), which tells apart who subscribes too often.",
    )


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """How long what is no longer needed is kept; `digest run` and `digest retention apply` do the rest."""

    section: ClassVar[str] = "retention"

    articles: timedelta = key(
        quantities.duration(15 * _DAY, _CENTURY),
        90 * _DAY,
        "Articles go this long after they were gathered, but for those that an edition told or that an"
        " editor decided on.",
    )
    model_answers: timedelta = key(
        quantities.duration(_DAY, _CENTURY),
        90 * _DAY,
        "What a language model answered goes after this long; the same question would then be asked anew.",
    )
    recipients: timedelta = key(
        quantities.duration(7 * _DAY, _CENTURY),
        400 * _DAY,
        "Who got an edition (address, name, the mail server's words) is forgotten this long after it was"
        " sent; how many got it stays. Bounces, complaints and alerts go as late.",
    )
    unconfirmed: timedelta = key(
        quantities.duration(_DAY, _CENTURY),
        30 * _DAY,
        "Whoever asked to subscribe and never confirmed it is deleted after this long.",
    )
    departed: timedelta = key(
        quantities.duration(_DAY, _CENTURY),
        400 * _DAY,
        "Readers who left are forgotten after this long; a hash of the address keeps them off the list.",
    )
