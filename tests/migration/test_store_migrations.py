"""The migrated schema is the one that the program works with, on both databases."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, select, text

from digest.errors import StoreError
from digest.store import connect, schema
from digest.store.connect import Target, make_engine, parse_url
from digest.store.engine import Database, check, open_database, upgrade
from digest.store.migrations import HEAD, REVISIONS
from digest.store.schema import schema_differences
from digest.store.tables import events, metadata

# Opens a database as any command does, but lingers in the middle of the migration.
OPEN_SLOWLY = """
import sys, time
from digest.store import connect, schema
from digest.store.engine import open_database
run_alembic = schema._run_alembic
schema._run_alembic = lambda conn: (time.sleep(0.7), run_alembic(conn))
open_database(sys.argv[1]).close()
"""


def sql_of(path: Path) -> set[str]:
    """Every statement that made the file's schema, without white space."""
    with closing(sqlite3.connect(path)) as conn:
        rows = conn.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name != 'alembic_version' AND sql NOT NULL"
        )
        return {"".join(sql.split()) for (sql,) in rows}


def test_migrated_tables_are_those_of_the_program(database: Database) -> None:
    with database.read() as conn:
        assert schema_differences(conn) == []


def test_migrations_and_tables_make_the_same_file_to_the_letter(
    sqlite_template: Path, tmp_path: Path
) -> None:
    # Alembic compares neither WITHOUT ROWID nor AUTOINCREMENT nor foreign keys' ON DELETE.
    engine = create_engine(f"sqlite:///{tmp_path / 'made.db'}")
    metadata.create_all(engine)
    engine.dispose()
    assert sql_of(sqlite_template) == sql_of(tmp_path / "made.db")


def test_postgres_leaves_room_for_updates_in_place(postgres_database: Database) -> None:
    with postgres_database.read() as conn:
        options = conn.execute(text("SELECT reloptions FROM pg_class WHERE relname = 'deliveries'")).scalar()
    assert options == ["fillfactor=65"]


def test_the_list_of_revisions_is_what_stands_in_the_folder() -> None:
    config = Config()
    config.set_main_option("script_location", str(files("digest.store") / "migrations"))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    assert tuple(reversed([each.revision for each in script.walk_revisions()])) == REVISIONS
    assert script.get_heads() == [HEAD]


def test_upgrading_tells_what_was_applied_and_then_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert upgrade(url) == list(REVISIONS)
    assert upgrade(url) == []
    assert check(url) == []


def test_the_ids_of_old_reports_are_hashed(database: Database) -> None:
    ids = ["<bounce-ada=example.org@mx>", "7.1", sha256(b"long").hexdigest()]
    with database.write() as conn:
        rows = [
            {"provider": "dsn", "event_id": one, "kind": "hard", "at": datetime(2026, 3, 2, tzinfo=UTC)}
            for one in ids
        ]
        conn.execute(events.insert(), rows)
    run(database.url, "UPDATE alembic_version SET version_num = '0007'")
    assert upgrade(database.url) == list(REVISIONS[REVISIONS.index("0007") + 1 :])
    with database.read() as conn:
        found = conn.scalars(select(events.c.event_id).order_by(events.c.id)).all()
    assert found == [*(sha256(one.encode()).hexdigest() for one in ids[:2]), ids[2]]


def test_an_empty_postgres_is_migrated_when_opened(empty_postgres: str) -> None:
    open_database(empty_postgres).close()
    assert check(empty_postgres) == []
    assert upgrade(empty_postgres) == []


def test_a_postgres_with_data_waits_for_the_command(empty_postgres: str) -> None:
    run(empty_postgres, "CREATE TABLE somebody_elses (id int)")
    with pytest.raises(StoreError, match="digest db upgrade"):
        open_database(empty_postgres)
    assert "digest db upgrade" in check(empty_postgres)[0]
    open_database(empty_postgres, upgrade=True).close()
    open_database(empty_postgres).close()


def test_opening_without_upgrade_never_migrates(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="digest db upgrade"):
        open_database(f"sqlite:///{tmp_path / 'new.db'}", upgrade=False)


def test_a_database_of_a_newer_program_is_refused(database: Database) -> None:
    try:
        run(database.url, "UPDATE alembic_version SET version_num = 'ff99'")
        for attempt in (open_database, upgrade):
            with pytest.raises(StoreError, match="newer than this program"):
                attempt(database.url)
        assert "newer" in check(database.url)[0]
    finally:
        run(database.url, f"UPDATE alembic_version SET version_num = '{HEAD}'")


