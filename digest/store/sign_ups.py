"""What people typed into the sign-up form, and the links that were mailed for it.

Whoever writes about one person does so in the order subscriber, suppression, sign-ups, so that no two wait
for each other on PostgreSQL; ``audience.hold_subscriber`` before the others keeps everybody else away.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from digest.model.audience import SignUp
from digest.store.sql import among
from digest.store.subscriber_rows import join_themes, stored_themes
from digest.store.tables import sign_ups

_NAMES = [field.name for field in fields(SignUp)]
_COLUMNS = [sign_ups.c[name] for name in _NAMES]


def add(conn: Connection, sign_up: SignUp) -> None:
    """Store a request, its e-mail due at once, in place of those for its address that were never mailed."""
    unmailed = and_(sign_ups.c.email_key == sign_up.email_key, sign_ups.c.mailed_at.is_(None))
    conn.execute(delete(sign_ups).where(unmailed))
    conn.execute(
        insert(sign_ups).values(
            email=sign_up.email,
            email_key=sign_up.email_key,
            name=sign_up.name,
            themes=join_themes(sign_up.themes),
            series=sign_up.series,
            asked_at=sign_up.asked_at,
            due_at=sign_up.asked_at,
        )
    )


def due(conn: Connection, now: datetime) -> Sequence[int]:
    """The requests whose e-mail is due, the oldest first."""
    query = select(sign_ups.c.id).where(sign_ups.c.due_at <= now).order_by(sign_ups.c.due_at, sign_ups.c.id)
    return conn.scalars(query).all()


def next_due(conn: Connection) -> datetime | None:
    """When the next e-mail is to be sent, or tried again."""
    found: datetime | None = conn.scalar(select(func.min(sign_ups.c.due_at)))
    return found


def find_due(conn: Connection, number: int, now: datetime) -> SignUp | None:
    """A request whose e-mail is due; None if it isn't, or not any more."""
    wanted = and_(sign_ups.c.id == number, sign_ups.c.due_at <= now)
    return _first(conn, select(*_COLUMNS).where(wanted))


def mark_mailed(
    conn: Connection,
    number: int,
    *,
    now: datetime,
    again_at: datetime | None,
    token_hash: str | None,
    expires_at: datetime | None,
) -> bool:
    """Note that an e-mail with this link is on its way; due once more ``again_at`` unless ``settle``d.

    False if the request is not there any more.
    """
    marked = conn.execute(
        update(sign_ups)
        .where(sign_ups.c.id == number)
        .values(
            mailed_at=now,
            due_at=again_at,
            tries=sign_ups.c.tries + 1,
            token_hash=token_hash,
            expires_at=expires_at,
        )
    )
    return marked.rowcount == 1


def mark_unmailed(conn: Connection, number: int) -> None:
    """Note that the e-mail which was on its way has reached nobody; it is tried again as it would be."""
    conn.execute(update(sign_ups).where(sign_ups.c.id == number).values(mailed_at=None))


def settle(conn: Connection, number: int) -> None:
    """Nothing more is owed."""
    conn.execute(update(sign_ups).where(sign_ups.c.id == number).values(due_at=None))


def drop(conn: Connection, number: int) -> None:
    """Forget one request."""
    conn.execute(delete(sign_ups).where(sign_ups.c.id == number))


def forget(conn: Connection, email_key: str) -> bool:
    """Forget all that was asked for an address, if anything; links mailed to it confirm nothing any more."""
    return conn.execute(delete(sign_ups).where(sign_ups.c.email_key == email_key)).rowcount > 0


def forget_all(conn: Connection, email_keys: Collection[str]) -> None:
    """``forget`` many addresses."""
    conn.execute(delete(sign_ups).where(among(conn, sign_ups.c.email_key, email_keys)))


class Mailed(NamedTuple):
    """That an address was mailed because somebody typed it."""

    at: datetime
    asked: bool  # to confirm; else they were told that they get it already


def mailed_since(conn: Connection, email_key: str, since: datetime, *, but: int = 0) -> list[Mailed]:
    """What an address was mailed because somebody typed it, ``but`` for the request of that number."""
    wanted = and_(sign_ups.c.email_key == email_key, sign_ups.c.mailed_at > since, sign_ups.c.id != but)
    query = select(sign_ups.c.mailed_at, sign_ups.c.token_hash).where(wanted)
    return [Mailed(at, token_hash is not None) for at, token_hash in conn.execute(query)]


def list_for(conn: Connection, email_key: str) -> list[SignUp]:
    """Everything asked for an address, the oldest first."""
    query = select(*_COLUMNS).where(sign_ups.c.email_key == email_key).order_by(sign_ups.c.id)
    return [_sign_up(row) for row in conn.execute(query)]


def find(conn: Connection, token_hash: str) -> SignUp | None:
    """The request that a link of this hash was mailed for."""
    return _first(conn, select(*_COLUMNS).where(sign_ups.c.token_hash == token_hash))


def use(conn: Connection, sign_up: SignUp, now: datetime) -> bool:
    """Use up the link of a request, and with it all others to that address; False if that was so already."""
    still_good = and_(sign_ups.c.id == sign_up.id, sign_ups.c.used_at.is_(None))
    if conn.execute(update(sign_ups).where(still_good).values(used_at=now, due_at=None)).rowcount != 1:
        return False
    others = and_(sign_ups.c.email_key == sign_up.email_key, sign_ups.c.used_at.is_(None))
    conn.execute(update(sign_ups).where(others).values(used_at=now, due_at=None))
    return True


def _first(conn: Connection, query: Any) -> SignUp | None:
    row = conn.execute(query).one_or_none()
    return None if row is None else _sign_up(row)


def _sign_up(row: Any) -> SignUp:
    return SignUp(**{**dict(zip(_NAMES, row, strict=True)), "themes": stored_themes(row.themes)})
