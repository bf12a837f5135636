"""Three days in the life of a running story, through the command line alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from .conftest import Desk, MailServer

MONDAY = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
OUTLETS = ("Harbour Post", "Fjord Review", "Island Radio")
FIRE = (
    "Fire destroys research station on Svalbard",
    """A fire destroyed a research station near Longyearbyen on Svalbard on Sunday, the governor said.

The station housed ice cores from the Arctic Ocean. Its crew was flown out.""",
)
ELECTION = (
    "Lebanon's parliament meets in Beirut to debate the budget",
    "Deputies in Beirut began to debate Lebanon's budget on Sunday; the banks ask for guarantees.",
)
DEAD = (
    "Fire at Svalbard research station killed four",
    """Four people were killed in the fire that destroyed a research station on Svalbard, the governor said.

The station near Longyearbyen housed ice cores from the Arctic Ocean. Its crew was flown out on Sunday.""",
)
FOUND = (
    "Bodies found in burnt Svalbard research station",
    """Searchers found four dead in the research station on Svalbard that a fire destroyed on Sunday.

The governor in Longyearbyen said that the crew had been counted twice when it was flown out.""",
)


class Newsroom:
    """A newsletter fed from folders, a folder for each outlet."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        for outlet in OUTLETS:
            folder = self._folder(outlet)
            folder.mkdir()
            desk.run("feeds", "add", str(folder), "--name", outlet, "--unchecked")
        desk.run("subscribers", "add", "reader@example.org")

    def _folder(self, outlet: str) -> Any:
        return self.desk.folder / outlet.lower().replace(" ", "-")

    def publish(self, outlet: str, title: str, text: str, when: datetime) -> str:
        name = title.lower().replace(" ", "-").replace("'", "")
        url = f"https://{outlet.lower().replace(' ', '-')}.example.org/{name}"
        page = f"---\ntitle: {title}\ndate: {when.isoformat()}\nurl: {url}\n---\n# {title}\n\n{text}\n"
        (self._folder(outlet) / f"{name}.md").write_text(page, encoding="utf-8")
        return url

    def day(self, number: int, **env: Any) -> Any:
        """Gather, draft and send the edition of a day; what stands in it."""
        now = (MONDAY + timedelta(days=number, minutes=-20)).isoformat()
        self.desk.run("gather", "--now", now)
        drafted = self.desk.json("draft", "--now", now, **env)
        if drafted["edition"]["stories"]:
            self.desk.run("send", "--now", (MONDAY + timedelta(days=number, seconds=5)).isoformat(), **env)
        return drafted["edition"]["stories"]


@pytest.fixture
def newsroom_of_folders(desk: Desk) -> Newsroom:
    desk.configure(
        publication={"timezone": "UTC", "base_url": "https://harbour.example.net"},
        schedule={"send_at": "06:30"},
    )
    return Newsroom(desk)


