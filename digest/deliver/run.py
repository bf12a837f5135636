"""A run over one edition: how it is to go, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from digest.deliver.backoff import RetryOptions
from digest.deliver.pace import DomainLimits
from digest.model.delivery import Counts


@dataclass(frozen=True, slots=True)
class SendOptions:
    """How to deliver. ``batch_size`` is what ``materialise`` is to be called with.

    ``rate_per_s`` is the most messages a second that one process takes on; None is no limit. A batch
    is its owner's for ``lease_s`` and renewed all along. When somebody stops the run or holds the edition,
    messages in flight get ``stop_grace_s`` for their answers; when it stops by itself, as long as ever.
    ``page_size`` rows are read at a time. Once more than ``stop_share`` of what was tried, by earlier runs
    too, is refused for good, a run that is refused anything stops by itself; 0 is never.
    """

    connections: int = 4
    batch_size: int = 1000
    rate_per_s: float | None = None
    max_attempts: int = 8
    retry_base_s: float = 300.0
    retry_longest_s: float = 3600.0
    lease_s: float = 120.0
    stop_grace_s: float = 20.0
    page_size: int = 1000
    domains: DomainLimits = field(default_factory=DomainLimits)
    stop_share: float = 0.0
    reconnect_s: float = 1.0
    connect_tries: int = 6

    @property
    def retry(self) -> RetryOptions:
        """How patiently a deferred message is tried again."""
        return RetryOptions(self.max_attempts, self.retry_base_s, self.retry_longest_s)


@dataclass(frozen=True, slots=True)
class SendReport:
    """What one run did (``..._now``), and how the edition stands after it.

    ``stopped``: it ended before its end, though something was left to do. ``refused``: because too much was
    refused. ``next_due_at``: when deferred ones are due. ``timeline``: this run's outcomes over time, see
    ``digest.deliver.timeline``.
    """

    edition_id: int
    counts: Counts
    sent_now: int = 0
    deferred_now: int = 0
    failed_now: int = 0
    uncertain_now: int = 0
    duration_s: float = 0.0
    stopped: bool = False
    refused: bool = False
    next_due_at: datetime | None = field(default=None)
    timeline: Mapping[str, object] = field(default_factory=dict)
