"""One recipient's message: the rendered variant in its envelope, personal links filled in and signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from digest.deliver.envelope import Envelope
from digest.model.delivery import Recipient
from digest.model.edition import EditionKey
from digest.model.links import edition_ref
from digest.model.message import Variant
from digest.model.tokens import PREFERENCES, UNSUBSCRIBE, delivery_ref, message_id_maker, token_maker
from digest.parts import Parts
from digest.render.headers import address_header, exact_header
from digest.render.message import compile_message, forms, identifying_headers, link_forms
from digest.store import freezing
from digest.store.editions import EditionRow

_LONGEST_VALUE = "x" * 64  # no token, id or reference is longer: what can stand in a header is tried with it


def composer(parts: Parts, row: EditionRow) -> Callable[[Recipient], Envelope]:
    """What makes one recipient's message: holes filled, links and the whole signed."""
    with parts.database.write() as conn:
        variants = freezing.get_variants(conn, row.id)
        secret = parts.token_secret(conn)
    date = row.frozen_at or parts.clock()  # the same on every retry
    return composer_of(parts, row.key, row.id, variants, secret, date)


def composer_of(
    parts: Parts,
    key: EditionKey,
    edition_id: int,
    variants: Mapping[str, Variant],
    secret: bytes,
    date: datetime,
) -> Callable[[Recipient], Envelope]:
    """``composer`` over what is in the database; ``secret`` signs the links, ``date`` is the messages'."""
    signer = parts.signer()
    ref = edition_ref(key)
    compiled = {
        name: compile_message(variant, parts.publication, edition_ref=ref, date=date)
        for name, variant in variants.items()
    }
    seals = {name: signer.seal(message.shared_headers, date) for name, message in compiled.items()}
    slug = key.publication
    leave_of, prefer_of = token_maker(secret, UNSUBSCRIBE, slug), token_maker(secret, PREFERENCES, slug)
    message_id_of = message_id_maker(secret, f"{slug}/{ref}")
    links = parts.links
    leave_link, prefer_link = link_forms(links.unsubscribe("")), link_forms(links.preferences(""))
    header, sender = parts.reference_header, parts.sender
    verp, referred_to = parts.verp, parts.verp or bool(header)
    personal = _personal_headers(parts)
    in_ascii = all(message.shared_headers.isascii() for message in compiled.values())

    def compose_one(recipient: Recipient) -> Envelope:
        number, address = recipient.subscriber_id, recipient.address
        leave = leave_of(number).encode()
        reference = delivery_ref(secret, slug, edition_id, number) if referred_to else ""
        references = (reference.encode(),) if header else ()
        own = personal % (message_id_of(number).encode(), leave, leave, *references)
        message = compiled[recipient.variant].filled(
            address_header("To", recipient.name, address) + own,
            (*leave_link(leave), *prefer_link(prefer_of(number).encode()), *forms(address)),
        )
        # What we compile ends its lines in CRLF and begins none with a dot; an address may be non-ASCII.
        return Envelope(
            parts.sender_for(reference) if verp else sender,
            address,
            (seals[recipient.variant].signatures(message.own, message.body), *message.pieces),
            in_ascii and message.own.isascii(),
            ref,
        )

    return compose_one


def _personal_headers(parts: Parts) -> bytes:
    """The headers that differ between readers, but for To: with %b for each of their values, in order."""
    leave_at = parts.links.unsubscribe(_LONGEST_VALUE)
    lines = identifying_headers(
        f"{_LONGEST_VALUE}@{parts.publication.domain}",
        list_unsubscribe(leave_at, parts.unsubscribe_mailto, _LONGEST_VALUE),
    )
    if parts.reference_header:
        lines += exact_header(parts.reference_header, _LONGEST_VALUE)
    return lines.replace(b"%", b"%%").replace(_LONGEST_VALUE.encode(), b"%b")


def list_unsubscribe(url: str, mailbox: str, token: str) -> str:
    """The header's value (RFC 2369): a page that also takes the one-click POST, and a mailbox."""
    return f"<{url}>, <mailto:{mailbox}?subject=unsubscribe%20{token}>"