def test_a_file_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    run(f"sqlite:///{path}", "CREATE TABLE bookmarks (id int)")
    with pytest.raises(StoreError, match=r"another program.*bookmarks"):
        open_database(f"sqlite:///{path}")
    assert sql_of(path) == {"CREATETABLEbookmarks(idint)"}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_processes_that_open_a_new_database_at_once_all_succeed(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = (
        f"sqlite:///{tmp_path / 'new.db'}" if kind == "sqlite" else request.getfixturevalue("empty_postgres")
    )
    opening = [sys.executable, "-W", "error", "-c", OPEN_SLOWLY, url]
    running = [subprocess.Popen(opening, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=60)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    assert check(url) == []


def test_a_failed_migration_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_alembic = schema._run_alembic

    def fail_afterwards(conn: object) -> None:
        run_alembic(conn)  # type: ignore[arg-type]
        message = "power cut"
        raise OSError(message)

    path = tmp_path / "new.db"
    monkeypatch.setattr(schema, "_run_alembic", fail_afterwards)
    with pytest.raises(OSError, match="power cut"):
        upgrade(f"sqlite:///{path}")
    assert sql_of(path) == set()


def test_rebuilding_a_table_while_migrating_keeps_the_rows_that_refer_to_it(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rebuild_editions(conn: Connection) -> None:
        (sql,) = conn.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'editions'").one()
        conn.exec_driver_sql(sql.replace("CREATE TABLE editions", "CREATE TABLE rebuilt"))
        conn.exec_driver_sql("INSERT INTO rebuilt SELECT * FROM editions")
        conn.exec_driver_sql("DROP TABLE editions")
        conn.exec_driver_sql("ALTER TABLE rebuilt RENAME TO editions")

    migrate_with(rebuild_editions, sqlite_database, monkeypatch)
    assert count_runs(sqlite_database) == 1


def test_a_migration_that_orphans_rows_is_undone(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forget_editions(conn: Connection) -> None:
        conn.exec_driver_sql("DELETE FROM editions")

    with pytest.raises(StoreError, match="'runs' refers to a missing row of 'editions'"):
        migrate_with(forget_editions, sqlite_database, monkeypatch)
    with sqlite_database.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM editions").scalar() == 1


def migrate_with(
    step: Callable[[Connection], None], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run one made-up migration over a database that holds an edition and a run of it."""
    target = parse_url(database.url)
    add_one_edition(target)
    monkeypatch.setattr(schema, "_run_alembic", step)
    monkeypatch.setattr(schema, "needs_upgrade", lambda *_: (True, False))
    schema.migrate(target)


def of_schema(path: Path, revision: str) -> str:
    """The URL of a new SQLite file of an older schema, with one edition in it."""
    target = parse_url(f"sqlite:///{path}")
    connect.create_file(path)
    connect.use_wal(path)
    config = Config()
    config.set_main_option("script_location", str(files("digest.store") / "migrations"))
    config.set_main_option("path_separator", "os")
    with make_engine(target, writes=True, pooled=False).begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, revision)
    add_one_edition(target)
    return f"sqlite:///{path}"


def test_sqlite_is_upgraded_with_a_word_and_one_copy_from_before(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, copy = tmp_path / "old.db", tmp_path / "old.db.before-upgrade"
    before = REVISIONS[-2]
    url = of_schema(path, before)
    copy.write_text("from before the last upgrade")
    mask = os.umask(0)
    try:
        open_database(url).close()
    finally:
        os.umask(mask)
    (told,) = [record.getMessage() for record in caplog.records if record.name == "digest"]
    assert told == f"{path} is upgraded from schema {before} to {HEAD}; {copy} is a copy from before"
    assert sorted(tmp_path.iterdir()) == [path, copy]
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as conn:
        assert conn.execute("SELECT version_num FROM alembic_version").fetchone() == (before,)
        assert conn.execute("SELECT count(*) FROM runs").fetchone() == (1,)
        assert conn.execute("SELECT count(*) FROM meta WHERE key = 'copied_at'").fetchone() == (1,)
    caplog.clear()
    open_database(url).close()
    assert not caplog.records


def test_the_copy_from_before_an_upgrade_is_whose_the_database_is(tmp_path: Path) -> None:
    """The account of the daily send must be able to go back to it, whoever upgraded."""
    path, copy = tmp_path / "old.db", tmp_path / "old.db.before-upgrade"
    url = of_schema(path, REVISIONS[-2])
    path.chmod(0o640)
    if os.geteuid() == 0:  # only root can give a file away
        os.chown(path, 12345, 12346)
    open_database(url).close()
    of_copy, of_database = copy.stat(), path.stat()
    owned = ("st_mode", "st_uid", "st_gid")
    assert [getattr(of_copy, name) for name in owned] == [getattr(of_database, name) for name in owned]


def test_a_new_sqlite_file_is_made_without_a_word_or_copy(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    open_database(f"sqlite:///{tmp_path / 'new.db'}").close()
    assert not caplog.records
    assert [path.name for path in tmp_path.iterdir()] == ["new.db"]


def count_runs(database: Database) -> int:
    with database.read() as conn:
        return int(conn.exec_driver_sql("SELECT count(*) FROM runs").scalar_one())


def add_one_edition(target: Target) -> None:
    engine = make_engine(target, writes=True, pooled=False)
    with engine.begin() as conn:
        stamp = "'2026-03-01T06:30:00.000000Z'"
        conn.exec_driver_sql(
            "INSERT INTO editions (id, publication, series, slot, state, content_hash, drops, revision,"
            " reason, reviewed_by, created_at, updated_at, transport, planned)"
            f" VALUES (1, 'p', 's', {stamp}, 'sent', '', '', 1, '', '', {stamp}, {stamp}, '', 0)"
        )
        conn.exec_driver_sql(
            f"INSERT INTO runs (edition_id, started_at, owner, report) VALUES (1, {stamp}, '', '')"
        )


def run(url: str, sql: str) -> None:
    engine = make_engine(parse_url(url), writes=True, pooled=False)
    with engine.begin() as conn:
        conn.exec_driver_sql(sql)
