from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import InputError
from digest.model.edition import EditionKey
from digest.model.links import Links, edition_ref, parse_edition_ref, story_anchor

moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
series = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,20}\Z")


@given(series, moments)
def test_a_reference_reads_back_as_series_and_slot(name: str, slot: datetime) -> None:
    assert parse_edition_ref(edition_ref(EditionKey("morning", name, slot))) == (name, slot)


@given(series, moments)
def test_a_reference_needs_no_escaping(name: str, slot: datetime) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._-]+", edition_ref(EditionKey("morning", name, slot)))


def test_a_reference_is_short_and_in_utc() -> None:
    slot = datetime(2025, 3, 2, 7, 0, tzinfo=timezone(timedelta(hours=1)))
    assert edition_ref(EditionKey("morning", "daily", slot)) == "daily-20250302T0600"


@pytest.mark.parametrize(
    "text",
    ["", "daily", "daily-2025", "daily-20251302T0600", "-20250302T0600", "daily-20250302T0600x",
     "../etc-20250302T0600", "daily-20250302T06000", "daily-\uff120250302T0600"],
)  # fmt: skip
def test_other_text_is_no_reference(text: str) -> None:
    assert parse_edition_ref(text) is None


@pytest.mark.parametrize("name", ["", "two words", "a/b", "é", "-daily"])
def test_a_series_that_would_need_escaping_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="series"):
        edition_ref(EditionKey("morning", name, datetime(2025, 3, 2, tzinfo=UTC)))


@pytest.mark.parametrize("base", ["https://news.example.org/mail", "https://news.example.org/mail/"])
def test_links_stand_under_the_base_address(base: str) -> None:
    links = Links(base)
    assert links.unsubscribe("abc") == "https://news.example.org/mail/u/abc"
    assert links.preferences("abc") == "https://news.example.org/mail/p/abc"
    assert links.edition("daily-20250302T0600") == (
        "https://news.example.org/mail/editions/daily-20250302T0600"
    )
    assert links.edition("d", ["arctic", "middle-east"]) == (
        "https://news.example.org/mail/editions/d?themes=arctic+middle-east"
    )
    assert links.story("daily-20250302T0600", "0f3a") == (
        "https://news.example.org/mail/editions/daily-20250302T0600#story-0f3a"
    )
    assert links.archive() == "https://news.example.org/mail/editions"
    assert links.test() == "https://news.example.org/mail/test"


def test_a_storys_anchor_is_safe_in_a_link_and_an_attribute() -> None:
    assert story_anchor('a b"><x>') == "story-a-b---x-"
