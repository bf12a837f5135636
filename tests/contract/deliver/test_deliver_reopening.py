"""An editor has failed deliveries tried again just when their batch, or their edition, is closed."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, event, select, update

from digest.store.batches import Batch, Fate, claim, release
from digest.store.deliveries import retry_failed
from digest.store.engine import Database
from digest.store.runs import finish, is_sending
from digest.store.tables import deliveries, delivery_batches
from tests.planned import NOW, plan

pytestmark = pytest.mark.postgres  # SQLite has one writer at a time
GIVEN_TIME_S = 0.5  # to reach the row that they have to wait for


def take(conn: Connection, now: datetime = NOW, owner: str = "me") -> Batch | None:
    return claim(conn, 1, owner=owner, lease_s=120, now=now, fate=lambda _: Fate.UNKNOWN)


@pytest.fixture
def batch(postgres_database: Database) -> Batch:
    """A batch of ours in which one was sent and one failed."""
    plan(postgres_database, ["ada", "bo"])
    with postgres_database.write() as conn:
        found = take(conn)
        for number, state in ((1, "sent"), (2, "failed")):
            settled = update(deliveries).where(deliveries.c.subscriber_id == number)
            conn.execute(settled.values(state=state, epoch=1, attempts=1))
    assert found is not None
    return found


def reopening(database: Database) -> threading.Thread:
    def act() -> None:
        with database.write() as conn:
            assert retry_failed(conn, 1, NOW) == 1

    return threading.Thread(target=act)


def test_what_is_reopened_while_its_batch_is_given_back_is_sent(
    postgres_database: Database, batch: Batch
) -> None:
    editor = reopening(postgres_database)
    with postgres_database.write() as conn:

        @event.listens_for(conn, "after_cursor_execute")
        def counted(_conn: object, _cursor: object, statement: str, *_: object) -> None:
            if "count(*) FILTER" in statement:
                editor.start()
                editor.join(GIVEN_TIME_S)

        release(conn, batch, owner="me", lease_s=120, now=NOW)
    editor.join()
    with postgres_database.write() as conn:
        assert not finish(conn, 1, NOW)
        assert take(conn, NOW + timedelta(days=1), "other") is not None


def test_what_is_reopened_while_its_edition_is_finished_is_sent(
    postgres_database: Database, batch: Batch
) -> None:
    finished: list[bool] = []

    def close() -> None:
        with postgres_database.write() as conn:
            finished.append(finish(conn, 1, NOW))

    run = threading.Thread(target=close)
    with postgres_database.write() as conn:
        release(conn, batch, owner="me", lease_s=120, now=NOW)
    with postgres_database.write() as conn:
        assert retry_failed(conn, 1, NOW) == 1
        run.start()
        time.sleep(GIVEN_TIME_S)
    run.join()
    assert finished == [False]
    with postgres_database.write() as conn:
        assert is_sending(conn, 1)
        assert conn.scalar(select(delivery_batches.c.state)) == "open"
        assert take(conn, NOW + timedelta(days=1), "other") is not None
