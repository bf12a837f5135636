from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from digest.errors import InputError, NotFoundError, StateError
from digest.model.audience import Subscriber, SubscriberState, SuppressionReason
from digest.model.edition import EditionKey
from digest.model.tokens import key_hash
from digest.store import audience, editions, suppressions
from digest.store.tables import deliveries, events, metadata
from digest.subscriptions import (
    Added,
    add,
    change,
    email_key,
    erase,
    everything_on,
    find,
    is_mailed,
    may_come_back,
    remove,
    resubscribe,
    unsubscribe,
)


class Desk:
    """An editor's calls, with the arguments that never change filled in."""

    def __init__(self, conn: Connection, pepper: bytes, now: datetime, themes: tuple[str, ...]) -> None:
        self.conn, self.pepper, self.now, self.themes = conn, pepper, now, themes

    def add(
        self,
        address: str,
        *,
        wanted: tuple[str, ...] = (),
        again: bool = False,
        name: str = "",
        series: str = "daily",
    ) -> Added:
        return add(
            self.conn, address, pepper=self.pepper, now=self.now, known_themes=self.themes,
            name=name, themes=wanted, series=series, resubscribe=again,
        )  # fmt: skip

    def leave(self, subscriber: Subscriber, *, later: timedelta = timedelta()) -> None:
        unsubscribe(self.conn, subscriber.id, pepper=self.pepper, now=self.now + later)

    def suppress(self, address: str, reason: SuppressionReason) -> None:
        suppressions.suppress(self.conn, key_hash(self.pepper, email_key(address)), reason, self.now)

    def reason(self, address: str) -> SuppressionReason | None:
        found = suppressions.suppression(self.conn, key_hash(self.pepper, email_key(address)))
        return found.reason if found else None


@pytest.fixture
def desk(conn: Connection, pepper: bytes, now: datetime, themes: tuple[str, ...]) -> Desk:
    return Desk(conn, pepper, now, themes)


def test_a_reader_is_added_once_whatever_the_spelling(desk: Desk) -> None:
    first = desk.add(" Ada@Example.org", wanted=("arctic",), name="Ada\nLovelace")
    assert first.created
    assert first.note == ""
    assert (first.subscriber.email, first.subscriber.name) == ("Ada@Example.org", "Ada Lovelace")
    again = desk.add("ada@example.ORG")
    assert not again.created
    assert again.subscriber == first.subscriber
    assert "already there" in again.note


def test_dots_and_tags_make_another_reader(desk: Desk) -> None:
    made = [
        desk.add(address).created for address in ("ada@example.org", "a.da@example.org", "ada+x@example.org")
    ]
    assert made == [True, True, True]


def test_an_address_outside_ascii_goes_in_with_a_note(desk: Desk) -> None:
    added = desk.add("zoë@bücher.example.org")
    assert added.subscriber.email == "zoë@xn--bcher-kva.example.org"
    assert "SMTPUTF8" in added.note


def test_what_no_series_can_be_called_adds_nobody(desk: Desk) -> None:
    with pytest.raises(InputError, match="series"):
        desk.add("ada@example.org", series="Daily news")


def test_an_unknown_theme_or_address_adds_nobody(desk: Desk) -> None:
    with pytest.raises(InputError, match="arctic"):
        desk.add("ada@example.org", wanted=("artic",))
    with pytest.raises(InputError, match="no e-mail address"):
        desk.add("ada@")
    assert audience.count_subscribers(desk.conn)["active"] == 0


@pytest.mark.parametrize(
    "reason", [SuppressionReason.UNSUBSCRIBED, SuppressionReason.MANUAL, SuppressionReason.ERASED]
)
def test_one_who_left_comes_back_only_when_the_reader_asks(desk: Desk, reason: SuppressionReason) -> None:
    reader = desk.add("ada@example.org").subscriber
    if reason is SuppressionReason.UNSUBSCRIBED:
        desk.leave(reader)
    elif reason is SuppressionReason.MANUAL:
        remove(desk.conn, "ada@example.org", pepper=desk.pepper, now=desk.now)
    else:
        erase(desk.conn, "ada@example.org", pepper=desk.pepper, now=desk.now)
    with pytest.raises(StateError, match="--resubscribe"):
        desk.add("ada@example.org")
    back = desk.add("ada@example.org", wanted=("arctic",), again=True).subscriber
    assert (back.state, back.themes) == (SubscriberState.ACTIVE, ("arctic",))
    assert desk.reason("ada@example.org") is None
    assert audience.theme_choices(desk.conn, "daily") == {"arctic": 1}


