"""A variant as a MIME message: everything shared is encoded once, and each reader's copy joined.

    headers of the person | shared headers | text part | HTML part
    -------------------- fill ------------ | segment, value, segment, value, ...

A hole in the body becomes a soft-broken line of its own, so filling one is a join of bytes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from digest.errors import RenderError
from digest.model.links import Links
from digest.model.message import Hole, Message, Person, Variant
from digest.render.clean import clean, language_tag
from digest.render.flowed import flow
from digest.render.headers import address_header, exact_header, phrase_header, text_header
from digest.render.publication import Publication
from digest.render.quoted import SOFT_BREAK, WIDTH, encode

TEST_MARK = "[TEST] "
_PLAIN_VALUE = re.compile(r"(?!\.)[!#-%(-;?-~]{1,75}")  # the same in text and HTML, and on one encoded line
_HOLES = re.compile("(" + "|".join(hole.value for hole in Hole) + ")")
# Inside the main landmark, where a screen reader looks; an editor's own template may have none.
_TOP = re.compile(r'<div\b[^>]*role="main"[^>]*>|<body\b[^>]*>(?!.*role="main")', re.DOTALL)
_BANNER = (
    '<div role="note" style="padding:12px 24px;background:#8a1c1c;color:#ffffff;'
    'font:bold 16px/1.5 Helvetica,Arial,sans-serif;text-align:center;">{}</div>'
)

_HOLE_ORDER = tuple(Hole)
_FORMS = 2  # of a value: in the text part, and in the page


@dataclass(frozen=True, slots=True)
class CompiledMessage:
    """A message with holes. Safe to share between threads.

    ``segments`` are the whole body, encoded. Between each two is a place for a personal value: ``places``
    are places in what ``filled`` takes.
    """

    shared_headers: bytes
    segments: tuple[bytes, ...]
    places: tuple[int, ...]

    def fill(self, person: Person) -> Message:
        """The complete message for one person, lines ended by CRLF.

        Raises RenderError where a hole has no value, or an address, id or link of the person's
        cannot stand in a header.
        """
        for place in self.places:
            if not person.holes.get(hole := _HOLE_ORDER[place // _FORMS]):
                raise RenderError(f"the message for {person.address} has no value for {hole.name}")
        own = address_header("To", person.name, person.address) + identifying_headers(
            person.message_id, person.list_unsubscribe
        )
        return self.filled(own, [form for hole in Hole for form in forms(person.holes.get(hole, ""))])

    def filled(self, own: bytes, values: Sequence[bytes]) -> Message:
        """The message with its ``own`` headers ready, and the ``forms`` of the values for all of ``Hole``."""
        body = [b""] * (2 * len(self.places) + 1)
        body[::2] = self.segments
        body[1::2] = map(values.__getitem__, self.places)
        return Message(own, self.shared_headers, tuple(body))


def identifying_headers(message_id: str, list_unsubscribe: str) -> bytes:
    """The headers, after To, that are of one reader's copy alone; values as in ``Person``."""
    return exact_header("Message-ID", f"<{message_id}>") + exact_header("List-Unsubscribe", list_unsubscribe)


def forms(value: str) -> tuple[bytes, bytes]:
    """A personal value as it stands in the text part and in the page."""
    if _PLAIN_VALUE.fullmatch(value):  # as most links and addresses are
        plain = value.encode()
        return plain, plain
    line = clean(value)
    return encode(line), encode(html.escape(line))


def link_forms(start: str) -> Callable[[bytes], tuple[bytes, bytes]]:
    """What makes the ``forms`` of links that start alike, from their ends: at most 75 letters and digits."""
    if not _PLAIN_VALUE.fullmatch(start):
        return lambda end: forms(start + end.decode())
    begun, room = start.encode(), WIDTH - 1 - len(start)

    def of(end: bytes) -> tuple[bytes, bytes]:
        link = begun + end if len(end) <= room else b"%b%b%b%b" % (begun, end[:room], SOFT_BREAK, end[room:])
        return link, link

    return of


