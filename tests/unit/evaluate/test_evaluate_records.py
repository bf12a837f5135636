from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import InputError
from digest.evaluate.records import Record, predictions_to, read_records


def written(folder: Path, data: bytes) -> Path:
    path = folder / "items.jsonl"
    path.write_bytes(data)
    return path


def record(**data: object) -> Record:
    return Record("items.jsonl:7", 7, data)


def test_every_line_is_a_record_but_for_empty_ones(tmp_path: Path) -> None:
    path = written(tmp_path, b'\xef\xbb\xbf{"id": "a"}\r\n\n  \n{"id": 2}')
    assert [(one.id, one.number) for one in read_records(path)] == [("a", 1), (2, 4)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'{"id": 1,', "is no JSON"),
        (b"nonsense", "is no JSON"),
        (b"[1, 2]", "is a list"),
        (b"3", "is a number"),
        (b"true", "is true or false"),
        (b'{"id": "\xff"}', "UTF-8"),
        (b"[" * 100_000, "can't be read"),
        (b'{"id": 1' + b"0" * 5000 + b"}", "can't be read"),
    ],
)
def test_a_bad_line_is_named_with_its_file_and_line(tmp_path: Path, line: bytes, words: str) -> None:
    path = written(tmp_path, b'{"id": 1}\n' + line + b"\n")
    with pytest.raises(InputError) as caught:
        list(read_records(path))
    assert f"{path}:2: " in str(caught.value)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        list(read_records(tmp_path / "missing.jsonl"))


def test_what_is_missing_is_empty_or_unknown() -> None:
    bare = record(text=None)
    assert (bare.key, bare.text("text"), bare.text("title")) == ("line 7", "", "")
    assert (bare.texts("labels"), bare.objects("articles"), bare.instant("date")) == (None, (), None)


def test_what_is_of_the_wrong_kind_is_named() -> None:
    odd = record(text=["a"], labels="arctic", articles={"title": "x"})
    with pytest.raises(InputError, match=r"items\.jsonl:7: text is a list, not a text"):
        odd.text("text")
    with pytest.raises(InputError, match="labels is a list of texts, not a text"):
        odd.texts("labels")
    with pytest.raises(InputError, match="articles is a list of objects, not an object"):
        odd.objects("articles")


@pytest.mark.parametrize(
    ("written_date", "instant"),
    [
        ("2026-03-01T06:00:00+02:00", datetime(2026, 3, 1, 4, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        (17, None),
        ("0001-01-01T00:00:00+05:00", None),
    ],
)
def test_a_date_is_an_instant_or_unknown(written_date: object, instant: datetime | None) -> None:
    assert record(date=written_date).instant("date") == instant


def test_predictions_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"

    def interrupted() -> None:
        with predictions_to(path) as out:
            out.add(id=1, labels=[])
            raise InputError("a bad line")

    with pytest.raises(InputError):
        interrupted()
    assert list(tmp_path.iterdir()) == []
    with predictions_to(path) as out:
        out.add(id="\ud800", story="Ωmega")
    assert [one.name for one in tmp_path.iterdir()] == ["out.jsonl"]
    assert json.loads(path.read_text("utf-8")) == {"id": "\ud800", "story": "Ωmega"}


@given(
    st.dictionaries(st.text(max_size=5), st.none() | st.booleans() | st.integers() | st.floats() | st.text())
)
def test_any_object_of_plain_values_can_be_read(data: dict[str, object]) -> None:
    one = Record("x:1", 1, {**data, "id": data.get("id")})
    for name in data:
        one.text(name).encode()
        one.instant(name)
