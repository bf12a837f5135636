"""Subscribing by oneself, as the database sees it: who is asked, how often, and what a link does."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, insert, select, update

from digest import subscriptions
from digest.errors import InputError, NotFoundError, StateError
from digest.model.audience import SignUp, Subscriber, SubscriberState, SuppressionReason
from digest.model.tokens import confirmation_hash, confirmation_token, key_hash
from digest.store import audience, retention, sign_ups, suppressions, tables
from digest.store.engine import Database
from digest.subscriptions import Owed, Standing
from digest.subscriptions.signing_up import APART, MOST_A_DAY, TOLD_EVERY

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
PEPPER = b"pepper"
THEMES = ("indo-pacific", "arctic", "middle-east")
VALID_FOR = timedelta(days=7)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
ADA = "ada@example.org"
RETURNING = [SuppressionReason.UNSUBSCRIBED, SuppressionReason.ERASED]
BARRED = [reason for reason in SuppressionReason if reason not in RETURNING]


def token_of(asked: SignUp) -> str:
    return confirmation_token(b"secret", "morning", asked.id, asked.email_key, asked.asked_at)


class Desk:
    """One newsletter's sign-ups, at a time that the test moves."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOW

    def ask(self, address: str = ADA, *themes: str, name: str = "") -> None:
        asked = subscriptions.sign_up_of(address, name=name, themes=themes, known_themes=THEMES, now=self.now)
        with self.database.write() as conn:
            subscriptions.ask(conn, asked)

    def letters(self) -> list[Owed]:
        """What is due, handed over."""
        with self.database.read() as conn:
            numbers = sign_ups.due(conn, self.now)
        found = [self.owed(number) for number in numbers]
        letters = [one for one in found if one]
        with self.database.write() as conn:
            for letter in letters:
                sign_ups.settle(conn, letter.number)
        return letters

    def owed(self, number: int, series: str = "daily") -> Owed | None:
        with self.database.write() as conn:
            return subscriptions.owed(
                conn,
                number,
                pepper=PEPPER,
                token_of=token_of,
                now=self.now,
                series=series,
                valid_for=VALID_FOR,
            )

    def asked(self, address: str = ADA, *themes: str, name: str = "") -> str:
        """Ask, and take the token out of the one letter."""
        self.ask(address, *themes, name=name)
        (letter,) = self.letters()
        assert letter.token
        return letter.token

    def confirm(self, token: str, series: str = "daily") -> Standing:
        with self.database.write() as conn:
            found = subscriptions.confirm(conn, token, pepper=PEPPER, now=self.now, series=series)
        return found.standing

    def standing(self, token: str) -> Standing:
        with self.database.read() as conn:
            return subscriptions.confirmation(conn, token, pepper=PEPPER, now=self.now).standing

    def reader(self, address: str = ADA) -> Subscriber | None:
        with self.database.read() as conn:
            return audience.find_subscriber(conn, subscriptions.email_key(address))

    def id(self, address: str = ADA) -> int:
        found = self.reader(address)
        assert found
        return found.id

    def mailed(self) -> dict[str, int]:
        with self.database.read() as conn:
            return audience.theme_choices(conn, "daily")

    def do(self, act: Callable[[Connection], object]) -> None:
        with self.database.write() as conn:
            act(conn)

    def add(self, address: str = ADA, *, series: str = "daily") -> None:
        self.do(
            lambda conn: subscriptions.add(
                conn, address, pepper=PEPPER, now=self.now, known_themes=THEMES, series=series
            )
        )

    def leave(self) -> None:
        self.do(lambda conn: subscriptions.unsubscribe(conn, self.id(), pepper=PEPPER, now=self.now))

    def suppress(self, reason: SuppressionReason, address: str = ADA) -> None:
        hashed = key_hash(PEPPER, subscriptions.email_key(address))
        self.do(lambda conn: suppressions.suppress(conn, hashed, reason, self.now))

    def rows(self) -> int:
        with self.database.read() as conn:
            return len(conn.execute(select(tables.sign_ups.c.id)).all())


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_who_is_asked_is_pending_and_who_confirms_reads(desk: Desk) -> None:
    desk.ask("Ada@Example.org", "arctic", name="Ada")
    assert desk.reader() is None, "nobody is looked up before the e-mail"
    (letter,) = desk.letters()
    assert (letter.reader.email, letter.themes) == ("Ada@Example.org", ("arctic",))
    waiting = desk.reader()
    assert waiting
    assert (waiting.state, waiting.created_at, waiting.confirmed_at) == (SubscriberState.PENDING, NOW, None)
    assert desk.mailed() == {}, "no edition goes to who has not confirmed"
    assert desk.standing(letter.token) is Standing.OPEN
    desk.now += DAY
    assert desk.confirm(letter.token) is Standing.DONE
    reader = desk.reader()
    assert reader
    assert (reader.state, reader.confirmed_at, reader.name) == (SubscriberState.ACTIVE, desk.now, "Ada")
    assert desk.mailed() == {"arctic": 1}


