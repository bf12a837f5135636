"""A weekly beside the daily, on the command line."""

from __future__ import annotations

import pytest

from tests.browser import AXE, Browser

from .conftest import Desk, serving

WEEKLY = '\n[[series]]\nname = "weekly"\ndays = ["sun"]\nsend_at = "09:00"\ntitle = "The Week"\n'


@pytest.fixture
def weekly_desk(stocked: Desk) -> Desk:
    settings = stocked.folder / "digest.toml"
    settings.write_text(settings.read_text("utf-8") + WEEKLY, "utf-8")
    return stocked


def test_an_editor_drafts_holds_and_sends_the_weekly_by_its_name(weekly_desk: Desk) -> None:
    weekly_desk.run("subscribers", "add", "wanda@example.org", "--series", "weekly")
    drafted = weekly_desk.json("draft", "--series", "weekly")
    assert drafted["edition"]["title"] == "The Week"
    ref = drafted["ref"]
    assert ref.startswith("weekly-")
    assert f"{ref} is held" in weekly_desk.run("hold", "--edition", "weekly").stderr
    assert f"{ref} is a draft again" in weekly_desk.run("release", "--edition", "weekly").stderr
    assert weekly_desk.json("send", "--dry-run", "--edition", "weekly")["would_get"] == {"every theme": 1}
    sent = weekly_desk.json("send", "--edition", "weekly")
    assert (sent["ref"], sent["sent_now"]) == (ref, 1)
    again = weekly_desk.json("send", "--edition", "weekly")
    assert (again["ref"], again["sent_now"]) == (ref, 0)


def test_a_reader_is_moved_to_the_weekly_and_back(weekly_desk: Desk) -> None:
    weekly_desk.run("subscribers", "add", "wanda@example.org", "--theme", "arctic", "--name", "Wanda")
    moved = weekly_desk.run("subscribers", "change", "wanda@example.org", "--series", "weekly")
    assert "Changed: wanda@example.org gets arctic of the series weekly." in moved.stderr
    changed = weekly_desk.json("subscribers", "change", "wanda@example.org", "--theme", "all", "--name", "")
    assert (changed["name"], changed["themes"], changed["series"]) == ("", [], "weekly")
    refused = weekly_desk.run("subscribers", "change", "wanda@example.org", "--theme", "artic", code=1).stderr
    assert "there is no theme 'artic'; did you mean 'arctic'?" in refused
    assert (
        "say what to change" in weekly_desk.run("subscribers", "change", "wanda@example.org", code=2).stderr
    )


def test_status_says_when_the_next_of_each_goes_out(weekly_desk: Desk) -> None:
    now = "2026-11-27T12:00:00+00:00"  # a Friday
    said = weekly_desk.run("status", DIGEST_NOW=now).stderr
    assert "Next on schedule: daily 2026-11-28 06:30, weekly 2026-11-29 09:00 UTC." in said
    assert weekly_desk.json("status", DIGEST_NOW=now)["next"] == [
        {"series": "daily", "slot": "2026-11-28T06:30:00+00:00"},
        {"series": "weekly", "slot": "2026-11-29T09:00:00+00:00"},
    ]


def test_check_tells_of_readers_whose_series_nothing_sends(weekly_desk: Desk) -> None:
    weekly_desk.run("subscribers", "add", "wanda@example.org", "--series", "weekly")
    assert "which no schedule sends" not in weekly_desk.run("check").stdout
    settings = weekly_desk.folder / "digest.toml"
    settings.write_text(settings.read_text("utf-8").replace(WEEKLY, ""), "utf-8")
    said = weekly_desk.run("check").stdout
    assert "1 of the subscribers are in 'weekly', which no schedule sends" in said


