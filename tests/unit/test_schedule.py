from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model.edition import EditionState
from digest.schedule import Alert, Draft, Pause, Resume, Schedule, Send, Standing, plan

BERLIN = Schedule(send_at=time(2, 30), timezone="Europe/Berlin")
DAILY = Schedule(send_at=time(6, 30))
DUE = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
BEFORE = DUE - timedelta(days=1)
MADE = DUE - timedelta(hours=1)  # when today's draft was made


def standing(state: EditionState, *, drafted: bool = True, moved_at: datetime = MADE) -> Standing:
    return Standing(7, state, drafted, moved_at)


def test_a_time_that_happens_twice_counts_the_first_time() -> None:
    slot = BERLIN.instant(date(2026, 10, 25))
    assert slot == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 CEST, not 02:30 CET
    assert BERLIN.next_slot(slot) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_time_that_does_not_happen_moves_forward() -> None:
    slot = BERLIN.instant(date(2026, 3, 29))
    assert slot.astimezone(ZoneInfo("Europe/Berlin")).time() == time(3, 30)
    assert BERLIN.newest_slot(slot) == slot


def test_a_slot_that_a_gap_moves_past_midnight_leaves_the_next_day_its_own() -> None:
    nuuk = Schedule(send_at=time(23, 30), timezone="America/Nuuk")
    moved, following = nuuk.instant(date(2026, 3, 28)), nuuk.instant(date(2026, 3, 29))
    assert nuuk.local_day(moved) == nuuk.local_day(following) == date(2026, 3, 29)
    assert (nuuk.day_of(moved), nuuk.day_of(following)) == (date(2026, 3, 28), date(2026, 3, 29))
    told = {
        moved: standing(EditionState.SENT, moved_at=moved),
        following: standing(EditionState.DRAFT, moved_at=following - timedelta(hours=1)),
    }
    assert plan(nuuk, following, told, installed_at=LONG_AGO) == (Send(following),)


def test_the_local_hour_stays_where_it_is_over_a_whole_year() -> None:
    schedule = Schedule(send_at=time(6, 30), timezone="America/New_York")
    slot = schedule.next_slot(datetime(2026, 1, 1, tzinfo=UTC))
    seen = []
    for _ in range(365):
        local = slot.astimezone(ZoneInfo("America/New_York"))
        assert local.time() == time(6, 30)
        seen.append(local.date())
        slot = schedule.next_slot(slot)
    assert len(set(seen)) == 365
    assert seen == sorted(seen)


