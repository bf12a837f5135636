from __future__ import annotations

import hmac
import re
import string
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model.tokens import (
    PREFERENCES,
    UNSUBSCRIBE,
    confirmation_hash,
    confirmation_token,
    form_stamp,
    key_hash,
    key_hasher,
    make_token,
    message_id,
    read_form_stamp,
    read_token,
)

SECRET = b"s" * 32
ids = st.integers(min_value=1, max_value=2**64 - 1)
ALPHABET = "0123456789abcdef"


@given(ids, st.integers(1, 255), st.text(max_size=20))
def test_a_token_reads_back_as_its_subscriber(subscriber: int, version: int, publication: str) -> None:
    token = make_token(SECRET, UNSUBSCRIBE, publication, subscriber, version=version)
    assert read_token(SECRET, UNSUBSCRIBE, publication, token) == subscriber


@given(ids, st.binary(max_size=80), st.text(max_size=20))
def test_a_token_is_what_the_standard_library_would_make(
    subscriber: int, secret: bytes, publication: str
) -> None:
    body = b"\x01" + subscriber.to_bytes((subscriber.bit_length() + 7) // 8, "big")
    parts = [*(one.encode() for one in ("token", UNSUBSCRIBE, publication)), body]
    signed = b"".join(b"%d:%b" % (len(one), one) for one in parts)
    expected = (body + hmac.digest(secret, signed, "sha256")[:16]).hex()
    assert make_token(secret, UNSUBSCRIBE, publication, subscriber) == expected


@given(ids)
def test_a_token_needs_no_escaping_and_fits_a_mail_line(subscriber: int) -> None:
    token = make_token(SECRET, PREFERENCES, "morning", subscriber)
    assert re.fullmatch(r"[0-9a-f]{36,50}", token)


@given(ids, st.sampled_from([".", ">", "=", "==", ").", "&gt;", "%3E", "*", "_", ",", '"', "]", "\n", "…"]))
def test_what_mail_programs_glue_to_a_link_is_read_past(subscriber: int, glued: str) -> None:
    token = make_token(SECRET, UNSUBSCRIBE, "morning", subscriber)
    assert read_token(SECRET, UNSUBSCRIBE, "morning", f" {token.upper()}{glued}") == subscriber


@given(ids, st.data())
def test_a_token_with_one_letter_changed_is_refused(subscriber: int, data: st.DataObject) -> None:
    token = make_token(SECRET, UNSUBSCRIBE, "morning", subscriber)
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from(ALPHABET.replace(token[at], "")))
    forged = token[:at] + letter + token[at + 1 :]
    assert read_token(SECRET, UNSUBSCRIBE, "morning", forged) is None


@given(ids, st.text(ALPHABET, min_size=1, max_size=8))
def test_a_token_with_letters_added_or_cut_off_is_refused(subscriber: int, more: str) -> None:
    token = make_token(SECRET, UNSUBSCRIBE, "morning", subscriber)
    assert read_token(SECRET, UNSUBSCRIBE, "morning", token + more) is None
    assert read_token(SECRET, UNSUBSCRIBE, "morning", token[:-1]) is None


@given(st.text(string.printable, max_size=200))
def test_garbage_is_no_token(text: str) -> None:
    assert read_token(SECRET, UNSUBSCRIBE, "morning", text) is None


@pytest.mark.parametrize(
    ("secret", "purpose", "publication"),
    [
        (b"t" * 32, UNSUBSCRIBE, "morning"),
        (SECRET, PREFERENCES, "morning"),
        (SECRET, UNSUBSCRIBE, "evening"),
        (SECRET, UNSUBSCRIBE + "morning", ""),
    ],
)
def test_a_token_is_good_for_one_secret_purpose_and_publication(
    secret: bytes, purpose: str, publication: str
) -> None:
    token = make_token(SECRET, UNSUBSCRIBE, "morning", 7)
    assert read_token(secret, purpose, publication, token) is None


def test_the_key_version_is_signed_too() -> None:
    first, second = (make_token(SECRET, UNSUBSCRIBE, "morning", 7, version=v) for v in (1, 2))
    assert first[4:] != second[4:]


@pytest.mark.parametrize("subscriber", [0, -1, 2**64])
def test_an_id_that_no_database_hands_out_gets_no_token(subscriber: int) -> None:
    with pytest.raises(ValueError, match="id"):
        make_token(SECRET, UNSUBSCRIBE, "morning", subscriber)


