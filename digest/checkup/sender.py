"""Whether receivers can tell that messages are the sender's own: SPF, DMARC and DKIM."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from stat import S_IMODE

import dns.exception
import dns.resolver

from digest.checkup.finding import Finding, Level
from digest.deliver.dkim import Signer, record_name
from digest.errors import ConfigurationError, TransportError
from digest.model.hosts import registered_domain
from digest.parts import Parts
from digest.settings import Settings

DNS_TIMEOUT_S = 5.0
LookUp = Callable[[str], tuple[str, ...]]


def sender(settings: Settings, parts: Parts, lookup: LookUp | None) -> Iterator[Finding]:
    """Certificates and keys that must be there; with ``lookup`` also what DNS says of the sender."""
    yield from _authority(settings)
    try:
        signer = parts.signer()
    except ConfigurationError as error:
        yield Finding(Level.ERROR, f"DKIM: {error}")
        return
    yield from _signing(signer, settings, parts)
    if lookup:
        envelope_domain = settings.envelope_sender.rpartition("@")[2]
        yield from sender_records(parts.publication.domain, envelope_domain, lookup)
        yield from published_keys(signer, lookup)


def _authority(settings: Settings) -> Iterator[Finding]:
    """Whether the certificates by which the mail server is known can be used."""
    file = settings.delivery.smtp_ca_file
    if not file:
        return
    from digest.deliver.transports.smtp import trusting  # noqa: PLC0415 - slow to load, and few name such a file

    try:
        trusting(str(file))
    except TransportError as error:
        yield Finding(Level.ERROR, str(error))


def _signing(signer: Signer, settings: Settings, parts: Parts) -> Iterator[Finding]:
    if not signer.identities:
        yield Finding(
            Level.WARNING,
            "DKIM: messages are not signed by this program",
            "`digest dkim new` makes a key, unless your mail server signs",
        )
        return
    for one in signer.identities:
        yield Finding(
            Level.OK, f"DKIM: signed by {one.key.algorithm}, {record_name(one.selector, one.domain)}"
        )
    yield from _exposed_keys(settings)
    domain, signing = parts.publication.domain, settings.signing_domain
    if not (f".{domain}".endswith(f".{signing}") or f".{signing}".endswith(f".{domain}")):
        yield Finding(
            Level.WARNING,
            f"DKIM: {signing} signs for {domain}, which DMARC does not count",
            "leave [dkim] domain empty",
        )


def _exposed_keys(settings: Settings) -> Iterator[Finding]:
    """Keys that other users of the machine can get at: whoever has one can sign as the sender."""
    for path in (settings.dkim.rsa_key, settings.dkim.ed25519_key):
        if path and S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(
                Level.WARNING,
                f"DKIM: others than its owner have access to the private key {path}",
                f"chmod 600 {shlex.quote(str(path))}; `digest dkim new` makes another if somebody took it",
            )


def text_records(name: str) -> tuple[str, ...]:
    """The TXT records of a name; none when it has none. Raises dns.exception.DNSException otherwise."""
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=DNS_TIMEOUT_S)
    except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
        return ()
    return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in answer)


def sender_records(domain: str, envelope_domain: str, lookup: LookUp) -> Iterator[Finding]:
    """What receivers look up about the sender: SPF (RFC 7208) and DMARC (RFC 7489).

    SPF is that of the envelope's domain, where bounces go; DMARC that of the domain in From, and where that
    has none, of the domain that was registered (section 6.6.3).

    Gmail, Yahoo and Microsoft demand both, and a DKIM signature, of anyone who sends 5,000 a day.
    """
    domain, envelope_domain = domain.lower(), envelope_domain.lower()
    spf = f"publish a TXT record at {envelope_domain} that names your mail server"
    yield from _record("SPF", "v=spf1", (envelope_domain,), lookup, spf)
    names = dict.fromkeys((f"_dmarc.{domain}", f"_dmarc.{registered_domain(domain)}"))
    dmarc = f'publish a TXT record at _dmarc.{domain}: "v=DMARC1; p=none"'
    yield from _record("DMARC", "v=DMARC1", tuple(names), lookup, dmarc)


def _record(label: str, start: str, names: tuple[str, ...], lookup: LookUp, mend: str) -> Iterator[Finding]:
    """The record at the first of ``names`` that has one."""
    for name in names:
        domain = name.removeprefix("_dmarc.")
        try:
            found = [text for text in lookup(name) if text.lower().startswith(start.lower())]
        except dns.exception.DNSException as error:
            yield Finding(Level.WARNING, f"{label} of {domain} could not be looked up: {error}", "try again")
            return
        if len(found) == 1:
            where = "" if name == names[0] else f" (at {name})"
            yield Finding(Level.OK, f"{label}{where}: {found[0]}")
            return
        if found:
            yield Finding(
                Level.ERROR, f"{name} has {len(found)} {label} records; receivers ignore them all", mend
            )
            return
    yield Finding(Level.WARNING, f"{names[0].removeprefix('_dmarc.')} has no {label} record", mend)


def published_keys(signer: Signer, lookup: LookUp) -> Iterator[Finding]:
    """Whether receivers find the public half of every key (RFC 6376, section 3.6.2)."""
    for one in signer.identities:
        name = record_name(one.selector, one.domain)
        wanted = one.key.record()
        try:
            found = lookup(name)
        except dns.exception.DNSException as error:
            yield Finding(Level.WARNING, f"DKIM: {name} could not be looked up: {error}", "try again")
            continue
        mend = f'publish a TXT record at {name}: "{wanted}"'
        if any(_public_half(text) == _public_half(wanted) for text in found):
            yield Finding(Level.OK, f"DKIM: {name} has the key that messages are signed with")
        elif found:
            yield Finding(Level.ERROR, f"DKIM: {name} has another key than messages are signed with", mend)
        else:
            yield Finding(Level.ERROR, f"DKIM: {name} has no record: receivers can't check signatures", mend)


def _public_half(record: str) -> str:
    tags = (tag.partition("=") for tag in record.split(";"))
    return next(("".join(value.split()) for name, _, value in tags if name.strip() == "p"), "")