@pytest.mark.parametrize("zone", ["Pacific/Apia", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"])
@given(minutes=st.integers(0, 2 * 365 * 24 * 60))
def test_newest_and_next_slot_enclose_every_moment(zone: str, minutes: int) -> None:
    schedule = Schedule(send_at=time(0, 15), days=frozenset({1, 3, 5}), timezone=zone)
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    newest, coming = schedule.newest_slot(now), schedule.next_slot(now)
    assert newest <= now < coming
    assert schedule.next_slot(newest) == coming
    assert coming.astimezone(ZoneInfo(zone)).isoweekday() in {1, 3, 5}


def test_weekdays_that_are_off_have_no_slot() -> None:
    schedule = Schedule(days=frozenset({1, 2, 3, 4, 5}))
    saturday = datetime(2026, 3, 14, 12, tzinfo=UTC)
    assert schedule.newest_slot(saturday).isoweekday() == 5
    assert schedule.next_slot(saturday).isoweekday() == 1


def test_days_off_have_no_slot_however_many_there_are() -> None:
    mondays = frozenset(date(2026, 1, 5) + timedelta(weeks=week) for week in range(60))
    schedule = Schedule(days=frozenset({1}), days_off=mondays)
    before = schedule.newest_slot(datetime(2026, 6, 1, tzinfo=UTC))
    assert before == datetime(2025, 12, 29, 6, 30, tzinfo=UTC)
    assert schedule.next_slot(before) == datetime(2027, 3, 1, 6, 30, tzinfo=UTC)


def test_a_draft_that_a_clock_ahead_has_made_is_made_anew() -> None:
    ahead, before = DUE + timedelta(days=2), DUE - timedelta(minutes=30)
    made = {BEFORE: standing(EditionState.SENT), DUE: standing(EditionState.DRAFT, moved_at=ahead)}
    assert plan(DAILY, before, made, installed_at=LONG_AGO) == (Draft(DUE),)
    assert plan(DAILY, DUE, made, installed_at=LONG_AGO) == (Draft(DUE), Send(DUE))
    kept = made | {DUE: standing(EditionState.HELD, moved_at=ahead)}
    assert plan(DAILY, before, kept, installed_at=LONG_AGO) == ()


def test_nothing_is_owed_on_a_day_off_and_the_day_after_is_not_late() -> None:
    schedule = Schedule(days_off=frozenset({date(2026, 3, 10)}))
    yesterday = {BEFORE: standing(EditionState.SENT)}
    assert plan(schedule, DUE + timedelta(hours=9), yesterday, installed_at=LONG_AGO) == ()
    tomorrow = DUE + timedelta(days=1)
    assert plan(schedule, tomorrow, yesterday, installed_at=LONG_AGO) == (Draft(tomorrow), Send(tomorrow))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({1, 2, 3, 4, 5, 6, 7}, "Every day"),
        ({1, 2, 3, 4, 5}, "On weekdays"),
        ({7}, "On Sundays"),
        ({5, 1}, "On Mondays and Fridays"),
        ({6, 1, 3}, "On Mondays, Wednesdays and Saturdays"),
    ],
)
def test_days_are_put_into_words(days: set[int], words: str) -> None:
    assert Schedule(days=frozenset(days)).days_in_words() == words


def test_a_due_draft_is_sent() -> None:
    assert plan(DAILY, DUE, {DUE: standing(EditionState.DRAFT)}, installed_at=LONG_AGO) == (Send(DUE),)


def test_a_due_slot_without_a_draft_is_drafted_and_sent() -> None:
    assert plan(DAILY, DUE, {}, installed_at=LONG_AGO) == (Draft(DUE), Send(DUE))


def test_a_slot_before_the_installation_is_owed_to_nobody() -> None:
    installed = DUE + timedelta(minutes=1)
    assert plan(DAILY, installed, {}, installed_at=installed) == ()


@pytest.mark.parametrize(
    "state", [EditionState.SENT, EditionState.CANCELLED, EditionState.PAUSED], ids=lambda s: s.value
)
def test_what_is_settled_is_left_alone(state: EditionState) -> None:
    assert plan(DAILY, DUE, {DUE: standing(state)}, installed_at=LONG_AGO) == ()


@pytest.mark.parametrize("state", [EditionState.FROZEN, EditionState.SENDING], ids=lambda s: s.value)
def test_what_has_begun_goes_on_and_is_not_sent_anew(state: EditionState) -> None:
    assert plan(DAILY, DUE, {DUE: standing(state)}, installed_at=LONG_AGO) == (Resume(7),)


def test_what_began_too_long_ago_is_paused_with_a_word_to_the_editor() -> None:
    intents = plan(
        DAILY, DUE + timedelta(hours=1), {BEFORE - timedelta(days=1): standing(EditionState.SENDING)},
        installed_at=DUE + timedelta(minutes=1),
    )  # fmt: skip
    assert isinstance(intents[0], Resume)
    long_gone = {
        BEFORE - timedelta(days=1): standing(EditionState.SENDING, moved_at=BEFORE - timedelta(days=1))
    }
    intents = plan(DAILY, DUE, long_gone, installed_at=DUE + timedelta(minutes=1))
    assert isinstance(intents[0], Pause)
    assert "release" in intents[0].text


