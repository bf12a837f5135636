from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from digest.errors import InputError
from digest.model.audience import ImportReport, SubscriberState, SuppressionReason
from digest.model.tokens import key_hash
from digest.store import audience
from digest.store.engine import Database
from digest.store.suppressions import suppress
from digest.store.tables import subscribers, suppressions
from digest.subscriptions import (
    EXPORT_COLUMNS,
    add,
    csv_import,
    export_csv,
    find,
    import_csv,
    remove,
    unsubscribe,
)

Import = Callable[..., ImportReport]


@pytest.fixture
def take(conn: Connection, pepper: bytes, now: datetime, themes: tuple[str, ...]) -> Import:
    def take_in(data: bytes | str, **more: object) -> ImportReport:
        raw = io.BytesIO(data.encode() if isinstance(data, str) else data)
        return import_csv(conn, raw, pepper=pepper, now=now, known_themes=themes, **more)  # type: ignore[arg-type]  # progress

    return take_in


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.suppressed, len(report.problems)


def test_bad_rows_are_named_and_skipped_and_the_others_go_in(take: Import, conn: Connection) -> None:
    report = take(
        "Email,Name,Themes\n"
        "ada@example.org,Ada,arctic\n"
        "not an address,Bo,\n"
        "cy@example.org,Cy,Artic\n"
        "\n"
        "dee@example.org,Dee,Middle East; Arctic\n"
        "e\x00ve@example.org,Eve,\n"
    )
    assert counts(report) == (2, 0, 0, 0, 3)
    assert [(bad.row, bad.value) for bad in report.problems] == [
        (3, "not an address"), (4, "cy@example.org"), (7, "e\x00ve@example.org"),
    ]  # fmt: skip
    assert "did you mean 'arctic'" in report.problems[1].problem
    assert find(conn, "dee@example.org").themes == ("arctic", "middle-east")


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.org\n",
        "E-Mail Address;First name;LAST NAME\r\nada@example.org;Ada;Lovelace\r\n",
        "Name\tMail\nAda Lovelace\tada@example.org",
        "Ada,ada@example.org\n",
        "Address,E-mail\n12 Quay Street,ada@example.org\n",
        '"Ada Lovelace" <ada@example.org>\n',
        "Kontakt,Nr\rada@example.org,7\r",
    ],
)
def test_columns_are_found_under_many_names_or_by_content(take: Import, conn: Connection, text: str) -> None:
    assert take(text).added == 1
    found = find(conn, "ada@example.org")
    assert found.name in {"", "Ada Lovelace"}


def test_first_and_last_name_make_the_name(take: Import, conn: Connection) -> None:
    take("email,first_name,last_name\nada@example.org,Ada,Lovelace\nbo@example.org,,Bo\n")
    assert [reader.name for reader in audience.iter_subscribers(conn)] == ["Ada Lovelace", "Bo"]


def test_a_second_import_updates_what_it_says_and_keeps_what_it_does_not(
    take: Import, conn: Connection
) -> None:
    take("email,name,themes\nada@example.org,Ada,arctic\nbo@example.org,Bo,\n")
    assert counts(take("ADA@example.org\nbo@example.org\n")) == (0, 0, 2, 0, 0)
    assert counts(take("email,name\nada@example.org,Ada L.\nbo@example.org,\n")) == (0, 1, 1, 0, 0)
    found = find(conn, "ada@example.org")
    assert (found.name, found.themes) == ("Ada L.", ("arctic",))


def test_nobody_who_left_comes_back_by_an_import(
    take: Import, conn: Connection, pepper: bytes, now: datetime, themes: tuple[str, ...]
) -> None:
    readers = {
        name: add(conn, f"{name}@example.org", pepper=pepper, now=now, known_themes=themes).subscriber
        for name in ("left", "removed", "stays")
    }
    unsubscribe(conn, readers["left"].id, pepper=pepper, now=now)
    remove(conn, "removed@example.org", pepper=pepper, now=now)
    suppress(conn, key_hash(pepper, "bounced@example.org"), SuppressionReason.BOUNCED, now)
    report = take("left@example.org\nremoved@EXAMPLE.org\nstays@example.org\nbounced@example.org\n")
    assert counts(report) == (0, 0, 1, 3, 0)
    assert audience.theme_choices(conn, "daily") == {"": 1}


