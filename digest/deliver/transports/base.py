"""The one shape of every transport, and the desk it takes its work from.

A transport's ``serve`` is one connection. It drives: it takes a job, asks for the fence when the next
byte would be the message's content, hands over, and records the answer before it takes another (an
envelope it may open ahead, for nothing of that message leaves before its own fence). The desk answers
through callbacks, because it commits the fences and records of all connections together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from digest.deliver.envelope import Envelope
from digest.model.delivery import Outcome, Recipient

LetGo = Callable[[], None]  # lets the content of a message go whose fence is granted


@dataclass(eq=False, slots=True)
class Job:
    """One message to one recipient. ``tries`` counts the connections that broke before its content."""

    recipient: Recipient
    envelope: Envelope
    tries: int = 0


class Ending(Enum):
    """Why a connection ended, where that is no reason to stop the run."""

    DONE = "done"  # there was nothing more to do
    WORN = "worn"  # it did its share, or had to be cut; another may be opened at once
    LOST = "lost"  # it broke
    BUSY = "busy"  # the server wants fewer connections, or none for now
    UNREACHABLE = "unreachable"  # it was never open


@dataclass(frozen=True, slots=True)
class Served:
    """How one connection went. ``answered`` counts the messages that got a final answer over it."""

    ending: Ending
    answered: int = 0
    text: str = ""


class Desk(Protocol):
    """Where connections get their work. All calls come from one event loop."""

    @property
    def closed(self) -> bool:
        """Whether no further job will ever come."""
        ...

    def take(self) -> Job | None:
        """The next message; None if there is none now."""
        ...

    def when_ready(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` once, when ``take`` is worth another try or the desk has closed."""
        ...

    def fence(self, job: Job, then: Callable[[bool], LetGo | None]) -> None:
        """Ask for the fence; ``then(True)`` follows its commit, ``then(False)`` means: not any more.

        What ``then`` returns, if anything, is called once all have heard whose fences were committed with it.
        """
        ...

    def record(self, job: Job, outcome: Outcome, then: Callable[[], None]) -> None:
        """Write an outcome; ``then()`` follows its commit."""
        ...

    def give_back(self, job: Job, text: str, *, blamed: bool) -> None:
        """The connection broke before the job's fence was granted: let another one try.

        ``blamed``: it broke when the job's own commands were to be answered.
        """
        ...


class Transport(Protocol):
    """A way to hand messages over."""

    @property
    def name(self) -> str:
        """What the ledger calls it: smtp, outbox or memory."""
        ...

    def check(self) -> None:
        """Try whether it can be used, without handing anything over.

        Raises:
            BusyError: not at the moment, by its own word.
            TransportError: it can't; the message says how to mend it.
        """
        ...

    async def serve(self, desk: Desk) -> Served:
        """Be one connection, until the desk has no more work or the connection ends.

        When cancelled, what is in flight is recorded (or given back) before it ends.

        Raises:
            TransportError: the transport can't be used at all; another connection would fare no better.
        """
        ...

    def finish(self) -> None:
        """Tidy up after a run, successful or not."""
        ...
