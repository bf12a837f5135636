"""Messages for the editor's eye: the very e-mail a reader would get, in which nothing can change anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from digest.deliver.envelope import Envelope, canonical_bytes
from digest.messages import list_unsubscribe
from digest.model.edition import (
    CORRECTIONS,
    OPEN_TO_EDITING,
    Correction,
    Edition,
    EditionKey,
    EditionStory,
    Method,
    Notice,
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
from digest.store.editions import EditionRow
from digest.store.freezing import get_variant
from digest.summarise import ai_notice

_IN_FULL = 3  # themes of the sample with every kind of story: those of twenty would not fit into a mail


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
    """A made-up edition in which stands all that an edition can hold, to try the templates on.

    The first themes have cards, a line and what the web copy alone has; one story is of no theme. The lead
    has a picture if that is wanted.
    """
    slugs = [theme.slug for theme in parts.themes] or [""]
    stories = [
        story
        for number, slug in enumerate(slugs)
        for story in _sample_stories(slug, now, picture=parts.lead_images)[: None if number < _IN_FULL else 1]
    ]
    stories.append(replace(stories[0], key="sample-also", themes=(), picture=None))
    provenances = [story.summary.provenance if story.summary else None for story in stories]
    return Edition(
        key=parts.key(parts.schedule.next_slot(now)),
        title=parts.edition_title,
        local_date=parts.schedule.local_day(now).isoformat(),
        themes=tuple(theme.style for theme in parts.themes),
        stories=tuple(stories),
        notice=None if parts.notice_off else ai_notice(provenances, wording=parts.drafting.wording),
        language=parts.publication.language,
        gathered_from=120,
        outlets=12,
        composed_at=now,
        opening=("A sample word of an editor's, with an address: https://example.org/.",),
    )


def sample_quiet_edition(parts: Parts, now: datetime) -> Edition:
    """The same on a day without news."""
    return replace(sample_edition(parts, now), stories=(), quiet=True)


def sample_correction(parts: Parts, now: datetime) -> Edition:
    """A made-up correction of the sample."""
    words, sample = parts.publication.wording, sample_edition(parts, now)
    paragraphs = ("A sample sentence that was wrong.", "A sample sentence that is right.")
    return replace(
        sample,
        key=parts.key(now.replace(microsecond=0), CORRECTIONS),
        themes=(),
        stories=(),
        notice=None if parts.notice_off else Notice(words.correction_notice, words.correction_notice),
        correction=Correction(edition_ref(sample.key), "A sample correction", paragraphs),
        opening=(),
    )


def _sample_stories(slug: str, now: datetime, *, picture: bool) -> list[EditionStory]:
    """A card of many outlets, an update with all a card can hold, a bare one, a line, one for the web."""
    themes, published, before = (slug,) if slug else (), now - timedelta(hours=2), now - timedelta(days=3)

    def source(number: int, outlet: str) -> SourceLink:
        url = f"https://sample.example.org/{slug or 'all'}/{number}"
        return SourceLink(outlet, url, f"A sample title, number {number}", published)

    first = EditionStory(
        key=f"sample-{slug}",
        headline=f"A sample headline about {slug or 'the day'}",
        summary=Summary("A sample summary of one sentence.", Provenance(Method.EXTRACT, "The Sample Post")),
        sources=tuple(source(number, f"The Sample Post {number}") for number in range(1, 10)),
        themes=themes,
        published_at=published,
        picture=Picture("0" * 64, 1104, 621, alt="A sample picture", credit="A. Sample") if picture else None,
    )
    made = Provenance(
        Method.MODEL, model="sample-model", source_ai_notice="Made with AI.", reviewed_by="A. Sample"
    )
    update = replace(
        first,
        key=f"sample-update-{slug}",
        headline=f"A second sample headline about {slug or 'the day'}",
        summary=Summary("A sample summary by a language model.", made),
        sources=(replace(source(20, "The Sample Times"), paywalled=True, ai_notice="Made with AI."),),
        published_at=before,
        comments_url="https://sample.example.org/comments",
        update_of="A sample sentence of what is new.",
        related=(
            source(21, "The Sample Times"),
            source(22, ""),
            replace(source(23, "The Sample Post"), title=""),
        ),
        picture=None,
    )
    line = replace(first, key=f"sample-line-{slug}", headline="A sample line", brief=True, picture=None)
    line = replace(line, sources=(replace(source(40, "The Sample Times"), paywalled=True),))
    web = replace(line, key=f"sample-web-{slug}", headline="A sample for the web", web_only=True)
    line = replace(line, summary=None)
    bare = replace(
        line,
        key=f"sample-bare-{slug}",
        # Hebrew: a sample headline
        headline="\u05db\u05d5\u05ea\u05e8\u05ea \u05dc\u05d3\u05d5\u05d2\u05de\u05d4",
        summary=None,
        sources=(source(30, "The Sample Post"),),
        published_at=None,
        language="he",
        rtl=True,
        brief=False,
    )
    return [first, update, bare, line, web]


def filled(text: str, link: str, address: str) -> str:
    """A rendering for the eye alone: every personal link leads to ``link``."""
    for hole in Hole:
        text = text.replace(hole.value, address if hole is Hole.ADDRESS else link)
    return text
