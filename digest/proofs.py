"""Messages for the editor's eye: the very e-mail a reader would get, in which nothing can change anybody."""

from __future__ import annotations

from datetime import datetime

from digest.deliver.envelope import Envelope
from digest.messages import list_unsubscribe
from digest.model.edition import OPEN_TO_EDITING, Edition, EditionKey
from digest.model.links import edition_ref
from digest.model.message import Hole, Person, Variant
from digest.model.tokens import message_id
from digest.parts import Parts
from digest.render import variant_key
from digest.render.message import compile_message
from digest.store.editions import EditionRow, get_variant


def rendering(
    parts: Parts, row: EditionRow | None, edition: Edition, chosen: frozenset[str] = frozenset()
) -> tuple[Variant, str]:
    """What readers of ``chosen`` themes (empty: all) get of ``edition``, and a note to the editor or "".

    From the moment an edition is frozen that is what was stored then, whatever the templates say today.
    Where no reader's choice called for it, nothing was stored: it is rendered now, and the note says so.

    Raises:
        RenderError: the choice shows nothing, or the templates give what must not be sent.
    """
    if row is None or row.state in OPEN_TO_EDITING:
        return parts.renderer.variant(edition, chosen), ""
    key = variant_key(edition, chosen)
    with parts.database.read() as conn:
        stored = None if key is None else get_variant(conn, row.id, key)
    if stored is not None:
        return stored, ""
    return parts.renderer.variant(edition, chosen), (
        f"No reader had these themes when the edition {row.key} was frozen: made with today's templates."
    )


def proof(parts: Parts, key: EditionKey, variant: Variant, address: str, now: datetime) -> Envelope:
    """The very message a reader of ``variant`` would get, marked [TEST], for any address. Changes nothing.

    Every personal link, and both List-Unsubscribe headers, lead to a page that can change nobody.
    """
    harmless = parts.links.test()
    person = Person(
        address=address,
        name="",
        message_id=message_id(address.encode(), f"test-{now.isoformat()}", 0, parts.publication.domain),
        list_unsubscribe=list_unsubscribe(harmless, parts.unsubscribe_mailto, "test"),
        holes={Hole.UNSUBSCRIBE_URL: harmless, Hole.PREFERENCES_URL: harmless, Hole.ADDRESS: address},
    )
    ref = edition_ref(key)
    compiled = compile_message(variant, parts.publication, edition_ref=ref, date=now, test=True)
    filled = compiled.fill(person)
    signer = parts.signer()
    signatures = signer.signatures(filled.headers, filled.body, now, canonical=True) if signer else b""
    return Envelope(parts.sender, address, (signatures, *filled.pieces))


def filled(text: str, link: str, address: str) -> str:
    """A rendering for the eye alone: every personal link leads to ``link``."""
    for hole in Hole:
        text = text.replace(hole.value, address if hole is Hole.ADDRESS else link)
    return text