def test_a_list_from_elsewhere_that_knows_who_left_keeps_them_out(take: Import, conn: Connection) -> None:
    take("ada@example.org\n")
    report = take(
        "email,status\nada@example.org,Unsubscribed\nbo@example.org,cleaned\ncy@example.org,subscribed\n"
        "dee@example.org,pending\neve@example.org,customer\nfay@example.org,erased\n"
    )
    assert counts(report) == (2, 0, 0, 3, 1)
    assert "customer" in report.problems[0].problem
    assert find(conn, "ada@example.org").state is SubscriberState.UNSUBSCRIBED
    assert find(conn, "dee@example.org").state is SubscriberState.PENDING
    assert "fay" not in repr([reader.email for reader in audience.iter_subscribers(conn)])
    assert counts(take("ada@example.org\nbo@example.org\nfay@example.org\n")) == (0, 0, 0, 3, 0)
    assert audience.theme_choices(conn, "daily") == {"": 1}


@pytest.mark.parametrize(
    ("header", "left", "stays", "reason"),
    [
        pytest.param("email_disabled", "true", "false", SuppressionReason.UNSUBSCRIBED, id="Substack"),
        pytest.param("subscribed_to_emails", "false", "true", SuppressionReason.UNSUBSCRIBED, id="Ghost"),
        pytest.param("UNSUB_TIME", "2026-01-02 03:04:05", "", SuppressionReason.UNSUBSCRIBED, id="Mailchimp"),
        pytest.param("CLEAN_TIME", "2026-01-02 03:04:05", "", SuppressionReason.BOUNCED, id="cleaned"),
        pytest.param("Unsubscribed", "Yes", "No", SuppressionReason.UNSUBSCRIBED, id="a tick"),
        pytest.param("Opted out", "x", "n/a", SuppressionReason.UNSUBSCRIBED, id="a cross"),
        pytest.param("Unsubscribed at", "2026-01-02", "", SuppressionReason.UNSUBSCRIBED, id="a day"),
    ],
)
def test_who_left_elsewhere_is_kept_out_though_no_column_is_called_state(
    take: Import,
    conn: Connection,
    pepper: bytes,
    header: str,
    left: str,
    stays: str,
    reason: SuppressionReason,
) -> None:
    report = take(f"email,{header}\nada@example.org,{left}\nbo@example.org,{stays}\n")
    assert counts(report) == (1, 0, 0, 1, 0)
    assert find(conn, "ada@example.org").state is SubscriberState.UNSUBSCRIBED
    assert find(conn, "bo@example.org").state is SubscriberState.ACTIVE
    held = conn.execute(select(suppressions.c.reason)).scalars().all()
    assert held == [reason.value]


@pytest.mark.parametrize(
    ("header", "row", "state"),
    [
        *(("unsubscribed_at", word, "active") for word in ("NULL", "0", "no", "-", "n/a", "0000-00-00")),
        *(("opt_out", word, "active") for word in ("\\N", "NaN", "NaT", "nil", "0.0", "off", "nej")),
        ("clean_time", "0000-00-00 00:00:00", "active"),
        ("opted_out,blacklisted", "no,yes", "unsubscribed"),
        ("subscribed,opted_in", "yes,no", "unsubscribed"),
        ("subscribed,opted_in", "2024-05-06,1", "active"),
        *(("subscribed", word, "unsubscribed") for word in ("unsubscribed", "bounced", "off", "nee", "0")),
        *(("opted_in", word, "active") for word in ("NULL", "never", "", "2024-05-06 07:08", "ja")),
        ("unsubscribed", "5/12/2023 10:11", "unsubscribed"),
        ("status,unsubscribed_at", "active,2024-05-06", "active"),
    ],
)
def test_what_a_column_says_of_leaving(
    take: Import, conn: Connection, header: str, row: str, state: str
) -> None:
    take(f"email,{header}\nada@example.org,{row}\n")
    assert find(conn, "ada@example.org").state == state


