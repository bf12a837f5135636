"""What is held on one person beyond their row, and suppressions in bulk: for exports."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from digest.model.audience import Suppression, SuppressionReason
from digest.store.sql import among
from digest.store.tables import deliveries, editions, events, suppressions


@dataclass(frozen=True, slots=True)
class HeldDelivery:
    """One line of the ledger about one person."""

    edition: str  # series and slot
    address: str
    state: str
    attempts: int
    sent_at: datetime | None
    code: int | None
    text: str
    bounced_at: datetime | None
    complained_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """One bounce, complaint or the like that concerned one person."""

    at: datetime
    kind: str
    provider: str
    detail: str


def deliveries_to(conn: Connection, subscriber_id: int) -> list[HeldDelivery]:
    """Every delivery to one subscriber, oldest edition first."""
    ledger = deliveries.c
    # By edition, so that the ledger's key finds each row: it has no index on the subscriber alone.
    query = (
        select(
            editions.c.series, editions.c.slot, ledger.address, ledger.state, ledger.attempts,
            ledger.sent_at, ledger.code, ledger.text, ledger.bounced_at, ledger.complained_at,
        )
        .join_from(editions, deliveries, editions.c.id == ledger.edition_id)
        .where(ledger.subscriber_id == subscriber_id)
        .order_by(editions.c.slot)
    )  # fmt: skip
    return [
        HeldDelivery(
            edition=f"{row.series} {row.slot:%Y-%m-%dT%H:%MZ}",
            address=row.address,
            state=row.state,
            attempts=row.attempts,
            sent_at=row.sent_at,
            code=row.code,
            text=row.text,
            bounced_at=row.bounced_at,
            complained_at=row.complained_at,
        )
        for row in conn.execute(query)
    ]


def events_about(conn: Connection, subscriber_id: int) -> list[HeldEvent]:
    """Every event about one subscriber, oldest first."""
    query = (
        select(events.c.at, events.c.kind, events.c.provider, events.c.detail)
        .where(events.c.subscriber_id == subscriber_id)
        .order_by(events.c.at)
    )
    return [HeldEvent(*row) for row in conn.execute(query)]


def suppressions_of(conn: Connection, key_hashes: Collection[str]) -> dict[str, Suppression]:
    """The suppressions among these hashes; those without one are left out."""
    query = select(suppressions).where(among(conn, suppressions.c.key_hash, key_hashes))
    return {
        row.key_hash: Suppression(row.key_hash, SuppressionReason(row.reason), row.since)
        for row in conn.execute(query)
    }
