"""The outbox as a folder that a person opens."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.envelope import Envelope
from digest.deliver.transports.outbox import OutboxTransport
from digest.deliver.transports.outbox_index import NEWEST, Entry, render_index
from digest.errors import TransportError
from digest.model.delivery import Deferred

from .desks import Notes


def envelope(
    recipient: str, subject: str = "The day", *, html: bool = True, edition: str = "daily-1"
) -> Envelope:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject
    message["Date"] = "Mon, 02 Mar 2026 07:00:00 +0100"
    message["Message-ID"] = f"<{len(recipient)}@example.org>"
    message.set_content("plain")
    if html:
        message.add_alternative("<p>Grüße</p>", subtype="html")
    return Envelope("news@example.org", recipient, (message.as_bytes(),), edition=edition)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_a_message_leaves_an_eml_its_html_and_an_index(tmp_path: Path) -> None:
    outbox = OutboxTransport(tmp_path / "outbox")
    outbox.hand_over(envelope("Anna.Ånd@example.org"))
    outbox.finish()
    eml, html, index = files(outbox.folder)
    assert re.fullmatch(r"20260302T060000-anna-and-example-org-the-day-[0-9a-f]{8}\.eml", eml)
    assert html == eml.replace(".eml", ".html")
    assert index == "index.html"
    assert "<p>Grüße</p>" in (outbox.folder / html).read_text(encoding="utf-8-sig")
    assert message_from_bytes((outbox.folder / eml).read_bytes(), policy=default)["Subject"] == "The day"
    page = (outbox.folder / index).read_text(encoding="utf-8")
    for words in (
        "Nothing here was e-mailed",
        "daily-1",
        "Anna.Ånd@example.org",
        f'href="{eml}"',
        f'href="{html}"',
    ):
        assert words in page
    assert (outbox.folder.stat().st_mode & 0o077) == 0


def test_the_same_message_twice_leaves_one_file(tmp_path: Path) -> None:
    outbox = OutboxTransport(tmp_path)
    for _ in range(2):
        outbox.hand_over(envelope("a@example.org"))
    outbox.finish()
    assert len(list(tmp_path.glob("*.eml"))) == 1
    assert "1 message<" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_two_readers_with_the_same_slug_get_two_files(tmp_path: Path) -> None:
    outbox = OutboxTransport(tmp_path)
    outbox.hand_over(envelope("a.b@example.org"))
    outbox.hand_over(envelope("a_b@example.org"))
    assert len(list(tmp_path.glob("*.eml"))) == 2


def test_a_plain_message_and_one_that_is_no_message_are_kept(tmp_path: Path) -> None:
    outbox = OutboxTransport(tmp_path)
    outbox.hand_over(envelope("a@example.org", html=False))
    outbox.hand_over(Envelope("", "b@example.org", (b"\xff\xfe\x00",)))
    outbox.finish()
    assert len(list(tmp_path.glob("*.eml"))) == 2
    assert [path.name for path in tmp_path.glob("*.html")] == ["index.html"]
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "(no subject)" in page


def test_deleted_messages_leave_the_index_and_a_torn_journal_is_survived(tmp_path: Path) -> None:
    outbox = OutboxTransport(tmp_path)
    outbox.hand_over(envelope("a@example.org"))
    outbox.hand_over(envelope("bb@example.org"))
    next(tmp_path.glob("*-a-example*.eml")).unlink()
    with (tmp_path / ".index.jsonl").open("a") as journal:
        journal.write('{"name": "cut o')
    outbox.finish()
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "bb@example.org" in page
    assert "to a@example.org" not in page


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_name_leads_out_of_the_folder(
    tmp_path_factory: pytest.TempPathFactory, to: str, subject: str
) -> None:
    folder = tmp_path_factory.mktemp("outbox")
    outbox = OutboxTransport(folder / "in")
    safe = subject.encode("utf-8", "replace").decode().replace("\r", " ").replace("\n", " ")
    outbox.hand_over(Envelope("", to, (f"Subject: {safe}\r\n\r\nx\r\n".encode(),)))
    outbox.finish()
    assert [path.name for path in folder.iterdir()] == ["in"]
    assert all(re.fullmatch(r"[a-z0-9T-]+\.(eml|html)", name) for name in files(outbox.folder))


def test_hostile_names_are_text_on_the_index() -> None:
    evil = '"><script>alert(1)</script>'
    page = render_index([Entry("name", evil, evil, evil, evil, 1, has_html=True)])
    assert "<script" not in page


def test_the_index_names_the_time_zone_of_its_times() -> None:
    entry = Entry("name", "daily", "a@example.org", "s", "2026-03-01T06:30:00+01:00", 1, has_html=False)
    assert ">2026-03-01 05:30 UTC</time>" in render_index([entry])


def test_editions_stand_newest_first_and_a_long_list_is_cut() -> None:
    entries = [
        Entry(f"2026010{n % 3 + 1}-{n:04}", f"daily-{n % 3 + 1}", "a@x", "s", "", 1, has_html=False)
        for n in range(NEWEST + 5)
    ]
    page = render_index(entries)
    assert page.index(">daily-3<") < page.index(">daily-2<") < page.index(">daily-1<")
    assert "5 older messages" in page


def test_an_empty_outbox_has_a_page(tmp_path: Path) -> None:
    OutboxTransport(tmp_path).finish()
    assert "The outbox is empty" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TransportError, match=r"cannot make the outbox .*file"):
        OutboxTransport(tmp_path / "file").check()
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(TransportError, match="is not writable"):
        OutboxTransport(tmp_path).check()


def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, _: bytes) -> int:
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(TransportError, match="No space left"):
        OutboxTransport(tmp_path).hand_over(envelope("a@example.org"))
    assert list(tmp_path.iterdir()) == []


def test_messages_of_no_edition_stand_under_their_subject(tmp_path: Path) -> None:
    outbox = OutboxTransport(tmp_path / "outbox")
    outbox.hand_over(envelope("ada@example.org", "Please confirm", edition=""))
    outbox.finish()
    assert "<h2>Please confirm</h2>" in (tmp_path / "outbox" / "index.html").read_text("utf-8")


def test_what_was_cancelled_while_its_fence_was_granted_is_due_again_at_once(tmp_path: Path) -> None:
    """Else it would stay in sending, and be uncertain, though nothing of it left."""
    desk, outbox = Notes("ada"), OutboxTransport(tmp_path)

    async def cancelled() -> None:
        serving = asyncio.ensure_future(outbox.serve(desk))
        await asyncio.sleep(0)
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
        desk.commit()

    asyncio.run(cancelled())
    ((name, outcome),) = desk.records
    assert (name, outcome) == ("ada", Deferred(text="stopped before the content", retry_after_s=0))
    assert files(tmp_path) == []