def test_of_a_token_only_the_hash_is_stored(desk: Desk) -> None:
    token = desk.asked()
    with desk.database.read() as conn:
        for table in tables.metadata.sorted_tables:
            assert token not in repr(conn.execute(table.select()).all())
        assert sign_ups.find(conn, confirmation_hash(token))


def test_a_link_works_until_it_expires_and_not_a_moment_longer(desk: Desk) -> None:
    token = desk.asked()
    desk.now += VALID_FOR - SECOND
    assert desk.standing(token) is Standing.OPEN
    desk.now += SECOND
    assert desk.standing(token) is Standing.GONE
    assert desk.confirm(token) is Standing.GONE
    assert desk.mailed() == {}


def test_a_link_used_again_finds_it_done_and_changes_nothing(desk: Desk) -> None:
    token = desk.asked(ADA, "arctic")
    assert desk.confirm(token) is Standing.DONE
    first = desk.reader()
    desk.do(lambda conn: subscriptions.change(conn, desk.id(), themes=["middle-east"], known_themes=THEMES))
    desk.now += DAY
    assert desk.standing(token) is Standing.DONE
    assert desk.confirm(token) is Standing.DONE
    again = desk.reader()
    assert first
    assert again
    assert (again.themes, again.confirmed_at) == (("middle-east",), first.confirmed_at)
    desk.now += VALID_FOR
    assert desk.standing(token) is Standing.DONE, "it is friendlier to say so, also late"


def test_a_link_used_again_after_leaving_brings_nobody_back(desk: Desk) -> None:
    token = desk.asked()
    desk.confirm(token)
    desk.leave()
    assert desk.standing(token) is Standing.GONE
    assert desk.confirm(token) is Standing.GONE
    assert desk.mailed() == {}


def test_a_link_from_before_leaving_is_void_also_where_it_was_never_used(desk: Desk) -> None:
    token = desk.asked()
    desk.add()
    desk.leave()
    assert desk.confirm(token) is Standing.GONE
    assert desk.mailed() == {}


def test_a_link_is_used_up_by_one_alone(desk: Desk) -> None:
    token = desk.asked()
    with desk.database.write() as conn:
        asked = sign_ups.find(conn, confirmation_hash(token))
        assert asked
        assert [sign_ups.use(conn, asked, NOW), sign_ups.use(conn, asked, NOW + DAY)] == [True, False]
        used = sign_ups.find(conn, confirmation_hash(token))
    assert used
    assert used.used_at == NOW


def test_who_asks_again_while_they_are_forgotten_for_having_left_long_ago_still_comes_back(
    desk: Desk,
) -> None:
    desk.add()
    desk.leave()
    desk.now += 400 * DAY
    token = desk.asked()
    desk.do(lambda conn: retention.forget_departed(conn, desk.now, desk.now))
    assert desk.reader() is None
    assert desk.confirm(token) is Standing.DONE
    assert desk.mailed() == {"": 1}


def test_of_two_links_to_one_address_the_first_that_is_used_counts(desk: Desk) -> None:
    first = desk.asked(ADA, "arctic")
    desk.now += APART
    second = desk.asked(ADA, "middle-east")
    assert desk.confirm(first) is Standing.DONE
    assert desk.confirm(second) is Standing.DONE
    assert desk.mailed() == {"arctic": 1}


def test_what_was_mailed_is_what_is_confirmed_whatever_a_stranger_typed_since(desk: Desk) -> None:
    mine = desk.asked(ADA, "arctic", name="Ada")
    desk.now += APART
    desk.ask(ADA, "middle-east", name="Buy pills")
    desk.letters()
    assert desk.confirm(mine) is Standing.DONE
    reader = desk.reader()
    assert reader
    assert (reader.themes, reader.name) == (("arctic",), "Ada")