def compile_message(
    variant: Variant, publication: Publication, *, edition_ref: str, date: datetime, test: bool = False
) -> CompiledMessage:
    """``variant`` ready to be filled for each of its readers.

    ``date`` (aware) becomes the Date header. A ``test`` has its subject marked and a banner on top of
    both parts; that its links change nobody is up to the values the caller fills in.
    """
    boundary = boundary_of(edition_ref, variant.html, variant.text)
    page, text = variant.html, variant.text
    if test:
        banner = publication.wording.test_banner
        page = _TOP.sub(lambda tag: tag[0] + _BANNER.format(html.escape(banner)), page, count=1)
        text = flow(f"*** {banner} ***\n\n") + "\n" + text
    subject = TEST_MARK + variant.subject if test else variant.subject
    segments, places = encode_parts(text, page, boundary)
    return CompiledMessage(
        _shared_headers(variant, publication, subject, edition_ref, date, boundary), segments, places
    )


def _shared_headers(
    variant: Variant, publication: Publication, subject: str, edition_ref: str, date: datetime, boundary: str
) -> bytes:
    language = language_tag(publication.language)
    answers_to = publication.reply_to or publication.from_email
    web_page = Links(publication.base_url).edition(edition_ref)
    lines = [
        sender_headers(publication),
        text_header("Subject", subject),
        exact_header("Date", format_datetime(date)),
        exact_header("MIME-Version", "1.0"),
        phrase_header("List-Id", publication.name, f"{publication.slug}.{publication.domain}"),
        exact_header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        exact_header("List-Help", f"<mailto:{answers_to}>") if answers_to.isascii() else b"",
        exact_header("Archived-At", f"<{web_page}>"),
        # Gmail reports complaints by these fields; the last one names the sender and never changes.
        exact_header("Feedback-ID", f"{edition_ref}:{_feedback(variant.key)}:digest:{publication.slug}"),
        exact_header("Auto-Submitted", "auto-generated"),
        exact_header("Precedence", "bulk"),
        exact_header("Content-Language", language) if language else b"",
        *(exact_header(name, value) for name, value in publication.headers),
        alternative_header(boundary),
    ]
    return b"".join(lines)


def sender_headers(publication: Publication) -> bytes:
    """Whom a message comes from, and where answers go."""
    answers = address_header("Reply-To", "", publication.reply_to) if publication.reply_to else b""
    return address_header("From", publication.from_name, publication.from_email) + answers


def boundary_of(name: str, page: str, text: str) -> str:
    """What stands between the parts of a message: the same for the same message, by ``name`` and content."""
    return "=_" + sha256(f"{name}\n{page}\n{text}".encode()).hexdigest()[:32]


def alternative_header(boundary: str) -> bytes:
    """The header of a message whose text part and page follow with this boundary: see ``encode_parts``."""
    return f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n'.encode()


def _feedback(key: str) -> str:
    """A variant's key without the separator of the header's fields."""
    return re.sub(r"[^A-Za-z0-9.+_-]", "-", key)[:60]


def _part_headers(content_type: str) -> bytes:
    return f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".encode()


def encode_parts(text: str, page: str, boundary: str) -> tuple[tuple[bytes, ...], tuple[int, ...]]:
    """The segments and places of a ``CompiledMessage``; each place is on a line of its own."""
    segments, places = [b""], []
    for content_type, part, is_html in (
        ("text/plain; charset=utf-8; format=flowed; delsp=no", text, False),
        ("text/html; charset=utf-8", page, True),
    ):
        first, *rest = _HOLES.split(part.rstrip("\n"))
        segments[-1] += f"--{boundary}\r\n".encode() + _part_headers(content_type) + encode(first)
        for hole, following in zip(rest[::2], rest[1::2], strict=True):
            segments[-1] += SOFT_BREAK
            places.append(_FORMS * _HOLE_ORDER.index(Hole(hole)) + is_html)
            segments.append(SOFT_BREAK + encode(following))
        segments[-1] += b"\r\n"
    segments[-1] += f"--{boundary}--\r\n".encode()
    return tuple(segments), tuple(places)
