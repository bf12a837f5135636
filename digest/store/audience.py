"""The readers. Who must never be mailed again stands in ``digest.store.suppressions``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, func, select, update

from digest.model.audience import SignUp, Subscriber, SubscriberState, SuppressionReason
from digest.model.delivery import Reached
from digest.model.edition import EditionState
from digest.store.importing import Importer
from digest.store.keeping_out import keep_out
from digest.store.planning import readers_of
from digest.store.sql import insert_or_ignore
from digest.store.subscriber_rows import NewReader, join_themes, new_reader, stored_themes
from digest.store.suppressions import suppress
from digest.store.tables import deliveries, editions, events, subscribers, suppressions

__all__ = [
    "Importer", "NewReader", "add_subscriber", "change", "count_subscribers", "drop_pending", "enrol",
    "erase", "find_subscriber", "forget", "get_subscriber", "hold_subscriber", "iter_subscribers",
    "join_themes", "keep_out", "list_subscribers", "series_choices", "set_state", "theme_choices",
]  # fmt: skip

_COLUMNS = [subscribers.c[field.name] for field in fields(Subscriber)]
_IS_PERSON = subscribers.c.email_key.is_not(None)  # not erased
_PAGE = 1000
_TO_BE_PLANNED = (EditionState.DRAFT, EditionState.APPROVED, EditionState.FROZEN)
_suppressed = exists().where(suppressions.c.key_hash == subscribers.c.key_hash)
_is_mailed = and_(subscribers.c.state == SubscriberState.ACTIVE.value, _IS_PERSON, ~_suppressed)


def add_subscriber(
    conn: Connection, subscriber: Subscriber, *, key_hash: str, now: datetime
) -> tuple[Subscriber, bool]:
    """Store one reader; the stored one, and whether it is new. A known one stays exactly as it was.

    Does not look at suppressions: whoever decides to add someone has (they are never mailed anyway).
    """
    row = new_reader(subscriber, key_hash)
    values = row._replace(created_at=row.created_at or now)._asdict()
    created = conn.execute(insert_or_ignore(conn, subscribers).values(**values)).rowcount == 1
    stored = find_subscriber(conn, subscriber.email_key)
    assert stored is not None, "it was inserted, or it was there"
    return stored, created


def get_subscriber(conn: Connection, subscriber_id: int) -> Subscriber | None:
    """The subscriber with this id; one that was erased has no address any more."""
    row = conn.execute(select(*_COLUMNS).where(subscribers.c.id == subscriber_id)).one_or_none()
    return None if row is None else _subscriber(row)


def find_subscriber(conn: Connection, email_key: str) -> Subscriber | None:
    """The subscriber with this normal form of an address."""
    row = conn.execute(select(*_COLUMNS).where(subscribers.c.email_key == email_key)).one_or_none()
    return None if row is None else _subscriber(row)


def hold_subscriber(conn: Connection, email_key: str) -> Subscriber | None:
    """``find_subscriber``; until this transaction ends, others that hold or change them wait."""
    query = select(*_COLUMNS).where(subscribers.c.email_key == email_key).with_for_update()
    row = conn.execute(query).one_or_none()
    return None if row is None else _subscriber(row)


def hold_person(conn: Connection, subscriber_id: int) -> bool:
    """Whether they are known and not erased; until this transaction ends, erasing them waits."""
    query = select(subscribers.c.id).where(subscribers.c.id == subscriber_id, _IS_PERSON)
    return conn.execute(query.with_for_update()).first() is not None


def list_subscribers(
    conn: Connection, *, state: SubscriberState | None = None, after_id: int = 0, limit: int = _PAGE
) -> list[Subscriber]:
    """One page of the readers, by id; the next page starts ``after_id`` the last one's. Not the erased."""
    query = select(*_COLUMNS).where(_IS_PERSON, subscribers.c.id > after_id)
    if state is not None:
        query = query.where(subscribers.c.state == state.value)
    return [_subscriber(row) for row in conn.execute(query.order_by(subscribers.c.id).limit(limit))]


