"""The other side of a transport, without a ledger."""

from __future__ import annotations

from collections.abc import Callable

from digest.deliver.envelope import Envelope
from digest.deliver.transports.base import Job, LetGo
from digest.model.delivery import Outcome, Recipient


class Notes:
    """A desk whose commits happen when the test says so."""

    def __init__(self, *names: str) -> None:
        self.jobs = [job(name) for name in names]
        self.closed = False
        self.fences: list[tuple[str, Callable[[bool], LetGo | None]]] = []
        self.records: list[tuple[str, Outcome]] = []
        self.recorded: list[Callable[[], None]] = []
        self.returned: list[tuple[str, bool]] = []
        self.wakes: list[Callable[[], None]] = []

    def take(self) -> Job | None:
        return self.jobs.pop(0) if self.jobs else None

    def when_ready(self, wake: Callable[[], None]) -> None:
        self.wakes.append(wake)

    def fence(self, job: Job, then: Callable[[bool], LetGo | None]) -> None:
        self.fences.append((job.recipient.name, then))

    def record(self, job: Job, outcome: Outcome, then: Callable[[], None]) -> None:
        self.records.append((job.recipient.name, outcome))
        self.recorded.append(then)

    def give_back(self, job: Job, text: str, *, blamed: bool) -> None:
        self.returned.append((job.recipient.name, blamed))

    def commit(self, *, granted: bool = True) -> None:
        """Everything that waits is written."""
        recorded, self.recorded = self.recorded, []
        fences, self.fences = self.fences, []
        for done in recorded:
            done()
        going = [then(granted) for _, then in fences]
        for let_go in filter(None, going):
            let_go()


def job(name: str) -> Job:
    to = f"{name}@example.org"
    content = f"Subject: {name}\r\n\r\n".encode()
    return Job(Recipient(1, 1, to, name, "all", 0), Envelope("news@example.org", to, (content,)))
