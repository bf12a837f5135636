"""Whether another machine may share in sending an edition: only if nobody could tell who sent what.

What an edition says is in the database, but how it leaves stands in each machine's own settings, secrets and
keys. So whoever sends notes what a message to an invented reader would be like, and a worker compares.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_string
from hashlib import sha256

from sqlalchemy import Connection

from digest.deliver.allowance import Allowance
from digest.deliver.envelope import Envelope, canonical_bytes
from digest.messages import composer_of
from digest.model.delivery import Recipient
from digest.model.edition import EditionKey
from digest.model.message import Hole, Variant
from digest.parts import Parts
from digest.store import meta

_CLOCKS_AGREE_S = 30.0  # a quarter of a lease
PACE_IS_LIMITED = (
    "the pace is limited (rate, domain_rate, domain_rates, domain_connections or a warm-up), and such limits"
    " hold within one process"
)
_PACED = "limited pace"
_THEN = datetime(2000, 1, 1, tzinfo=UTC)
_PAGE = "\n".join(Hole)
_VARIANT = Variant("all", "News", "", html=_PAGE, text=_PAGE, mjml="", story_count=1)
_READER = Recipient(1, 1, "reader@example.org", "", _VARIANT.key, attempts=0)


def note(parts: Parts, series: str, allowance: Allowance) -> None:
    """Write down how this machine sends, for those that would share. SQLite is not shared by machines."""
    if parts.database.dialect == "sqlite":
        return
    with parts.database.write() as conn:
        key, ours = _key(parts, series), json.dumps(_marks(parts, conn, series, allowance))
        if meta.get_meta(conn, key) != ours:
            meta.set_meta(conn, key, ours)


def why_not(parts: Parts, series: str, allowance: Allowance) -> str:
    """Why this machine must not share in sending editions of ``series``, on one line; "" if it may."""
    with parts.database.write() as conn:
        ours = _marks(parts, conn, series, allowance)
        noted = meta.get_meta(conn, _key(parts, series))
        apart_s = abs((meta.server_time(conn) - parts.clock()).total_seconds())
    if apart_s > _CLOCKS_AGREE_S:
        return f"the clocks of this machine and the database are more than {_CLOCKS_AGREE_S:g} s apart"
    if noted is None:
        return "no `digest run` or `digest send` has noted yet how it sends"
    theirs: dict[str, str] = json.loads(noted)
    if _PACED in ours or _PACED in theirs:
        return PACE_IS_LIMITED
    differing = [name for name in {**theirs, **ours} if ours.get(name) != theirs.get(name)]
    if differing:
        return (
            f"messages from here would differ from the sender's in {', '.join(differing)}: settings, secrets"
            " and keys must be the same on all machines"
        )
    return ""


def _key(parts: Parts, series: str) -> str:
    # Hashed: each of the two may be as long as a key may.
    return f"sender:{sha256(f'{parts.publication.slug}/{series}'.encode()).hexdigest()}"


def _marks(parts: Parts, conn: Connection, series: str, allowance: Allowance) -> dict[str, str]:
    """What senders are told apart by, by name: hashes, but for the transport."""
    key = EditionKey(parts.publication.slug, series, _THEN)
    secret = parts.token_secret(conn)
    compose = composer_of(parts, key, _READER.edition_id, {_VARIANT.key: _VARIANT}, secret, _THEN)
    marks = {"transport": parts.transport_name}
    for name, value in _pieces(compose(_READER)):
        marks[name] = sha256((marks.get(name, "") + value).encode()).hexdigest()[:16]
    if parts.is_paced(allowance):
        marks[_PACED] = "yes"
    return marks


def _pieces(envelope: Envelope) -> Iterator[tuple[str, str]]:
    """A message by the names that a person knows its pieces by; there may be several signatures."""
    head, _, body = canonical_bytes(envelope).decode("latin-1").partition("\r\n\r\n")
    yield "envelope sender", envelope.sender
    yield from message_from_string(head).items()
    yield "body", body
