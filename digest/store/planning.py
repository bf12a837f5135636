"""Who is to get an edition: one delivery for each reader, in batches, when it is frozen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.sql import ColumnElement

from digest.model.delivery import DeliveryState, Reached
from digest.model.edition import EditionState
from digest.store.deliveries import in_state
from digest.store.tables import deliveries, delivery_batches, editions, subscribers, suppressions

_CHANGED_CHOICE = "this choice of themes came after the edition was frozen"


def materialise(
    conn: Connection,
    edition_id: int,
    *,
    series: str,
    variants: Mapping[str, str | None],
    batch_size: int,
    now: datetime,
    got: Reached | None = None,
) -> int:
    """Write one delivery for each active, unsuppressed reader; the edition is sending.

    Readers are the subscribers of ``series``; or, for a correction, those whom an edition reached.

    ``variants`` maps each value of subscribers.themes to the key of a rendered variant, or to None
    where no story fits: that delivery is skipped. A choice made since the edition was frozen has no
    variant; its reader gets the one of all themes (""), or is skipped where there is none.

    Returns how many are planned, skipped ones included; 0 without any change if the edition was not
    frozen (also when it has no reader, but then it is sending, and the next run finishes it).
    """
    moved = conn.execute(
        update(editions)
        .where(editions.c.id == edition_id, editions.c.state == EditionState.FROZEN)
        .values(state=EditionState.SENDING, updated_at=now)
    )
    if moved.rowcount == 0:
        return 0
    planned = conn.execute(
        insert(deliveries).from_select(
            [
                "edition_id",
                "subscriber_id",
                "address",
                "name",
                "variant",
                "state",
                "epoch",
                "attempts",
                "text",
            ],
            _rows(edition_id, readers_of(series, got), variants),
            include_defaults=False,
        ),
        execution_options={"preserve_rowcount": True},  # else an INSERT's is not kept on PostgreSQL
    ).rowcount
    conn.execute(update(editions).where(editions.c.id == edition_id).values(planned=planned))
    _make_batches(conn, edition_id, batch_size)
    return planned


def readers_of(series: str, got: Reached | None = None) -> ColumnElement[bool]:
    """The subscribers who want ``series``; or, instead, whom an edition has reached, or may have.

    Not whom retention has made it forget: of those nobody is known to have got it.
    """
    if got is None:
        return subscribers.c.series == series
    reached = in_state(DeliveryState.SENT, DeliveryState.UNCERTAIN)
    on_its_way = in_state(DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.DEFERRED)

    def of(states: ColumnElement[bool], *numbers: int) -> Select[tuple[int]]:
        return select(deliveries.c.subscriber_id).where(deliveries.c.edition_id.in_(numbers), states)

    theirs = subscribers.c.id.in_(of(and_(reached, deliveries.c.address != ""), got.edition_id))
    if not got.but:
        return theirs
    return and_(theirs, subscribers.c.id.not_in(of(or_(reached, on_its_way), *got.but)))


def _rows(edition_id: int, readers: ColumnElement[bool], variants: Mapping[str, str | None]) -> Any:
    """The rows of an edition's deliveries."""
    everything = variants.get("") or ""
    known = {themes: key or "" for themes, key in variants.items()}
    variant: ColumnElement[str] = (
        case(known, value=subscribers.c.themes, else_=everything) if known else literal(everything)
    )
    late = subscribers.c.themes.not_in(list(known)) if known else true()
    suppressed = exists().where(suppressions.c.key_hash == subscribers.c.key_hash)
    return (
        select(
            literal(edition_id),
            subscribers.c.id,
            subscribers.c.email,
            subscribers.c.name,
            variant,
            case((variant == "", DeliveryState.SKIPPED.value), else_=DeliveryState.PENDING.value),
            literal(0),
            literal(0),
            case((and_(variant == "", late), _CHANGED_CHOICE), else_=""),
        )
        .where(
            subscribers.c.state == "active",
            readers,
            subscribers.c.email.is_not(None),
            ~suppressed,
        )
        .order_by(subscribers.c.id)
    )


def _make_batches(conn: Connection, edition_id: int, batch_size: int) -> None:
    """Cut an edition's deliveries into runs of ``batch_size`` subscriber ids.

    A walk along the key; a window function over a million rows takes longer than writing them.
    """
    column = deliveries.c.subscriber_id
    following = (
        select(column)
        .where(deliveries.c.edition_id == edition_id, column > bindparam("last"))
        .order_by(column)
        .limit(batch_size)
        .subquery()
    )
    ends = select(func.min(following.c.subscriber_id), func.max(following.c.subscriber_id))
    batches: list[dict[str, Any]] = []
    first, last = conn.execute(ends, {"last": 0}).one()
    while first is not None:
        batches.append({"number": len(batches), "first_subscriber": first, "last_subscriber": last})
        first, last = conn.execute(ends, {"last": last}).one()
    if batches:
        new = insert(delivery_batches).values(edition_id=edition_id, state="open", epoch=0, owner="")
        conn.execute(new, batches)