@pytest.mark.parametrize("token", ["", "x", "0" * 32, "a" * 500, "\x00", "%", "é"])
def test_a_link_that_is_not_ours_leads_nowhere(desk: Desk, token: str) -> None:
    desk.asked()
    assert desk.standing(token) is Standing.GONE
    assert desk.confirm(token) is Standing.GONE
    assert desk.mailed() == {}


def test_one_address_is_asked_once_in_ten_minutes_and_three_times_a_day(desk: Desk) -> None:
    sent = []
    for minute in (*range(0, 60, 5), *range(60, 60 * 24, 45)):
        desk.now = NOW + minute * MINUTE
        desk.ask(" ADA@example.ORG " if minute % 2 else ADA)
        sent += [minute] * len(desk.letters())
    assert sent == [0, 10, 20]
    assert len(sent) == MOST_A_DAY
    desk.now = NOW + DAY
    assert desk.asked()
    assert desk.asked("bo@example.org"), "another one's are not counted"
    assert desk.rows() == 5, "what is not answered is not kept"


def test_a_reader_who_asks_is_told_so_once_a_week_and_stays_as_they_are(desk: Desk) -> None:
    desk.add()
    desk.ask(ADA, "arctic", name="Somebody")
    (letter,) = desk.letters()
    assert letter.token == ""
    desk.now += TOLD_EVERY - SECOND
    desk.ask()
    assert desk.letters() == []
    desk.now += SECOND
    desk.ask()
    assert [one.token for one in desk.letters()] == [""]
    reader = desk.reader()
    assert reader
    assert (reader.themes, reader.name, reader.state) == ((), "", SubscriberState.ACTIVE)


def test_who_has_just_subscribed_and_asks_again_is_told_so(desk: Desk) -> None:
    """They wonder, having got no edition yet. The e-mail that asked them to confirm was of another kind."""
    desk.confirm(desk.asked())
    desk.now += APART - SECOND
    desk.ask()
    assert desk.letters() == []
    desk.now += SECOND
    desk.ask()
    assert [one.token for one in desk.letters()] == [""]


def test_a_reader_of_another_series_is_asked_and_then_reads_this_one(desk: Desk) -> None:
    desk.add(series="budget-week")
    assert desk.confirm(desk.asked()) is Standing.DONE
    assert desk.mailed() == {"": 1}


@pytest.mark.parametrize("reason", RETURNING)
def test_one_who_left_or_was_forgotten_comes_back_by_confirming(
    desk: Desk, reason: SuppressionReason
) -> None:
    desk.add()
    if reason is SuppressionReason.UNSUBSCRIBED:
        desk.leave()
    else:
        desk.do(lambda conn: subscriptions.erase(conn, ADA, pepper=PEPPER, now=desk.now))
    token = desk.asked(ADA, "arctic")
    reader = desk.reader()
    assert reader
    assert reader.state is not SubscriberState.ACTIVE
    assert desk.mailed() == {}, "asking alone changes nothing"
    desk.now += DAY
    assert desk.confirm(token) is Standing.DONE
    back = desk.reader()
    assert back
    assert (back.state, back.confirmed_at) == (SubscriberState.ACTIVE, desk.now), "consent is as of now"
    assert back.unsubscribed_at is None
    assert desk.mailed() == {"arctic": 1}


@pytest.mark.parametrize("reason", BARRED)
@pytest.mark.parametrize("known", [True, False])
def test_who_bounced_complained_or_was_taken_off_is_not_even_asked(
    desk: Desk, reason: SuppressionReason, known: bool
) -> None:
    if known:
        desk.add()
    desk.suppress(reason)
    desk.ask()
    assert desk.letters() == []
    assert desk.rows() == 0, "what a stranger typed is not kept either"
    assert (desk.reader() is not None) is known


@pytest.mark.parametrize("reason", BARRED)
def test_who_bounces_or_complains_meanwhile_is_not_subscribed(desk: Desk, reason: SuppressionReason) -> None:
    token = desk.asked()
    desk.suppress(reason)
    assert desk.standing(token) is Standing.REFUSED
    assert desk.confirm(token) is Standing.REFUSED
    assert desk.mailed() == {}
    desk.do(lambda conn: subscriptions.end(conn, desk.id(), reason, pepper=PEPPER, now=desk.now))
    assert desk.standing(token) is Standing.GONE


