"""A backup is put back that knows less than what was sent: nobody is mailed twice by itself."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from digest import desk, handing_over, pipeline, subscriptions
from digest.acting import Done
from digest.checkup import check
from digest.daily import ensure
from digest.deliver.allowance import UNLIMITED
from digest.deliver.envelope import Envelope
from digest.deliver.transports.memory import MemoryTransport
from digest.errors import StateError, StoreError
from digest.model.delivery import Accepted, Outcome
from digest.model.edition import EditionState
from digest.model.news import Article
from digest.parts import Parts, address_pepper
from digest.settings import Settings
from digest.settings.machinery import DatabaseSettings
from digest.store import alerts, articles, audience, backup, copies, editions, restored
from digest.store.engine import Database, open_database
from digest.store.mark import Mark, mark_of, read_mark, write_mark
from tests.wired import Clock, parts_of

SLOT = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)
READERS = ("ada", "bo", "chidi")


CREW = "The Arctic Council thanked the crew in Longyearbyen."


def publish(parts: Parts, when: datetime, title: str, text: str = CREW) -> None:
    link = f"https://post.example.org/{when:%d}"
    article = Article(
        url=link,
        canonical_url=link,
        title=title,
        dek=text,
        text=text,
        published_at=when,
        date_source="feed",
        gathered_at=when,
        language="en",
        outlet="The Sample Post",
    )
    with parts.database.write() as conn:
        articles.save_articles(conn, [article])


class Newsroom:
    """A folder with an SQLite database, opened anew for every day's work."""

    def __init__(self, folder: Path, template: Path) -> None:
        self.path = folder / "subscribers.db"
        shutil.copy(template, self.path)
        self.begin()

    def begin(self) -> None:
        self.meanwhile: Callable[[], object] = lambda: None
        self.mails = MemoryTransport(self.answer)
        self.clock = Clock(SLOT - DAY)
        with self.open() as parts:
            self.add(parts, *READERS)
            publish(parts, SLOT - timedelta(hours=5), "Icebreaker reaches Svalbard after Arctic storm")

    def answer(self, _envelope: Envelope) -> Outcome:
        self.meanwhile()
        return Accepted()

    @contextmanager
    def open(self) -> Iterator[Parts]:
        with open_database(f"sqlite:///{self.path}") as database:
            yield parts_of(database, Settings(folder=self.path.parent), self.clock, self.mails)

    def add(self, parts: Parts, *names: str) -> list[int]:
        with parts.database.write() as conn:
            pepper = address_pepper(conn, self.clock())
            for name in names:
                subscriptions.add(
                    conn, f"{name}@example.org", pepper=pepper, now=self.clock(), known_themes=()
                )
            return [reader.id for reader in audience.list_subscribers(conn)]

    def beat(self, moment: datetime) -> tuple[Done, ...]:
        self.clock.now = moment
        with self.open() as parts:
            return ensure(parts, moment)

    def state(self, slot: datetime = SLOT) -> EditionState | None:
        with self.open() as parts, parts.database.read() as conn:
            row = editions.find_edition(conn, parts.key(slot))
        return row.state if row else None

    def copy(self) -> Path:
        return Path(shutil.copy(self.path, self.path.with_name("copy")))

    def put_back(self, copy: Path) -> None:
        shutil.copy(copy, self.path)


@pytest.fixture
def newsroom(tmp_path: Path, sqlite_template: Path) -> Newsroom:
    return Newsroom(tmp_path, sqlite_template)


