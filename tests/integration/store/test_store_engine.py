"""Databases as they are found in the world: missing, foreign, damaged, busy, remote."""

from __future__ import annotations

import os
import socket
import sqlite3
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from digest.errors import StoreError
from digest.store import connect
from digest.store.alerts import add_alert, list_alerts
from digest.store.connect import make_engine, parse_url
from digest.store.engine import Database, check, open_database
from digest.store.meta import get_meta, set_meta

NOW = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)


def test_what_is_written_is_there_when_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_database("sqlite:///subscribers.db") as database, database.write() as conn:
        set_meta(conn, "k", "v")
    monkeypatch.chdir("/")
    with open_database(f"sqlite:///{tmp_path}/subscribers.db") as database, database.read() as conn:
        assert get_meta(conn, "k") == "v"
        assert database.dialect == "sqlite"


def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    mask = os.umask(0)
    try:
        with open_database(f"sqlite:///{path}") as database, database.write() as conn:
            set_meta(conn, "k", "v")
            modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
    finally:
        os.umask(mask)
    assert modes == dict.fromkeys(["new.db", "new.db-wal", "new.db-shm"], 0o600)


def test_a_file_that_others_can_read_is_reported(sqlite_database: Database, tmp_path: Path) -> None:
    path = tmp_path / "subscribers.db"
    path.chmod(0o600)
    assert check(sqlite_database.url) == []
    path.chmod(0o644)
    assert ["chmod 600" in problem for problem in check(sqlite_database.url)] == [True]


def test_sqlite_is_set_up_as_the_ledger_needs_it(sqlite_database: Database) -> None:
    with sqlite_database.write() as conn:
        found = [
            conn.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert found == ["wal", 1, 1, 30_000]


def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write() as conn:
            set_meta(conn, "k", "v")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with database.read() as conn:
        assert get_meta(conn, "k") is None


def test_a_reader_cannot_write(database: Database) -> None:
    with (
        pytest.raises((StoreError, DBAPIError), match=r"cannot be written|read-only"),
        database.read() as conn,
    ):
        set_meta(conn, "k", "v")
    with database.write() as conn:
        set_meta(conn, "k", "v")  # and the connection is not spoilt for writers


def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    with database.read() as reading:
        assert get_meta(reading, "k") is None
        with database.write() as conn:
            set_meta(conn, "k", "v")
        assert get_meta(reading, "k") is None
    with database.read() as reading:
        assert get_meta(reading, "k") == "v"


def test_a_write_inside_a_write_is_refused_at_once(database: Database) -> None:
    with pytest.raises(RuntimeError, match="inside"), database.write(), database.write():
        pass
    with database.write() as conn:
        set_meta(conn, "k", "v")


def test_threads_that_read_and_then_write_never_lose_an_update(database: Database) -> None:
    def count(_: int) -> None:
        for _ in range(25):
            with database.write() as conn:
                lock = " FOR UPDATE" if database.dialect == "postgresql" else ""
                before = conn.execute(text(f"SELECT value FROM meta WHERE key = 'n'{lock}")).scalar_one()
                set_meta(conn, "n", str(int(before) + 1))

    with database.write() as conn:
        set_meta(conn, "n", "0")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(4)))
    with database.read() as conn:
        assert get_meta(conn, "n") == "100"


def test_two_handles_that_read_and_then_write_never_meet_a_lock(sqlite_database: Database) -> None:
    # Two handles queue inside SQLite, as two processes do.
    def count(database: Database) -> None:
        for _ in range(40):
            with database.write() as conn:
                set_meta(conn, "n", str(int(get_meta(conn, "n") or "0") + 1))

    with open_database(sqlite_database.url) as other, ThreadPoolExecutor(2) as pool:
        list(pool.map(count, [sqlite_database, other]))
    with sqlite_database.read() as conn:
        assert get_meta(conn, "n") == "80"


def test_a_writer_that_waited_too_long_is_told_so(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "BUSY_TIMEOUT_S", 0.05)
    with (
        open_database(sqlite_database.url) as other,
        sqlite_database.write(),
        pytest.raises(StoreError, match="being written by another process"),
        other.write(),
    ):
        pass


