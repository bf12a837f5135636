"""What a reader is sent: the quick way of a send makes the very bytes of the plain one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from digest import pipeline
from digest.deliver.envelope import Envelope
from digest.messages import composer, list_unsubscribe
from digest.model.delivery import Recipient
from digest.model.links import edition_ref
from digest.model.message import Hole, Person
from digest.model.tokens import PREFERENCES, UNSUBSCRIBE, delivery_ref, make_token, message_id
from digest.parts import Parts
from digest.render.headers import exact_header
from digest.render.message import compile_message
from digest.settings import load
from digest.store import audience, editions, freezing
from digest.store.editions import EditionRow
from digest.subscriptions import add
from digest.wiring import open_parts

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
SECRET = b"s" * 32
SETTINGS = """
[publication]
name = "The Harbour Brief"
slug = "harbour-brief"
from_email = "{sender}"
base_url = "https://read.harbour.example/50%25/brief"

[bounces]
reference_header = "X-PM-Metadata-ref"
"""
Compose = Callable[[Recipient], Envelope]


def frozen(folder: Path, samples: ModuleType, sender: str) -> tuple[Parts, EditionRow, Compose]:
    """An edition frozen for one reader, and what makes its messages."""
    (folder / "digest.toml").write_text(SETTINGS.format(sender=sender), encoding="utf-8")
    drawn = samples.edition(samples.stories(2))
    key = replace(drawn.key, publication="harbour-brief", series="daily", slot=NOW)
    with open_parts(load(None, {}, folder), now=NOW) as opened:
        parts = replace(opened, secret=SECRET, unsubscribe_mailto="leave@harbour.example")
        with parts.database.write() as conn:
            add(conn, "ada@reader.example", pepper=b"p" * 32, now=NOW, known_themes=())
            row, _new = editions.open_slot(conn, key, NOW)
            assert editions.save_content(conn, row.id, replace(drawn, key=key), drops={}, now=NOW)
            assert list(audience.theme_choices(conn, "daily")) == [""]
        with parts.database.read() as conn:
            draft = editions.get_edition(conn, row.id)
        assert draft is not None
        pipeline.begin(parts, draft, NOW)
        with parts.database.read() as conn:
            fresh = editions.get_edition(conn, row.id)
        assert fresh is not None
        return parts, fresh, composer(parts, fresh)


def plainly(parts: Parts, row: EditionRow, recipient: Recipient) -> bytes:
    """The message by way of ``CompiledMessage.fill``, every header tried by itself."""
    with parts.database.read() as conn:
        variant = freezing.get_variants(conn, row.id)[recipient.variant]
    ref, number = edition_ref(row.key), recipient.subscriber_id
    leave, prefer = (make_token(SECRET, what, "harbour-brief", number) for what in (UNSUBSCRIBE, PREFERENCES))
    person = Person(
        address=recipient.address,
        name=recipient.name,
        message_id=message_id(SECRET, f"harbour-brief/{ref}", number, parts.publication.domain),
        list_unsubscribe=list_unsubscribe(parts.links.unsubscribe(leave), parts.unsubscribe_mailto, leave),
        holes={
            Hole.UNSUBSCRIBE_URL: parts.links.unsubscribe(leave),
            Hole.PREFERENCES_URL: parts.links.preferences(prefer),
            Hole.ADDRESS: recipient.address,
        },
    )
    reference = exact_header("X-PM-Metadata-ref", delivery_ref(SECRET, "harbour-brief", row.id, number))
    assert row.frozen_at is not None
    compiled = compile_message(variant, parts.publication, edition_ref=ref, date=row.frozen_at)
    message = compiled.fill(person)
    return bytes(message._replace(own=message.own + reference))


@pytest.mark.parametrize(
    ("number", "address", "name"),
    [
        (1, "ada@reader.example", ""),
        (2**40, "o'%b{x}@reader.example", "50% %b\r\nBcc: everyone@reader.example"),
        (7, "jörg@bücher.example", 'Jörg "J" <🐦>'),
    ],
)
def test_a_message_is_the_one_that_the_plain_way_makes(
    tmp_path: Path, samples: ModuleType, number: int, address: str, name: str
) -> None:
    parts, row, compose = frozen(tmp_path, samples, "brief@harbour.example")
    recipient = Recipient(row.id, number, address, name, "all", 0, 1)
    envelope = compose(recipient)
    content = b"".join(envelope.pieces)
    assert content == plainly(parts, row, recipient)
    assert envelope.canonical == content.isascii() == address.isascii()


def test_a_sender_outside_ascii_is_told_to_the_mail_server(tmp_path: Path, samples: ModuleType) -> None:
    _parts, row, compose = frozen(tmp_path, samples, "jörg@harbour.example")
    envelope = compose(Recipient(row.id, 1, "ada@reader.example", "Ada", "all", 0, 1))
    assert not b"".join(envelope.pieces).isascii()
    assert not envelope.canonical
