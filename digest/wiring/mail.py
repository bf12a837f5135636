"""From settings to what carries mail: the way out, its limits, the signatures, and where bounces arrive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast
from zoneinfo import ZoneInfo

from digest.deliver.allowance import Limits, WarmUp, Window
from digest.deliver.dkim import Algorithm, Identity, Signer
from digest.deliver.pace import DomainLimits
from digest.deliver.run import SendOptions
from digest.deliver.transports.base import Transport
from digest.errors import ConfigurationError
from digest.settings import Settings, is_example

if TYPE_CHECKING:
    from digest.bounces.mailboxes import Mailbox
    from digest.deliver.transports.smtp import Security


def sending_of(settings: Settings) -> SendOptions:
    """How an edition is handed over."""
    chosen = settings.delivery
    return SendOptions(
        connections=chosen.connections,
        batch_size=chosen.batch_size,
        rate_per_s=chosen.rate or None,
        max_attempts=chosen.max_attempts,
        domains=DomainLimits(
            chosen.domain_rate or None,
            chosen.domain_connections or None,
            {domain: float(rate) for domain, rate in map(str.split, chosen.domain_rates)},
        ),
        stop_share=chosen.stop_share,
    )


def limits_of(settings: Settings) -> Limits:
    """When, and how much a day, may go out."""
    chosen = settings.delivery
    return Limits(
        ZoneInfo(settings.publication.timezone),
        Window.of(chosen.window) if chosen.window else None,
        WarmUp(chosen.warm_up_from, chosen.warm_up_first, chosen.warm_up_growth)
        if chosen.warm_up_from
        else None,
    )


def transport_of(settings: Settings) -> Transport:
    """What hands messages over.

    Raises:
        ConfigurationError: mail would go out under the example's name, or no server is named.
    """
    delivery = settings.delivery
    if delivery.transport == "outbox":
        from digest.deliver.transports.outbox import OutboxTransport  # noqa: PLC0415 - one of the two is needed

        return OutboxTransport(settings.folder / delivery.outbox)
    if is_example(settings):
        raise ConfigurationError(
            "publication.from_email and base_url are still the example's (example.org):"
            " set your own in digest.toml before sending by SMTP"
        )
    from digest.deliver.transports.smtp import SmtpOptions, SmtpTransport  # noqa: PLC0415 - the same

    return SmtpTransport(
        SmtpOptions(
            host=delivery.smtp_host,
            port=delivery.port,
            security=cast("Security", delivery.smtp_security),  # one of them: the settings checked
            username=delivery.smtp_username,
            password=delivery.smtp_password,
            ca_file=str(delivery.smtp_ca_file or ""),
            helo_name=delivery.smtp_helo_name,
        )
    )


def signer_of(settings: Settings) -> Signer:
    """What signs messages, with as many identities as there are keys.

    Raises:
        ConfigurationError: a key can't be used.
    """
    chosen = settings.dkim
    keys: tuple[tuple[Algorithm, str, Path | None], ...] = (
        ("ed25519", chosen.ed25519_selector, chosen.ed25519_key),
        ("rsa", chosen.rsa_selector, chosen.rsa_key),
    )
    if not any(path for _kind, _selector, path in keys):
        return Signer()
    from digest.deliver.dkim_keys import load_key  # noqa: PLC0415 - most commands sign nothing

    domain = settings.signing_domain.encode("idna").decode()
    return Signer(
        tuple(
            Identity(domain, selector, load_key(path, kind, f"dkim.{kind}_key"))
            for kind, selector, path in keys
            if path
        )
    )


def mailboxes_of(settings: Settings) -> Iterator[Mailbox]:
    """Where bounces arrive."""
    chosen = settings.bounces
    if not (chosen.maildir or chosen.imap_host):
        return
    from digest.bounces.mailboxes import ImapMailbox, Maildir  # noqa: PLC0415 - most newsletters have none

    if chosen.maildir:
        yield Maildir(chosen.maildir)
    if chosen.imap_host:
        security = cast("Literal['tls', 'starttls', 'none']", chosen.imap_security)
        port = chosen.imap_port or (993 if security == "tls" else 143)
        yield ImapMailbox(
            chosen.imap_host, port, security, chosen.imap_username, chosen.imap_password, chosen.imap_folder
        )
