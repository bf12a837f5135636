"""A server in bad weather: it puts off, breaks off, cuts off after the content, and takes 20 connections."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from digest.deliver.envelope import Envelope
from digest.deliver.run import SendOptions
from digest.deliver.send import deliver
from digest.model.delivery import Counts, DeliveryState, Recipient
from digest.store.deliveries import records
from digest.store.engine import Database

OPTIONS = SendOptions(connections=30, batch_size=200, max_attempts=20, reconnect_s=0.001)


def check_weather(
    database: Database, server: Any, transport: Any, compose: Any, now: datetime, *, readers: int
) -> None:
    """Deliver until nothing is due any more, each time when the next one is."""
    server.most_allowed = 20
    while True:
        report = deliver(
            database,
            1,
            transport=transport,
            compose=compose,
            options=OPTIONS,
            clock=partial(_standing, now),
            stop=threading.Event(),
        )
        assert report.counts.adds_up
        if report.next_due_at is None:
            break
        now = report.next_due_at
    with database.read() as conn:
        uncertain = {one.address for one in records(conn, 1, state=DeliveryState.UNCERTAIN)}
    assert uncertain == server.cut_off
    assert report.counts == Counts(sent=readers - len(uncertain), uncertain=len(uncertain), planned=readers)
    assert len(server.recipients) == readers
    assert set(server.recipients.values()) == {1}
    assert server.most_open <= 20


def _standing(now: datetime) -> datetime:
    """A clock that stands still for one run, so that what is put off stays so."""
    return now


def test_bad_weather_loses_nobody_and_mails_nobody_twice(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Callable[[Recipient], Envelope],
    now: datetime,
) -> None:
    make_edition(sqlite_database, 300, batch_size=100)
    server = start_server(weather=random.Random(1))
    check_weather(sqlite_database, server, smtp_transport(server.port), compose, now, readers=300)
    assert server.cut_off


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_long_bad_weather_loses_nobody_and_mails_nobody_twice(
    database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    smtp_transport: Callable[..., Any],
    compose: Callable[[Recipient], Envelope],
    now: datetime,
) -> None:
    make_edition(database, 5000, batch_size=500)
    server = start_server(weather=random.Random(2))
    check_weather(database, server, smtp_transport(server.port), compose, now, readers=5000)
