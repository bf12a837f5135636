"""One edition to one person: its state, what a server answered, and the counts that add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

USUAL_FAILURES = 0.01  # of an edition: a mailbox or two that are full or gone are no news


class DeliveryState(StrEnum):
    """The states of the ledger.

    pending -> sending -> sent | deferred | failed | uncertain; pending -> suppressed | skipped;
    deferred -> sending when due; sending -> pending where nothing at all could be handed over;
    uncertain -> sent (a late answer, a bounce) or pending (the editor only); failed -> pending (the same).
    """

    PENDING = "pending"
    SENDING = "sending"  # the fence is passed: the content may have left
    DEFERRED = "deferred"
    SENT = "sent"  # accepted by the next server, which is not delivered
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    UNCERTAIN = "uncertain"  # cut off after the fence without an answer: never resent by itself
    SKIPPED = "skipped"  # none of the reader's themes has a story, or the edition was cancelled

    __hash__ = str.__hash__  # Enum's own is in Python, and outcomes are counted by the thousand


class Reached(NamedTuple):
    """Those whom an edition reached, or may have, ``but`` whom any of these did or will: by their ids."""

    edition_id: int
    but: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """The next server took responsibility (SMTP 250)."""

    code: int = 250
    text: str = ""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now (SMTP 4xx, or the connection broke before any content went out)."""

    code: int = 0
    text: str = ""
    retry_after_s: float | None = None  # None: our own back-off decides


@dataclass(frozen=True, slots=True)
class Rejected:
    """Never (SMTP 5xx)."""

    code: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The content may have left and no answer came."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Untried:
    """Nothing of it left, and for no reason of its own: it is as it was before."""

    text: str = ""


Outcome = Accepted | Deferred | Rejected | Uncertain | Untried


class Recipient(NamedTuple):
    """One delivery as the hand-over sees it: whom, at which address, and which variant."""

    edition_id: int
    subscriber_id: int
    address: str
    name: str
    variant: str  # the key of the rendered variant, see Variant.key
    attempts: int  # before this one
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """Deliveries of one edition by state. ``bounced`` and ``complained`` are marks on sent."""

    pending: int = 0
    sending: int = 0
    deferred: int = 0
    sent: int = 0
    failed: int = 0
    suppressed: int = 0
    uncertain: int = 0
    skipped: int = 0
    planned: int = 0
    bounced: int = 0
    complained: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether every planned delivery is in exactly one state."""
        return self.planned == sum(int(getattr(self, state.value)) for state in DeliveryState)

    @property
    def open(self) -> int:
        """Deliveries that may still change by themselves."""
        return self.pending + self.sending + self.deferred

    @property
    def fell_short(self) -> bool:
        """Whether some failed and it is news, or nobody knows what became of some."""
        return bool(self.uncertain) or self.failed > USUAL_FAILURES * self.planned

    @classmethod
    def of(
        cls, by_state: Mapping[str, int], *, planned: int, bounced: int = 0, complained: int = 0
    ) -> Counts:
        """Counts from a mapping of state to number; states not named are 0."""
        return cls(**dict(by_state), planned=planned, bounced=bounced, complained=complained)


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """One row of the ledger, as `digest status` shows it."""

    subscriber_id: int
    address: str
    state: DeliveryState
    attempts: int
    due_at: datetime | None
    sent_at: datetime | None
    code: int | None
    text: str
    bounced: bool = False
    complained: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One process's work on an edition. ``finished_at`` is None while it goes on, or if it was killed.

    ``report`` is ``digest.deliver.send.SendReport`` as JSON; empty without ``finished_at``.
    """

    started_at: datetime
    finished_at: datetime | None
    owner: str  # see ``digest.deliver.owner``
    report: Mapping[str, Any]
