"""How a subscriber is written down."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from digest.model.audience import Subscriber


def join_themes(themes: Collection[str]) -> str:
    """A choice of themes as one text: the same for every order of the same slugs; "" is all."""
    return "+".join(sorted(set(themes)))


def to_row(subscriber: Subscriber, key_hash: str, now: datetime) -> dict[str, Any]:
    """The values of a new row; without the id, which the database gives."""
    return {
        "email": subscriber.email,
        "email_key": subscriber.email_key,
        "key_hash": key_hash,
        "name": subscriber.name,
        "state": subscriber.state.value,
        "themes": join_themes(subscriber.themes),
        "series": subscriber.series,
        "created_at": subscriber.created_at or now,
        "confirmed_at": subscriber.confirmed_at,
        "unsubscribed_at": subscriber.unsubscribed_at,
    }
