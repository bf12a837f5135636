"""Setting up, and what a mistake is answered with: one clear line, nothing half-done."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from types import SimpleNamespace
from typing import TextIO

import pytest

from .conftest import Desk


def test_the_demo_leaves_five_messages_and_can_be_run_again(empty_desk: Desk) -> None:
    for _ in range(2):
        report = empty_desk.json("demo", ".")
        assert report["counts"]["sent"] == report["counts"]["planned"] == 5
        messages = sorted((empty_desk.folder / "outbox").glob("*.eml"))
        assert len(messages) == 5
    assert (empty_desk.folder / "subscribers.db").exists()
    assert (empty_desk.folder / "outbox" / "index.html").exists()
    assert report["links_followed"] > 40
    parsed = [message_from_bytes(path.read_bytes(), policy=default) for path in messages]
    assert len({message["Message-ID"] for message in parsed}) == 5
    assert len({message["Subject"] for message in parsed}) > 1
    status = empty_desk.run("status")
    (edition, *_), (coming,) = (empty_desk.json("status")[name] for name in ("editions", "next"))
    assert coming["slot"][:10] > edition["slot"][:10], "what is sent is not announced"
    assert "NOTHING WAS E-MAILED" in status.stderr
    assert "5 sent" in status.stdout


def test_the_demo_never_writes_over_a_real_newsletter(desk: Desk) -> None:
    assert "real newsletter" in desk.run("demo", ".", code=1).stderr
    desk.run("subscribers", "add", "reader@example.org")
    refused = desk.run("demo", ".", code=1)
    assert "real newsletter" in refused.stderr
    assert "reader@example.org" in desk.run("subscribers", "list").stdout


def test_the_demo_takes_no_database_away_that_it_did_not_make(empty_desk: Desk) -> None:
    """A new newsletter has nobody yet but who waits to be confirmed, or may never be written to again."""
    empty_desk.run("status")
    path = empty_desk.folder / "subscribers.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("INSERT INTO meta (key, value) VALUES ('mine', 'yes')")
        database.commit()
    assert "real newsletter" in empty_desk.run("demo", ".", code=1).stderr
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT value FROM meta WHERE key = 'mine'").fetchall() == [("yes",)]


@pytest.mark.parametrize(
    "trace",
    [
        "INSERT INTO sign_ups VALUES (1, 'a@b.c', 'a', '', '', 0, 0, 0, 0, 'x', 0, 0, '')",
        "INSERT INTO suppressions (key_hash, reason, since) VALUES ('x', 'erased', 0)",
        "UPDATE feeds SET url = 'https://news.example.org/rss' WHERE id = 1",
    ],
)
def test_a_demo_that_somebody_went_on_with_is_a_real_newsletter(empty_desk: Desk, trace: str) -> None:
    empty_desk.run("demo", ".")
    with closing(sqlite3.connect(empty_desk.folder / "subscribers.db")) as database:
        database.execute(trace)
        database.commit()
    assert "real newsletter" in empty_desk.run("demo", ".", code=1).stderr
    assert (empty_desk.folder / "outbox" / "index.html").exists()


def test_a_demo_of_an_older_version_makes_room(empty_desk: Desk) -> None:
    with closing(sqlite3.connect(empty_desk.folder / "subscribers.db")) as database:
        database.execute("CREATE TABLE meta (key TEXT, value TEXT)")
        database.execute("INSERT INTO meta VALUES ('demo', 'yes')")
        database.commit()
    assert empty_desk.json("demo", ".")["counts"]["sent"] == 5


def test_init_writes_settings_that_the_program_accepts(desk: Desk) -> None:
    desk.run("init", "news")
    news = Desk(desk.folder / "news")
    assert (news.folder / "digest.toml").exists()
    assert (news.folder / "subscribers.db").exists()
    ignored = (news.folder / ".gitignore").read_text("utf-8")
    assert {"/subscribers.db*", "*.pem"} <= set(ignored.splitlines())
    findings = news.json("check")
    assert not [finding for finding in findings if finding["level"] == "error"], findings
    feeds = news.json("feeds", "list")
    assert len(feeds) >= 15
    assert {"BBC", "The Guardian"} <= {feed["publisher"] for feed in feeds}
    assert "already" in news.run("init", ".", code=1).stderr


def test_init_makes_the_database_that_the_environment_names(desk: Desk) -> None:
    url = f"sqlite:///{desk.folder / 'elsewhere.db'}"
    assert url in desk.run("init", "news", DIGEST_DATABASE__URL=url).stderr
    assert (desk.folder / "elsewhere.db").exists()
    assert not (desk.folder / "news" / "subscribers.db").exists()


def test_init_without_its_database_leaves_no_file_and_can_be_repeated(desk: Desk) -> None:
    nowhere = f"sqlite:///{desk.folder / 'missing' / 'folder' / 'x.db'}"
    refused = desk.run("init", "news", code=1, DIGEST_DATABASE__URL=nowhere).stderr
    assert len(refused.strip().splitlines()) == 1
    assert not (desk.folder / "news" / "digest.toml").exists()
    desk.run("init", "news")


def test_init_that_cannot_write_leaves_no_file_and_can_be_repeated(desk: Desk) -> None:
    (desk.folder / "news" / "templates").mkdir(parents=True)
    taken = desk.folder / "news" / "templates" / "web"
    taken.touch()
    refused = desk.run("init", "news", "--templates", code=1).stderr
    assert refused == "digest: news can't be used: File exists\n"
    assert [path for path in (desk.folder / "news").rglob("*") if path.is_file()] == [taken]
    taken.unlink()
    assert "Next: `cd news`, edit digest.toml" in desk.run("init", "news", "--templates").stderr


def test_init_copies_the_templates_of_an_installed_program(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = desk.folder / "site-packages"
    (site / "digest" / "_templates" / "web").mkdir(parents=True)
    (site / "digest" / "_templates" / "web" / "home.html.j2").write_text("At home", encoding="utf-8")
    monkeypatch.setattr("digest.render.folders.__file__", str(site / "digest" / "render" / "folders.py"))
    desk.run("init", "news", "--templates")
    assert (desk.folder / "news" / "templates" / "web" / "home.html.j2").read_text("utf-8") == "At home"


def test_templates_can_be_copied_into_a_newsletter_that_is_there_already(desk: Desk) -> None:
    own = desk.folder / "templates" / "web" / "home.html.j2"
    own.parent.mkdir(parents=True)
    own.write_text("Ours", encoding="utf-8")
    settings = (desk.folder / "digest.toml").read_bytes()
    assert "what was there is left as it is" in desk.run("init", "--templates").stderr
    assert own.read_text("utf-8") == "Ours"
    assert (desk.folder / "templates" / "edition.mjml.j2").exists()
    assert (desk.folder / "digest.toml").read_bytes() == settings
    assert "0 templates written" in desk.run("init", "--templates").stderr


def test_an_unknown_setting_is_told_with_its_line_and_the_nearest_name(desk: Desk) -> None:
    (desk.folder / "digest.toml").write_text('[publication]\nnmae = "X"\n', encoding="utf-8")
    (desk.folder / "subscribers.db").unlink()
    refused = desk.run("status", code=1)
    assert "digest.toml:2" in refused.stderr
    assert "name" in refused.stderr
    assert not (desk.folder / "subscribers.db").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("explain", "https://nowhere.example.org/x"), "never gathered"),
        (("explain", "99"), "there is no article number 99"),
        (("test", "not an address"), "not an address"),
        (("hold",), "no edition"),
        (("send",), "no story"),
        (("preview", "--theme", "antarctic"), "antarctic"),
        (("send", "--edition", "daily-20200101T0000"), "daily-20200101T0000"),
        (("feeds", "add", "ftp://example.org/feed"), "ftp://example.org/feed"),
        (("feeds", "import", "missing.opml"), "missing.opml"),
        (("subscribers", "import", "missing.csv"), "missing.csv"),
        (("subscribers", "show", "nobody@example.org"), "nobody@example.org"),
        (("gather", "--now", "tomorrow"), "tomorrow"),
        (("draft", "--date", "2020-01-01"), "2020-01-01"),
        (("draft", "--date", "soon"), "soon"),
        (("--config", ".", "status"), ".: is a folder; name the file in it, digest.toml"),
        (("feeds", "import", "digest.toml"), "digest.toml: the file is no OPML"),
        (("feeds", "add", "http://127.0.0.1:9/feed"), "host and port; --allow-private adds it all the same"),
        (("draft", "--now", "0001-01-01"), "the year 1 is no time for a newsletter"),
        (("draft", "--now", "9999-12-31T23:59:59"), "the year 9999"),
        (("feeds", "add", ""), "empty"),
        (("worker",), "digest worker needs PostgreSQL, for machines can't share a file"),
        (("worker", "--json"), "--json goes with --once"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_mistake_gets_one_line_and_exit_code_one(
    desk: Desk, arguments: tuple[str, ...], words: str
) -> None:
    refused = desk.run(*arguments, code=1)
    assert words in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert refused.stdout == ""


def test_a_worker_that_is_refused_leaves_no_database(desk: Desk) -> None:
    (desk.folder / "subscribers.db").unlink()
    desk.run("worker", "--once", code=1)
    assert [path.name for path in desk.folder.iterdir()] == ["digest.toml"]


def test_in_a_folder_that_is_no_newsletters_one_begins_and_that_is_told(empty_desk: Desk) -> None:
    first = empty_desk.run("subscribers", "add", "reader@example.org").stderr.splitlines()
    assert first[0].startswith(f"{empty_desk.folder} held neither a digest.toml nor a database")
    assert (empty_desk.folder / "subscribers.db").exists()
    assert "held neither" not in empty_desk.run("subscribers", "list").stderr


def test_a_database_that_is_not_there_is_never_made_without_a_word(desk: Desk) -> None:
    path = desk.folder / "subscribers.db"
    path.unlink()
    said = desk.run("feeds", "list").stderr
    assert f"There was no database {path}: a new one is made, without a reader." in said
    assert "There was no database" not in desk.run("feeds", "list").stderr
    for command in ("upgrade", "check"):
        path.unlink()
        desk.run("db", "upgrade")
        assert "There was no database" not in desk.run("db", command).stderr


@pytest.mark.parametrize("command", [("run", "--once"), ("run",), ("serve", "--port", "0")])
@pytest.mark.parametrize("content", [None, b""])
def test_what_runs_unattended_makes_no_database_in_the_place_of_one_that_is_lost(
    desk: Desk, command: tuple[str, ...], content: bytes | None
) -> None:
    """Links in mails would lead nowhere, and nobody would get any."""
    path = desk.folder / "subscribers.db"
    desk.run("subscribers", "add", "ada@example.org")
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    refused = desk.run(*command, code=1).stderr
    assert f"there is no database {path}: look at [database] url" in refused
    assert len(refused.splitlines()) == 1
    assert path.exists() == (content is not None)


def test_the_first_run_makes_the_database(desk: Desk) -> None:
    (desk.folder / "subscribers.db").unlink()
    (desk.folder / "digest.toml").write_text("feeds = []\n", encoding="utf-8")
    assert "a new one is made, without a reader" in desk.run("run", "--once").stderr
    assert (desk.folder / "subscribers.db").exists()


def test_a_mail_server_that_pipes_a_bounce_into_the_wrong_folder_keeps_it(empty_desk: Desk) -> None:
    (empty_desk.folder / "bounce.eml").write_text("Subject: failure\n\nno such mailbox\n", encoding="utf-8")
    assert "neither a digest.toml" in empty_desk.run("bounces", "ingest", "bounce.eml", code=75).stderr


def test_settings_in_the_environment_alone_are_a_newsletters(empty_desk: Desk) -> None:
    said = empty_desk.run("status", DIGEST_PUBLICATION__NAME="The Harbour Brief")
    assert "held neither" not in said.stderr
    assert (empty_desk.folder / "subscribers.db").exists()


def test_wrong_usage_is_exit_code_two(desk: Desk) -> None:
    desk.run("send", "--no-such-option", code=2)
    desk.run("no-such-command", code=2)


def test_data_stands_on_standard_output_alone(desk: Desk) -> None:
    desk.run("subscribers", "add", "reader@example.org", "--theme", "arctic")
    listed = desk.run("subscribers", "list", "--json")
    assert json.loads(listed.stdout)[0]["email"] == "reader@example.org"
    exported = desk.run("subscribers", "export").stdout
    assert "reader@example.org" in exported
    held = json.loads(desk.run("subscribers", "show", "reader@example.org", "--export").stdout)
    assert held["subscriber"]["themes"] == ["arctic"]


def test_a_bad_row_is_named_and_the_others_go_in(desk: Desk) -> None:
    rows = "email,name\nada@example.org,Ada\nnot-an-address,Nobody\nbo@example.org,Bo\n"
    (desk.folder / "readers.csv").write_text(rows, encoding="utf-8")
    report = desk.run("subscribers", "import", "readers.csv", "--json")
    assert json.loads(report.stdout)["added"] == 2
    assert "row 3: 'not-an-address' is no e-mail address" in report.stderr


def test_an_import_can_be_tried_without_a_change(desk: Desk) -> None:
    desk.run("subscribers", "add", "cy@example.org")
    rows = "ada@example.org,active\nbo@example.org,unsubscribed\ncy@example.org,cleaned\nx,active\n"
    (desk.folder / "readers.csv").write_text(f"email,status\n{rows}", encoding="utf-8")
    before = desk.run("subscribers", "export").stdout
    tried = desk.run("subscribers", "import", "readers.csv", "--dry-run")
    assert "row 5: 'x' is no e-mail address" in tried.stderr
    counts = "1 added, 0 updated, 0 unchanged, 2 kept out because they left, 1 row left out."
    assert f"Dry run, nothing is changed. It would be: {counts}\n" in tried.stderr
    assert desk.run("subscribers", "export").stdout == before
    assert counts in desk.run("subscribers", "import", "readers.csv").stderr


def test_a_file_that_is_no_list_fills_no_screen(desk: Desk) -> None:
    (desk.folder / "readers.txt").write_text("# no list\n" * 9, encoding="utf-8")
    refused = desk.run("subscribers", "import", "readers.txt", code=1).stderr.splitlines()
    assert len(refused) == 7
    assert "further rows like these" in refused[-2]
    assert refused[-1].startswith("digest: nothing was taken from readers.txt")
    whole = desk.run("subscribers", "import", "subscribers.db", code=1).stderr
    assert (
        whole == "digest: subscribers.db can't be imported: it is no text: a list of readers is a CSV file\n"
    )


def test_columns_of_a_list_that_are_not_read_are_named(desk: Desk) -> None:
    (desk.folder / "readers.csv").write_text("email,Thema\nada@example.org,arctic\n", encoding="utf-8")
    said = desk.run("subscribers", "import", "readers.csv").stderr
    assert "Columns that were not read: Thema\n" in said


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 B o o k"],
    ids=["xlsx", "xls"],
)
def test_a_spreadsheet_is_told_in_one_line(desk: Desk, content: bytes) -> None:
    (desk.folder / "readers").write_bytes(content)
    refused = desk.run("subscribers", "import", "readers", code=1).stderr
    assert refused.startswith("digest: readers can't be imported: it is a spreadsheet")
    assert len(refused.strip().splitlines()) == 1


def test_what_was_held_and_released_is_a_draft_again(desk: Desk) -> None:
    desk.run("draft")
    assert " is held." in desk.run("hold").stderr
    assert " is a draft again." in desk.run("release").stderr


def test_a_series_that_the_schedule_does_not_send_is_told(desk: Desk) -> None:
    said = desk.run("subscribers", "add", "ada@example.org", "--series", "dayly").stderr
    assert "What goes out on schedule: daily. An edition of 'dayly' goes out only by" in said
    assert "on schedule" not in desk.run("subscribers", "add", "bo@example.org", "--series", "daily").stderr
    assert "An edition of 'weekly'" in desk.run("draft", "--series", "weekly").stderr


def test_a_draft_before_anything_was_gathered_says_so(desk: Desk) -> None:
    said = desk.run("draft").stderr
    assert "UTC: 0 stories.\n" in said
    assert "nothing will be sent unless that changes" in said
    assert "`digest gather` fetches the feeds" in said


def test_a_day_without_news_is_over_once_its_time_is(desk: Desk) -> None:
    ref = desk.json("draft", DIGEST_NOW="2026-11-27T06:00Z")["ref"]
    shown = {
        hour: desk.run("status", DIGEST_NOW=f"2026-11-27T{hour}:40Z").stdout for hour in ("08", "09", "23")
    }
    assert [" draft " in told for told in shown.values()] == [True, False, False]
    assert [" no news " in told for told in shown.values()] == [False, True, True]
    (listed,) = desk.json("status", DIGEST_NOW="2026-11-27T09:40Z")["editions"]
    assert (listed["ref"], listed["state"], listed["over"]) == (ref, "draft", "no news")


def test_a_draft_without_news_says_what_readers_get(desk: Desk) -> None:
    said = desk.run("draft", DIGEST_SCHEDULE__QUIET_DAY="send").stderr
    assert "No news worth an edition: readers get a short note that says so, unless that changes." in said
    assert "nothing will be sent" not in said


def test_a_draft_for_a_day_on_which_nothing_goes_out_says_why(desk: Desk) -> None:
    monday = "2026-12-28"
    desk.configure(schedule={"days": ["tue"], "days_off": ["2026-12-29"]})
    for day, why in (
        (monday, "a Monday, which is no day of the schedule"),
        ("2026-12-29", "one of days_off"),
    ):
        said = desk.run("draft", "--date", day, "--now", "2026-12-27T12:00").stderr
        assert f"{day} is {why}: this edition goes out only by `digest send --edition`." in said
        ref = f"daily-{day.replace('-', '')}T0630"
        said = desk.run("approve", "--edition", ref).stderr
        assert f"{day} is {why}: no schedule sends it, `digest send --edition {ref}` does." in said


@pytest.mark.parametrize("own", ["themes", "templates"])
def test_a_folder_of_ones_own_that_may_not_be_read_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, own: str
) -> None:
    (desk.folder / own).mkdir()
    desk.run("draft")
    monkeypatch.setattr("os.access", lambda path, _mode: Path(path).name != own)
    refused = desk.run("preview", code=1).stderr
    assert refused == f"digest: {desk.folder / own} can't be read: check who owns it\n"


def test_feeds_that_all_fail_are_an_error_with_its_remedy(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.checkup.text_records", lambda _name: ())
    desk.run("feeds", "add", "http://127.0.0.1:9/feed", "--unchecked")
    desk.run("check")
    line = "error   feeds: 1, 1 in trouble just now -> see whether this machine reaches the web"
    assert line in desk.run("check", "--online", code=1).stdout


def test_an_export_is_its_owners_from_the_first_byte(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    modes = []

    def looking(_conn: object, stream: TextIO, **_: object) -> int:
        modes.append((desk.folder / stream.name).stat().st_mode & 0o777)
        return 0

    monkeypatch.setattr("digest.subscriptions.export_csv", looking)
    desk.run("subscribers", "export", "readers.csv")
    assert modes == [0o600]


def test_a_disk_that_fails_is_told_with_its_file(desk: Desk) -> None:
    (desk.folder / "preview").mkdir()
    (desk.folder / "preview" / "edition.html").symlink_to("/dev/full")
    refused = desk.run("preview", code=1).stderr
    assert "No space left on device" in refused
    assert len(refused.strip().splitlines()) == 1


def test_an_erased_reader_is_gone_and_stays_out(desk: Desk) -> None:
    desk.run("subscribers", "add", "ada@example.org")
    assert "outbox" not in desk.run("subscribers", "erase", "ada@example.org").stderr
    assert b"ada@example.org" not in Path(desk.folder / "subscribers.db").read_bytes()
    (desk.folder / "readers.csv").write_text("ada@example.org\n", encoding="utf-8")
    assert json.loads(desk.run("subscribers", "import", "readers.csv", "--json").stdout)["added"] == 0


def test_erasing_says_that_messages_in_the_outbox_are_left_alone(desk: Desk) -> None:
    desk.run("subscribers", "add", "ada@example.org")
    desk.run("draft")
    desk.run("test", "ada@example.org")
    said = desk.run("subscribers", "erase", "ada@example.org").stderr
    assert f"Messages in {desk.folder / 'outbox'} and backups are not touched" in said


def test_feeds_go_out_and_come_back_as_opml(desk: Desk) -> None:
    desk.run("feeds", "add", "https://feeds.example.org/a.xml", "--name", "A & B", "--unchecked")
    desk.run("feeds", "export", "feeds.opml")
    desk.run("feeds", "remove", "A & B")
    assert desk.json("feeds", "list") == []
    desk.run("feeds", "import", "feeds.opml")
    assert [feed["name"] for feed in desk.json("feeds", "list")] == ["A & B"]


def test_the_program_runs_as_a_process_of_its_own(desk: Desk) -> None:
    process = desk.start("status", "--json")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert json.loads(out)["editions"] == []
    broken = desk.start("explain", "https://nowhere.example.org/")
    _out, err = broken.communicate(timeout=60)
    assert broken.returncode == 1
    assert err.startswith("digest: ")


def test_a_file_that_stands_where_templates_would_is_no_silence(desk: Desk) -> None:
    (desk.folder / "templates").write_text("", "utf-8")
    refused = desk.run("preview", code=1).stderr
    assert refused.endswith("templates is a file, where a folder of your own may stand: rename it\n")


def test_a_dry_run_does_not_pretend_to_know_what_is_tried_again(desk: Desk) -> None:
    for option in ("--retry-failed", "--resend-uncertain"):
        assert "--dry-run shows a first send" in desk.run("send", "--dry-run", option, code=2).stderr


def test_an_interruption_while_the_program_loads_is_one_line(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_modules: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("digest.cli.build", interrupted)
    assert desk.run("status", code=1).stderr == "Aborted!\n"


def test_where_no_feed_can_be_fetched_gathering_is_a_failure(desk: Desk) -> None:
    desk.run("feeds", "add", "http://127.0.0.1:9/feed", "--unchecked")
    refused = desk.run("gather", code=1).stderr
    assert "0 feeds of 1 fetched, 0 new articles, 1 in trouble: " in refused
    assert refused.splitlines()[-1].startswith(
        "digest: no feed that was due could be fetched: the lines above"
    )
    none_due = desk.run("gather").stderr
    assert re.fullmatch(
        r"None of 1 feed is due; the next is at \d{4}-\d\d-\d\d \d\d:\d\d\."
        r" `digest gather --all` fetches them now\.\n",
        none_due,
    )


def test_a_feed_whose_setting_was_mended_is_fetched_at_once(desk: Desk) -> None:
    near = '[[feeds]]\nurl = "http://127.0.0.1:9/feed"\nname = "Near"\n'
    (desk.folder / "digest.toml").write_text(near, encoding="utf-8")
    assert "private-address" in desk.run("gather", code=1).stderr
    (desk.folder / "digest.toml").write_text(near + "allow_private = true\n", encoding="utf-8")
    assert "Near: refused" in desk.run("gather", code=1).stderr


def test_a_list_of_feeds_on_the_web_is_not_taken_for_a_file(desk: Desk) -> None:
    refused = desk.run("feeds", "import", "https://news.example.org/feeds.opml", code=1).stderr
    assert refused == "digest: an OPML list on the web is not fetched: save it as a file, and import that\n"


def test_who_has_settings_without_feeds_is_not_sent_to_init(desk: Desk) -> None:
    assert "or `digest feeds import FILE.opml`" in desk.run("gather").stderr
    checked = desk.run("check", code=1).stdout
    assert "there are no feeds -> `digest feeds add URL`, or `digest feeds import FILE.opml`" in checked


def test_importing_known_feeds_as_private_lets_them_be_private(desk: Desk) -> None:
    outline = '<outline type="rss" text="Near" xmlUrl="http://127.0.0.1:9/feed"/>'
    (desk.folder / "near.opml").write_text(f'<opml version="2.0"><body>{outline}</body></opml>', "utf-8")
    desk.run("feeds", "import", "near.opml")
    said = desk.run("feeds", "import", "near.opml", "--allow-private").stderr
    assert "1 known already, 1 of these may be on private addresses now" in said
    (near,) = [feed for feed in desk.json("feeds", "list") if feed["name"] == "Near"]
    assert near["allow_private"]
    assert "may be" not in desk.run("feeds", "import", "near.opml", "--allow-private").stderr


def test_check_asks_whether_readers_pages_are_reached(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.checkup.text_records", lambda _name: ())
    text = '[publication]\nbase_url = "http://127.0.0.1:9"\nfrom_email = "us@paper.example.net"\n'
    (desk.folder / "digest.toml").write_text(text, encoding="utf-8")
    found = json.loads(desk.run("check", "--online", "--json", code=1).stdout)
    (told,) = [one for one in found if one["what"].startswith("readers' pages")]
    assert told["level"] == "warning"
    assert "digest serve" in told["mend"]
    for body, says in (
        (b"Some other site", "something else than `digest serve` answers"),
        (b"ok\n", "answers"),
    ):
        answer = SimpleNamespace(body=body)
        monkeypatch.setattr("digest.checkup.fetch", lambda *_arguments, answer=answer, **_options: answer)
        found = json.loads(desk.run("check", "--online", "--json", code=1).stdout)
        (told,) = [one for one in found if one["what"].startswith("readers' pages")]
        assert says in told["what"]
        assert told["level"] == ("ok" if body == b"ok\n" else "warning")
