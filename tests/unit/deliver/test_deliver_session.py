"""One connection, step by step, with a desk and a wire that only take notes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from digest.deliver.transports.base import Ending, Served
from digest.deliver.transports.smtp_commands import Offers
from digest.deliver.transports.smtp_session import Session, SessionOptions
from digest.errors import TransportError
from digest.model.delivery import Accepted, Deferred, Rejected, Uncertain

from .desks import Notes, job

PIPELINING = Offers(pipelining=True)
ENVELOPE = b"MAIL FROM:<news@example.org>\r\nRCPT TO:<%b@example.org>\r\nDATA\r\n"


class Wire(asyncio.Transport):
    """Takes down what is written; ``broken`` makes the next write fail as a dead socket does."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.broken = self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.broken:
            self.closed = True
        elif not self.closed:
            self.written.append(bytes(data))

    def is_closing(self) -> bool:
        return self.closed

    def abort(self) -> None:
        self.closed = True


class Talk:
    """A session in the middle of a conversation."""

    def __init__(self, desk: Notes, offers: Offers, **options: Any) -> None:
        self.desk = desk
        self.wire = Wire()
        self.session = Session(desk, offers, SessionOptions(**options))
        self.session.start(self.wire)

    def hear(self, *lines: str) -> None:
        """The server says something."""
        data = "".join(f"{line}\r\n" for line in lines).encode()
        self.session.get_buffer(len(data))[: len(data)] = data
        self.session.buffer_updated(len(data))

    def said(self) -> bytes:
        """What we have written since we last looked."""
        written, self.wire.written[:] = b"".join(self.wire.written), []
        return written