@pytest.mark.browser
@pytest.mark.npm
@pytest.mark.skipif(not AXE.exists(), reason="no axe-core in node_modules")
def test_everybody_can_say_how_often(weekly_desk: Desk, chromium: Browser) -> None:
    with serving(weekly_desk) as site:
        for width, dark in ((320, False), (1200, True)):
            page = chromium.open(f"{site}/subscribe", width=width, dark=dark)
            assert page.ask("[...document.querySelectorAll('[name=series]')].map(one => one.value)") == [
                "daily",
                "weekly",
            ]
            assert page.violations() == []
            assert page.ask("document.documentElement.scrollWidth <= innerWidth")


def test_a_weekly_that_was_missed_can_be_drafted_as_the_alert_says(weekly_desk: Desk) -> None:
    tuesday = "2026-12-01T08:00:00+00:00"
    weekly_desk.run("draft", "--series", "weekly", "--date", "2026-11-29", DIGEST_NOW=tuesday)
    refused = weekly_desk.run("draft", "--date", "2026-11-29", code=1, DIGEST_NOW=tuesday).stderr
    assert "2026-11-29 is too long ago" in refused


def test_a_series_that_reaches_nobody_is_told_wherever_it_is_named(weekly_desk: Desk) -> None:
    for series, said in (
        ("correction", "nobody can be in the series"),
        ("w" * 101, "cannot stand in a link"),
    ):
        refused = weekly_desk.run("subscribers", "add", "x@example.org", "--series", series, code=1).stderr
        assert said in refused
    rows = "email,series\nann@example.org,wekly\nben@example.org,weekly\n"
    (weekly_desk.folder / "readers.csv").write_text(rows, "utf-8")
    said = weekly_desk.run("subscribers", "import", "readers.csv").stderr
    assert "An edition of 'wekly' goes out only by" in said
    assert "keeps their series" not in said
    rows = "email,series\nann@example.org,weekly\n"
    (weekly_desk.folder / "again.csv").write_text(rows, "utf-8")
    again = weekly_desk.run("subscribers", "import", "again.csv").stderr
    assert "Who was there already keeps their series: `digest subscribers change" in again
    told = weekly_desk.run("status").stderr
    assert "No schedule sends the series 'wekly'; active in it: 1." in told
    assert "sends the series 'weekly'" not in told
    assert "'weekly' goes out only by" not in said
    assert "| wekly" in weekly_desk.run("subscribers", "list").stdout.replace("  ", " | ")


def test_what_no_schedule_sends_is_told_when_it_is_approved(weekly_desk: Desk) -> None:
    weekly_desk.run("draft", "--series", "briefing")
    row = weekly_desk.json("status")["editions"][0]
    said = weekly_desk.run("approve", "--edition", row["ref"], "--by", "Ada").stderr
    assert "It is revision " in said
    assert f"No schedule sends the series 'briefing': `digest send --edition {row['ref']}` does." in said
    assert (
        "Ada had approved it before."
        in weekly_desk.run("approve", "--edition", row["ref"], "--by", "Bo").stderr
    )


def test_the_name_of_a_one_off_stands_for_its_latest_edition(weekly_desk: Desk) -> None:
    assert "there is no edition 'briefing'" in weekly_desk.run("hold", "--edition", "briefing", code=1).stderr
    tuesday = "2026-11-24T12:00:00+00:00"
    for day in ("2026-11-25", "2026-11-26"):
        weekly_desk.run("draft", "--series", "briefing", "--date", day, DIGEST_NOW=tuesday)
    said = weekly_desk.run("hold", "--edition", "briefing", DIGEST_NOW=tuesday).stderr
    assert "The edition briefing-20261126T0630 is held." in said
    states = {row["ref"]: row["state"] for row in weekly_desk.json("status")["editions"]}
    assert states == {"briefing-20261126T0630": "held", "briefing-20261125T0630": "draft"}


def test_a_name_that_no_link_can_hold_is_refused_with_its_line(weekly_desk: Desk) -> None:
    settings = weekly_desk.folder / "digest.toml"
    settings.write_text(settings.read_text("utf-8").replace('"weekly"', '"' + "w" * 101 + '"'), "utf-8")
    refused = weekly_desk.run("check", code=1).stderr
    assert "series.name" in refused
    assert "at most 100 of them" in refused
