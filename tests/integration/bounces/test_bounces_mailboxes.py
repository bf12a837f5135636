"""Where bounces arrive: a real Maildir, and a mailbox over IMAP."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from mailbox import Maildir as StandardMaildir
from pathlib import Path

import pytest

from digest import feedback
from digest.bounces import mailboxes
from digest.bounces.mailboxes import ImapMailbox, Maildir
from digest.daily import ensure
from digest.errors import TransportError
from digest.feedback import Verdict
from digest.model.audience import SuppressionReason
from digest.store import meta
from tests.unit.bounces.samples import dsn, letter

from .conftest import SLOT, Newsroom
from .imap_server import PASSWORD, Folder, imap_server


@pytest.fixture
def imap() -> Iterator[Folder]:
    with imap_server() as folder:
        yield folder


def over_imap(folder: Folder, *, password: str = PASSWORD, name: str = "INBOX") -> ImapMailbox:
    return ImapMailbox("127.0.0.1", folder.port, "none", "bounces", password, name)


def test_a_maildir_is_read_once_and_keeps_everything(newsroom: Newsroom, tmp_path: Path) -> None:
    box = StandardMaildir(tmp_path / "mail")
    newsroom.send_edition()
    box.add(dsn(to=newsroom.last_to("bo").sender))
    box.add(letter())
    newsroom.parts = replace(newsroom.parts, mailboxes=(Maildir(tmp_path / "mail"),))
    tally = feedback.poll(newsroom.parts, SLOT)
    assert tally.verdicts == {Verdict.APPLIED: 1, Verdict.NOTHING: 1}
    assert newsroom.suppressed("bo") is SuppressionReason.BOUNCED
    assert not list((tmp_path / "mail" / "new").iterdir())
    assert len(box) == 2
    assert not feedback.poll(newsroom.parts, SLOT).verdicts


def test_where_a_mailbox_has_no_position_none_is_written(
    newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(meta, "set_meta", lambda _conn, key, _value: written.append(key))
    box = StandardMaildir(tmp_path / "mail")
    for _ in range(3):
        box.add(letter())
    newsroom.parts = replace(newsroom.parts, mailboxes=(Maildir(tmp_path / "mail"),))
    assert feedback.poll(newsroom.parts, SLOT).verdicts == {Verdict.NOTHING: 3}
    assert written == []


def test_a_message_is_done_only_when_the_next_is_taken(tmp_path: Path) -> None:
    """Whoever dies over a message finds it again."""
    StandardMaildir(tmp_path / "mail").add(letter())
    for _ in range(2):
        assert next(Maildir(tmp_path / "mail").messages(""))[0].startswith(b"From: ada")
    assert len(list(Maildir(tmp_path / "mail").messages(""))) == 1
    assert not list(Maildir(tmp_path / "mail").messages(""))


def test_what_is_no_maildir_is_told(tmp_path: Path) -> None:
    with pytest.raises(TransportError, match=r"new can't be read: No such file.*is .* a Maildir\?"):
        list(Maildir(tmp_path).messages(""))


def test_what_is_no_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "new" / "1.folder").mkdir(parents=True)
    os.mkfifo(tmp_path / "new" / "2.pipe")
    (tmp_path / "new" / "3.letter").write_bytes(letter())
    assert [raw for raw, _position in Maildir(tmp_path).messages("")] == [letter()]


def test_a_server_that_answers_nonsense_is_told_in_one_line(
    imap: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "_by_uid", lambda _command: b"* SEARCH one two\r\nTAG OK done\r\n")
    with pytest.raises(TransportError, match="can't be read: invalid literal"):
        list(over_imap(imap).messages(""))


def test_a_mailbox_that_somebody_fills_does_not_keep_the_edition_waiting(
    newsroom: Newsroom, imap: Folder
) -> None:
    newsroom.send_edition()
    imap.add(letter(), dsn(to=newsroom.last_to("bo").sender))
    newsroom.parts = replace(newsroom.parts, mailboxes=(over_imap(imap),))
    assert feedback.poll(newsroom.parts, SLOT, within_s=0).verdicts == {}
    assert newsroom.suppressed("bo") is None
    assert feedback.poll(newsroom.parts, SLOT).verdicts == {Verdict.APPLIED: 1, Verdict.NOTHING: 1}


def test_over_imap_only_what_is_new_is_read_and_nothing_is_changed(imap: Folder) -> None:
    imap.add(letter(subject="one"), letter(subject="two"))
    box = over_imap(imap)
    first = list(box.messages(""))
    assert [position for _raw, position in first] == ["1:1", "1:2"]
    assert b"Subject: two" in first[1][0]
    assert list(box.messages("1:2")) == []
    imap.add(letter(subject="three"))
    assert [position for _raw, position in box.messages("1:2")] == ["1:3"]
    words = {command.partition(" ")[0] for command in imap.commands}
    assert words <= {"CAPABILITY", "LOGIN", "EXAMINE", "UID", "LOGOUT"}
    assert not any("STORE" in command or "BODY[" in command for command in imap.commands)


def test_a_mailbox_of_a_hundred_thousand_is_searched_in_parts(imap: Folder) -> None:
    raw = letter()
    imap.messages = dict.fromkeys(range(10_000_000, 10_000_000 + 120_000), raw)
    found = islice(over_imap(imap).messages("1:9999999"), 2)
    assert [position for _raw, position in found] == ["1:10000000", "1:10000001"]
    searched = [command for command in imap.commands if "SEARCH" in command]
    assert searched == ["UID SEARCH *", "UID SEARCH UID 10000000:10019999"]


def test_a_search_in_parts_finds_what_a_search_of_all_does(
    imap: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    uids = (3, 4, 9, 10, 11, 25, 31)
    imap.messages = dict.fromkeys(uids, letter())
    monkeypatch.setattr(mailboxes, "_AT_ONCE", 6)
    for start in range(33):
        found = [position for _raw, position in over_imap(imap).messages(f"1:{start}")]
        assert found == [f"1:{uid}" for uid in uids if uid > start]


def test_a_small_mailbox_with_wide_gaps_is_searched_once(imap: Folder) -> None:
    imap.messages = dict.fromkeys((1, 4_000_000_000), letter())
    assert len(list(over_imap(imap).messages(""))) == 2
    assert [command for command in imap.commands if "SEARCH" in command] == ["UID SEARCH UID 1:*"]


def test_a_mailbox_that_is_counted_again_while_it_is_opened_is_read(imap: Folder) -> None:
    imap.add(letter(), letter())
    imap.counted = (1,)
    assert len(list(over_imap(imap).messages(""))) == 2


def test_a_mailbox_that_was_made_anew_is_read_from_its_beginning(imap: Folder) -> None:
    imap.add(letter())
    imap.validity = 2
    assert [position for _raw, position in over_imap(imap).messages("1:7")] == ["2:1"]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [({"password": "wrong"}, "wrong password"), ({"name": "Bounces"}, "no such folder")],
)
def test_a_mailbox_that_can_t_be_read_says_why_and_keeps_its_password(
    imap: Folder, changes: dict[str, str], complaint: str
) -> None:
    box = over_imap(imap, **changes)
    with pytest.raises(TransportError, match=complaint):
        list(box.messages(""))
    assert PASSWORD not in repr(box)


def test_a_torn_connection_loses_nothing(newsroom: Newsroom, imap: Folder) -> None:
    newsroom.send_edition()
    imap.add(letter(), dsn(to=newsroom.last_to("bo").sender), letter())
    newsroom.parts = replace(newsroom.parts, mailboxes=(over_imap(imap),))
    imap.breaks_at = 2
    with pytest.raises(TransportError, match="can't be read"):
        feedback.poll(newsroom.parts, SLOT)
    assert newsroom.suppressed("bo") is None
    imap.breaks_at = 0
    assert feedback.poll(newsroom.parts, SLOT).verdicts == {Verdict.APPLIED: 1, Verdict.NOTHING: 1}
    assert newsroom.suppressed("bo") is SuppressionReason.BOUNCED


def test_the_heartbeat_reads_every_quarter_of_an_hour(newsroom: Newsroom, imap: Folder) -> None:
    newsroom.send_edition()
    newsroom.parts = replace(newsroom.parts, mailboxes=(over_imap(imap),))
    imap.add(dsn(to=newsroom.last_to("bo").sender))
    done = ensure(newsroom.parts, SLOT)
    assert "what came back: 1 applied (1 hard-bounce); 1 never mailed again" in [step.what for step in done]
    imap.add(dsn(to=newsroom.last_to("ada").sender, identity="<2@mx>"))
    ensure(newsroom.parts, SLOT + timedelta(minutes=14))
    assert newsroom.suppressed("ada") is None
    ensure(newsroom.parts, SLOT + timedelta(minutes=15))
    assert newsroom.suppressed("ada") is SuppressionReason.BOUNCED


def test_a_mailbox_that_is_down_does_not_stop_the_heartbeat(newsroom: Newsroom) -> None:
    box = ImapMailbox("127.0.0.1", 1, "none", "bounces", PASSWORD)
    newsroom.parts = replace(newsroom.parts, mailboxes=(box,))
    done = ensure(newsroom.parts, SLOT)
    assert [step.failed for step in done if "imap:bounces@127.0.0.1/INBOX can't be read" in step.what] == [
        True
    ]
