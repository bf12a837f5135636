"""A server's answers, whole, in pieces, and wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.transports.smtp_replies import (
    MAX_LINE,
    ForeverError,
    ProtocolError,
    Reply,
    ReplyReader,
    Step,
    judge,
)
from digest.model.delivery import Accepted, Deferred, Rejected


def test_replies_of_one_and_of_many_lines_are_read() -> None:
    data = b"250 ok\r\n250-first\r\n250-\r\n250 last\r\n354\r\n"
    assert list(ReplyReader().feed(data)) == [Reply(250, "ok"), Reply(250, "first  last"), Reply(354, "")]


@given(st.lists(st.integers(min_value=1, max_value=9), max_size=40))
def test_it_does_not_matter_how_the_bytes_are_cut(cuts: list[int]) -> None:
    data = b"250 ok\r\n250-first\r\n250-second\r\n250 last\r\n451 4.7.1 later\r\n" * 2
    reader, found, place = ReplyReader(), [], 0
    for cut in [*cuts, len(data)]:
        found += list(reader.feed(data[place : place + cut]))
        place += cut
    assert found == list(ReplyReader().feed(data))


@given(st.binary(max_size=300) | st.text("0123456789 -\r\n", max_size=30).map(str.encode))
def test_no_bytes_do_more_than_raise_protocol_error(data: bytes) -> None:
    try:
        for reply in ReplyReader().feed(data):
            assert 200 <= reply.code <= 599
            assert reply.text.isprintable()
    except ProtocolError:
        pass


def test_good_replies_before_a_bad_one_still_count() -> None:
    replies = ReplyReader().feed(b"250 ok\r\nnonsense\r\n")
    assert next(replies) == Reply(250, "ok")
    with pytest.raises(ProtocolError, match="nonsense"):
        next(replies)


@pytest.mark.parametrize(
    "data",
    [
        b"25 ok\r\n",
        b"3\r\n",
        b"25\r\n",
        b"2500 ok\r\n",
        b"650 ok\r\n",
        b"150 ok\r\n",
        b"abc\r\n",
        b"\r\n",
        b"250-a\r\n251 b\r\n",
        "²50 ok\r\n".encode(),
        b"2" * (MAX_LINE + 1),
        b"250-x\r\n" * 20000,
    ],
)
def test_what_is_no_reply_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        list(ReplyReader().feed(data))


def test_control_characters_never_reach_the_ledger() -> None:
    assert list(ReplyReader().feed(b"550 \x1b[31mred\x00\xff\r\n")) == [Reply(550, "?[31mred?\ufffd")]


@pytest.mark.parametrize(
    ("step", "code", "verdict"),
    [
        (Step.MAIL, 250, None),
        (Step.MAIL, 451, Deferred(451, "x")),
        (Step.MAIL, 552, Rejected(552, "x")),
        (Step.RCPT, 251, None),
        (Step.RCPT, 450, Deferred(450, "x")),
        (Step.RCPT, 550, Rejected(550, "x")),
        (Step.DATA, 354, None),
        (Step.DATA, 452, Deferred(452, "x")),
        (Step.DATA, 554, Rejected(554, "x")),
        (Step.CONTENT, 250, Accepted(250, "x")),
        (Step.CONTENT, 451, Deferred(451, "x")),
        (Step.CONTENT, 530, Rejected(530, "x")),
    ],
)
def test_a_code_means_what_its_step_makes_of_it(step: Step, code: int, verdict: object) -> None:
    assert judge(step, Reply(code, "x")) == verdict


@pytest.mark.parametrize(
    ("step", "code"),
    [(Step.MAIL, 354), (Step.RCPT, 354), (Step.DATA, 250), (Step.DATA, 334), (Step.CONTENT, 354)],
)
def test_a_code_that_cannot_stand_there_ends_the_connection(step: Step, code: int) -> None:
    with pytest.raises(ProtocolError, match=f"the wrong answer to {step.value}"):
        judge(step, Reply(code, "x"))


@pytest.mark.parametrize(
    ("step", "code"), [(Step.MAIL, 550), (Step.MAIL, 530), (Step.RCPT, 530), (Step.DATA, 535)]
)
def test_what_concerns_everybody_ends_the_run(step: Step, code: int) -> None:
    with pytest.raises(ForeverError):
        judge(step, Reply(code, "x"))
