"""Envelopes as commands, and contents as they go over the wire."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.envelope import Envelope, canonical_bytes, wire_pieces
from digest.deliver.transports.smtp_commands import Offers
from digest.deliver.transports.smtp_commands import commands as commands_of
from digest.errors import InputError


def commands(sender: str, recipient: str, content: bytes, offers: Offers) -> tuple[bytes, bytes, bytes]:
    return commands_of(Envelope(sender, recipient, (content,)), offers)


ALL = Offers.of([("PIPELINING", ""), ("8bitmime", ""), ("SMTPUTF8", ""), ("SIZE", "1000")])


def test_offers_are_read_whatever_their_case() -> None:
    assert Offers(pipelining=True, eight_bit=True, utf8=True, sizes=True, size=1000) == ALL
    assert Offers(sizes=True) == Offers.of([("SIZE", "")])
    assert Offers(sizes=True) == Offers.of([("SIZE", "many")])


def test_only_what_a_message_needs_is_asked_for() -> None:
    assert commands("a@example.org", "b@example.org", b"x\r\n", Offers()) == (
        b"MAIL FROM:<a@example.org>\r\n",
        b"RCPT TO:<b@example.org>\r\n",
        b"DATA\r\n",
    )
    assert (
        commands("a@example.org", "b@example.org", b"x\r\n", ALL)[0]
        == b"MAIL FROM:<a@example.org> SIZE=3\r\n"
    )
    mail, rcpt, _ = commands("", "jürgen@example.org", "ä\r\n".encode(), ALL)
    assert mail == b"MAIL FROM:<> SMTPUTF8 BODY=8BITMIME SIZE=4\r\n"
    assert rcpt == "RCPT TO:<jürgen@example.org>\r\n".encode()


def test_a_domain_beyond_ascii_needs_no_extension() -> None:
    _, rcpt, _ = commands("a@example.org", "b@bücher.example.org", b"x\r\n", Offers())
    assert rcpt == b"RCPT TO:<b@xn--bcher-kva.example.org>\r\n"


@pytest.mark.parametrize(
    ("recipient", "content", "words"),
    [
        ("jürgen@example.org", b"x", "SMTPUTF8"),
        ("b@example.org", b"\xff", "8BITMIME"),
        ("b@example.org", b"x" * 1001, "more than the mail server takes"),
        ("b" * 250 + "@example.org", b"x", "more than 254 bytes"),
        ("b@example.org>\r\nRCPT TO:<c@example.org", b"x", "not an address"),
        ("b@example.org\n", b"x", "not an address"),
        ("nobody", b"x", "not an address"),
        ("", b"x", "not an address"),
        ("a b@example.org", b"x", "not an address"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_the_reason(recipient: str, content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        commands("a@example.org", recipient, content, Offers(sizes=True, size=1000))


def test_a_quoted_local_part_is_an_address() -> None:
    assert (
        commands("a@example.org", '"a b"@example.org', b"", Offers())[1] == b'RCPT TO:<"a b"@example.org>\r\n'
    )


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_address_adds_a_command(sender: str, recipient: str) -> None:
    try:
        lines = commands(sender, recipient, b"x\r\n", ALL)
    except InputError:
        return
    for line in lines:
        assert line.count(b"\r") == line.count(b"\n") == 1
        assert line.endswith(b"\r\n")
        assert b"\x00" not in line


def undo(wire: bytes) -> bytes:
    """What a server makes of it: RFC 5321, 4.5.2."""
    lines = wire.split(b"\r\n")
    return b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines)


@given(
    st.lists(st.sampled_from([b".", b"..", b"a", b"\r\n", b"\n", b"\r", b"\r\n.\r\n", b"b."]), max_size=20)
)
def test_no_content_ends_itself_or_loses_a_dot(parts: list[bytes]) -> None:
    envelope = Envelope("a@example.org", "b@example.org", tuple(parts))
    wire = b"".join(wire_pieces(envelope))
    assert b"\r\n.\r\n" not in b"\r\n" + wire
    assert wire.endswith(b"\r\n")
    assert undo(wire) == canonical_bytes(envelope)
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert b"\r" not in wire.replace(b"\r\n", b"")


def test_canonical_content_is_not_looked_through() -> None:
    content = b"Subject: x\r\n\r\nwhatever its maker vouches for\r\n"
    envelope = Envelope("a@example.org", "b@example.org", (content,), canonical=True)
    assert wire_pieces(envelope) == (content,)
    assert canonical_bytes(envelope) == content
