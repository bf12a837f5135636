"""How a subscriber is written down."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from digest.model.audience import Subscriber


def join_themes(themes: Collection[str]) -> str:
    """A choice of themes as one text: the same for every order of the same slugs; "" is all."""
    return "+".join(sorted(set(themes)))


def stored_themes(text: str) -> tuple[str, ...]:
    """The choice that ``join_themes`` wrote down."""
    return tuple(text.split("+")) if text else ()


class NewReader(NamedTuple):
    """A row of ``subscribers`` before it has an id, in the order in which it is written."""

    email: str
    email_key: str
    key_hash: str
    name: str
    state: str
    themes: str  # see ``join_themes``
    series: str
    created_at: datetime | None  # None: when it is stored
    confirmed_at: datetime | None
    unsubscribed_at: datetime | None


def new_reader(subscriber: Subscriber, key_hash: str) -> NewReader:
    """The row of a subscriber; without the id, which the database gives."""
    return NewReader(
        email=subscriber.email,
        email_key=subscriber.email_key,
        key_hash=key_hash,
        name=subscriber.name,
        state=subscriber.state.value,
        themes=join_themes(subscriber.themes),
        series=subscriber.series,
        created_at=subscriber.created_at,
        confirmed_at=subscriber.confirmed_at,
        unsubscribed_at=subscriber.unsubscribed_at,
    )
