"""Two that write about one person at once: one waits for the other, and neither is refused for it."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, update

from digest import feedback, subscriptions
from digest.errors import StateError
from digest.model.audience import Subscriber, SubscriberState, SuppressionReason
from digest.model.tokens import confirmation_hash, key_hash
from digest.parts import address_pepper
from digest.settings import Settings
from digest.store import audience, retention
from digest.store.engine import Database
from digest.store.suppressions import suppress
from digest.store.tables import deliveries, events, sign_ups, subscribers, suppressions
from tests.planned import NOW, plan
from tests.wired import Clock, parts_of

ADA = "ada@example.org"
Act = Callable[[Connection, int, bytes], object]
GIVEN_TIME_S = 0.5  # to reach the row that they have to wait for


def left(conn: Connection, number: int, pepper: bytes) -> None:
    subscriptions.unsubscribe(conn, number, pepper=pepper, now=NOW)


def imported(conn: Connection, _number: int, pepper: bytes) -> None:
    rows = io.BytesIO(f"email,state\n{ADA},unsubscribed\n".encode())
    subscriptions.import_csv(conn, rows, pepper=pepper, now=NOW, known_themes=())


def came_back(conn: Connection, number: int, pepper: bytes) -> None:
    with pytest.raises(StateError):  # by then the mailbox is known to be gone
        subscriptions.resubscribe(conn, number, pepper=pepper, now=NOW)


def brought_back(conn: Connection, _number: int, pepper: bytes) -> None:
    with pytest.raises(StateError):
        subscriptions.add(conn, ADA, pepper=pepper, now=NOW, known_themes=(), resubscribe=True)


ACTS: dict[str, Act] = {
    "leaves": left,
    "is taken off": lambda conn, _, pepper: subscriptions.remove(conn, ADA, pepper=pepper, now=NOW),
    "is erased": lambda conn, _, pepper: subscriptions.erase(conn, ADA, pepper=pepper, now=NOW),
    "left elsewhere": imported,
    "comes back": came_back,
    "is brought back": brought_back,
    "is forgotten": lambda conn, _number, _pepper: retention.forget_departed(
        conn, NOW + timedelta(days=1), NOW + timedelta(days=1)
    ),
}
HAVE_LEFT = {"comes back", "is brought back", "is forgotten"}


@pytest.mark.parametrize("what", ACTS)
def test_who_acts_while_a_bounce_is_applied_waits_and_gets_their_turn(what: str, database: Database) -> None:
    with database.write() as conn:
        pepper = address_pepper(conn, NOW)
        added = subscriptions.add(conn, ADA, pepper=pepper, now=NOW, known_themes=())
        number = added.subscriber.id
        if what in HAVE_LEFT:
            left(conn, number, pepper)
    failed: list[Exception] = []

    def act() -> None:
        try:
            with database.write() as conn:
                ACTS[what](conn, number, pepper)
        except Exception as error:  # noqa: BLE001 - for the test to see
            failed.append(error)

    other = threading.Thread(target=act)
    with database.write() as conn:
        audience.hold_person(conn, number)
        other.start()
        time.sleep(GIVEN_TIME_S)
        subscriptions.end(conn, number, SuppressionReason.BOUNCED, pepper=pepper, now=NOW)
    other.join()
    assert failed == []


def test_a_reader_may_leave_while_refusals_are_applied(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(database, ["ada", "bo", "cy"])
    parts = parts_of(database, Settings(folder=tmp_path), Clock(datetime(2026, 3, 2, 7, tzinfo=UTC)))
    refused = {"state": "failed", "code": 550, "text": "550 5.1.1 no such user"}
    with database.write() as conn:
        conn.execute(update(deliveries).where(deliveries.c.subscriber_id != 2).values(**refused))
    applied, seen = feedback._Whom.apply, []

    def apply(self: feedback._Whom, *given: object) -> object:
        with database.read() as conn:
            seen.append(len(conn.execute(events.select()).all()))
        return applied(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(feedback._Whom, "apply", apply)
    assert feedback.refusals(parts, 1, NOW).ended == 2
    assert seen == [0, 1]  # each is committed before the next


def test_two_lists_in_other_orders_are_imported_one_after_the_other(database: Database) -> None:
    """Each holds the readers it has brought until it ends: both would wait for the other's."""
    with database.write() as conn:
        pepper = address_pepper(conn, NOW)
    names = [f"reader{number}@example.org" for number in range(15_000)]
    failed: list[Exception] = []

    def bring(order: list[str]) -> None:
        try:
            with database.write() as conn:
                rows = io.BytesIO("\n".join(["email", *order]).encode())
                subscriptions.import_csv(conn, rows, pepper=pepper, now=NOW, known_themes=())
        except Exception as error:  # noqa: BLE001 - for the test to see
            failed.append(error)

    threads = [threading.Thread(target=bring, args=(order,)) for order in (names, names[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with database.read() as conn:
        assert conn.scalar(select(func.count()).select_from(subscribers)) == len(names)


@pytest.mark.parametrize("reason", [SuppressionReason.UNSUBSCRIBED, SuppressionReason.MANUAL])
def test_who_confirms_takes_the_reader_before_the_suppression(
    reason: SuppressionReason, database: Database
) -> None:
    """Also one whom nobody knows any more: an import that brings them in takes the two in that order."""
    pepper, token = b"pepper", "a token"
    hashed = key_hash(pepper, ADA)
    with database.write() as conn:
        asked = subscriptions.sign_up_of(ADA, name="", themes=(), known_themes=(), now=NOW)
        subscriptions.ask(conn, asked)
        link = {"token_hash": confirmation_hash(token), "expires_at": NOW + timedelta(days=1)}
        conn.execute(update(sign_ups).values(mailed_at=NOW, **link))
        suppress(conn, hashed, SuppressionReason.UNSUBSCRIBED, NOW)
    failed: list[Exception] = []

    def confirm() -> None:
        try:
            with database.write() as conn:
                subscriptions.confirm(conn, token, pepper=pepper, now=NOW, series="daily")
        except Exception as error:  # noqa: BLE001 - for the test to see
            failed.append(error)

    other = threading.Thread(target=confirm)
    with database.write() as conn:
        reader = Subscriber(email=ADA, email_key=ADA, state=SubscriberState.UNSUBSCRIBED, series="daily")
        added, _ = audience.add_subscriber(conn, reader, key_hash=hashed, now=NOW)
        other.start()
        time.sleep(GIVEN_TIME_S)
        conn.execute(update(suppressions).values(reason=reason.value))
    other.join()
    assert failed == []
    with database.read() as conn:
        found = audience.find_subscriber(conn, ADA)
    assert found is not None
    comes_back = reason is SuppressionReason.UNSUBSCRIBED
    assert (found.id, found.state is SubscriberState.ACTIVE) == (added.id, comes_back)