def test_an_edition_released_by_hand_is_not_paused_again() -> None:
    old = {BEFORE - timedelta(days=5): standing(EditionState.SENDING, moved_at=DUE - timedelta(minutes=5))}
    assert plan(DAILY, DUE, old, installed_at=DUE + timedelta(minutes=1)) == (Resume(7),)


def test_too_late_is_told_and_nothing_is_sent() -> None:
    late = DUE + timedelta(hours=3, seconds=1)
    intents = plan(DAILY, late, {DUE: standing(EditionState.APPROVED)}, installed_at=LONG_AGO)
    assert [type(intent) for intent in intents] == [Alert]
    just_in_time = plan(
        DAILY, DUE + timedelta(hours=3), {DUE: standing(EditionState.DRAFT)}, installed_at=LONG_AGO
    )
    assert just_in_time == (Send(DUE),)


def test_after_down_time_only_the_newest_missed_slot_is_sent() -> None:
    editions = {DUE - timedelta(days=4): standing(EditionState.SENT)}
    assert plan(DAILY, DUE, editions, installed_at=LONG_AGO) == (Draft(DUE), Send(DUE))


def test_a_clock_that_jumped_past_a_slot_sends_only_what_was_approved() -> None:
    editions = {DUE - timedelta(days=4): standing(EditionState.SENT), DUE: standing(EditionState.DRAFT)}
    intents = plan(DAILY, DUE, editions, installed_at=LONG_AGO, clock_jumped=True)
    assert [type(intent) for intent in intents] == [Alert]
    editions[DUE] = standing(EditionState.APPROVED)
    assert plan(DAILY, DUE, editions, installed_at=LONG_AGO, clock_jumped=True) == (Send(DUE),)


def test_a_clock_that_jumped_is_told_in_the_publications_time() -> None:
    abroad = Schedule(send_at=time(6, 30), timezone="Asia/Tokyo")
    due = abroad.newest_slot(DUE)
    editions = {
        due - timedelta(days=4): standing(EditionState.SENT, moved_at=due),
        due: standing(EditionState.DRAFT, moved_at=due),
    }
    (alert,) = plan(abroad, due, editions, installed_at=LONG_AGO, clock_jumped=True)
    assert isinstance(alert, Alert)
    assert f"ahead to {abroad.day_of(due)} 06:30 Asia/Tokyo" in alert.text


def test_a_clock_that_jumped_by_less_than_a_slot_changes_nothing() -> None:
    editions = {BEFORE: standing(EditionState.SENT), DUE: standing(EditionState.DRAFT)}
    assert plan(DAILY, DUE, editions, installed_at=LONG_AGO, clock_jumped=True) == (Send(DUE),)


def test_silence_holds_where_the_publisher_says_so() -> None:
    careful = Schedule(send_at=time(6, 30), silence_sends=False)
    intents = plan(careful, DUE, {DUE: standing(EditionState.DRAFT)}, installed_at=LONG_AGO)
    assert [type(intent) for intent in intents] == [Alert]
    approved = {DUE: standing(EditionState.APPROVED)}
    assert plan(careful, DUE, approved, installed_at=LONG_AGO) == (Send(DUE),)


def test_a_held_edition_stays_and_the_editor_hears_of_it_once_per_slot() -> None:
    held = {DUE: standing(EditionState.HELD)}
    first = plan(DAILY, DUE, held, installed_at=LONG_AGO)
    again = plan(DAILY, DUE + timedelta(minutes=1), held, installed_at=LONG_AGO)
    assert [type(intent) for intent in first] == [Alert]
    assert first == again


def test_the_next_edition_is_drafted_ahead_and_only_once() -> None:
    early, soon = DUE - timedelta(hours=3), DUE - timedelta(hours=2)
    assert plan(DAILY, early, {}, installed_at=early) == ()
    assert plan(DAILY, soon, {}, installed_at=soon) == (Draft(DUE),)
    assert plan(DAILY, soon, {DUE: standing(EditionState.DRAFT, moved_at=soon)}, installed_at=soon) == ()