def iter_subscribers(conn: Connection, state: SubscriberState | None = None) -> Iterator[Subscriber]:
    """Every reader by id, a page at a time, so that memory stays small. Not the erased."""
    page = list_subscribers(conn, state=state)
    while page:
        yield from page
        page = list_subscribers(conn, state=state, after_id=page[-1].id)


def count_subscribers(conn: Connection) -> dict[str, int]:
    """How many readers there are by state, and "suppressed": active, but bounced or complained."""
    active = SubscriberState.ACTIVE.value
    query = (
        select(subscribers.c.state, func.count())
        .where(_IS_PERSON)
        .group_by(subscribers.c.state)
        .order_by(subscribers.c.state)
    )
    counts = {state.value: 0 for state in SubscriberState} | dict(conn.execute(query).all())
    blocked = select(func.count()).where(subscribers.c.state == active, _IS_PERSON, _suppressed)
    counts["suppressed"] = conn.execute(blocked).scalar_one()
    counts[active] -= counts["suppressed"]
    return counts


def count_reasons(conn: Connection) -> dict[SuppressionReason, int]:
    """How many readers are never mailed again, by why."""
    theirs = and_(subscribers.c.key_hash == suppressions.c.key_hash, _IS_PERSON)
    query = select(suppressions.c.reason, func.count()).where(theirs).group_by(suppressions.c.reason)
    return {SuppressionReason(reason): count for reason, count in conn.execute(query)}


def reasons(conn: Connection, subscriber_id: int | None = None) -> dict[int, SuppressionReason]:
    """Why each reader who is never mailed again is not, or this one, by their id."""
    asked = [subscribers.c.key_hash == suppressions.c.key_hash, _IS_PERSON]
    asked += [] if subscriber_id is None else [subscribers.c.id == subscriber_id]
    rows = conn.execute(select(subscribers.c.id, suppressions.c.reason).where(*asked))
    return {row.id: SuppressionReason(row.reason) for row in rows}


def set_state(
    conn: Connection,
    subscriber_id: int,
    *,
    allowed: Collection[SubscriberState],
    to: SubscriberState,
    now: datetime,
) -> bool:
    """Change the state if it is one of ``allowed``; whether it was. Whoever was erased stays so.

    Becoming active notes the confirmation (the first one) and forgets that they had left.
    """
    values: dict[str, Any] = {"state": to.value}
    if to is SubscriberState.ACTIVE:
        values["confirmed_at"] = func.coalesce(subscribers.c.confirmed_at, now)
        values["unsubscribed_at"] = None
    elif to is SubscriberState.UNSUBSCRIBED:
        values["unsubscribed_at"] = now
    expected = and_(
        subscribers.c.id == subscriber_id,
        subscribers.c.state.in_(sorted(state.value for state in allowed)),
        _IS_PERSON,
    )
    return conn.execute(update(subscribers).where(expected).values(**values)).rowcount == 1


def enrol(conn: Connection, subscriber_id: int, asked: SignUp, *, series: str, now: datetime) -> None:
    """The reader has confirmed what was asked for, that they want ``series``: consent is as of now.

    Their address is from now on spelled as it was then. Without a name theirs stays as it is.
    """
    values: dict[str, Any] = {"name": asked.name} if asked.name else {}
    values |= {"email": asked.email, "themes": join_themes(asked.themes)}
    values |= {"series": series, "state": SubscriberState.ACTIVE.value}
    confirmed = update(subscribers).where(subscribers.c.id == subscriber_id, _IS_PERSON)
    conn.execute(confirmed.values(**values, confirmed_at=now, unsubscribed_at=None))


def drop_pending(conn: Connection, email_key: str) -> None:
    """Delete whoever has yet to confirm under this normal form of an address."""
    pending = subscribers.c.state == SubscriberState.PENDING.value
    conn.execute(delete(subscribers).where(subscribers.c.email_key == email_key, pending))


