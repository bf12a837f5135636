"""What language models answered, and what they used up: nothing is asked twice, and no cap is passed.

A cap holds between processes: an estimate is booked in one conditional update before the question goes
out, and put right when the answer is there. Whoever dies in between leaves the estimate booked.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select, true, update

from digest.model.answers import Caps, ModelAnswer, Usage
from digest.store.sql import among, insert_or_ignore, storable_text
from digest.store.tables import model_summaries, model_usage


def find_answer(conn: Connection, key: str) -> ModelAnswer | None:
    """The answer to the question of this key."""
    row = conn.execute(select(model_summaries).where(model_summaries.c.key == key)).one_or_none()
    return None if row is None else _answer(row)


def save_answer(conn: Connection, answer: ModelAnswer) -> None:
    """Keep an answer in place of one that was refused; one that another process has accepted stands."""
    table = model_summaries.c
    conn.execute(delete(model_summaries).where(table.key == answer.key, table.accepted.is_(False)))
    conn.execute(
        insert_or_ignore(conn, model_summaries).values(
            key=answer.key,
            model=storable_text(answer.model),
            article_id=answer.article_id,
            accepted=answer.accepted,
            reason=storable_text(answer.reason),
            text=storable_text(answer.text),
            sentences=json.dumps([(number, storable_text(text)) for number, text in answer.sentences]),
            answered_at=answer.answered_at,
        )
    )


def answers_about(conn: Connection, article_ids: Collection[int]) -> list[ModelAnswer]:
    """The answers about stories that these articles lead, newest first."""
    table = model_summaries.c
    query = select(model_summaries).where(among(conn, table.article_id, article_ids))
    return [_answer(row) for row in conn.execute(query.order_by(table.answered_at.desc(), table.key))]


def reserve(conn: Connection, day: date, wanted: Usage, caps: Caps) -> bool:
    """Book ``wanted`` for this UTC day unless it would pass a cap; whether it was booked."""
    table = model_usage.c
    conn.execute(insert_or_ignore(conn, model_usage).values(day=day.isoformat(), **_columns(Usage())))
    within: ColumnElement[bool] = true()
    if caps.tokens is not None:
        within &= table.tokens_in + table.tokens_out + wanted.tokens <= caps.tokens
    if caps.cost_millionths is not None:
        within &= table.cost_millionths + wanted.cost_millionths <= caps.cost_millionths
    return _add(conn, day, wanted, within) > 0


def settle(conn: Connection, day: date, reserved: Usage, used: Usage) -> None:
    """Replace what was booked for one question by what it really used, which may be more."""
    difference = Usage(
        used.requests - reserved.requests,
        used.tokens_in - reserved.tokens_in,
        used.tokens_out - reserved.tokens_out,
        used.cost_millionths - reserved.cost_millionths,
    )
    _add(conn, day, difference, true())


def usage_on(conn: Connection, day: date) -> Usage:
    """What was used up on a UTC day, with what is booked for questions under way."""
    row = conn.execute(select(model_usage).where(model_usage.c.day == day.isoformat())).one_or_none()
    return Usage() if row is None else Usage(row.requests, row.tokens_in, row.tokens_out, row.cost_millionths)


def _add(conn: Connection, day: date, more: Usage, condition: ColumnElement[bool]) -> int:
    changed = {name: model_usage.c[name] + value for name, value in _columns(more).items()}
    statement = update(model_usage).where(model_usage.c.day == day.isoformat(), condition).values(changed)
    return conn.execute(statement).rowcount


def _columns(usage: Usage) -> dict[str, int]:
    return {
        "requests": usage.requests,
        "tokens_in": usage.tokens_in,
        "tokens_out": usage.tokens_out,
        "cost_millionths": usage.cost_millionths,
    }


def _answer(row: Row[Any]) -> ModelAnswer:
    return ModelAnswer(
        key=row.key,
        model=row.model,
        article_id=row.article_id,
        accepted=row.accepted,
        text=row.text,
        sentences=tuple((number, text) for number, text in json.loads(row.sentences)),
        answered_at=row.answered_at,
        reason=row.reason,
    )