def test_a_draft_made_long_before_is_composed_anew_with_the_days_news() -> None:
    early = {DUE: standing(EditionState.DRAFT, moved_at=DUE - timedelta(hours=18))}
    soon = DUE - timedelta(hours=1)
    assert plan(DAILY, soon, early, installed_at=LONG_AGO)[-1] == Draft(DUE)
    assert plan(DAILY, DUE, early, installed_at=LONG_AGO) == (Draft(DUE), Send(DUE))


@pytest.mark.parametrize("state", [EditionState.HELD, EditionState.APPROVED], ids=lambda s: s.value)
def test_what_an_editor_has_touched_is_never_composed_anew(state: EditionState) -> None:
    early = {DUE: standing(state, moved_at=DUE - timedelta(hours=18))}
    intents = plan(DAILY, DUE, early, installed_at=LONG_AGO)
    assert not [intent for intent in intents if isinstance(intent, Draft)]


def test_another_hour_of_sending_does_not_send_the_same_day_again() -> None:
    moved = Schedule(send_at=time(9, 0))
    sent = {DUE: standing(EditionState.SENT)}
    assert plan(moved, DUE + timedelta(hours=3), sent, installed_at=LONG_AGO) == ()


def test_a_quiet_day_is_told_once_and_not_called_late() -> None:
    quiet = {DUE: Standing(7, EditionState.DRAFT, drafted=True, moved_at=DUE, quiet=True)}
    assert plan(DAILY, DUE + timedelta(hours=4), quiet, installed_at=LONG_AGO) == ()


@pytest.mark.parametrize(
    ("began_h", "ended_h", "sends"),
    [
        (-1, 6, True),  # what fell due meanwhile is late only from the end on
        (-1, 2, False),  # which is long ago by now
        (1, 6, False),  # it could have begun before that did
        (-3, -1, False),
        (-1, 9, False),  # an end that has not come proves nothing
    ],
)
def test_an_edition_is_late_from_when_it_could_begin(began_h: int, ended_h: int, sends: bool) -> None:
    busy = (DUE + timedelta(hours=began_h), DUE + timedelta(hours=ended_h))
    now = DUE + timedelta(hours=7)
    ready = {DUE: standing(EditionState.APPROVED)}
    (intent,) = plan(DAILY, now, ready, installed_at=LONG_AGO, busy=[busy])
    assert isinstance(intent, Send if sends else Alert)


def test_nothing_is_sent_that_is_too_late_to_be_gone_on_with() -> None:
    now = DUE + timedelta(hours=20)
    early = Schedule(send_at=time(6, 30), finish_within=timedelta(hours=19))
    busy = (DUE - timedelta(hours=1), now - timedelta(hours=1))
    intents = plan(early, now, {DUE: standing(EditionState.APPROVED)}, installed_at=LONG_AGO, busy=[busy])
    assert not any(isinstance(intent, Send) for intent in intents)


def test_a_short_send_after_a_long_one_does_not_make_late_what_fell_due_in_the_long_one() -> None:
    now = DUE + timedelta(hours=4)
    long, short = (DUE - timedelta(hours=1), now - timedelta(minutes=9)), (now - timedelta(minutes=1), now)
    ready = {DUE: standing(EditionState.APPROVED)}
    assert plan(DAILY, now, ready, installed_at=LONG_AGO, busy=[long, short]) == (Send(DUE),)


@pytest.mark.parametrize("state", [EditionState.DRAFT, EditionState.HELD])
def test_what_may_have_gone_out_before_a_restore_is_never_called_late(state: EditionState) -> None:
    weekly = Schedule(series="weekly", days=frozenset({2}), send_at=time(6, 30))
    waits, now = {DUE: standing(state)}, DUE + timedelta(hours=28)
    assert plan(weekly, now, waits, installed_at=LONG_AGO, doubted_until=DUE) == ()
