"""The sections about mail itself: the way out, the signatures on it, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

from digest.settings import addresses, kinds, quantities
from digest.settings.keys import key

PORTS = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """How the finished messages leave."""

    section: ClassVar[str] = "delivery"

    transport: str = key(
        kinds.choice("outbox", "smtp"),
        "outbox",
        "outbox writes each message into a folder and e-mails nobody; smtp hands them to your mail server.",
    )
    outbox: Path = key(
        kinds.folder(),
        Path("outbox"),
        "The folder of the outbox transport.",
    )
    smtp_host: str = key(addresses.host(optional=True), "", "The mail server. Needed for smtp.")
    smtp_port: int = key(
        quantities.integer(0, quantities.HIGHEST_PORT),
        0,
        "Its port. 0: the usual one for smtp_security (587, 465 for tls, 25 for none).",
    )
    smtp_security: str = key(
        kinds.choice("starttls", "tls", "none"),
        "starttls",
        "starttls demands encryption after connecting, tls encrypts from the start, none is for a server on"
        " this machine.",
    )
    smtp_username: str = key(kinds.text(), "", "The user name there. Empty: no log-in.")
    smtp_password: str = key(kinds.secret(), "", "The password there.", secret=True)
    smtp_ca_file: Path | None = key(
        kinds.file(optional=True),
        None,
        "A file with the certificate of the authority that vouches for it (PEM), where that is one of your"
        " own. Empty: those that this machine trusts.",
    )
    smtp_helo_name: str = key(
        addresses.host(optional=True),
        "",
        "The name by which this machine introduces itself there. Empty: its own.",
    )
    headers: tuple[str, ...] = key(
        kinds.headers(),
        (),
        'Headers that your provider asks for, like "X-SES-CONFIGURATION-SET: news"; names begin with X-.',
    )
    connections: int = key(quantities.integer(1, 100), 4, "How many connections are open at the same time.")
    processes: int = key(
        quantities.integer(0, 32),
        0,
        "How many processes share a send and its connections. 0: one; with RSA signatures, which take most"
        " of the time, one for each core up to four. Few messages, or a limited pace, are left to one.",
    )
    rate: float = key(
        quantities.number(0, 10_000, " messages a second"),
        0.0,
        "The most messages a second, over all connections. 0: no limit.",
    )
    domain_rate: float = key(
        quantities.number(0, 10_000, " messages a second"),
        0.0,
        "The most messages a second to any one recipient domain. 0: no limit.",
    )
    domain_rates: tuple[str, ...] = key(
        quantities.domain_rates(),
        (),
        'Other limits for some domains, like ["gmail.com 20", "outlook.com 5"].',
    )
    domain_connections: int = key(
        quantities.integer(0, 100),
        0,
        "How many messages to any one recipient domain may be under way at once. 0: no limit.",
    )
    window: str = key(
        quantities.window(),
        "",
        'The hours in which messages are handed over, in the publication\'s time zone, like "06:00-21:00".'
        " Empty: all day.",
    )
    warm_up_from: date | None = key(
        quantities.day(),
        None,
        "The day on which a new sender begins to warm up, like 2026-03-01. What a day's share leaves over"
        " goes out on the next days. Empty: no warm-up.",
    )
    warm_up_first: int = key(
        quantities.integer(1, 1_000_000), 200, "How many messages go out on the first day of the warm-up."
    )
    warm_up_growth: float = key(
        quantities.number(1, 10), 1.5, "How many times as many go out on each day after that."
    )
    stop_share: float = key(
        quantities.number(0, 1),
        0.1,
        "When more than this share is refused for good, and 20 at least, the edition pauses and the editor is"
        " told; `digest release` lets it go on. 0: never.",
    )
    batch_size: int = key(
        quantities.integer(1, 10_000, " messages"), 1_000, "How many deliveries are claimed at once."
    )
    max_attempts: int = key(
        quantities.integer(1, 50),
        8,
        "How often a message is tried that the server puts off, before it counts as failed.",
    )

    @property
    def port(self) -> int:
        """The port to connect to."""
        return self.smtp_port or PORTS[self.smtp_security]


@dataclass(frozen=True, slots=True)
class DkimSettings:
    """Signatures by which receivers know that a message is yours; `digest dkim new` makes the keys."""

    section: ClassVar[str] = "dkim"

    domain: str = key(
        addresses.host(optional=True),
        "",
        "The domain that signs and publishes the keys. Empty: that of from_email, which DMARC asks for.",
    )
    rsa_selector: str = key(
        kinds.selector(optional=True), "", "The selector of the RSA key, which every receiver understands."
    )
    rsa_key: Path | None = key(
        kinds.file(optional=True), None, "The file of the RSA key. Empty: no such signature."
    )
    ed25519_selector: str = key(
        kinds.selector(optional=True),
        "",
        "The selector of the Ed25519 key: seven times quicker to sign with, but not every receiver checks it"
        " yet; sign with both.",
    )
    ed25519_key: Path | None = key(
        kinds.file(optional=True), None, "The file of the Ed25519 key. Empty: no such signature."
    )


@dataclass(frozen=True, slots=True)
class BounceSettings:
    """Where bounces and complaints come back to, and what follows from them."""

    section: ClassVar[str] = "bounces"

    address: str = key(
        addresses.email(optional=True),
        "",
        "The envelope sender, to which bounces come back, and mails that ask to leave. Empty: from_email for"
        " the former, reply_to for the latter.",
    )
    verp: bool = key(
        quantities.boolean(),
        False,
        "Give every message an envelope sender of its own, address+REFERENCE@domain, by which a bounce is"
        " known for certain. The mailbox of address must take mail for address+anything.",
    )
    reference_header: str = key(
        kinds.header_name(optional=True),
        "",
        "A header that gets each message's reference too, for providers that report it back:"
        " X-PM-Metadata-ref for Postmark. Empty: none.",
    )
    soft_limit: int = key(
        quantities.integer(1, 100),
        3,
        "After so many editions in a row that came back (mailbox full, disabled, timed out), all of the last"
        " 30 days, a reader is given up. One whose mailbox does not exist, or who complains, is at once.",
    )
    maildir: Path | None = key(
        kinds.file(optional=True), None, "A Maildir that bounces arrive in. Empty: none is read."
    )
    imap_host: str = key(
        addresses.host(optional=True),
        "",
        "The IMAP server of the mailbox that bounces arrive in. Empty: none is read.",
    )
    imap_port: int = key(
        quantities.integer(0, quantities.HIGHEST_PORT),
        0,
        "Its port. 0: the usual one for imap_security (993 for tls, else 143).",
    )
    imap_security: str = key(
        kinds.choice("tls", "starttls", "none"),
        "tls",
        "As smtp_security; none is for a server on this machine.",
    )
    imap_username: str = key(kinds.text(), "", "The user name there.")
    imap_password: str = key(kinds.secret(), "", "The password there.", secret=True)
    imap_folder: str = key(
        kinds.text(required=True), "INBOX", "The folder to read. Nothing in it is changed or deleted."
    )