def in_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Run a coroutine as a test."""

    def run() -> None:
        asyncio.run(test())

    run.__name__ = test.__name__
    return run


@in_loop
async def test_content_waits_for_its_fence_and_the_next_envelope_goes_with_it() -> None:
    talk = Talk(Notes("a", "b"), PIPELINING)
    assert talk.said() == ENVELOPE % b"a"
    talk.hear("250 ok", "250 ok", "354 go")
    assert talk.said() == b""
    talk.desk.commit()
    assert talk.said() == b"Subject: a\r\n\r\n.\r\n" + ENVELOPE % b"b"
    talk.hear("250 taken", "250 ok", "250 ok", "354 go")
    assert talk.desk.records == [("a", Accepted(250, "taken"))]
    assert talk.said() == b""
    talk.desk.commit()
    assert talk.said() == b"Subject: b\r\n\r\n.\r\n"
    talk.desk.closed = True
    talk.hear("250 taken")
    assert talk.said() == b""  # not before its record is written
    talk.desk.commit()
    assert talk.said() == b"QUIT\r\n"
    talk.hear("221 bye")
    assert (await talk.session.ended) == Served(Ending.DONE, 2, "")


@in_loop
async def test_nothing_is_written_where_the_connection_was_lost_since_the_fence_was_heard_of() -> None:
    talk = Talk(Notes("a", "b"), PIPELINING)
    talk.hear("250 ok", "250 ok", "354 go")
    talk.said()
    (_, then), *_others = talk.desk.fences
    let_go = then(True)
    assert let_go is not None
    talk.session.abort("cut in between")
    let_go()
    assert talk.said() == b""
    assert [name for name, _ in talk.desk.records] == ["a"]
    assert talk.desk.returned == [("b", False)]


@in_loop
async def test_without_pipelining_each_command_waits_for_its_answer() -> None:
    talk = Talk(Notes("a", "b"), Offers())
    conversation = [
        (b"MAIL FROM:<news@example.org>\r\n", "250 ok"),
        (b"RCPT TO:<a@example.org>\r\n", "550 no"),
        (b"", None),
        (b"RSET\r\n", "250 ok"),
        (b"MAIL FROM:<news@example.org>\r\n", "250 ok"),
        (b"RCPT TO:<b@example.org>\r\n", "250 ok"),
        (b"DATA\r\n", "354 go"),
        (b"", None),
        (b"Subject: b\r\n\r\n.\r\n", "250 taken"),
    ]
    for words, answer in conversation:
        assert talk.said() == words
        if answer is None:
            talk.desk.commit()
        else:
            talk.hear(answer)
    assert talk.desk.records == [("a", Rejected(550, "no")), ("b", Accepted(250, "taken"))]
    talk.session.abort("the test is over")


@in_loop
async def test_a_server_that_wants_the_content_of_a_refused_envelope_gets_a_lone_dot() -> None:
    talk = Talk(Notes("a", "b"), PIPELINING)
    talk.said()
    talk.hear("250 ok", "550 no", "354 go")
    assert talk.said() == b".\r\n"
    talk.desk.commit()
    assert talk.said() == b"RSET\r\n" + ENVELOPE % b"b"
    talk.hear("554 no recipients", "250 reset", "250 ok", "250 ok", "354 go")
    assert talk.desk.records == [("a", Rejected(550, "no"))]
    assert [name for name, _ in talk.desk.fences] == ["b"]
    talk.session.abort("the test is over")
    talk.desk.commit()


@in_loop
async def test_an_envelope_opened_ahead_is_not_blamed_for_the_message_before_it() -> None:
    talk = Talk(Notes("a", "b"), PIPELINING)
    talk.hear("250 ok", "250 ok", "354 go")
    talk.desk.commit()
    talk.session.connection_lost(ConnectionResetError("cut"))
    assert talk.desk.records == [("a", Uncertain("no answer to the content: the connection broke: cut"))]
    assert talk.desk.returned == [("b", False)]
    assert (await talk.session.ended).ending is Ending.LOST


@in_loop
async def test_an_envelope_is_blamed_for_what_happens_at_its_own_commands() -> None:
    talk = Talk(Notes("a"), PIPELINING)
    talk.hear("250 ok")
    talk.session.connection_lost(None)
    assert talk.desk.returned == [("a", True)]


@in_loop
async def test_421_after_the_content_means_it_was_not_taken() -> None:
    talk = Talk(Notes("a", "b"), PIPELINING)
    talk.hear("250 ok", "250 ok", "354 go")
    talk.desk.commit()
    talk.hear("421 going down")
    assert talk.desk.records == [("a", Deferred(421, "going down"))]
    assert talk.desk.returned == [("b", False)]
    assert (await talk.session.ended) == Served(
        Ending.BUSY, 1, "the mail server closed the connection: 421 going down"
    )
    talk.desk.commit()
    assert talk.wire.closed


@in_loop
async def test_a_fence_that_comes_too_late_sends_nothing_and_says_so() -> None:
    talk = Talk(Notes("a"), PIPELINING)
    talk.said()
    talk.hear("250 ok", "250 ok", "354 go")
    talk.session.connection_lost(None)
    assert talk.desk.returned == []
    talk.desk.commit()
    assert talk.said() == b""
    assert talk.desk.records == [
        ("a", Deferred(0, "the connection broke before the content", retry_after_s=0))
    ]


@in_loop
async def test_a_write_that_fails_at_once_has_sent_nothing() -> None:
    talk = Talk(Notes("a", "b"), PIPELINING)
    talk.said()
    talk.hear("250 ok", "250 ok", "354 go")
    talk.wire.broken = True
    talk.desk.commit()
    talk.session.connection_lost(BrokenPipeError())
    assert talk.desk.records == [
        ("a", Deferred(0, "the connection broke before the content", retry_after_s=0))
    ]
    assert [name for name, _ in talk.desk.returned] == ["b"]


@in_loop
async def test_a_denied_fence_cuts_the_connection_so_that_the_server_drops_the_message() -> None:
    talk = Talk(Notes("a", "b"), PIPELINING)
    talk.said()
    talk.hear("250 ok", "250 ok", "354 go")
    talk.desk.commit(granted=False)
    assert talk.said() == b""
    assert talk.wire.closed
    assert talk.desk.records == []
    assert (await talk.session.ended).ending is Ending.WORN


@in_loop
async def test_an_overdue_answer_cuts_the_connection() -> None:
    talk = Talk(Notes("a"), PIPELINING, reply_s=0.02)
    served = await asyncio.wait_for(talk.session.ended, 5)
    assert served == Served(Ending.LOST, 0, "no answer to MAIL FROM in time")
    assert talk.desk.returned == [("a", True)]


@in_loop
async def test_an_idle_connection_waits_for_work_and_is_woken() -> None:
    desk = Notes()
    talk = Talk(desk, PIPELINING)
    assert talk.said() == b""
    desk.jobs = [job("a")]
    desk.wakes[0]()
    assert talk.said() == ENVELOPE % b"a"
    talk.session.abort("the test is over")


@pytest.mark.parametrize("word", ["250 hello", "banana"])
def test_words_out_of_turn_end_the_connection(word: str) -> None:
    async def test() -> None:
        talk = Talk(Notes(), PIPELINING)
        talk.hear(word)
        assert (await talk.session.ended).ending is Ending.LOST
        assert talk.wire.closed

    asyncio.run(test())


@in_loop
async def test_a_refused_sender_ends_the_run_and_harms_nobody() -> None:
    talk = Talk(Notes("a"), PIPELINING)
    talk.hear("550 not you", "503 no", "503 no")
    assert talk.desk.returned == [("a", True)]
    with pytest.raises(TransportError, match="refuses the sender: 550 not you"):
        await talk.session.ended
