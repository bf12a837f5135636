"""One recipient's message: the rendered variant in its envelope, personal links filled in and signed."""

from __future__ import annotations

from collections.abc import Callable

from digest.deliver.envelope import Envelope
from digest.model.delivery import Recipient
from digest.model.links import edition_ref
from digest.model.message import Hole, Person
from digest.model.tokens import PREFERENCES, UNSUBSCRIBE, delivery_ref, make_token, message_id
from digest.parts import Parts
from digest.render.message import compile_message
from digest.store import editions
from digest.store.editions import EditionRow


def composer(parts: Parts, row: EditionRow) -> Callable[[Recipient], Envelope]:
    """What makes one recipient's message: holes filled, links and the whole signed."""
    with parts.database.write() as conn:
        variants = editions.get_variants(conn, row.id)
        secret = parts.token_secret(conn)
    signer = parts.signer()
    ref = edition_ref(row.key)
    date = row.frozen_at or parts.clock()  # the same on every retry
    compiled = {
        key: compile_message(variant, parts.publication, edition_ref=ref, date=date)
        for key, variant in variants.items()
    }
    slug, domain = row.key.publication, parts.publication.domain
    leave_at, prefer_at = parts.links.unsubscribe(""), parts.links.preferences("")  # tokens need no quoting

    referred_to = parts.verp or bool(parts.reference_header)

    def compose_one(recipient: Recipient) -> Envelope:
        leave = make_token(secret, UNSUBSCRIBE, slug, recipient.subscriber_id)
        prefer = make_token(secret, PREFERENCES, slug, recipient.subscriber_id)
        reference = delivery_ref(secret, slug, row.id, recipient.subscriber_id) if referred_to else ""
        person = Person(
            address=recipient.address,
            name=recipient.name,
            message_id=message_id(secret, f"{slug}/{ref}", recipient.subscriber_id, domain),
            list_unsubscribe=list_unsubscribe(leave_at + leave, parts.unsubscribe_mailto, leave),
            holes={
                Hole.UNSUBSCRIBE_URL: leave_at + leave,
                Hole.PREFERENCES_URL: prefer_at + prefer,
                Hole.ADDRESS: recipient.address,
            },
            headers={parts.reference_header: reference} if parts.reference_header else {},
        )
        message = compiled[recipient.variant].fill(person)
        # What we compile ends its lines in CRLF and begins none with a dot; an address may be non-ASCII.
        canonical = message.headers.isascii()
        signatures = signer.signatures(message.headers, message.body, date, canonical=True)
        return Envelope(
            parts.sender_for(reference),
            recipient.address,
            (signatures, *message.pieces),
            canonical=canonical,
            edition=ref,
        )

    return compose_one


def list_unsubscribe(url: str, mailbox: str, token: str) -> str:
    """The header's value (RFC 2369): a page that also takes the one-click POST, and a mailbox."""
    return f"<{url}>, <mailto:{mailbox}?subject=unsubscribe%20{token}>"