@pytest.mark.parametrize("reason", [SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED])
def test_after_a_bounce_or_a_complaint_nobody_can_bring_them_back(
    desk: Desk, reason: SuppressionReason
) -> None:
    reader = desk.add("ada@example.org").subscriber
    desk.suppress("ada@example.org", reason)
    with pytest.raises(StateError, match="never be mailed again"):
        desk.add("ada@example.org", again=True)
    desk.leave(reader)
    left = find(desk.conn, "ada@example.org")
    assert not may_come_back(desk.conn, left, pepper=desk.pepper)
    with pytest.raises(StateError, match="only the editor"):
        resubscribe(desk.conn, reader.id, pepper=desk.pepper, now=desk.now)
    assert desk.reason("ada@example.org") is reason


def test_leaving_twice_is_leaving_once_and_keeps_the_first_time(desk: Desk) -> None:
    reader = desk.add("ada@example.org").subscriber
    desk.leave(reader)
    desk.leave(reader, later=timedelta(days=3))
    left = find(desk.conn, "ada@example.org")
    assert (left.state, left.unsubscribed_at) == (SubscriberState.UNSUBSCRIBED, desk.now)
    assert desk.reason("ada@example.org") is SuppressionReason.UNSUBSCRIBED
    assert not is_mailed(desk.conn, left, pepper=desk.pepper)
    assert audience.theme_choices(desk.conn, "daily") == {}


def test_leaving_works_for_one_who_has_not_confirmed_and_is_harmless_for_nobody(desk: Desk) -> None:
    pending = Subscriber("bo@example.org", "bo@example.org", state=SubscriberState.PENDING)
    stored, _ = audience.add_subscriber(desk.conn, pending, key_hash="b" * 64, now=desk.now)
    desk.leave(stored)
    assert find(desk.conn, "bo@example.org").state is SubscriberState.UNSUBSCRIBED
    unsubscribe(desk.conn, 999_999, pepper=desk.pepper, now=desk.now)


def test_a_reader_takes_leaving_back(desk: Desk) -> None:
    reader = desk.add("ada@example.org", wanted=("arctic",)).subscriber
    desk.leave(reader)
    for _ in range(2):
        resubscribe(desk.conn, reader.id, pepper=desk.pepper, now=desk.now)
    back = find(desk.conn, "ada@example.org")
    assert (back.state, back.themes) == (SubscriberState.ACTIVE, ("arctic",))
    assert is_mailed(desk.conn, back, pepper=desk.pepper)


def test_whom_the_editor_took_off_cannot_come_back_alone(desk: Desk) -> None:
    reader = desk.add("ada@example.org").subscriber
    gone = remove(desk.conn, "ADA@example.org", pepper=desk.pepper, now=desk.now)
    assert gone.state is SubscriberState.UNSUBSCRIBED
    assert desk.reason("ada@example.org") is SuppressionReason.MANUAL
    with pytest.raises(StateError, match="only the editor"):
        resubscribe(desk.conn, reader.id, pepper=desk.pepper, now=desk.now)


def test_a_choice_of_themes_is_stored_sorted_and_every_theme_is_all(desk: Desk) -> None:
    reader = desk.add("ada@example.org").subscriber

    def choose(*slugs: str, number: int = reader.id) -> tuple[str, ...]:
        return change(desk.conn, number, themes=slugs, known_themes=desk.themes).themes

    assert choose("middle-east", "arctic") == ("arctic", "middle-east")
    assert find(desk.conn, str(reader.id)).themes == ("arctic", "middle-east")
    assert choose(*desk.themes) == ()
    assert find(desk.conn, str(reader.id)).themes == ()
    with pytest.raises(InputError):
        choose("sport")
    with pytest.raises(NotFoundError):
        choose(number=999_999)