def test_a_running_story_is_told_once_then_updated_and_never_repeated(
    newsroom_of_folders: Newsroom,
) -> None:
    room = newsroom_of_folders
    sunday = MONDAY - timedelta(hours=9)
    for outlet in OUTLETS[:2]:
        room.publish(
            outlet, FIRE[0] if outlet == OUTLETS[0] else "Svalbard station burns down", FIRE[1], sunday
        )
    room.publish(OUTLETS[2], *ELECTION, sunday)
    first = room.day(0)
    assert {story["update_of"] for story in first} == {""}
    assert len(first) == 2

    echo = room.publish(
        OUTLETS[2],
        "Svalbard: station burns",
        FIRE[1].replace("destroyed", "burnt down"),
        MONDAY + timedelta(hours=3),
    )
    urls = [
        room.publish(outlet, title, text, MONDAY + timedelta(hours=8 + number))
        for number, (outlet, (title, text)) in enumerate(zip(OUTLETS[:2], (DEAD, FOUND), strict=True))
    ]
    (update,) = room.day(1)
    assert "our" in update["update_of"]
    assert [source["url"] for source in update["sources"]] in (urls, urls[::-1])
    earlier = update["related"][0]
    fire = next(story for story in first if story["themes"] == ["arctic"])
    assert earlier["title"] == fire["headline"]
    assert earlier["url"] == (f"https://harbour.example.net/editions/daily-20260302T0630#story-{fire['key']}")

    room.publish(
        OUTLETS[2], "Four dead in Svalbard station fire", DEAD[1].replace("the governor said ", ""),
        MONDAY + timedelta(days=1, hours=2),
    )  # fmt: skip
    assert room.day(2) == []

    why = room.desk.run("explain", echo, "--now", (MONDAY + timedelta(days=2)).isoformat()).stdout
    assert "Edition daily-20260303T0630" in why
    assert re.search(r"already had \((shares|.*alike by 0\.\d\d: .*svalbard)", why)
    inside = room.desk.run("explain", urls[0], "--now", (MONDAY + timedelta(days=2)).isoformat()).stdout
    assert "an update; new is: " in inside
    assert "told before (an update of edition 1 (shares " in inside


def test_what_only_the_outbox_told_is_news_again_once_mail_is_really_sent(
    newsroom_of_folders: Newsroom, mail_server: MailServer
) -> None:
    room = newsroom_of_folders
    room.publish(OUTLETS[0], *FIRE, MONDAY - timedelta(hours=9))
    assert [story["update_of"] for story in room.day(0)] == [""]
    assert room.day(1) == []
    smtp = {
        "DIGEST_DELIVERY__TRANSPORT": "smtp",
        "DIGEST_DELIVERY__SMTP_HOST": "127.0.0.1",
        "DIGEST_DELIVERY__SMTP_PORT": str(mail_server.port),
        "DIGEST_DELIVERY__SMTP_SECURITY": "none",
        "DIGEST_PUBLICATION__FROM_EMAIL": "desk@harbour.example.net",
    }
    (again,) = room.day(1, **smtp)
    assert (again["headline"], again["update_of"], again["related"]) == (FIRE[0], "", [])
    assert len(mail_server.inbox.messages) == 1


def test_what_comes_after_its_story_was_dropped_is_kept_out_and_the_editor_is_told(
    newsroom_of_folders: Newsroom,
) -> None:
    room, desk = newsroom_of_folders, newsroom_of_folders.desk
    room.publish(OUTLETS[0], *FIRE, MONDAY - timedelta(hours=9))
    now = (MONDAY - timedelta(hours=2)).isoformat()
    desk.run("gather", "--now", now)
    desk.run("draft", "--now", now)
    sheet = desk.run("edit", "--print", "--now", now).stdout
    number = re.search(r"^keep s(\d+) ", sheet, re.MULTILINE)
    assert number is not None
    (desk.folder / "sheet.txt").write_text(sheet.replace("keep s", "drop s"), encoding="utf-8")
    desk.run("edit", "--file", "sheet.txt", "--by", "Ada Lund", "--now", now)
    assert "kept out" not in desk.run("status", DIGEST_NOW=now).stderr

    late = room.publish(OUTLETS[1], "Svalbard station burns down", FIRE[1], MONDAY - timedelta(minutes=15))
    now = (MONDAY - timedelta(minutes=10)).isoformat()
    desk.run("gather", "--now", now)
    drafted = desk.run("draft", "--now", now).stderr
    told = desk.run("status", DIGEST_NOW=now).stderr
    (kept_out,) = desk.json("status", DIGEST_NOW=now)["editions"][0]["later_than_dropped"]
    for said in (drafted, told):
        assert f"1 later telling of dropped stories kept out (s{kept_out})" in said
    why = desk.run("explain", late, "--now", now).stdout
    assert f"out: dropped by the editor (Ada Lund): a later telling of “{FIRE[0]}” [{number[1]}]" in why
