"""Backing up and putting back, as an operator types it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from digest.clock import utc_now

from .conftest import Desk, MailServer, serving


def readers(desk: Desk) -> list[str]:
    return [reader["email"] for reader in desk.json("subscribers", "list")]


@pytest.mark.parametrize("lost", [False, True])
def test_a_backup_that_is_put_back_takes_nothing_of_the_file_it_replaces(desk: Desk, lost: bool) -> None:
    """Its journal would be replayed onto the backup; most of all where the file itself is lost."""
    desk.run("subscribers", "add", "ada@example.org")
    mask = os.umask(0)
    desk.run("db", "backup", "monday.db")
    os.umask(mask)
    backup = desk.folder / "monday.db"
    assert backup.stat().st_mode & 0o777 == 0o600
    if lost:  # page by page the same file, as other tools make it
        shutil.copy(desk.folder / "subscribers.db", backup)
    before = backup.read_bytes()
    killed = sqlite3.connect(desk.folder / "subscribers.db")  # as a killed process leaves it: with a journal
    killed.execute("UPDATE subscribers SET email = 'mallory@example.org'")
    killed.commit()
    for end in ("-wal", "-shm"):
        shutil.copy(desk.folder / f"subscribers.db{end}", desk.folder / f"left{end}")
    killed.close()
    for end in ("-wal", "-shm"):
        shutil.copy(desk.folder / f"left{end}", desk.folder / f"subscribers.db{end}")
    if lost:
        (desk.folder / "subscribers.db").unlink()
    said = desk.run("db", "restore", "monday.db")
    assert "nothing that was due before" in said.stderr
    assert readers(desk) == ["ada@example.org"]
    assert backup.read_bytes() == before
    if lost:
        return
    (aside,) = desk.folder.glob("subscribers.db.replaced-????????T??????")
    assert str(aside) in said.stderr
    assert aside.stat().st_mode & 0o777 == 0o600
    assert "in order" in desk.run("db", "check").stderr


def test_putting_a_backup_back_is_rehearsed_at_another_time(desk: Desk) -> None:
    desk.run("subscribers", "add", "ada@example.org")
    desk.run("db", "backup", "one.db", DIGEST_NOW="2020-01-01T06:00Z")
    for moment in ("2020-01-02", "2031-05-06", "2031-05-06"):
        said = desk.run("db", "restore", "one.db", DIGEST_NOW=f"{moment}T08:00Z").stderr
        assert "an older one of 2020-01-01 06:00 UTC" in said
        assert f"nothing that was due before {moment} 08:00 UTC is sent" in said
    said = desk.run("db", "restored", DIGEST_NOW="2020-01-03T09:00Z").stderr
    assert "this database is an older one, put back" in said, "nobody told us of when it is"
    assert "before 2020-01-03 09:00 UTC" in said
    aside = sorted(file.name for file in desk.folder.glob("subscribers.db.replaced-*"))
    names = ["20200102T080000", "20310506T080000", "20310506T080000-2"]
    assert aside == [f"subscribers.db.replaced-{name}" for name in names], "nothing was overwritten"


def test_no_command_of_the_past_has_what_was_due_since_sent_again(desk: Desk) -> None:
    """It may be a variable that was left set, and be the first to see that the database was put back."""
    desk.run("db", "backup", "one.db")
    for moment, held in (("2020-01-02", False), ("2031-05-06", True)):
        shutil.copy(desk.folder / "one.db", desk.folder / "subscribers.db")
        said = desk.run("status", DIGEST_NOW=f"{moment}T08:00Z").stderr
        assert "nothing that was due before" in said
        assert (f"before {moment} 08:00 UTC" in said) is held
    shutil.copy(desk.folder / "one.db", desk.folder / "subscribers.db")
    assert "before 2031" not in desk.run("draft", "--now", "2031-05-06T08:00Z").stderr


def test_a_backup_is_complete_while_others_write_and_is_never_written_over(desk: Desk) -> None:
    desk.run("subscribers", "add", "ada@example.org")
    with closing(sqlite3.connect(desk.folder / "subscribers.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE subscribers SET name = 'half-done'")
        desk.run("db", "backup", "one.db")
        other.execute("ROLLBACK")
    with closing(sqlite3.connect(desk.folder / "one.db")) as copy:
        assert copy.execute("SELECT email, name FROM subscribers").fetchall() == [("ada@example.org", "")]
        assert copy.execute("SELECT count(*) FROM meta WHERE key = 'copied_at'").fetchone() == (1,)
    assert "is there already" in desk.run("db", "backup", "one.db", code=1).stderr


def test_what_other_processes_use_is_not_replaced(desk: Desk) -> None:
    desk.run("subscribers", "add", "ada@example.org")
    desk.run("db", "backup", "one.db")
    with serving(desk):
        refused = desk.run("db", "restore", "one.db", code=1)
    assert "in use by another process: stop `digest run` and `digest serve`" in refused.stderr
    assert sorted(path.name for path in desk.folder.glob("subscribers.db.*")) == []
    desk.run("db", "restore", "one.db")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("none.db", "none.db can't be used: No such file"),
        ("text.db", "is no SQLite database"),
        ("subscribers.db", "is the database itself"),
        ("damaged.db", "is damaged"),
        ("other.db", "belongs to another program"),
        ("empty.db", "is empty"),
        ("newer.db", "is newer than this program"),
    ],
)
def test_what_is_no_sound_backup_is_refused_and_nothing_changes(desk: Desk, name: str, says: str) -> None:
    desk.run("subscribers", "add", "ada@example.org")
    folder = desk.folder
    (folder / "text.db").write_text("Dear diary " * 1000)
    for made, statement in (
        ("other.db", "CREATE TABLE bookmarks (id int)"),
        ("empty.db", "PRAGMA user_version = 3"),
    ):
        with closing(sqlite3.connect(folder / made)) as conn:
            conn.execute(statement)
    desk.run("db", "backup", "newer.db")
    with closing(sqlite3.connect(folder / "newer.db", isolation_level=None)) as conn:
        conn.execute("UPDATE alembic_version SET version_num = 'ff99'")
    desk.run("db", "backup", "damaged.db")
    content = bytearray((folder / "damaged.db").read_bytes())
    content[8192:20480] = b"\xff" * 12288
    (folder / "damaged.db").write_bytes(content)
    before = sorted(path.name for path in folder.iterdir())
    refused = desk.run("db", "restore", name, code=1)
    assert says in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert sorted(path.name for path in folder.iterdir()) == before
    assert readers(desk) == ["ada@example.org"]


def test_a_damaged_or_lost_database_gives_way_to_a_backup(desk: Desk) -> None:
    desk.run("subscribers", "add", "ada@example.org")
    desk.run("db", "backup", "one.db")
    path = desk.folder / "subscribers.db"
    path.write_bytes(b"\xff" * 40_000)
    desk.run("db", "restore", "one.db")
    assert readers(desk) == ["ada@example.org"]
    path.unlink()
    desk.run("db", "restore", "one.db")
    assert readers(desk) == ["ada@example.org"]


@pytest.mark.parametrize("name", ["digest.toml", "folder"])
def test_what_never_was_a_database_is_not_put_aside(desk: Desk, name: str) -> None:
    """A url that was mistyped: the settings themselves would go, and with them what else they say."""
    desk.run("subscribers", "add", "ada@example.org")
    desk.run("db", "backup", "one.db")
    (desk.folder / "folder").mkdir()
    (desk.folder / "digest.toml").write_text('[publication]\nname = "The Morning"\n')
    before = {file.name: file.is_file() and file.read_bytes() for file in desk.folder.iterdir()}
    url = f"sqlite:///{desk.folder / name}"
    refused = desk.run("db", "restore", "one.db", code=1, DIGEST_DATABASE__URL=url).stderr
    assert f"{name} is no SQLite database" in refused
    assert "correct [database] url" in refused
    assert len(refused.splitlines()) == 1
    assert {file.name: file.is_file() and file.read_bytes() for file in desk.folder.iterdir()} == before


@pytest.mark.parametrize("lost", [False, True])
def test_a_backup_is_put_where_a_link_leads_to(desk: Desk, lost: bool) -> None:
    """Its disk was chosen for it, and its journal lies there."""
    desk.run("subscribers", "add", "ada@example.org")
    volume, link = desk.folder / "volume", desk.folder / "subscribers.db"
    volume.mkdir()
    link.rename(volume / "readers.db")
    link.symlink_to(Path("volume", "readers.db"))
    desk.run("db", "backup", "one.db")
    desk.run("subscribers", "add", "bo@example.org")
    if lost:
        (volume / "readers.db").unlink()
    said = desk.run("db", "restore", "one.db").stderr
    assert link.readlink() == Path("volume", "readers.db")
    aside = [file for file in volume.iterdir() if file.name != "readers.db"]
    assert [file.name.startswith("readers.db.replaced-") for file in aside] == ([] if lost else [True])
    assert all(str(file) in said for file in aside)
    assert not list(desk.folder.glob("subscribers.db.*"))
    assert readers(desk) == ["ada@example.org"]


def test_a_send_after_a_restore_names_its_edition(stocked: Desk, mail_server: MailServer) -> None:
    stocked.run("draft")
    stocked.run("db", "backup", "one.db")
    ref = stocked.json("send")["ref"]
    assert len(mail_server.inbox.messages) == 40
    stocked.run("db", "restore", "one.db")
    refused = stocked.run("send", code=1)
    assert f"`digest send --edition {ref}` sends it" in refused.stderr
    assert len(mail_server.inbox.messages) == 40
    stocked.run("send", "--edition", ref)
    assert set(mail_server.inbox.per_recipient().values()) == {2}


def test_what_readers_have_is_told_to_them_once(stocked: Desk, mail_server: MailServer) -> None:
    drafted = stocked.json("draft")
    stocked.run("db", "backup", "one.db")
    ref = stocked.json("send")["ref"]
    stocked.run("db", "restore", "one.db")
    refused = stocked.run("send", code=1).stderr
    assert f"if they have, `digest cancel --readers-have-it --edition {ref}` says so" in refused
    said = stocked.run("cancel", "--readers-have-it", "--edition", ref).stderr
    count = len(drafted["edition"]["stories"])
    assert f"It counts as told: {count} stories, as in its draft." in said
    following = stocked.json("draft", "--date", str((utc_now() + timedelta(days=2)).date()))
    told = {story["headline"] for story in drafted["edition"]["stories"]}
    assert told.isdisjoint(story["headline"] for story in following["edition"]["stories"])
    assert len(mail_server.inbox.messages) == 40


def test_a_script_that_puts_a_file_of_its_own_there_sends_from_it_and_is_told(
    stocked: Desk, mail_server: MailServer
) -> None:
    stocked.run("draft")
    path = stocked.folder / "subscribers.db"
    drafted = path.read_bytes()
    stocked.run("send")
    path.write_bytes(drafted)
    sent = stocked.run("send")
    assert "as a script asks for it, but: the database was put back from a backup" in sent.stderr
    assert set(mail_server.inbox.per_recipient().values()) == {2}


@pytest.mark.postgres
def test_postgres_has_tools_of_its_own_and_is_told_of_them(desk: Desk, empty_postgres: str) -> None:
    desk.env["DIGEST_DATABASE__URL"] = empty_postgres
    assert "pg_dump" in desk.run("db", "backup", "one.db", code=1).stderr
    refused = desk.run("db", "restore", "one.db", code=1).stderr
    assert "pg_restore" in refused
    assert "digest db restored" in refused
    desk.run("subscribers", "add", "ada@example.org")
    assert "nothing that was due before" in desk.run("db", "restored").stderr
    desk.run("subscribers", "add", "bo@example.org")
    assert desk.json("subscribers", "list")[1]["id"] > 1_000_000


@pytest.mark.postgres
def test_a_newsletter_moves_to_postgres_and_goes_on(
    stocked: Desk, mail_server: MailServer, empty_postgres: str
) -> None:
    ref = stocked.json("send")["ref"]
    with serving(stocked):
        assert "in use by another process" in stocked.run("db", "copy", empty_postgres, code=1).stderr
    assert "subscribers 40" in stocked.run("db", "copy", empty_postgres).stderr
    stocked.env["DIGEST_DATABASE__URL"] = empty_postgres
    assert "sent already" in stocked.run("send", "--edition", ref).stderr
    assert len(mail_server.inbox.messages) == 40
    assert len(readers(stocked)) == 40


def test_what_the_database_of_before_knows_of_readers_is_brought_in(desk: Desk) -> None:
    """As docs/reference/database.md says: those who left since the backup stay off the list."""
    for name in ("ada", "bo"):
        desk.run("subscribers", "add", f"{name}@example.org")
    desk.run("db", "backup", "one.db")
    desk.run("subscribers", "remove", "ada@example.org")
    desk.run("subscribers", "add", "chidi@example.org")
    desk.run("db", "restore", "one.db")
    (aside,) = desk.folder.glob("subscribers.db.replaced-????????T??????")
    desk.run("subscribers", "export", "since.csv", DIGEST_DATABASE__URL=f"sqlite:///{aside}")
    desk.run("subscribers", "import", "since.csv")
    active = desk.json("subscribers", "list", "--state", "active")
    assert [reader["email"] for reader in active] == ["bo@example.org", "chidi@example.org"]


def test_a_backup_of_nothing_is_told(desk: Desk) -> None:
    (desk.folder / "subscribers.db").unlink()
    assert "there is no database" in desk.run("db", "backup", "one.db", code=1).stderr
    assert list(desk.folder.iterdir()) == [Path(desk.folder / "digest.toml")]
