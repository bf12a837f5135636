"""Readers, suppressions and imports, on both databases."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, event, insert, select

from digest.model.audience import Subscriber, SubscriberState, Suppression, SuppressionReason
from digest.store import importing
from digest.store.audience import (
    Importer,
    add_subscriber,
    change,
    count_subscribers,
    erase,
    find_subscriber,
    get_subscriber,
    iter_subscribers,
    keep_out,
    list_subscribers,
    set_state,
    theme_choices,
)
from digest.store.engine import Database
from digest.store.subscriber_rows import new_reader
from digest.store.suppressions import suppress, suppression, unsuppress
from digest.store.tables import deliveries, editions, events

NOW = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)
S = SubscriberState
R = SuppressionReason


def reader(who: str, **changes: object) -> Subscriber:
    plain = Subscriber(email=f"{who.title()}@example.org", email_key=f"{who}@example.org")
    return replace(plain, **changes)  # type: ignore[arg-type]


def hashed(name: str) -> str:
    return hashlib.sha256(f"{name}@example.org".encode()).hexdigest()


def add(conn: Connection, who: str, **changes: object) -> Subscriber:
    return add_subscriber(conn, reader(who, **changes), key_hash=hashed(who), now=NOW)[0]


def bring_in(conn: Connection, *readers: Subscriber, chunk: int = 1000) -> tuple[int, int, int, int]:
    rows = [new_reader(each, hashed(each.email_key.partition("@")[0])) for each in readers]
    with Importer(conn, NOW + DAY) as importer:
        for at in range(0, len(rows), chunk):
            importer.bring(rows[at : at + chunk])
    return importer.brought


def test_a_reader_comes_back_as_added_and_is_added_once(database: Database) -> None:
    full = reader("ann", name="Ann É", themes=("middle-east", "arctic"), series="weekly", confirmed_at=NOW)
    with database.write() as conn:
        stored, created = add_subscriber(conn, full, key_hash=hashed("ann"), now=NOW)
        assert created
        assert stored == replace(full, id=stored.id, created_at=NOW, themes=("arctic", "middle-east"))
        assert get_subscriber(conn, stored.id) == find_subscriber(conn, "ann@example.org") == stored
        again = add_subscriber(conn, reader("ann", name="Other"), key_hash=hashed("ann"), now=NOW)
        assert again == (stored, False)
        assert get_subscriber(conn, 999) is None
        assert find_subscriber(conn, "nobody@example.org") is None


def test_readers_are_listed_by_page_and_iterated_to_the_end(database: Database) -> None:
    with database.write() as conn:
        bring_in(conn, *(reader(f"r{number:04}") for number in range(2500)))
        add(conn, "pending", state=S.PENDING)
        page = list_subscribers(conn, limit=10)
        assert [each.email_key for each in page] == [f"r{number:04}@example.org" for number in range(10)]
        assert list_subscribers(conn, after_id=page[-1].id, limit=1)[0].email_key == "r0010@example.org"
        assert sum(1 for _ in iter_subscribers(conn)) == 2501
        assert [each.email_key for each in iter_subscribers(conn, S.PENDING)] == ["pending@example.org"]


def test_counts_tell_the_suppressed_from_the_active(database: Database) -> None:
    with database.write() as conn:
        zero = {"pending": 0, "active": 0, "unsubscribed": 0, "suppressed": 0}
        assert count_subscribers(conn) == zero
        for name in "abc":
            add(conn, name)
        add(conn, "d", state=S.PENDING)
        suppress(conn, hashed("a"), R.BOUNCED, NOW)
        assert count_subscribers(conn) == {**zero, "pending": 1, "active": 2, "suppressed": 1}


def test_a_state_changes_only_from_an_allowed_one_and_notes_when(database: Database) -> None:
    with database.write() as conn:
        key = add(conn, "ann", state=S.PENDING).id
        assert not set_state(conn, key, allowed={S.ACTIVE}, to=S.UNSUBSCRIBED, now=NOW)
        assert set_state(conn, key, allowed={S.PENDING}, to=S.ACTIVE, now=NOW)
        assert set_state(conn, key, allowed={S.ACTIVE}, to=S.UNSUBSCRIBED, now=NOW + DAY)
        left = get_subscriber(conn, key)
        assert left is not None
        assert (left.state, left.confirmed_at, left.unsubscribed_at) == (S.UNSUBSCRIBED, NOW, NOW + DAY)
        assert set_state(conn, key, allowed={S.UNSUBSCRIBED}, to=S.ACTIVE, now=NOW + 2 * DAY)
        back = get_subscriber(conn, key)
        assert back is not None
        assert (back.confirmed_at, back.unsubscribed_at) == (NOW, None)


def test_themes_are_stored_sorted_and_counted_for_those_who_would_be_mailed(database: Database) -> None:
    with database.write() as conn:
        ids = {name: add(conn, name).id for name in "abcde"}
        change(conn, ids["a"], themes=["b", "a", "b"])
        change(conn, ids["b"], themes=("a", "b"))
        suppress(conn, hashed("c"), R.COMPLAINED, NOW)
        set_state(conn, ids["d"], allowed={S.ACTIVE}, to=S.UNSUBSCRIBED, now=NOW)
        add(conn, "weekly", series="weekly", themes=("z",))
        assert theme_choices(conn, "daily") == {"": 1, "a+b": 2}
        assert theme_choices(conn, "weekly") == {"z": 1}


def test_a_suppression_keeps_its_first_date_and_its_graver_reason(database: Database) -> None:
    with database.write() as conn:
        assert suppression(conn, "h") is None
        assert suppress(conn, "h", R.UNSUBSCRIBED, NOW)
        assert not suppress(conn, "h", R.MANUAL, NOW + DAY)
        assert suppression(conn, "h") == Suppression("h", R.UNSUBSCRIBED, NOW)
        assert not suppress(conn, "h", R.COMPLAINED, NOW + DAY)
        assert not suppress(conn, "h", R.BOUNCED, NOW + DAY)
        assert suppression(conn, "h") == Suppression("h", R.COMPLAINED, NOW)
        assert unsuppress(conn, "h")
        assert not unsuppress(conn, "h")


def test_erasure_leaves_no_address_anywhere_and_nobody_brings_the_reader_back(database: Database) -> None:
    with database.write() as conn:
        gone, stays = add(conn, "ann", name="Ann", themes=("a",)), add(conn, "bob")
        stamp = {"created_at": NOW, "updated_at": NOW, "state": "sent"}
        conn.execute(insert(editions).values(id=1, publication="p", series="daily", slot=NOW, **stamp))
        for person in (gone, stays):
            conn.execute(
                insert(deliveries).values(
                    edition_id=1, subscriber_id=person.id, address=person.email, name=person.name,
                    variant="all", state="failed", text=f"550 {person.email} unknown",
                )
            )  # fmt: skip
        conn.execute(
            insert(events).values(
                provider="x", event_id="1", kind="bounce", at=NOW, subscriber_id=gone.id, detail=gone.email
            )
        )
        erase(conn, gone.id, NOW)
        erase(conn, 999, NOW)
        left = get_subscriber(conn, gone.id)
        assert left is not None
        assert (left.email, left.email_key, left.name, left.themes) == ("", "", "", ())
        assert (left.state, left.unsubscribed_at) == (S.UNSUBSCRIBED, NOW)
        ledger = select(deliveries.c.address, deliveries.c.text).order_by(deliveries.c.subscriber_id)
        assert conn.execute(ledger).all() == [
            ("", ""),
            (stays.email, f"550 {stays.email} unknown"),
        ]
        assert conn.execute(select(events.c.detail)).scalar() == ""
        assert suppression(conn, hashed("ann")) == Suppression(hashed("ann"), R.ERASED, NOW)
        assert bring_in(conn, reader("ann")) == (0, 0, 0, 1)
        assert not set_state(conn, gone.id, allowed=set(S), to=S.ACTIVE, now=NOW)
        change(conn, gone.id, themes=["a"], name="Ada", series="weekly")
        assert get_subscriber(conn, gone.id) == left
        assert list(iter_subscribers(conn)) == [stays]
        assert count_subscribers(conn)["unsubscribed"] == 0


def test_an_import_adds_updates_and_leaves_alone(database: Database) -> None:
    with database.write() as conn:
        add(conn, "same", name="Same", themes=("a",))
        add(conn, "changed", name="Old", themes=("a",), series="weekly")
        add(conn, "pending", state=S.PENDING)
        counts = bring_in(
            conn,
            reader("new", name="New", themes=("b", "a")),
            reader("same"),
            reader("changed", name="Now", themes=("c",)),
            reader("pending", name="Eager"),
        )
        assert counts == (1, 1, 2, 0)
        found = {each.email_key.partition("@")[0]: each for each in iter_subscribers(conn)}
    assert (found["new"].name, found["new"].themes, found["new"].created_at) == ("New", ("a", "b"), NOW + DAY)
    assert (found["same"].name, found["same"].themes) == ("Same", ("a",))
    assert (found["changed"].name, found["changed"].themes, found["changed"].series) == (
        "Now",
        ("c",),
        "weekly",
    )
    assert (found["pending"].name, found["pending"].state) == ("", S.PENDING)


def test_an_import_never_brings_back_who_left_or_is_suppressed(database: Database) -> None:
    with database.write() as conn:
        left = add(conn, "left")
        set_state(conn, left.id, allowed={S.ACTIVE}, to=S.UNSUBSCRIBED, now=NOW)
        bounced = add(conn, "bounced", name="Old")
        for name in ("bounced", "stranger"):
            suppress(conn, hashed(name), R.BOUNCED, NOW)
        rows = [reader(name, name="New") for name in ("left", "bounced", "stranger")]
        assert bring_in(conn, *rows) == (0, 0, 0, 3)
        after = get_subscriber(conn, left.id)
        assert after is not None
        assert (after.state, after.name) == (S.UNSUBSCRIBED, "")
        assert get_subscriber(conn, bounced.id) == bounced
        assert find_subscriber(conn, "stranger@example.org") is None


@pytest.mark.parametrize("chunk", [1, 2, 1000])
def test_an_address_given_twice_is_one_reader(database: Database, chunk: int) -> None:
    rows = [
        reader("ann"),
        reader("ann"),
        reader("ann", name="Ann"),
        reader("bob"),
        reader("ann", themes=("a",)),
    ]
    with database.write() as conn:
        assert bring_in(conn, *rows, chunk=chunk) == (2, 2, 1, 0)
        ann = find_subscriber(conn, "ann@example.org")
    assert ann is not None
    assert (ann.name, ann.themes) == ("Ann", ("a",))


def test_an_imported_row_that_says_unsubscribed_is_not_mailed(database: Database) -> None:
    rows = [reader("ann", state=S.UNSUBSCRIBED), reader("ann")]
    with database.write() as conn:
        assert bring_in(conn, *rows) == (1, 0, 0, 1)
        assert theme_choices(conn, "daily") == {}


def test_the_number_of_statements_of_an_import_does_not_grow_with_the_rows(database: Database) -> None:
    def statements(start: int, rows: int) -> int:
        seen = []

        def count(*_: object) -> None:
            seen.append(1)

        with database.write() as conn:
            event.listen(conn, "before_cursor_execute", count)
            added = bring_in(conn, *(reader(f"r{number}") for number in range(start, start + rows)))
            assert added == (rows, 0, 0, 0)
        return len(seen)

    assert statements(0, 10) == statements(10, 1000)


@pytest.mark.parametrize("gone", [S.ACTIVE, S.UNSUBSCRIBED])
def test_rows_of_whom_one_is_there_are_all_decided_on(database: Database, gone: S) -> None:
    with database.write() as conn:
        there = add(conn, "there")
        set_state(conn, there.id, allowed={S.ACTIVE}, to=gone, now=NOW)
        names = ("new", "there", "other")
        outcome = bring_in(conn, *(reader(name, name=name) for name in names))
        stored = {each.email_key: each.name for each in iter_subscribers(conn)}
    left = gone is S.UNSUBSCRIBED
    assert outcome == ((2, 0, 0, 1) if left else (2, 1, 0, 0))
    assert stored == {f"{name}@example.org": "" if left and name == "there" else name for name in names}


def test_one_whom_another_process_adds_meanwhile_is_left_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object) -> dict[str, object]:  # they were not there when the import looked
        return {}

    monkeypatch.setattr(importing, "known_readers", nobody)
    with database.write() as conn:
        add(conn, "theirs", name="Theirs")
        assert bring_in(conn, reader("ours"), reader("theirs", name="Ours")) == (1, 0, 1, 0)
        assert {each.name for each in iter_subscribers(conn)} == {"", "Theirs"}


def test_a_list_of_those_who_left_keeps_each_out_for_the_strongest_reason(database: Database) -> None:
    there = {"active": S.ACTIVE, "pending": S.PENDING, "left": S.UNSUBSCRIBED, "bounced": S.ACTIVE}
    listed = [
        ("active", S.UNSUBSCRIBED, R.UNSUBSCRIBED),
        ("pending", S.UNSUBSCRIBED, R.COMPLAINED),
        ("left", S.UNSUBSCRIBED, R.BOUNCED),
        ("bounced", S.ACTIVE, R.COMPLAINED),
        ("removed", S.UNSUBSCRIBED, R.MANUAL),
        ("new", S.ACTIVE, R.BOUNCED),
        ("gone", S.UNSUBSCRIBED, R.ERASED),
        ("new", S.UNSUBSCRIBED, R.UNSUBSCRIBED),
        ("twice", S.UNSUBSCRIBED, R.MANUAL),
        ("twice", S.UNSUBSCRIBED, R.COMPLAINED),
    ]
    with database.write() as conn:
        for name, state in there.items():
            add(conn, name, state=state)
        for name in ("left", "removed"):
            suppress(conn, hashed(name), R.UNSUBSCRIBED, NOW)
        suppress(conn, hashed("bounced"), R.BOUNCED, NOW)
        rows = [
            (new_reader(reader(name, state=state), hashed(name)), reason) for name, state, reason in listed
        ]
        keep_out(conn, rows, now=NOW + DAY)
        found = {each.email_key.partition("@")[0]: each for each in iter_subscribers(conn)}
        out = {name: suppression(conn, hashed(name)) for name, *_ in listed}
    assert {name: each.state for name, each in found.items()} == {
        "active": S.UNSUBSCRIBED,
        "pending": S.UNSUBSCRIBED,
        "left": S.UNSUBSCRIBED,
        "bounced": S.ACTIVE,
        "removed": S.UNSUBSCRIBED,
        "new": S.UNSUBSCRIBED,
        "twice": S.UNSUBSCRIBED,
    }
    assert (found["active"].unsubscribed_at, found["left"].unsubscribed_at) == (NOW + DAY, None)
    assert {name: (each.reason, each.since) for name, each in out.items() if each} == {
        "active": (R.UNSUBSCRIBED, NOW + DAY),
        "pending": (R.COMPLAINED, NOW + DAY),
        "left": (R.BOUNCED, NOW),
        "bounced": (R.BOUNCED, NOW),
        "removed": (R.UNSUBSCRIBED, NOW),
        "new": (R.BOUNCED, NOW + DAY),
        "gone": (R.ERASED, NOW + DAY),
        "twice": (R.COMPLAINED, NOW + DAY),
    }