def test_a_thread_that_waited_too_long_for_another_is_told_so(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "BUSY_TIMEOUT_S", 0.05)
    refused: list[str] = []

    def write() -> None:
        try:
            with sqlite_database.write():
                pass
        except StoreError as error:
            refused.append(str(error))

    other = threading.Thread(target=write)
    with sqlite_database.write():
        other.start()
        other.join(5)
        assert not other.is_alive()
    assert len(refused) == 1
    assert "being written by another thread" in refused[0]


def test_errors_hold_no_personal_data(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.write() as conn:
        conn.execute(text("INSERT INTO nowhere VALUES (:who)"), {"who": "ann@example.org"})
    assert "ann@example.org" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite:///{tmp}/none/new.db", "cannot create the database .*make the folder"),
        ("sqlite:///{tmp}", "is a folder"),
        ("sqlite:///{tmp}/text.txt/new.db", "cannot create"),
        ("sqlite:///{tmp}/text.txt", "is no SQLite database"),
        ("sqlite://", "must name a plain file"),
        ("sqlite:///:memory:", "must name a plain file"),
        ("sqlite:///x.db?mode=ro", "must name a plain file"),
        ("subscribers.db", "is not a database URL"),
        ("postgresql://u:hush@localhost:many/x", "is not a database URL"),
        ("mysql://localhost/x", "'mysql', which digest does not speak"),
        ("postgresql://u:hush@127.0.0.1:1/x", "cannot be used.*refused.*check that the server runs"),
    ],
)
def test_a_database_that_cannot_be_opened_is_one_clear_line(url: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("Dear diary, this is certainly no database. " * 50)
    with pytest.raises(StoreError, match=says) as caught:
        open_database(url.format(tmp=tmp_path))
    assert "\n" not in str(caught.value)
    assert "hush" not in str(caught.value)


def test_checking_creates_nothing(tmp_path: Path) -> None:
    assert "no database" in check(f"sqlite:///{tmp_path / 'new.db'}")[0]
    assert list(tmp_path.iterdir()) == []
    assert "must name a plain file" in check("sqlite://")[0]


def test_a_damaged_file_is_reported(sqlite_database: Database, tmp_path: Path) -> None:
    sqlite_database.close()
    path = tmp_path / "subscribers.db"
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[8192:20480] = b"\xff" * 12288
    path.write_bytes(data)
    assert any("damaged" in problem for problem in check(sqlite_database.url))


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("text", "CAST(x'ff4a414b4f42' AS TEXT)", "a text in the column text is no UTF-8"),
        ("at", "'2026-03-99'", "an instant in it can't be read"),
        ("at", "17", "an instant in it can't be read"),
    ],
)
def test_a_value_that_cannot_be_read_is_damage_told_without_the_text(
    sqlite_database: Database, column: str, value: str, says: str
) -> None:
    with sqlite_database.write() as conn:
        add_alert(conn, "k", "words", NOW)
        conn.exec_driver_sql(f"UPDATE alerts SET {column} = {value}")
    with (
        pytest.raises(StoreError, match="is damaged: restore a backup") as caught,
        sqlite_database.read() as conn,
    ):
        list_alerts(conn)
    assert says in str(caught.value)
    assert "JAKOB" not in str(caught.value)


def test_a_schema_that_somebody_changed_is_reported(sqlite_database: Database, tmp_path: Path) -> None:
    path = tmp_path / "subscribers.db"
    path.chmod(0o600)
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("ALTER TABLE alerts DROP COLUMN told_at")
    assert any("differs" in problem and "told_at" in problem for problem in check(sqlite_database.url))


def test_what_is_left_over_in_a_schema_is_told_in_words_with_what_mends_it(database: Database) -> None:
    with database.write() as conn:
        conn.exec_driver_sql("ALTER TABLE alerts ADD COLUMN old_words TEXT")
        conn.exec_driver_sql("CREATE INDEX ix_old ON alerts (at)")
    try:
        column, index = sorted(problem for problem in check(database.url) if "differs" in problem)
        mend = column.partition("if nobody else needs it: ")[2]
        assert "alerts has a column old_words that this program does not know" in column
        assert "it has the index ix_old, which this program does not know: drop it, or leave it" in index
        with database.write() as conn:
            conn.exec_driver_sql(mend)
    finally:
        with database.write() as conn:
            conn.exec_driver_sql("DROP INDEX ix_old")
    assert not [problem for problem in check(database.url) if "differs" in problem]


