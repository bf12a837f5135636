"""Editions as JSON and back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import StoreError
from digest.model.edition import Edition, EditionKey, Method, Notice, Provenance, ThemeStyle
from digest.model.news import ThemeScore, Verdict
from digest.store.codec import edition_from_json, edition_to_json, from_json, to_json

KEY = EditionKey("example", "daily", datetime(2026, 3, 1, 6, 30, tzinfo=UTC))
EDITION = Edition(KEY, "Example", "2026-03-01", (ThemeStyle("a", "A", "#000000"),), (), Notice("s", "f"))

st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(str, st.text(st.characters(exclude_categories=())))  # also lone surrogates


@settings(max_examples=15, deadline=None)
@given(st.from_type(Edition))
def test_any_edition_comes_back_equal_and_with_the_same_bytes(edition: Edition) -> None:
    text = edition_to_json(edition)
    assert text.isascii()
    assert "\x00" not in text
    assert edition_from_json(text) == edition
    assert edition_to_json(edition_from_json(text)) == text


@dataclass(frozen=True)
class Everything:
    """The kinds of fields that an Edition happens not to have."""

    slugs: frozenset[str]
    verdicts: tuple[Verdict, ...]
    scores: tuple[ThemeScore, ...]
    maybe: float | None = None


@settings(max_examples=30, deadline=None)
@given(st.from_type(Everything))
def test_sets_enums_and_nested_values_come_back(value: Everything) -> None:
    assert from_json(Everything, to_json(value)) == value


def test_the_text_does_not_depend_on_the_order_of_fields_or_of_sets() -> None:
    assert to_json(ThemeStyle("s", "n", "c")) == '{"colour":"c","colour_dark":"","name":"n","slug":"s"}'
    slugs = [f"slug-{number:02}" for number in range(30)]
    assert json.dumps(slugs, separators=(",", ":")) in to_json(Everything(frozenset(slugs), (), ()))


def test_missing_keys_take_the_default() -> None:
    data = json.loads(edition_to_json(EDITION))
    del data["quiet"], data["language"]
    assert edition_from_json(json.dumps(data)) == EDITION


def test_a_key_from_a_newer_program_is_named() -> None:
    data = json.loads(edition_to_json(EDITION))
    data["themes"][0]["glow"] = True
    with pytest.raises(StoreError, match=r"ThemeStyle has an unknown key 'glow'.*newer"):
        edition_from_json(json.dumps(data))


@pytest.mark.parametrize(
    "change",
    [
        {"title": None}, {"title": 3}, {"quiet": "yes"}, {"outlets": True}, {"themes": {}}, {"stories": [3]},
        {"key": {**json.loads(to_json(KEY)), "slot": "tomorrow"}},
        {"key": {"publication": "p", "series": "s"}},
    ],
    ids=str,
)  # fmt: skip
def test_damaged_content_is_an_error_of_the_store(change: dict[str, object]) -> None:
    data = {**json.loads(edition_to_json(EDITION)), **change}
    with pytest.raises(StoreError, match="cannot be read"):
        edition_from_json(json.dumps(data))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"'])
def test_what_is_no_edition_is_an_error_of_the_store(text: str) -> None:
    with pytest.raises(StoreError):
        edition_from_json(text)


def test_an_unknown_enum_value_is_an_error_of_the_store() -> None:
    text = to_json(Provenance(Method.EXTRACT)).replace("extract", "oracle")
    with pytest.raises(StoreError, match="oracle"):
        from_json(Provenance, text)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), datetime(2026, 1, 1)], ids=str)  # noqa: DTZ001 -- naive on purpose
def test_values_that_would_not_come_back_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"naive|JSON compliant"):
        to_json(value)


def test_kinds_without_a_form_are_refused() -> None:
    with pytest.raises(TypeError, match="no JSON form"):
        to_json((b"bytes",))

    @dataclass(frozen=True)
    class Odd:
        raw: bytes

    with pytest.raises(StoreError, match="no JSON form"):
        from_json(Odd, '{"raw": "x"}')
