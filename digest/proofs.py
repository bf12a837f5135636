"""Messages for the editor's eye: the very e-mail a reader would get, in which nothing can change anybody."""

from __future__ import annotations

from datetime import datetime

from digest.deliver.envelope import Envelope
from digest.messages import list_unsubscribe
from digest.model.edition import Edition
from digest.model.links import edition_ref
from digest.model.message import Hole, Person
from digest.model.tokens import message_id
from digest.parts import Parts
from digest.render.message import compile_message


def proof(
    parts: Parts, edition: Edition, address: str, now: datetime, chosen: frozenset[str] = frozenset()
) -> Envelope:
    """The very message a reader would get, marked [TEST], for any address. Changes nothing.

    Every personal link, and both List-Unsubscribe headers, lead to a page that can change nobody.
    """
    variant = parts.renderer.variant(edition, chosen)
    harmless = parts.links.test()
    person = Person(
        address=address,
        name="",
        message_id=message_id(address.encode(), f"test-{now.isoformat()}", 0, parts.publication.domain),
        list_unsubscribe=list_unsubscribe(harmless, parts.unsubscribe_mailto, "test"),
        holes={Hole.UNSUBSCRIBE_URL: harmless, Hole.PREFERENCES_URL: harmless, Hole.ADDRESS: address},
    )
    ref = edition_ref(edition.key)
    compiled = compile_message(variant, parts.publication, edition_ref=ref, date=now, test=True)
    filled = compiled.fill(person)
    signer = parts.signer()
    signatures = signer.signatures(filled.headers, filled.body, now, canonical=True) if signer else b""
    return Envelope(parts.sender, address, (signatures, *filled.pieces))


def filled(text: str, link: str, address: str = "reader@example.org") -> str:
    """A rendering for the eye alone: every personal link leads to ``link``."""
    for hole in Hole:
        text = text.replace(hole.value, address if hole is Hole.ADDRESS else link)
    return text
