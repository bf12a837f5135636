"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

Subject = TypeVar("Subject")


class Level(StrEnum):
    """How much a finding matters.

    An error: some reader or receiver gets something broken, unsafe or unlawful. A warning: it costs
    readers or reputation. A notice: worth knowing, and often right as it is.
    """

    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


class Fault(NamedTuple):
    """One place that breaks a rule: what is wrong, and the element, line or header where."""

    what: str
    where: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault with its rule's id and level, and how to mend it."""

    rule: str
    level: Level
    what: str
    where: str
    mend: str


@dataclass(frozen=True, slots=True)
class Rule(Generic[Subject]):
    """One demand on a mail (or on MJML source), with ``look`` to find what breaks it."""

    id: str
    level: Level
    demand: str
    mend: str
    look: Callable[[Subject], Iterable[Fault]]

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Everything in ``subject`` that breaks this rule, in document order."""
        for fault in self.look(subject):
            yield Finding(self.id, self.level, fault.what, fault.where, self.mend)


def quoted(text: str, limit: int = 60) -> str:
    """``text`` on one line in quotation marks, cut to ``limit`` characters."""
    line = " ".join(text.split())
    return f'"{line[: limit - 1]}\u2026"' if len(line) > limit else f'"{line}"'
