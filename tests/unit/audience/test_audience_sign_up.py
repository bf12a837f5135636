from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest import subscriptions

NOW = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)


def name_of(typed: str, address: str = "rita@example.net") -> str:
    return subscriptions.sign_up_of(address, name=typed, themes=(), known_themes=(), now=NOW).name


@pytest.mark.parametrize(
    "typed",
    [
        "Rita <b>x</b>",
        "Rita http://spam.example",
        "Rita hxxp:\\\\spam",
        "www.spam",
        "Win at spam.example, Rita",
        "SPAM.EXAMPLE",
        "spam\uff0eexample",
        "t.co/x1",
        "[url=x]Rita[/url]",
        "rita@spam.example",
    ],
)
def test_a_name_that_holds_an_address_or_markup_is_left_out(typed: str) -> None:
    assert name_of(typed) == ""
    assert name_of("", f'"{typed}" <rita@example.net>'.replace("\\", "\\\\")) == ""


@pytest.mark.parametrize(
    "typed", ["Rita", "J. R. R. Tolkien", "J.R.R.Tolkien", "O'Hara-Smith", "Dr. Wei, 3rd", "李 明", "A & B"]
)
def test_a_name_is_kept(typed: str) -> None:
    assert name_of(typed) == typed