def test_a_message_id_is_the_same_on_every_try_and_differs_between_people_and_editions() -> None:
    first = message_id(SECRET, "daily-20250302T0600", 7, "news.example.org")
    assert first == message_id(SECRET, "daily-20250302T0600", 7, "news.example.org")
    assert re.fullmatch(r"[0-9a-f]{32}@news\.example\.org", first)
    assert first != message_id(SECRET, "daily-20250302T0600", 8, "news.example.org")
    assert first != message_id(SECRET, "daily-20250303T0600", 7, "news.example.org")


def test_a_key_hash_depends_on_the_pepper_and_shows_nothing_of_the_address() -> None:
    hashed = key_hash(b"pepper", "ada@example.org")
    assert re.fullmatch(r"[0-9a-f]{64}", hashed)
    assert hashed != key_hash(b"salt", "ada@example.org")


@given(st.binary(max_size=200), st.text())
def test_many_addresses_are_hashed_as_one_is(pepper: bytes, address: str) -> None:
    hashed = key_hasher(pepper)
    assert [hashed(address), hashed(f"{address}.")] == [
        key_hash(pepper, address),
        key_hash(pepper, f"{address}."),
    ]


def test_a_confirmation_is_of_one_request_alone_and_the_same_whenever_it_is_mailed() -> None:
    asked = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
    token = confirmation_token(SECRET, "morning", 7, "ada@example.org", asked)
    assert re.fullmatch(r"[0-9a-f]{32}", token)
    elsewhere = asked.astimezone(timezone(timedelta(hours=3)))
    assert confirmation_token(SECRET, "morning", 7, "ada@example.org", elsewhere) == token
    others = {
        confirmation_token(b"other", "morning", 7, "ada@example.org", asked),
        confirmation_token(SECRET, "evening", 7, "ada@example.org", asked),
        confirmation_token(SECRET, "morning", 8, "ada@example.org", asked),
        confirmation_token(SECRET, "morning", 7, "bo@example.org", asked),
        confirmation_token(SECRET, "morning", 7, "ada@example.org", asked + timedelta(microseconds=1)),
    }
    assert len(others - {token}) == 5


def test_a_confirmation_is_known_by_its_hash_whatever_a_mail_program_did_to_it() -> None:
    token = confirmation_token(SECRET, "morning", 7, "ada@example.org", datetime(2026, 3, 2, tzinfo=UTC))
    hashed = confirmation_hash(token)
    assert token not in hashed
    for mangled in (token.upper(), f" {token}\n", f"{token}.", f"{token}>", f"{token}%3E", f"{token})."):
        assert confirmation_hash(mangled) == hashed
    for other in ("", "x", token[:-1], f"{token}0", "0" * 32, "\x00", "a" * 10_000, "\udc80"):
        assert confirmation_hash(other) != hashed


moments = st.integers(0, 253_402_300_799).map(lambda second: datetime.fromtimestamp(second, UTC))  # to 9999


@given(moments, st.text(max_size=20))
def test_a_stamp_reads_back_as_its_second(moment: datetime, publication: str) -> None:
    stamp = form_stamp(SECRET, publication, moment.replace(microsecond=500_000))
    assert read_form_stamp(SECRET, publication, stamp) == moment
    assert read_form_stamp(b"t" * 32, publication, stamp) is None
    assert read_form_stamp(SECRET, f"{publication}x", stamp) is None


@given(st.data())
def test_a_stamp_with_one_letter_changed_is_refused(data: st.DataObject) -> None:
    stamp = form_stamp(SECRET, "morning", datetime(2026, 3, 1, tzinfo=UTC))
    at = data.draw(st.integers(0, len(stamp) - 1))
    letter = data.draw(st.sampled_from(ALPHABET.replace(stamp[at], "")))
    assert read_form_stamp(SECRET, "morning", stamp[:at] + letter + stamp[at + 1 :]) is None


@given(st.text(max_size=60))
def test_what_is_no_stamp_is_refused(text: str) -> None:
    assert read_form_stamp(SECRET, "morning", text) is None


def test_a_stamp_later_than_the_calendar_goes_is_refused() -> None:
    real = form_stamp(SECRET, "morning", datetime(2026, 3, 1, tzinfo=UTC))
    assert read_form_stamp(SECRET, "morning", "f" * 10 + real[10:]) is None


def test_a_stamp_is_not_good_for_a_link() -> None:
    stamp = form_stamp(SECRET, "morning", datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=1))
    assert read_token(SECRET, UNSUBSCRIBE, "morning", stamp) is None
