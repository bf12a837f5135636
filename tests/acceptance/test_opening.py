"""A word of the editor's on top of an edition, on the command line."""

from __future__ import annotations

from .conftest import Desk, MailServer


def test_a_word_on_top_is_put_shown_mailed_and_taken_away(stocked: Desk, mail_server: MailServer) -> None:
    assert "there is no edition yet to work on" in stocked.run("opening", "-", code=1).stderr
    stocked.run("draft")
    assert "stands no word of yours" in stocked.run("opening").stderr
    (stocked.folder / "words.txt").write_text("Good morning.\n\nWe read the small print.\n", "utf-8")
    said = stocked.run("opening", "words.txt").stderr
    assert "7 words. `digest preview --edition daily-" in said
    assert stocked.run("opening").stdout == "Good morning.\n\nWe read the small print.\n"
    assert stocked.json("opening")["opening"] == ["Good morning.", "We read the small print."]
    stocked.run("approve", "--by", "Ada Lund")
    assert "On top: 7 words of an editor's" in stocked.run("draft").stderr
    stocked.run("approve", "--by", "Ada Lund")
    (stocked.folder / "words.txt").write_text("Good evening.\n", "utf-8")
    assert "It was approved, and is a draft again" in stocked.run("opening", "words.txt").stderr
    stocked.run("test", "me@reader.example")
    plain = mail_server.inbox.messages[-1][1].get_body(("plain",))
    assert plain is not None
    text = plain.get_content()
    assert text.index("Good evening.") < text.index("How this is made.")
    copied = stocked.folder / "templates" / "_masthead.mjml.j2"
    stocked.run("init", "--templates")
    assert "own templates" not in stocked.run("opening", "words.txt").stderr
    copied.write_text(copied.read_text("utf-8").replace("edition.opening", "[]"), "utf-8")
    assert "your own templates don't show it" in stocked.run("opening", "words.txt").stderr
    assert "stands no word of yours" in stocked.run("opening", "--remove").stderr
    stocked.run("test", "me@reader.example")
    assert "Good evening." not in mail_server.inbox.messages[-1][1].as_string()
    assert "give one of them" in stocked.run("opening", "words.txt", "--remove", code=2).stderr
