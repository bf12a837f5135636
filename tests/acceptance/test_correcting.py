"""A correction, on the command line."""

from __future__ import annotations

from .conftest import Desk, MailServer


def test_an_editor_corrects_what_went_out(stocked: Desk, mail_server: MailServer) -> None:
    assert "nothing to correct" in stocked.run("correct", "-", code=1).stderr
    stocked.run("draft")
    sent = stocked.json("send")["sent_now"]
    assert sent > 1
    text = stocked.folder / "words.txt"
    text.write_text("The strait is open\n\nThis morning https://a.example.org/x called it closed.\n", "utf-8")
    said = stocked.run("correct", "words.txt").stderr
    assert f"for {sent} readers who got it: The strait is open" in said
    drafted = stocked.json("correct", "words.txt")
    assert drafted["would_get"] == sent
    ref = drafted["ref"]
    assert f"digest send --edition {ref}" in said
    assert stocked.json("send", "--dry-run", "--edition", ref)["would_get"]["every theme"] > 0
    stocked.run("preview", "--edition", ref, "--out", "seen")
    assert "The strait is open" in (stocked.folder / "seen" / "edition.txt").read_text("utf-8")
    assert 'href="https://a.example.org/x"' in (stocked.folder / "seen" / "edition.html").read_text("utf-8")
    stocked.run("test", "me@reader.example", "--edition", ref)
    assert mail_server.inbox.messages[-1][1]["Subject"] == "[TEST] Correction: The strait is open"
    assert stocked.json("send", "--edition", ref)["sent_now"] == sent
    assert stocked.json("send", "--edition", ref)["sent_now"] == 0
    checked = stocked.run("check", "--mail", "--edition", ref).stdout
    assert "error" not in checked


def test_what_is_no_correction_is_refused_in_a_line(stocked: Desk) -> None:
    assert "there is no edition '9'" in stocked.run("correct", "words.txt", "--edition", "9", code=1).stderr
    assert "`digest correct` takes them" in stocked.run("draft", "--series", "correction", code=1).stderr
    stocked.run("draft")
    stocked.run("send")
    missing = stocked.run("correct", "nowhere.txt", code=1).stderr
    assert missing == "digest: nowhere.txt can't be read: No such file or directory\n"
    (stocked.folder / "words.txt").write_text("Only a headline\n", "utf-8")
    assert "needs its headline on the first line" in stocked.run("correct", "words.txt", code=1).stderr
