"""All that is held on one person, for whoever asks."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from digest.errors import NotFoundError
from digest.model.audience import Subscriber
from digest.model.tokens import key_hash
from digest.store import personal, sign_ups, suppressions
from digest.subscriptions.addresses import email_key
from digest.subscriptions.people import find


def everything_on(conn: Connection, ref: str, *, pepper: bytes) -> dict[str, Any]:
    """All that is held on one person, ready for JSON: row, suppression, sign-ups, deliveries and events.

    An address that is unknown but suppressed, or was typed into the form, gets an answer too.

    Raises:
        NotFoundError: nothing is held.
    """
    try:
        subscriber: Subscriber | None = find(conn, ref)
    except NotFoundError:
        subscriber = None
    if subscriber is None and "@" not in ref:
        raise NotFoundError(f"nothing is held on {ref!r}")
    key = subscriber.email_key if subscriber else email_key(ref)
    blocked = suppressions.suppression(conn, key_hash(pepper, key))
    asked = sign_ups.list_for(conn, key)
    if subscriber is None and blocked is None and not asked:
        raise NotFoundError(f"nothing is held on {ref!r}")
    held: dict[str, Any] = {
        "subscriber": asdict(subscriber) if subscriber else None,
        "suppression": asdict(blocked) if blocked else None,
        "sign_ups": [asdict(one) for one in asked],
        "deliveries": [],
        "events": [],
    }
    if subscriber:
        held["deliveries"] = [asdict(line) for line in personal.deliveries_to(conn, subscriber.id)]
        held["events"] = [asdict(line) for line in personal.events_about(conn, subscriber.id)]
    plain: dict[str, Any] = _plain(held)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value
