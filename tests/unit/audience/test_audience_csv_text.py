from __future__ import annotations

import csv
import io
import tracemalloc

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from digest.subscriptions import csv_text
from digest.subscriptions.csv_text import (
    MAX_LINE,
    NO_TEXT,
    SPREADSHEETS,
    Record,
    defuse,
    read_records,
    undo_defuse,
)

WORDS = frozenset({"email", "name"})


def read(data: bytes) -> list[Record]:
    return list(read_records(io.BytesIO(data), WORDS))


def cells(data: bytes) -> list[list[str] | None]:
    return [cells for _, cells in read(data)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]
)
def test_the_encoding_is_told_from_the_bytes(encoding: str) -> None:
    data = "email,name\r\nzoe@example.org,Zoë\r\n".encode(encoding)
    assert cells(data) == [["email", "name"], ["zoe@example.org", "Zoë"]]


def test_one_line_in_another_encoding_does_not_spoil_the_others() -> None:
    assert cells("a@x.org,Zoë\n".encode() + b"b@x.org,Zo\xeb\nc@x.org,\x81\n") == [
        ["a@x.org", "Zoë"], ["b@x.org", "Zoë"], ["c@x.org", "\x81"],
    ]  # fmt: skip


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_and_line_ends_are_told_from_the_first_line(delimiter: str, end: str) -> None:
    rows = [["email", "name"], ["a@example.org", "Ada"], ["b@example.org", "Bo"]]
    assert cells(end.join(delimiter.join(row) for row in rows).encode()) == rows


def test_a_semicolon_file_with_commas_in_names_is_no_comma_file() -> None:
    assert cells(b"ada@example.org;Lovelace, Ada\nbo@example.org;Bo\n")[0] == [
        "ada@example.org", "Lovelace, Ada",
    ]  # fmt: skip


def test_rows_are_counted_as_a_spreadsheet_does() -> None:
    data = b'email,note\n\na@example.org,"two\nlines"\n,\nb@example.org,x\n'
    assert read(data) == [
        (1, ["email", "note"]),
        (3, ["a@example.org", "two\nlines"]),
        (5, ["b@example.org", "x"]),
    ]


def test_a_quote_that_never_closes_costs_its_own_row_only() -> None:
    rows = [f"r{number}@example.org,x" for number in range(100)]
    rows[10] = 'r10@example.org,"x'
    found = cells("\n".join(rows).encode())
    assert [row[0] for row in found if row] == [f"r{number}@example.org" for number in range(100)]


def test_an_over_long_line_is_named_and_the_next_one_read() -> None:
    records = read(b"a@example.org\n" + b"x" * (3 * MAX_LINE) + b"\nb@example.org\n" + b"y" * (2 * MAX_LINE))
    assert records == [
        (1, ["a@example.org"]), (2, None), (3, ["b@example.org"]), (4, None),
    ]  # fmt: skip


def test_an_over_long_line_inside_an_open_quote_is_still_counted() -> None:
    records = read(b'a@example.org,"x\n' + b"x" * (2 * MAX_LINE) + b"\nb@example.org\n")
    assert records == [(1, ["a@example.org", "x"]), (2, None), (3, ["b@example.org"])]


def test_a_huge_file_is_read_in_bounded_memory() -> None:
    class Endless(io.RawIOBase):
        left = 16 * 1024 * 1024

        def read(self, size: int = -1) -> bytes:
            self.left -= size
            return b'"' * size if self.left > 0 else b""

    tracemalloc.start()
    records = list(read_records(Endless(), WORDS))  # type: ignore[arg-type]  # reads, which is all that is asked of it
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(records) == 1
    assert peak < 2 * 1024 * 1024


@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r")), min_size=2, max_size=3))
)
def test_what_a_spreadsheet_writes_is_read_back(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([["email", "name"], *rows])
    filled = [[cell.strip() for cell in row] for row in rows]
    expected = [[undo_defuse(cell) for cell in row] for row in filled if any(row)]
    assert cells(text.getvalue().encode())[1:] == expected


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_without_a_crash(data: bytes) -> None:
    assume(not data.startswith(SPREADSHEETS + NO_TEXT))
    rows = [row for row, _ in read(data)]
    assert rows == sorted(set(rows))


quotable = st.text(st.sampled_from('"",;\n\n\rab \u00e9'), max_size=60)


@given(quotable, st.integers(1, 20))
@example('a"\r\r"\r;"', 3)
def test_how_much_is_read_at_once_makes_no_difference(text: str, chunk: int) -> None:
    data = text.encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_text, "_CHUNK", chunk)
        in_pieces = read(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_text, "_at_once", lambda *_: None)
        line_by_line = read(data)
    assert read(data) == in_pieces == line_by_line


@given(st.from_regex(r"\A'{0,2}[=+@\t\r\uff1d-]?.{0,5}\Z", fullmatch=True))
def test_defusing_is_undone_exactly(cell: str) -> None:
    assert undo_defuse(defuse(cell)) == cell
    assert not defuse(cell).startswith(tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20"))


@pytest.mark.parametrize("cell", ["Ada", "'t Hooft", "", "a=b"])
def test_harmless_cells_are_left_alone(cell: str) -> None:
    assert defuse(cell) == cell == undo_defuse(cell)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "'=1", "\uff1d1"])
def test_a_cell_that_a_spreadsheet_would_run_is_defused(cell: str) -> None:
    assert defuse(cell) == f"'{cell}"