class ServerNewsroom(Newsroom):
    """Two machines' folders, and one PostgreSQL database, which PostgreSQL itself copies and puts back."""

    def __init__(self, folder: Path, url: str, spare_url: str) -> None:
        self.url, self.spare_url = url, spare_url
        self.here, self.there = folder / "here", folder / "there"
        self.here.mkdir()
        self.there.mkdir()
        self.folder = self.here
        self.begin()

    @contextmanager
    def open(self) -> Iterator[Parts]:
        with open_database(self.url, folder=self.folder) as database:
            yield parts_of(database, Settings(folder=self.folder), self.clock, self.mails)

    def keep_a_copy(self) -> None:
        self._replace(self.spare_url, self.url)

    def bring_the_copy_back(self) -> None:
        self._replace(self.url, self.spare_url)

    def alerts(self) -> int:
        with self.open() as parts, parts.database.read() as conn:
            return sum("an older one, put back" in text for _key, _at, text in alerts.list_alerts(conn))

    def _replace(self, url: str, by: str) -> None:
        at = make_url(url).set(drivername="postgresql+psycopg")
        engine = create_engine(at.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {at.database} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {at.database} TEMPLATE {make_url(by).database}"))
        engine.dispose()


@pytest.fixture
def server(tmp_path: Path, empty_postgres: str, spare_postgres: str) -> ServerNewsroom:
    return ServerNewsroom(tmp_path, empty_postgres, spare_postgres)


def test_a_backup_from_before_the_send_mails_nobody_again_by_itself(newsroom: Newsroom) -> None:
    newsroom.beat(SLOT - timedelta(hours=1))
    copy = newsroom.copy()
    newsroom.beat(SLOT)
    assert len(newsroom.mails.messages) == 3
    newsroom.put_back(copy)
    done = newsroom.beat(SLOT + timedelta(minutes=30))
    assert len(newsroom.mails.messages) == 3
    ref = "daily-20260310T0630"
    assert any(f"`digest send --edition {ref}` sends it" in step.what and step.failed for step in done)
    assert newsroom.beat(SLOT + timedelta(minutes=31)) == ()
    with newsroom.open() as parts, parts.database.read() as conn:
        told = [text for _key, _at, text in alerts.list_alerts(conn)]
    assert sum("this database is an older one, put back" in text for text in told) == 1


def test_what_waits_after_a_restore_goes_on_when_it_is_named_or_approved(newsroom: Newsroom) -> None:
    newsroom.beat(SLOT - timedelta(hours=1))
    copy = newsroom.copy()
    newsroom.beat(SLOT)
    for by_name in (True, False):
        newsroom.put_back(copy)
        newsroom.beat(SLOT + timedelta(minutes=30))
        before = len(newsroom.mails.messages)
        with newsroom.open() as parts:
            row = desk.find(parts, "daily-20260310T0630")
            with pytest.raises(
                StateError, match="can't tell whether the edition daily-20260310T0630 went out"
            ):
                desk.mind_a_restore(parts, row, by_script=False)
            if by_name:
                pipeline.send(parts, row, newsroom.clock())
            else:
                desk.approve(parts, row, newsroom.clock())
        newsroom.beat(SLOT + timedelta(minutes=31))
        assert len(newsroom.mails.messages) == before + 3


def test_the_edition_after_a_restore_goes_out_by_itself(newsroom: Newsroom) -> None:
    copy = newsroom.copy()
    newsroom.beat(SLOT)
    newsroom.put_back(copy)
    newsroom.beat(SLOT + timedelta(hours=1))
    with newsroom.open() as parts:
        publish(parts, SLOT + timedelta(hours=20), "Greenland votes on mining near Narsaq")
    newsroom.beat(SLOT + DAY)
    assert newsroom.state(SLOT + DAY) is EditionState.SENT
    assert len(newsroom.mails.messages) == 6


@pytest.mark.parametrize("drafted", [True, False])
def test_what_readers_have_is_not_told_again_the_day_after_a_restore(
    newsroom: Newsroom, drafted: bool
) -> None:
    """As the alert says; also where the backup is of before the draft, which a heartbeat then makes."""
    if drafted:
        newsroom.beat(SLOT - timedelta(hours=1))
    copy = newsroom.copy()
    newsroom.beat(SLOT)
    newsroom.put_back(copy)
    if not drafted:
        with newsroom.open() as parts:  # the feeds still have it
            publish(parts, SLOT - timedelta(hours=5), "Icebreaker reaches Svalbard after Arctic storm")
    done = newsroom.beat(SLOT + timedelta(minutes=30))
    ref = "daily-20260310T0630"
    assert any(f"`digest cancel --readers-have-it --edition {ref}` says so" in step.what for step in done)
    with newsroom.open() as parts:
        desk.cancel(parts, desk.find(parts, ref), newsroom.clock(), readers_have_it=True)
        vote = "The Inatsisartut in Nuuk takes up the law on Arctic mines this week."
        publish(parts, SLOT + timedelta(hours=20), "Greenland votes on mining near Narsaq", vote)
    newsroom.beat(SLOT + DAY)
    assert len(newsroom.mails.messages) == 6
    with newsroom.open() as parts, parts.database.read() as conn:
        row = editions.find_edition(conn, parts.key(SLOT + DAY))
    assert row is not None
    assert row.edition is not None
    assert [story.headline for story in row.edition.stories] == ["Greenland votes on mining near Narsaq"]


def test_an_approval_of_before_the_backup_sends_nothing_again(newsroom: Newsroom) -> None:
    newsroom.beat(SLOT - timedelta(hours=1))
    with newsroom.open() as parts:
        desk.approve(parts, desk.find(parts, "daily-20260310T0630"), newsroom.clock())
    copy = newsroom.copy()
    newsroom.beat(SLOT)
    newsroom.put_back(copy)
    newsroom.beat(SLOT + timedelta(minutes=30))
    assert len(newsroom.mails.messages) == 3
    assert newsroom.state() is EditionState.DRAFT


def test_a_backup_from_the_middle_of_a_send_waits(newsroom: Newsroom) -> None:
    copy = newsroom.path.with_name("middle")

    def copy_it() -> None:
        if not copy.exists():
            copies.copy_into(newsroom.path, copy)

    newsroom.meanwhile = copy_it
    newsroom.beat(SLOT)
    assert len(newsroom.mails.messages) == 3
    newsroom.put_back(copy)
    newsroom.beat(SLOT + timedelta(minutes=30))
    assert len(newsroom.mails.messages) == 3
    assert newsroom.state() is EditionState.PAUSED


def test_a_copy_of_ours_put_to_use_on_another_machine_sends_nothing_that_was_due(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    newsroom.beat(SLOT - timedelta(hours=1))
    backup.backup(f"sqlite:///{newsroom.path}", tmp_path / "backup.db", newsroom.clock())
    newsroom.beat(SLOT)
    newsroom.put_back(tmp_path / "backup.db")
    mark_of(newsroom.path).unlink()
    newsroom.beat(SLOT + timedelta(minutes=30))
    assert len(newsroom.mails.messages) == 3


def test_a_number_of_a_reader_is_never_given_again_after_a_restore(newsroom: Newsroom) -> None:
    copy = newsroom.copy()
    with newsroom.open() as parts:
        newsroom.add(parts, "dora", "emil")
    newsroom.beat(SLOT)
    with newsroom.open() as parts:
        *_, last = newsroom.add(parts)
        newsroom.add(parts, "late")  # after the mark was written
    newsroom.put_back(copy)
    newsroom.beat(SLOT + timedelta(minutes=30))
    with newsroom.open() as parts:
        *known, new = newsroom.add(parts, "fay")
    assert known == [1, 2, 3]
    assert new > last + 1


def test_a_database_made_anew_where_one_was_lost_begins_above_it(
    newsroom: Newsroom, sqlite_template: Path
) -> None:
    newsroom.beat(SLOT)
    shutil.copy(sqlite_template, newsroom.path)
    newsroom.beat(SLOT + timedelta(minutes=1))
    with newsroom.open() as parts:
        assert newsroom.add(parts, "fay")[0] > 3


def test_a_mark_that_a_power_cut_left_empty_is_written_anew(newsroom: Newsroom) -> None:
    newsroom.beat(SLOT)
    mark_of(newsroom.path).write_bytes(b"")
    newsroom.beat(SLOT + timedelta(minutes=1))
    mark = read_mark(mark_of(newsroom.path))
    assert mark is not None
    assert (mark.handed_over, mark.readers) == (3, 3)  # at its beginning, a renewal, and its end
    assert list(mark.slots.values()) == [SLOT.isoformat()]


def test_threads_of_one_process_may_write_the_mark_at_once(tmp_path: Path) -> None:
    path = tmp_path / "subscribers.db"
    with ThreadPoolExecutor(4) as threads:
        written = threads.map(lambda n: write_mark(mark_of(path), Mark(n), path), range(400))
        assert len(list(written)) == 400
    assert read_mark(mark_of(path)) is not None
    assert [file.name for file in tmp_path.iterdir()] == ["subscribers.db-mark"]


def test_the_database_knows_of_a_hand_over_before_its_mark_does(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process killed between the two must not leave a database that seems to be an older one."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with newsroom.open() as parts:
        monkeypatch.setattr(restored, "write_mark", killed)
        with pytest.raises(KeyboardInterrupt):
            restored.note_hand_over(parts.database)
        monkeypatch.undo()
        assert not restored.notice(parts.database, SLOT)


def test_what_a_person_declares_holds_on_both_databases(database: Database, tmp_path: Path) -> None:
    clock, mails = Clock(SLOT - DAY), MemoryTransport()
    parts = parts_of(database, Settings(folder=tmp_path), clock, mails)
    with database.write() as conn:
        pepper = address_pepper(conn, clock())
        subscriptions.add(conn, "ada@example.org", pepper=pepper, now=clock(), known_themes=())
    publish(parts, SLOT - timedelta(hours=5), "Icebreaker reaches Svalbard")
    clock.now = SLOT + timedelta(minutes=5)
    restored.declare(database, clock())
    with database.read() as conn:
        assert restored.was_a_backup(conn)
        assert any("older one, put back" in text for _key, _at, text in alerts.list_alerts(conn))
    done = ensure(parts, clock())
    assert not mails.messages
    assert any("went out" in step.what for step in done)
    with database.write() as conn:
        subscriptions.add(conn, "bo@example.org", pepper=pepper, now=clock(), known_themes=())
        *_, last = audience.list_subscribers(conn)
    assert last.id > restored.LEFT_OUT


def test_an_approved_edition_that_went_out_ahead_of_its_time_waits(newsroom: Newsroom) -> None:
    eve = SLOT - timedelta(hours=4)
    newsroom.clock.now = eve
    with newsroom.open() as parts:
        desk.approve(parts, pipeline.draft(parts, parts.key(SLOT), eve), eve)
    copy = newsroom.copy()
    with newsroom.open() as parts:
        pipeline.send(parts, desk.find(parts, "daily-20260310T0630"), eve)
    assert len(newsroom.mails.messages) == 3
    newsroom.put_back(copy)
    newsroom.beat(eve + timedelta(minutes=30))
    newsroom.beat(SLOT)
    assert len(newsroom.mails.messages) == 3
    assert newsroom.state() is EditionState.DRAFT


def test_a_copy_made_in_the_middle_of_a_run_that_is_killed_then_is_known(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a mark that can't be written in the middle ends no run."""
    newsroom.beat(SLOT - timedelta(hours=1))
    newsroom.clock.now = SLOT
    with newsroom.open() as parts:
        row = desk.find(parts, "daily-20260310T0630")
        pipeline.begin(parts, row, SLOT)
        restored.note_hand_over(parts.database)
        copies.copy_into(newsroom.path, newsroom.path.with_name("middle"))
        row = desk.find(parts, "daily-20260310T0630")
        handing_over.hand_over(
            parts, row, SLOT, newsroom.mails, UNLIMITED
        )  # no note at its end: killed there
        middle = newsroom.path.with_name("middle")
        with open_database(f"sqlite:///{middle}") as copy, copy.read() as conn:
            known = restored.known_to(conn)
        mark = read_mark(mark_of(newsroom.path))
        assert mark is not None
        assert mark.handed_over > known.handed_over

        def unwritable(*_: object) -> None:
            raise StoreError("the mark can't be written")

        monkeypatch.setattr(restored, "write_mark", unwritable)
        restored.note_going_on(parts.database)


def test_a_clock_that_was_ahead_at_the_restore_stops_no_later_edition(newsroom: Newsroom) -> None:
    newsroom.beat(SLOT - timedelta(hours=1))
    copy = newsroom.copy()
    newsroom.beat(SLOT)
    newsroom.put_back(copy)
    newsroom.beat(SLOT + 365 * DAY)
    before = len(newsroom.mails.messages)
    newsroom.beat(SLOT - 300 * DAY)  # one that is behind proves nothing
    with newsroom.open() as parts, parts.database.read() as conn:
        assert restored.doubted_until(conn, parts.publication.slug, "daily") == SLOT + 365 * DAY
    newsroom.beat(SLOT + timedelta(hours=1))
    assert len(newsroom.mails.messages) == before
    with newsroom.open() as parts, parts.database.read() as conn:
        doubted = restored.doubted_until(conn, parts.publication.slug, "daily")
    assert doubted == SLOT + timedelta(hours=1)


def test_a_mark_with_odd_content_is_written_anew(newsroom: Newsroom) -> None:
    newsroom.beat(SLOT)
    for odd in ('{"handed_over": 1, "readers": 3, "slots": {"a": 5}}', '{"handed_over": 1e400, "slots": {}}'):
        mark_of(newsroom.path).write_text(odd, "utf-8")
        assert read_mark(mark_of(newsroom.path)) is None


def test_the_mark_is_read_by_whoever_reads_the_database(newsroom: Newsroom) -> None:
    """A command that another account types must not keep the daily send from it."""
    newsroom.path.chmod(0o640)
    write_mark(mark_of(newsroom.path), Mark(1), newsroom.path)
    mark, database = (path.stat() for path in (mark_of(newsroom.path), newsroom.path))
    assert (mark.st_mode, mark.st_uid, mark.st_gid) == (database.st_mode, database.st_uid, database.st_gid)


@pytest.mark.postgres
def test_postgresql_put_back_mails_nobody_again_where_its_mark_is(server: ServerNewsroom) -> None:
    server.beat(SLOT - timedelta(hours=1))
    server.keep_a_copy()
    server.beat(SLOT)
    assert len(server.mails.messages) == 3
    server.bring_the_copy_back()
    done = server.beat(SLOT + timedelta(minutes=30))
    assert len(server.mails.messages) == 3
    assert any("`digest send --edition daily-20260310T0630` sends it" in step.what for step in done)
    with server.open() as parts:
        assert server.add(parts, "fay")[-1] > restored.LEFT_OUT


@pytest.mark.postgres
def test_the_marks_of_two_machines_hold_a_restored_database_once(server: ServerNewsroom) -> None:
    server.beat(SLOT - DAY)
    with server.open() as parts:
        text = "Members in Nuuk voted to let two firms dig for rare earths near Narsaq."
        publish(parts, SLOT - timedelta(hours=7), "Greenland parliament allows a mine", text)
    server.folder = server.there
    server.beat(SLOT - timedelta(hours=1))
    server.keep_a_copy()
    server.beat(SLOT)  # there
    assert len(server.mails.messages) == 6
    server.bring_the_copy_back()
    for folder in (server.there, server.here, server.there):
        server.folder = folder
        server.beat(SLOT + timedelta(minutes=30))
    assert len(server.mails.messages) == 6
    assert server.alerts() == 1
    assert [len(list(folder.iterdir())) for folder in (server.here, server.there)] == [1, 1]


@pytest.mark.postgres
def test_the_mark_of_another_postgresql_database_holds_nothing(
    server: ServerNewsroom, postgres_database: Database
) -> None:
    server.beat(SLOT)
    assert list(server.here.glob("subscribers.db-mark.*"))
    with open_database(postgres_database.url, folder=server.here) as other:
        restored.note_hand_over(other)
        assert not restored.notice(other, SLOT + timedelta(minutes=1))
    assert len(list(server.here.glob("subscribers.db-mark.*"))) == 2


@pytest.mark.postgres
def test_a_folder_that_takes_no_mark_stops_no_send_from_postgresql(
    server: ServerNewsroom, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unwritable(*_: object) -> None:
        raise StoreError("the mark can't be written")

    monkeypatch.setattr(restored, "write_mark", unwritable)
    server.beat(SLOT)
    assert len(server.mails.messages) == 3
    with newsroom.open() as parts, pytest.raises(StoreError, match="can't be written"):
        restored.note_hand_over(parts.database)


@pytest.mark.postgres
def test_the_check_says_where_no_mark_can_be_kept(
    server: ServerNewsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(folder=server.here, database=DatabaseSettings(url=server.url))

    def said() -> str:
        with server.open() as parts:
            found = check(settings, parts, online=False)
            return next(one.what for one in found if one.what.startswith("database:"))

    assert said() == "database: postgresql, up to date"
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert said().endswith(f"{server.here} can't be written: after a restore type `digest db restored`")