def test_what_could_mean_either_is_left_out_with_its_word(take: Import) -> None:
    report = take("email,subscribed\nada@example.org,perhaps\nbo@example.org,yes\n")
    assert counts(report) == (1, 0, 0, 0, 1)
    assert report.problems[0].problem == "subscribed is 'perhaps': write yes, no or a date"


def test_the_moment_of_leaving_is_kept_whichever_column_has_it(take: Import, conn: Connection) -> None:
    take("email,unsubscribed,clean_time\nada@example.org,no,2024-01-02 03:04:05\n")
    left_at = find(conn, "ada@example.org").unsubscribed_at
    assert left_at == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_columns_that_say_nothing_to_us_are_named(take: Import) -> None:
    assert take("email,Rating,Status,Thema\nada@example.org,3,active,Arctic\n").passed_over == (
        "Rating",
        "Thema",
    )


def test_the_progress_of_a_long_import_is_told(take: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_import, "PROGRESS_ROWS", 2)
    told: list[int] = []
    take("a@example.org\nb@example.org\nbad\nc@example.org\n", progress=told.append)
    assert told == [2, 4]


def test_an_import_that_is_interrupted_leaves_nobody_and_the_database_in_order(
    database: Database, pepper: bytes, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL may be taking rows just then, and has to be told that no more come."""
    monkeypatch.setattr(csv_import, "PROGRESS_ROWS", 5)
    monkeypatch.setattr(csv_import, "_CHUNK", 2)
    rows = "".join(f"reader{number}@example.org\n" for number in range(6)).encode()

    def interrupt(_rows: int) -> None:
        raise KeyboardInterrupt

    def take_in(progress: Callable[[int], None] | None = None) -> int:
        with database.write() as conn:
            report = import_csv(
                conn, io.BytesIO(rows), pepper=pepper, now=now, known_themes=(), progress=progress
            )
        return report.added

    with pytest.raises(KeyboardInterrupt):
        take_in(interrupt)
    assert take_in() == 6


def test_a_flood_of_bad_rows_is_counted_to_the_last_and_listed_to_a_bound(
    take: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_import, "MAX_LISTED", 3)
    report = take("\n".join(["ada@example.org", *["bad"] * 10]))
    assert (report.added, len(report.problems), report.unlisted) == (1, 3, 7)


def test_an_import_that_is_broken_off_leaves_nothing_behind_and_can_be_done_again(
    database: Database, pepper: bytes, now: datetime
) -> None:
    class Cut(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if data := super().read(size):
                return data
            raise KeyboardInterrupt

    text = b"".join(b"reader%d@example.org\n" % n for n in range(csv_import._CHUNK + 10))

    def bring(source: io.BytesIO) -> ImportReport:
        with database.write() as conn:
            return import_csv(conn, source, pepper=pepper, now=now, known_themes=())

    with pytest.raises(KeyboardInterrupt):
        bring(Cut(text))
    with database.read() as conn:
        assert audience.list_subscribers(conn) == []
    assert bring(io.BytesIO(text)).added == csv_import._CHUNK + 10


def test_a_big_import_stays_within_its_memory(
    sqlite_database: Database, pepper: bytes, now: datetime
) -> None:
    data = io.BytesIO(b"".join(b"reader%d@example.org,Reader %d\n" % (n, n) for n in range(5_000)))
    tracemalloc.start()
    with sqlite_database.write() as conn:
        report = import_csv(conn, data, pepper=pepper, now=now, known_themes=())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.added == 5_000
    assert peak < 9 * 1024 * 1024


def exported(conn: Connection, pepper: bytes) -> str:
    target = io.StringIO(newline="")
    export_csv(conn, target, pepper=pepper)
    return target.getvalue()


def test_an_export_names_every_reader_and_why_some_are_not_mailed(
    conn: Connection, pepper: bytes, now: datetime, themes: tuple[str, ...]
) -> None:
    for address in ("ada@example.org", "bo@example.org"):
        add(conn, address, pepper=pepper, now=now, known_themes=themes, themes=["arctic"], name="=1+1")
    suppress(conn, key_hash(pepper, "bo@example.org"), SuppressionReason.BOUNCED, now)
    lines = exported(conn, pepper).split("\r\n")
    assert lines[0] == ",".join(f'"{column}"' for column in EXPORT_COLUMNS)
    assert lines[1] == (
        '"ada@example.org","\'=1+1","arctic","daily","active","","2025-03-02T06:00:00+00:00","",""'
    )
    assert '"active","bounced"' in lines[2]
    assert lines[3:] == [""]


names = st.text(st.characters(codec="utf-8"), max_size=30)
people = st.lists(
    st.tuples(
        st.from_regex(r"\A[=+'a-z0-9-]{1,10}\Z"),
        names,
        st.sets(st.sampled_from(["indo-pacific", "arctic", "middle-east"])),
        st.sampled_from(["active", "left", "removed", "bounced", "complained"]),
    ),
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people)
def test_an_export_imported_elsewhere_is_the_same_list(
    sqlite_database: Database, pepper: bytes, now: datetime, themes: tuple[str, ...],
    people: list[tuple[str, str, set[str], str]],
) -> None:  # fmt: skip
    with sqlite_database.write() as conn:
        wipe(conn)
        for local, name, chosen, fate in people:
            address = f"{local}@example.org"
            if audience.find_subscriber(conn, address):
                continue
            reader = add(
                conn, address, pepper=pepper, now=now, known_themes=themes, themes=chosen, name=name
            ).subscriber
            if fate == "left":
                unsubscribe(conn, reader.id, pepper=pepper, now=now)
            elif fate == "removed":
                remove(conn, address, pepper=pepper, now=now)
            elif fate != "active":
                suppress(conn, key_hash(pepper, address), SuppressionReason(fate), now)
        first = exported(conn, pepper)
        wipe(conn)
        later = now + timedelta(days=1)
        raw = io.BytesIO(first.encode())
        report = import_csv(conn, raw, pepper=pepper, now=later, known_themes=themes)
        assert report.problems == ()
        assert sorted(exported(conn, pepper).split("\r\n")) == sorted(first.split("\r\n"))


def wipe(conn: Connection) -> None:
    conn.execute(subscribers.delete())
    conn.execute(suppressions.delete())


@pytest.mark.parametrize("clash", [False, True], ids=["new", "one is there"])
def test_text_that_a_database_reads_as_a_sign_goes_in_as_text(
    take: Import, conn: Connection, clash: bool
) -> None:
    names = {
        r"\N": r"\N", r"\.": r"\.", r"a\tb\\": r"a\tb\\", "a\tb": "a b", "a\x00b": "ab", "%s ? %b": "%s ? %b",
        "O'Hara; --": "O'Hara; --", '"Ada"': '"Ada"', "Zoë \U0001f426": "Zoë \U0001f426",
    }  # fmt: skip
    if clash:
        take("ada0@example.org\n")
    lines = io.StringIO()
    csv.writer(lines).writerows(
        [("email", "name"), *((f"ada{n}@example.org", one) for n, one in enumerate(names))]
    )
    report = take(lines.getvalue())
    assert (report.added + report.updated, report.problems) == (len(names), ())
    stored = [find(conn, f"ada{number}@example.org").name for number in range(len(names))]
    assert stored == list(names.values())


@pytest.mark.parametrize("series", ["da\x00ily", "d" * 101, "Daily news", "a/b"])
def test_a_series_that_no_edition_can_have_is_named(take: Import, conn: Connection, series: str) -> None:
    report = take(f"email,series\nada@example.org,{series}\nbo@example.org,weekly\n")
    assert counts(report) == (1, 0, 0, 0, 1)
    assert "series" in report.problems[0].problem
    assert find(conn, "bo@example.org").series == "weekly"


@pytest.mark.parametrize("choice", ["Artic,daily", "arctic,da\x00ily"])
def test_a_choice_that_cannot_be_keeps_nobody_on_the_list(
    take: Import, conn: Connection, choice: str
) -> None:
    take("ada@example.org\n")
    report = take(f"email,themes,series,state\nada@example.org,{choice},unsubscribed\n")
    assert counts(report) == (0, 0, 0, 1, 0)
    assert find(conn, "ada@example.org").state is SubscriberState.UNSUBSCRIBED


def test_a_series_for_all_that_cannot_be_is_told_at_once(take: Import) -> None:
    with pytest.raises(InputError, match="series"):
        take("ada@example.org\n", series="a/b")