def test_dangling_references_are_reported(sqlite_database: Database, tmp_path: Path) -> None:
    path = tmp_path / "subscribers.db"
    path.chmod(0o600)
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("INSERT INTO edition_articles VALUES (77, 1, 'k')")
    assert ["refer to missing" in problem for problem in check(sqlite_database.url)] == [True]


@pytest.mark.postgres
@pytest.mark.parametrize(
    "trouble",
    ["SELECT pg_terminate_backend(pg_backend_pid())", "SET statement_timeout = 1; SELECT pg_sleep(9)"],
)
def test_trouble_of_the_server_under_the_driver_itself_is_one_clear_line(
    postgres_database: Database, trouble: str
) -> None:
    told = pytest.raises(StoreError, match=r"cannot be used: .*check that the server runs")
    with told, postgres_database.write() as conn:
        conn.connection.cursor().execute(trouble)


@pytest.mark.postgres
@pytest.mark.skipif(sys.platform != "linux", reason="the options have other names elsewhere")
def test_a_server_that_is_gone_without_a_word_is_noticed_within_a_minute(postgres_database: Database) -> None:
    with postgres_database.read() as conn:
        driver = conn.connection.driver_connection
        assert driver is not None
        with socket.socket(fileno=os.dup(driver.fileno())) as opened:
            kept = [
                opened.getsockopt(socket.IPPROTO_TCP, option)
                for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            ]
            assert kept[0] + kept[1] * kept[2] <= 60
            assert opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000


@pytest.mark.postgres
@pytest.mark.skipif(sys.platform != "linux", reason="the options have other names elsewhere")
def test_what_the_address_says_of_the_connection_holds(postgres_database: Database) -> None:
    mark = "&" if "?" in postgres_database.url else "?"
    with (
        open_database(f"{postgres_database.url}{mark}tcp_user_timeout=5000") as patient,
        patient.read() as conn,
    ):
        driver = conn.connection.driver_connection
        assert driver is not None
        with socket.socket(fileno=os.dup(driver.fileno())) as opened:
            assert opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 5_000


def test_a_mistake_under_the_driver_itself_stays_what_it_is(database: Database) -> None:
    with pytest.raises(Exception, match="no_such_table") as caught, database.write() as conn:
        conn.connection.cursor().execute("SELECT 1 FROM no_such_table")
    assert not isinstance(caught.value, StoreError)


def test_a_missing_postgres_driver_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install 'psycopg\[binary\]'"):
        open_database("postgres://127.0.0.1/x")


def test_opening_a_database_that_is_up_to_date_needs_no_alembic(sqlite_database: Database) -> None:
    code = (
        "import sys; from digest.store.engine import open_database; open_database(sys.argv[1]).close();"
        "sys.exit('alembic' in sys.modules)"
    )
    assert os.spawnl(os.P_WAIT, sys.executable, sys.executable, "-c", code, sqlite_database.url) == 0


def test_closing_leaves_no_connection_behind(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'new.db'}")
    ran = threading.Thread(target=lambda: get(database))
    ran.start()
    ran.join()
    get(database)
    database.close()
    assert [each.name for each in tmp_path.iterdir()] == ["new.db"]  # the last one to close removes -wal
    assert "new.db" in repr(database)


def get(database: Database) -> None:
    with database.write() as conn:
        get_meta(conn, "k")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ann:hush@db.example.org/digest", "postgresql://ann:***@db.example.org/digest"),
        (
            "postgresql://ann@/digest?host=/run/pg&password=hush&sslpassword=hush",
            "postgresql://ann@/digest?host=%2Frun%2Fpg",
        ),
    ],
)
def test_a_postgres_url_never_shows_its_password(postgres_server: str, url: str, shown: str) -> None:
    target = parse_url(url)
    assert target.shown == shown
    make_engine(target, writes=True).dispose()