def change(
    conn: Connection,
    subscriber_id: int,
    *,
    name: str | None = None,
    themes: Collection[str] | None = None,
    series: str | None = None,
) -> None:
    """Change what is given; no theme at all means every one, also those added later. The erased stay so."""
    chosen = None if themes is None else join_themes(themes)
    given = {"name": name, "themes": chosen, "series": series}
    values = {column: value for column, value in given.items() if value is not None}
    if values:
        reader = update(subscribers).where(subscribers.c.id == subscriber_id, _IS_PERSON)
        conn.execute(reader.values(**values))


def erase(conn: Connection, subscriber_id: int, now: datetime) -> None:
    """Forget who this was, everywhere, because they asked; see ``forget``."""
    forget(conn, subscriber_id, SuppressionReason.ERASED, now)


def forget(conn: Connection, subscriber_id: int, reason: SuppressionReason, now: datetime) -> None:
    """Empty all that says who this was; keep that they must never be mailed, as a hash nobody can read.

    Their deliveries stay, so that every edition still adds up, without address, name or the server's
    words (servers repeat the address).
    """
    whom = select(subscribers.c.key_hash).where(subscribers.c.id == subscriber_id).with_for_update()
    key_hash = conn.execute(whom).scalar_one_or_none()
    if key_hash is None:
        return
    # Whoever plans an edition at this moment is waited for: the rows they write could not be seen below.
    planned = select(editions.c.id).where(editions.c.state.in_(_TO_BE_PLANNED)).with_for_update(read=True)
    conn.execute(planned).all()
    suppress(conn, key_hash, reason, now)
    conn.execute(
        update(subscribers)
        .where(subscribers.c.id == subscriber_id)
        .values(
            email=None,
            email_key=None,
            name="",
            themes="",
            state=SubscriberState.UNSUBSCRIBED.value,
            unsubscribed_at=func.coalesce(subscribers.c.unsubscribed_at, now),
        )
    )
    # By edition as well: the ledger's key finds the rows, and it has no index on the subscriber alone.
    theirs = and_(
        deliveries.c.edition_id.in_(select(editions.c.id)), deliveries.c.subscriber_id == subscriber_id
    )
    conn.execute(update(deliveries).where(theirs).values(address="", name="", text=""))
    conn.execute(update(events).where(events.c.subscriber_id == subscriber_id).values(detail=""))


def theme_choices(conn: Connection, series: str, *, got: Reached | None = None) -> dict[str, int]:
    """Every choice of themes (slugs joined by "+", "" is all) and how many would be mailed with it.

    ``series`` and ``got`` as in ``digest.store.planning.materialise``.
    """
    query = (
        select(subscribers.c.themes, func.count())
        .where(readers_of(series, got), _is_mailed)
        .group_by(subscribers.c.themes)
        .order_by(subscribers.c.themes)
    )
    return dict(conn.execute(query).all())


def series_choices(conn: Connection) -> dict[str, int]:
    """Every series that somebody would be mailed, and how many would be."""
    query = (
        select(subscribers.c.series, func.count())
        .where(_is_mailed)
        .group_by(subscribers.c.series)
        .order_by(subscribers.c.series)
    )
    return dict(conn.execute(query).all())


def _subscriber(row: Sequence[Any]) -> Subscriber:
    """A row of ``_COLUMNS``, which stand in the order of Subscriber's fields."""
    email, email_key, name, state, themes, series, created_at, confirmed_at, unsubscribed_at, key = row
    return Subscriber(
        email=email or "",
        email_key=email_key or "",
        name=name,
        state=SubscriberState(state),
        themes=stored_themes(themes),
        series=series,
        created_at=created_at,
        confirmed_at=confirmed_at,
        unsubscribed_at=unsubscribed_at,
        id=key,
    )
