"""Messages for the editor's eye: the very e-mail a reader would get, in which nothing can change anybody."""

from __future__ import annotations

from datetime import datetime, timedelta

from digest.deliver.envelope import Envelope, canonical_bytes
from digest.messages import list_unsubscribe
from digest.model.edition import (
    OPEN_TO_EDITING,
    Edition,
    EditionKey,
    EditionStory,
    Method,
    Provenance,
    SourceLink,
    Summary,
)
from digest.model.links import edition_ref
from digest.model.message import Hole, Person, Variant
from digest.model.picture import Picture
from digest.model.tokens import message_id
from digest.parts import Parts
from digest.render import variant_key
from digest.render.message import compile_message
from digest.store.editions import EditionRow, get_variant
from digest.summarise import ai_notice


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
        f"No reader had these themes when the edition {edition_ref(row.key)} was frozen:"
        " made with today's templates."
    )


def proof(parts: Parts, key: EditionKey, variant: Variant, address: str, now: datetime) -> Envelope:
    """The very message a reader of ``variant`` would get, marked [TEST], for any address. Changes nothing.

    Every personal link, and both List-Unsubscribe headers, lead to a page that can change nobody.
    """
    harmless = parts.links.test()
    person = _stranger(parts, address, now, leave=harmless, prefer=harmless, name="test")
    return _envelope(parts, key, variant, person, now, test=True)


def specimen(parts: Parts, key: EditionKey, variant: Variant, now: datetime) -> bytes:
    """The message that an invented reader would get: to be looked at and linted, never to be sent."""
    leave, prefer = parts.links.unsubscribe("specimen"), parts.links.preferences("specimen")
    person = _stranger(parts, "reader@example.org", now, leave=leave, prefer=prefer, name="specimen")
    return canonical_bytes(_envelope(parts, key, variant, person, now, test=False))


def _stranger(parts: Parts, address: str, now: datetime, *, leave: str, prefer: str, name: str) -> Person:
    """Someone who need not be a subscriber."""
    return Person(
        address=address,
        name="",
        message_id=message_id(address.encode(), f"{name}-{now.isoformat()}", 0, parts.publication.domain),
        list_unsubscribe=list_unsubscribe(leave, parts.unsubscribe_mailto, name),
        holes={Hole.UNSUBSCRIBE_URL: leave, Hole.PREFERENCES_URL: prefer, Hole.ADDRESS: address},
    )


def _envelope(
    parts: Parts, key: EditionKey, variant: Variant, person: Person, now: datetime, *, test: bool
) -> Envelope:
    ref = edition_ref(key)
    compiled = compile_message(variant, parts.publication, edition_ref=ref, date=now, test=test)
    filled = compiled.fill(person)
    signatures = parts.signer().seal(filled.shared, now).signatures(filled.own, filled.body)
    return Envelope(parts.sender, person.address, (signatures, *filled.pieces))


def sample_edition(parts: Parts, now: datetime) -> Edition:
    """A made-up edition of one story per theme, to try the templates on; with a picture if that is wanted."""
    published = now - timedelta(hours=2)
    stories = tuple(
        EditionStory(
            key=f"sample-{theme.slug}",
            headline=f"A sample headline about {theme.name}",
            summary=Summary(
                "A sample summary of one sentence.", Provenance(Method.EXTRACT, "The Sample Post")
            ),
            sources=(SourceLink("The Sample Post", "https://sample.example.org/1", "A sample", published),),
            themes=(theme.slug,),
            published_at=published,
            picture=Picture("0" * 64, 1104, 621, credit="A. Sample") if parts.lead_images else None,
        )
        for theme in parts.themes
    )
    provenances = [story.summary.provenance if story.summary else None for story in stories]
    return Edition(
        key=parts.key(parts.schedule.next_slot(now)),
        title=parts.edition_title,
        local_date=parts.schedule.local_day(now).isoformat(),
        themes=tuple(theme.style for theme in parts.themes),
        stories=stories,
        notice=None if parts.notice_off else ai_notice(provenances, wording=parts.drafting.wording),
        language=parts.publication.language,
    )


def filled(text: str, link: str, address: str) -> str:
    """A rendering for the eye alone: every personal link leads to ``link``."""
    for hole in Hole:
        text = text.replace(hole.value, address if hole is Hole.ADDRESS else link)
    return text