def test_only_what_is_given_of_a_reader_changes(desk: Desk) -> None:
    reader = desk.add("ada@example.org", name="Ada", wanted=("arctic",)).subscriber
    weekly = change(desk.conn, reader.id, series="weekly", known_themes=desk.themes)
    assert (weekly.name, weekly.themes, weekly.series) == ("Ada", ("arctic",), "weekly")
    renamed = change(desk.conn, reader.id, name=" Ada  Lovelace", known_themes=desk.themes)
    assert (renamed.name, renamed.themes, renamed.series) == ("Ada Lovelace", ("arctic",), "weekly")
    for odd in ("a/b", ""):
        with pytest.raises(InputError, match="cannot stand in a link"):
            change(desk.conn, reader.id, series=odd, known_themes=desk.themes)
    assert change(desk.conn, reader.id, known_themes=desk.themes) == renamed


def test_who_is_not_there_is_named(desk: Desk) -> None:
    for ref in ("999999", "nobody@example.org"):
        with pytest.raises(NotFoundError):
            find(desk.conn, ref)
        with pytest.raises(NotFoundError):
            everything_on(desk.conn, ref, pepper=desk.pepper)
    with pytest.raises(NotFoundError):
        resubscribe(desk.conn, 999_999, pepper=desk.pepper, now=desk.now)


def deliver_something(desk: Desk, reader: Subscriber) -> None:
    row, _ = editions.open_slot(desk.conn, EditionKey("morning", "daily", desk.now), desk.now)
    desk.conn.execute(
        deliveries.insert().values(
            edition_id=row.id, subscriber_id=reader.id, address=reader.email, name=reader.name, variant="all",
            state="sent", epoch=1, attempts=1, sent_at=desk.now, code=250,
            text="2.0.0 taken for ada@example.org",
        )
    )  # fmt: skip
    desk.conn.execute(
        events.insert().values(
            provider="dsn", event_id="1", kind="bounce", at=desk.now, edition_id=row.id,
            subscriber_id=reader.id, detail="ada@example.org: mailbox full",
        )
    )  # fmt: skip


def test_all_that_is_held_on_one_person_is_shown_as_json(desk: Desk) -> None:
    reader = desk.add("ada@example.org", name="Ada", wanted=("arctic",)).subscriber
    other = desk.add("bo@example.org").subscriber
    deliver_something(desk, reader)
    held = json.loads(json.dumps(everything_on(desk.conn, "Ada@example.org", pepper=desk.pepper)))
    assert held["subscriber"]["themes"] == ["arctic"]
    assert held["subscriber"]["created_at"] == "2025-03-02T06:00:00+00:00"
    assert held["suppression"] is None
    assert [(line["edition"], line["state"]) for line in held["deliveries"]] == [
        ("daily 2025-03-02T06:00Z", "sent")
    ]
    assert [event["kind"] for event in held["events"]] == ["bounce"]
    assert everything_on(desk.conn, str(other.id), pepper=desk.pepper)["deliveries"] == []


def test_after_erasing_nothing_in_the_database_names_the_person(desk: Desk) -> None:
    reader = desk.add("ada@example.org", name="Ada").subscriber
    deliver_something(desk, reader)
    assert erase(desk.conn, "ada@example.org", pepper=desk.pepper, now=desk.now) == reader.id
    for table in metadata.sorted_tables:
        content = repr(desk.conn.execute(table.select()).all())
        assert "ada" not in content.lower()
    assert desk.reason("ada@example.org") is SuppressionReason.ERASED
    held = everything_on(desk.conn, "ada@example.org", pepper=desk.pepper)
    assert held["subscriber"] is None
    assert held["suppression"]["reason"] == "erased"
    with pytest.raises(NotFoundError):
        find(desk.conn, str(reader.id))


def test_who_is_brought_back_gets_what_is_given_and_keeps_what_is_not(desk: Desk) -> None:
    reader = desk.add("ada@example.org", name="Ada", series="weekly", wanted=("arctic",)).subscriber
    desk.leave(reader)
    back = desk.add("ada@example.org", again=True, series="").subscriber
    assert (back.name, back.series, back.themes) == ("Ada", "weekly", ("arctic",))
    desk.leave(reader)
    back = desk.add("ada@example.org", again=True, name="Ada L", series="monthly").subscriber
    assert (back.name, back.series, back.themes) == ("Ada L", "monthly", ("arctic",))


@pytest.mark.parametrize("number", ["0", "4294967296", "9" * 30, "9" * 5000])
def test_a_number_that_no_reader_can_have_finds_none(desk: Desk, number: str) -> None:
    with pytest.raises(NotFoundError, match="no subscriber number"):
        find(desk.conn, number)
