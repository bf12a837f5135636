"""One SMTP connection after its greeting, TLS and login: transactions, one after the other.

With PIPELINING (RFC 2920) the three commands of an envelope go out together, and those of the next
message along with the content of this one:

    us      MAIL RCPT DATA            content . MAIL RCPT DATA            content . ...
    server                250 250 354                         250 250 250 354
    ledger                       fence                        record + fence: one commit

A server without it gets one command at a time. Either way the content waits for the commit of its
fence, and the answer to the content before it is committed by then.

What a broken connection means: before the content nothing has left, and another connection may try;
after it the server may have taken the message, which only an answer could tell.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from dataclasses import dataclass
from functools import partial

from digest.deliver.envelope import wire_pieces
from digest.deliver.transports.base import Desk, Ending, Job, LetGo, Served
from digest.deliver.transports.smtp_commands import Offers, commands
from digest.deliver.transports.smtp_line import Line
from digest.deliver.transports.smtp_replies import (
    CLOSING,
    GO_AHEAD,
    ForeverError,
    ProtocolError,
    Reply,
    ReplyReader,
    Step,
    judge,
)
from digest.errors import InputError, TransportError
from digest.model.delivery import Accepted, Deferred, Outcome, Rejected, Uncertain

_ENVELOPE: tuple[Step, ...] = (Step.MAIL, Step.RCPT, Step.DATA)
_OK = 250  # by far the most common answer
_STEADY_STEPS = deque((Step.CONTENT, *_ENVELOPE))
_STEADY_BYTES = re.compile(
    rb"250 ([\x20-\x7e]{0,500})\r\n250 [\x20-\x7e]*\r\n250 [\x20-\x7e]*\r\n354[ -~]*\r\n"
)
_PARTING_S = 2.0  # how long a QUIT is worth waiting for


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """Limits of one connection. ``messages`` after which it is closed; seconds to wait for answers."""

    messages: int = 500
    reply_s: float = 60.0
    content_s: float = 600.0  # RFC 5321, 4.5.3.2.6: a server may filter before it answers


class Session(Line):
    """Takes jobs from a desk until there are no more, or the connection ends."""

    def __init__(self, desk: Desk, offers: Offers, options: SessionOptions) -> None:
        super().__init__(check_s=min(1.0, options.reply_s / 4))
        self.ended: asyncio.Future[Served] = asyncio.get_running_loop().create_future()
        self._desk = desk
        self._offers = offers
        self._options = options
        self._reader = ReplyReader()
        self._expected: deque[Step] = deque()
        self._held_back: deque[tuple[Step, bytes]] = deque()  # commands for a server without PIPELINING
        self._opening: Job | None = None  # its envelope is out, its content is not
        self._refusal: Outcome | None = None  # of the opening job, before the answer to its DATA
        self._fencing = False  # the opening job waits for its fence
        self._sent: Job | None = None  # its content is out, the answer is not in
        self._dirty = False  # a refused transaction is to be reset
        self._taken = 0
        self._answered = 0
        self._ending = Ending.LOST
        self._why = "the connection broke"
        self._failure: TransportError | None = None

    def abort(self, why: str, ending: Ending = Ending.LOST) -> None:
        """Cut the connection. What is in flight is recorded or given back."""
        self._ending, self._why = ending, why
        self._cut()

    def buffer_updated(self, nbytes: int) -> None:
        """Take what has come."""
        try:
            self._took(self._read(nbytes))
        except ProtocolError as error:
            self.abort(f"the mail server gave {error}")
        except ForeverError as error:
            self._failure = TransportError(f"the mail server {error}")
            self.abort(str(error))

    def _lost(self, exc: Exception | None) -> None:
        """Say what the loss of the connection means for the messages in flight."""
        why = f"{self._why}: {exc}" if exc else self._why
        # An envelope that was opened ahead has no part in what befell the message before it.
        blamed = self._sent is None and not (self._expected and self._expected[0] is Step.CONTENT)
        sent, self._sent = self._sent, None
        if sent is not None:
            self._desk.record(sent, Uncertain(f"no answer to the content: {why}"), _nothing)
        if self._opening is not None and not self._fencing:
            opening, self._opening = self._opening, None
            self._desk.give_back(opening, why, blamed=blamed)
        if self._failure is not None:
            self.ended.set_exception(self._failure)
        else:
            self.ended.set_result(Served(self._ending, self._answered, why))

    def _overdue(self) -> bool:
        """Cut the connection if an answer is; whether it was."""
        if not self._expected or self._clock() <= self._deadline:
            return False
        step = self._expected[0]
        ending = self._ending if step is Step.QUIT else Ending.LOST
        self.abort(f"no answer to {step.value} in time", ending)
        return True

    def _next(self) -> None:
        """Open the next envelope, if the connection may and there is one."""
        while self._may_open():
            job = self._desk.take()
            if job is None:
                if self._sent is None:
                    self._rest()
                return
            if lines := self._envelope(job):
                self._write((lines,), self._options.reply_s)
                return

    def _may_open(self) -> bool:
        """Whether another envelope may go out now. Quits if this connection is worn."""
        if self._transport is None or self._opening is not None or Step.QUIT in self._expected:
            return False
        if self._sent is not None:
            return self._offers.pipelining and self._taken < self._options.messages
        if self._taken >= self._options.messages:
            self._quit(Ending.WORN)
            return False
        return True

    def _rest(self) -> None:
        """Nothing to do now: wait for work, or leave if there will be none."""
        if self._desk.closed:
            self._quit(Ending.DONE)
        else:
            self._desk.when_ready(self._next)

    def _quit(self, ending: Ending) -> None:
        """Part in peace."""
        self._ending, self._why = ending, ""
        self._expected.append(Step.QUIT)
        self._write((b"QUIT\r\n",), _PARTING_S)

    def _envelope(self, job: Job) -> bytes:
        """The commands that open ``job``; empty if it was refused here and now."""
        try:
            lines: tuple[bytes, ...] = commands(job.envelope, self._offers)
        except InputError as error:
            self._desk.record(job, Rejected(text=str(error)), _nothing)
            return b""
        self._opening, self._refusal = job, None
        self._taken += 1
        steps = _ENVELOPE
        if self._dirty:
            steps, lines = (Step.VOID, *steps), (b"RSET\r\n", *lines)
            self._dirty = False
        if self._offers.pipelining:
            self._expected.extend(steps)
            return b"".join(lines)
        self._held_back.extend(zip(steps[1:], lines[1:], strict=True))
        self._expected.append(steps[0])
        return lines[0]

    def _took(self, data: bytes) -> None:
        """Act on the answers in ``data``."""
        if self._expected == _STEADY_STEPS and self._refusal is None and self._reader.between_replies:
            usual = _STEADY_BYTES.fullmatch(data)
            if usual:  # four answers at once, of the most common kind: what nearly all reading is
                self._expected.clear()
                self._answer(Accepted(_OK, usual[1].decode("ascii")))
                self._ask_for_the_fence()
                return
        for reply in self._reader.feed(data):
            if self._transport is None:
                return
            self._take_reply(reply)

    def _take_reply(self, reply: Reply) -> None:
        """Act on one answer."""
        if reply.code == CLOSING:
            self._closing(reply)
            return
        if not self._expected:
            raise ProtocolError(f"an answer to nothing: {reply.code} {reply.text}")
        step = self._expected.popleft()
        if step is Step.MAIL or step is Step.RCPT:
            if self._refusal is None and reply.code != _OK:
                self._refusal = judge(step, reply)
            if self._held_back:
                self._go_on()
        elif step is Step.DATA:
            self._take_data_reply(reply)
        elif step is Step.CONTENT:
            self._deadline = self._clock() + self._options.reply_s
            outcome = judge(step, reply)
            assert outcome is not None
            self._answer(outcome)
        elif step is Step.QUIT:
            self.abort("", self._ending)
        elif self._held_back:
            self._go_on()

    def _go_on(self) -> None:
        """Send the next command of an envelope that goes one by one."""
        if self._refusal is not None:
            self._held_back.clear()
            self._refused(self._refusal)
        else:
            step, line = self._held_back.popleft()
            self._expected.append(step)
            self._write((line,), self._options.reply_s)

    def _take_data_reply(self, reply: Reply) -> None:
        """The server wants the content, or doesn't."""
        if self._refusal is not None:
            if reply.code == GO_AHEAD:  # though it took no recipient: RFC 2920, 3.1 has us send a lone dot
                self._expected.append(Step.VOID)
                self._write((b".\r\n",), self._options.reply_s)
            self._refused(self._refusal)
        elif (outcome := judge(Step.DATA, reply)) is not None:
            self._refused(outcome)
        else:
            self._ask_for_the_fence()

    def _ask_for_the_fence(self) -> None:
        """The next byte would be the content's first."""
        assert self._opening is not None
        self._fencing = True
        self._desk.fence(self._opening, self._released)

    def _refused(self, outcome: Outcome) -> None:
        """The opening job ends here; the connection goes on."""
        job, self._opening = self._opening, None
        assert job is not None
        self._dirty = True
        self._answered += 1
        self._desk.record(job, outcome, self._next)

    def _released(self, granted: bool) -> LetGo | None:  # noqa: FBT001 the desk's callback
        """The fence is committed: what lets the content go, and the next envelope with it."""
        job, self._opening, self._fencing = self._opening, None, False
        assert job is not None
        if not granted:
            # After a 354 only a cut says "no message after all".
            self.abort("the recipient left just now", Ending.WORN)
            return None
        if self._transport is None or self._transport.is_closing():
            self._unsent(job)
            return None
        self._sent = job
        self._expected.append(Step.CONTENT)
        following = self._desk.take() if self._may_open() else None
        opening = self._envelope(following) if following is not None else b""
        return partial(self._let_go, job, (*wire_pieces(job.envelope), b".\r\n", opening))

    def _let_go(self, job: Job, pieces: tuple[bytes, ...]) -> None:
        """Send a content, and what goes with it, unless the connection was lost since ``_released``."""
        if self._sent is not job:
            return
        self._write(pieces, self._options.content_s)
        if self._transport is None or self._transport.is_closing():  # the first write failed
            self._sent = None
            self._unsent(job)

    def _unsent(self, job: Job) -> None:
        """The fence was granted too late: the connection is gone, and the content is still here."""
        self._desk.record(
            job, Deferred(text="the connection broke before the content", retry_after_s=0), _nothing
        )

    def _answer(self, outcome: Outcome) -> None:
        """The content's final answer."""
        job, self._sent = self._sent, None
        assert job is not None
        self._answered += 1
        self._desk.record(job, outcome, self._next)

    def _closing(self, reply: Reply) -> None:
        """421: this connection is over. An answer to the content all the same: it was not taken."""
        if self._sent is not None and self._expected and self._expected[0] is Step.CONTENT:
            self._answer(Deferred(reply.code, reply.text))
        self.abort(f"the mail server closed the connection: {reply.code} {reply.text}", Ending.BUSY)


def _nothing() -> None:
    """For records that nobody waits for."""
