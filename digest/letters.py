"""The e-mails of the sign-up form: to confirm that it was you, or that you get it already."""

from __future__ import annotations

from datetime import UTC, datetime

from digest.deliver.envelope import Envelope
from digest.model.audience import Subscriber
from digest.model.tokens import PREFERENCES, delivery_ref, make_token, message_id
from digest.parts import Parts
from digest.render.clean import is_rtl_language
from digest.render.headers import exact_header
from digest.render.letter import Letter, LetterRenderer
from digest.subscriptions import Owed, masked

_NO_EDITION = 0  # in the reference of a message that is of none
_LEFT_TO_RIGHT = "\u200e"  # a mark that nobody sees


def letter_to(parts: Parts, owed: Owed, secret: bytes, now: datetime) -> Envelope:
    """The message that a request for a subscription is answered with, signed. ``secret`` signs its links.

    Raises:
        RenderError: a template gives what must not be sent.
    """
    renderer = LetterRenderer(parts.template_folders, parts.publication)
    slug, address = parts.publication.slug, owed.reader.email
    letter = _confirm_letter(parts, owed) if owed.token else _already_letter(parts, owed, secret)
    # The same on every try, as an edition's: a server or a mailbox that gets it twice can drop the second.
    asked = f"{slug}/sign-ups/{owed.number}/{owed.asked_at.astimezone(UTC).isoformat()}"
    number = message_id(secret, asked, owed.reader.id, parts.publication.domain)
    message = renderer.message(letter, address, message_id=f"<{number}>", date=now)
    # As in editions, so that a bounce or a complaint is known to be about this reader.
    reference = delivery_ref(secret, slug, _NO_EDITION, owed.reader.id)
    if parts.reference_header:
        message = exact_header(parts.reference_header, reference) + message
    return Envelope(parts.sender_for(reference), address, (parts.signer().sign(message, now),))


def _confirm_letter(parts: Parts, owed: Owed) -> Letter:
    """What asks somebody to confirm that they want the newsletter, with the themes that were chosen."""
    words, zone = parts.publication.wording, parts.publication.zone
    assert owed.expires_at is not None, "a token expires"
    until = owed.expires_at.astimezone(zone)
    when = words.date_time.format(date=words.day(until.date()), time=f"{until:%H:%M}")
    chosen = [theme.name for theme in parts.themes if theme.slug in owed.themes]
    notes = [words.your_themes.format(themes=", ".join(chosen))] if chosen else []
    if len(parts.series) > 1:
        notes += [words.how_often.format(label=one.label) for one in parts.series if one.name == owed.series]
    known = _known(parts, owed)
    return Letter(
        subject=words.confirm_subject.format(title=known["title"]),
        title=words.confirm_title,
        text=words.confirm_text.format(**known),
        button=words.confirm_button,
        url=parts.links.confirm(owed.token),
        notes=(*notes, words.confirm_until.format(when=when, zone=zone.key), words.confirm_ignore),
    )


def sample_letter(parts: Parts) -> Letter:
    """What would ask an invented reader to confirm, to try the template on."""
    reader = Subscriber("reader@example.org", "reader@example.org")
    themes = tuple(theme.slug for theme in parts.themes[:2])
    now = parts.clock()
    return _confirm_letter(parts, Owed(0, now, reader, themes, reader.series, "sample", now))


def _already_letter(parts: Parts, owed: Owed, secret: bytes) -> Letter:
    """What tells a reader who asks for what they get where to choose themes, or to leave."""
    words, known = parts.publication.wording, _known(parts, owed)
    token = make_token(secret, PREFERENCES, parts.publication.slug, owed.reader.id)
    return Letter(
        subject=words.already_subject.format(title=known["title"]),
        title=words.already_title,
        text=words.already_text.format(**known),
        button=words.preferences,
        url=parts.links.preferences(token),
        notes=(words.already_ignore,),
    )


def _known(parts: Parts, owed: Owed) -> dict[str, str]:
    # Whole, it may hold words of whoever typed it, or a link: behind a "+", or where a domain takes any.
    address = masked(owed.reader.email)
    if is_rtl_language(parts.publication.language):  # a digit or a sign at its beginning would go to its end
        address = _LEFT_TO_RIGHT + address
    return {"title": parts.publication.name, "address": address}
