"""What editors decided about articles, one row for each article, or pair of them, and kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Delete, Row, and_, delete, select

from digest.model.decisions import Decision, DecisionKind
from digest.store.sql import upsert
from digest.store.tables import decisions

_KEY = ("publication", "series", "kind", "article_id", "other_id")


def decide(conn: Connection, publication: str, made: Sequence[Decision], now: datetime) -> None:
    """Note decisions; one about the same thing replaces the earlier one, whoever made it.

    A pair is stored with the lower id first, and saying the one of it takes back the other.
    """
    changing = ("value", "decided_by", "decided_at")
    for decision in made:
        if decision.opposite:
            conn.execute(_delete(_row(publication, decision.opposite, now)))
        row = _row(publication, decision, now)
        conn.execute(upsert(conn, decisions, _KEY, changing).values(**row))


def take_back(conn: Connection, publication: str, made: Sequence[Decision], now: datetime) -> int:
    """Forget decisions, whatever their value; how many there were."""
    return sum(conn.execute(_delete(_row(publication, decision, now))).rowcount for decision in made)


def list_decisions(conn: Connection, publication: str, series: str) -> list[Decision]:
    """Everything decided that holds for this series, oldest first."""
    table = decisions.c
    query = (
        select(decisions)
        .where(table.publication == publication, table.series.in_(["", series]))
        .order_by(table.decided_at, table.kind, table.article_id, table.other_id)
    )
    return [_decision(row) for row in conn.execute(query)]


def _row(publication: str, decision: Decision, now: datetime) -> dict[str, object]:
    kept = decision.settled
    return {
        "publication": publication,
        "series": kept.series,
        "kind": kept.kind.value,
        "article_id": kept.article_id,
        "other_id": kept.other_id,
        "value": kept.value,
        "decided_by": kept.decided_by,
        "decided_at": kept.decided_at or now,
    }


def _delete(row: dict[str, object]) -> Delete:
    return delete(decisions).where(and_(*(decisions.c[name] == row[name] for name in _KEY)))


def _decision(row: Row[Any]) -> Decision:
    return Decision(
        kind=DecisionKind(row.kind),
        article_id=row.article_id,
        other_id=row.other_id,
        value=row.value,
        series=row.series,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