def test_what_could_not_be_handed_over_is_tried_again_with_the_same_link_and_then_given_up(
    desk: Desk,
) -> None:
    """Of an earlier try only the mail server's answer may have been lost: its link works as well."""
    desk.ask()
    tokens = []
    for hours in range(48):
        desk.now = NOW + timedelta(hours=hours, minutes=1)
        with desk.database.read() as conn:
            numbers = sign_ups.due(conn, desk.now)
        tokens += [letter.token for number in numbers if (letter := desk.owed(number))]
    assert len(tokens) == 5
    assert len(set(tokens)) == 1
    desk.now = NOW + VALID_FOR
    assert desk.standing(tokens[0]) is Standing.OPEN, "it is good from when it was mailed last"
    assert desk.confirm(tokens[0]) is Standing.DONE


def test_who_has_confirmed_is_owed_nothing_more(desk: Desk) -> None:
    first = desk.asked()
    desk.now += APART
    desk.ask()
    with desk.database.read() as conn:
        (number,) = sign_ups.due(conn, desk.now)
    assert desk.owed(number), "put off by the mail server, so still due"
    desk.confirm(first)
    desk.now += DAY
    assert desk.letters() == []


def test_a_request_is_one_senders_alone(desk: Desk) -> None:
    desk.ask()
    with desk.database.read() as conn:
        (number,) = sign_ups.due(conn, desk.now)
    assert desk.owed(number)
    assert desk.owed(number) is None


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What several threads get that begin at the same moment."""
    found: list[object] = []
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        gate.wait()
        found.append(act())

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_a_request_takes_the_place_of_one_that_was_never_mailed(desk: Desk) -> None:
    desk.ask(ADA, "arctic")
    with desk.database.read() as conn:
        (first,) = sign_ups.due(conn, desk.now)
    assert desk.owed(first)
    desk.do(lambda conn: sign_ups.mark_unmailed(conn, first))  # the mail server was down
    desk.now += 2 * MINUTE
    token = desk.asked(ADA, "middle-east")
    desk.now += DAY
    assert desk.letters() == []
    assert desk.confirm(token) is Standing.DONE
    assert desk.mailed() == {"middle-east": 1}


def test_a_request_that_is_gone_when_its_letter_is_written_is_owed_none(desk: Desk) -> None:
    desk.ask()
    with desk.database.read() as conn:
        (first,) = sign_ups.due(conn, desk.now)
    desk.ask(ADA, "arctic")
    letters = [one for one in (desk.owed(first), *desk.letters()) if one]  # SQLite gives its number again
    assert [letter.themes for letter in letters] == [("arctic",)]


@pytest.mark.parametrize("known", [False, True])
def test_of_many_requests_at_once_one_is_mailed(desk: Desk, known: bool) -> None:
    if known:
        desk.add()
        desk.leave()
    desk.ask()
    with desk.database.write() as conn:  # requests that come at once may not see each other
        (row,) = conn.execute(select(tables.sign_ups)).mappings()
        same = {name: value for name, value in row.items() if name != "id"}
        conn.execute(insert(tables.sign_ups), [same] * 5)
        waiting = sign_ups.due(conn, desk.now)
    assert len(waiting) == 6
    owed = at_once(*(partial(desk.owed, number) for number in waiting))
    assert sum(one is not None for one in owed) == 1


def test_of_many_senders_at_once_one_has_the_letter(desk: Desk) -> None:
    desk.ask()
    with desk.database.read() as conn:
        (number,) = sign_ups.due(conn, desk.now)
    assert sum(one is not None for one in at_once(*[partial(desk.owed, number)] * 6)) == 1


def test_confirming_many_times_at_once_is_confirming_once(desk: Desk) -> None:
    token = desk.asked(ADA, "arctic")
    assert at_once(*[partial(desk.confirm, token)] * 6) == [Standing.DONE] * 6
    assert desk.mailed() == {"arctic": 1}


@pytest.mark.parametrize("attempt", range(5))
def test_who_confirms_and_leaves_at_once_has_left(desk: Desk, attempt: int) -> None:
    token = desk.asked()
    at_once(partial(desk.confirm, token), desk.leave)
    reader = desk.reader()
    assert reader
    assert reader.state is SubscriberState.UNSUBSCRIBED, "whichever was first"
    assert desk.confirm(token) is Standing.GONE
    assert desk.mailed() == {}


@pytest.mark.parametrize("attempt", range(5))
def test_a_complaint_while_they_confirm_counts(desk: Desk, attempt: int) -> None:
    desk.add()
    desk.leave()
    token = desk.asked()

    def complain() -> None:
        reason = SuppressionReason.COMPLAINED
        desk.do(lambda conn: subscriptions.end(conn, desk.id(), reason, pepper=PEPPER, now=desk.now))

    at_once(partial(desk.confirm, token), complain)
    with desk.database.read() as conn:
        blocked = suppressions.suppression(conn, key_hash(PEPPER, ADA))
    assert blocked
    assert blocked.reason is SuppressionReason.COMPLAINED
    assert desk.mailed() == {}


@pytest.mark.parametrize("attempt", range(5))
def test_asking_again_while_confirming_hinders_neither(desk: Desk, attempt: int) -> None:
    token = desk.asked()
    desk.now += APART
    desk.ask()
    with desk.database.read() as conn:
        (number,) = sign_ups.due(conn, desk.now)
    at_once(partial(desk.confirm, token), partial(desk.owed, number))
    assert desk.mailed() == {"": 1}


def test_forgetting_someone_forgets_what_was_typed_of_them(desk: Desk) -> None:
    desk.asked(ADA, "arctic", name="Ada")
    desk.now += APART
    desk.ask()
    desk.do(lambda conn: subscriptions.erase(conn, ADA, pepper=PEPPER, now=desk.now))
    with desk.database.read() as conn:
        for table in tables.metadata.sorted_tables:
            assert "ada" not in repr(conn.execute(table.select()).all()).lower()


def test_what_was_typed_of_one_who_is_unknown_else_is_told_and_forgotten(desk: Desk) -> None:
    desk.ask(ADA, "arctic", name="Ada")
    with desk.database.read() as conn:
        held = subscriptions.everything_on(conn, " Ada@Example.ORG", pepper=PEPPER)
    assert held["subscriber"] is None
    assert [one["name"] for one in held["sign_ups"]] == ["Ada"]
    erased: list[int] = []
    desk.do(lambda conn: erased.append(subscriptions.erase(conn, ADA, pepper=PEPPER, now=desk.now)))
    assert erased == [0]
    assert desk.rows() == 0
    assert desk.letters() == []
    with desk.database.read() as conn:
        blocked = suppressions.suppression(conn, key_hash(PEPPER, ADA))
    assert blocked
    assert blocked.reason is SuppressionReason.ERASED
    for ref in (ADA, "bo@example.org", "7"):
        with pytest.raises(NotFoundError), desk.database.write() as conn:
            subscriptions.erase(conn, ref, pepper=PEPPER, now=desk.now)


@pytest.mark.parametrize("left", [False, True])
def test_an_address_is_mailed_as_it_was_typed_and_confirmed_so(desk: Desk, left: bool) -> None:
    """A stranger's spelling, to which a mail server may not deliver, must not take the owner's place."""
    desk.ask("ADA@example.org")
    desk.letters()
    if left:
        desk.confirm(desk.asked("bo@example.org"))  # another one, who stays as they are
        desk.add("ADA@example.org")
        desk.leave()
    desk.now += APART
    desk.ask("Ada@Example.org")
    (letter,) = desk.letters()
    assert letter.reader.email == "Ada@Example.org"
    assert letter.reader.id == desk.id()
    assert desk.confirm(letter.token) is Standing.DONE
    reader = desk.reader()
    assert reader
    assert reader.email == "Ada@Example.org"


def test_who_reads_already_is_written_to_where_they_read(desk: Desk) -> None:
    desk.add(ADA)
    desk.ask("ADA@example.org")
    (letter,) = desk.letters()
    assert letter.reader.email == ADA


def test_what_was_typed_is_told_to_who_asks_what_is_held(desk: Desk) -> None:
    desk.asked(ADA, "arctic", name="Ada")
    with desk.database.read() as conn:
        held = json.loads(json.dumps(subscriptions.everything_on(conn, ADA, pepper=PEPPER)))
    (asked,) = held["sign_ups"]
    assert (asked["email"], asked["name"], asked["themes"]) == (ADA, "Ada", ["arctic"])
    assert asked["mailed_at"] == NOW.isoformat()
    assert held["subscriber"]["state"] == "pending"


def test_what_was_typed_goes_when_the_unconfirmed_do(desk: Desk) -> None:
    desk.asked()
    desk.confirm(desk.asked("bo@example.org"))
    desk.do(lambda conn: retention.drop_unconfirmed(conn, NOW))
    assert desk.rows() == 2
    gone: list[int] = []
    desk.do(lambda conn: gone.append(retention.drop_unconfirmed(conn, NOW + SECOND)))
    assert (gone, desk.rows()) == ([1], 0)
    assert desk.mailed() == {"": 1}


def test_a_link_that_was_mailed_late_works_for_as_long_as_any(desk: Desk) -> None:
    desk.ask()
    with desk.database.read() as conn:
        (number,) = sign_ups.due(conn, desk.now)
    desk.owed(number)
    desk.now += timedelta(hours=6)
    (letter,) = desk.letters()
    desk.now += VALID_FOR - SECOND
    desk.do(lambda conn: retention.drop_unconfirmed(conn, desk.now - VALID_FOR))
    assert desk.standing(letter.token) is Standing.OPEN
    desk.now += 2 * SECOND
    desk.do(lambda conn: retention.drop_unconfirmed(conn, desk.now - VALID_FOR))
    assert desk.rows() == 0


def test_who_was_dropped_as_unconfirmed_can_still_use_a_later_link(desk: Desk) -> None:
    desk.asked()
    desk.now += 25 * DAY
    token = desk.asked(ADA, "arctic")
    desk.now += 6 * DAY
    desk.do(lambda conn: retention.drop_unconfirmed(conn, desk.now - 30 * DAY))
    assert desk.reader() is None
    assert desk.confirm(token) is Standing.DONE
    assert desk.mailed() == {"arctic": 1}


def test_an_imported_list_of_leavers_does_not_revive_a_used_link(desk: Desk) -> None:
    token = desk.asked()
    desk.confirm(token)
    desk.do(
        lambda conn: conn.execute(update(tables.subscribers).values(state=SubscriberState.UNSUBSCRIBED.value))
    )
    assert desk.confirm(token) is Standing.GONE


@pytest.mark.parametrize("address", ["", "ada", "ada@", "@example.org", "a b@example.org", "a@b@example.org"])
def test_what_is_no_address_is_not_asked(address: str) -> None:
    with pytest.raises(InputError):
        subscriptions.sign_up_of(address, name="", themes=(), known_themes=THEMES, now=NOW)


def test_an_editors_word_takes_the_place_of_what_a_stranger_may_have_typed(desk: Desk) -> None:
    token = desk.asked(ADA, "arctic", name="Buy pills")
    desk.add()
    reader = desk.reader()
    assert reader
    assert (reader.state, reader.name, reader.themes) == (SubscriberState.ACTIVE, "", ())
    assert reader.confirmed_at is None, "they have not said so themselves"
    desk.now += DAY
    assert desk.confirm(token) is Standing.DONE
    confirmed = desk.reader()
    assert confirmed
    assert (confirmed.confirmed_at, confirmed.themes) == (desk.now, ("arctic",))


def test_an_editor_who_invites_hears_why_nothing_is_sent(desk: Desk) -> None:
    def invite(address: str) -> str:
        asked = subscriptions.sign_up_of(address, name="", themes=(), known_themes=THEMES, now=desk.now)
        with desk.database.write() as conn:
            return subscriptions.invite(conn, asked, pepper=PEPPER, series="daily")

    assert invite(ADA) == ""
    (letter,) = desk.letters()
    assert letter.token
    assert "shortly before" in invite(ADA)
    desk.add("bo@example.org")
    assert "already there" in invite("bo@example.org")
    for reason in BARRED:
        desk.suppress(reason, f"{reason}@example.org")
        with pytest.raises(StateError, match="2026-03-02"):
            invite(f"{reason}@example.org")
    assert desk.letters() == []


def test_a_list_that_says_somebody_left_takes_back_the_links_they_were_mailed(desk: Desk) -> None:
    token = desk.asked()
    rows = io.BytesIO(f"email,state\n{ADA},unsubscribed\n".encode())
    desk.do(
        lambda conn: subscriptions.import_csv(conn, rows, pepper=PEPPER, now=desk.now, known_themes=THEMES)
    )
    assert desk.confirm(token) is Standing.GONE
    assert desk.rows() == 0


def test_who_is_erased_while_they_confirm_leaves_no_address_behind(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = desk.asked()
    desk.do(lambda conn: audience.drop_pending(conn, ADA))
    monkeypatch.setattr(sign_ups, "use", lambda *_: False)  # their request went after it was looked up
    desk.confirm(token)
    assert desk.reader() is None
