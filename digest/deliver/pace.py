"""How fast messages may be taken, over all connections of one run. Pure: the time is an argument."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import inf

from digest.model.delivery import Recipient

_BURST_S = 0.1  # how much unused time may be made up for


class Pace:
    """At most ``per_s`` messages a second; None is as fast as it goes. Times in seconds of one clock."""

    def __init__(self, per_s: float | None) -> None:
        self.limited = bool(per_s)
        self._gap = 1.0 / per_s if per_s else 0.0
        self._next = 0.0

    def wait_s(self, now: float) -> float:
        """Seconds until the next message may be taken; 0 or less: now."""
        return self._next - now if self._gap else 0.0

    def spend(self, now: float) -> None:
        """One message was taken."""
        if self._gap:
            self._next = max(self._next, now - _BURST_S) + self._gap


@dataclass(frozen=True, slots=True)
class DomainLimits:
    """What one recipient domain is spared: None is no limit.

    ``per_s`` messages a second and ``at_once`` messages under way; ``rates`` are messages a second for
    domains of their own, in lower case.
    """

    per_s: float | None = None
    at_once: int | None = None
    rates: Mapping[str, float] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether there is a limit at all."""
        return bool(self.per_s or self.at_once or self.rates)


class Lanes:
    """One lane for each recipient domain, in which recipients wait until their domain may have one more.

    Not ``limited``: no domain has a limit, and nobody need come here.
    """

    def __init__(self, limits: DomainLimits) -> None:
        self.limited = limits.any
        self._limits = limits
        self._paces: dict[str, Pace] = {}
        self._under_way: Counter[str] = Counter()
        self._waiting: dict[str, deque[Recipient]] = {}
        self._soonest: list[tuple[float, str]] = []  # a heap: when to look at a lane again
        self._full: set[str] = set()  # lanes that wait for a message under way instead
        self._count = 0

    def __len__(self) -> int:
        """How many wait."""
        return self._count

    def admit(self, recipient: Recipient, now: float) -> bool:
        """Whether the recipient may go at once; else they wait in their lane."""
        domain = _domain(recipient)
        if domain not in self._waiting and self._may_go(domain, now):
            return True
        if domain not in self._waiting:
            self._waiting[domain] = deque()
            heappush(self._soonest, (now, domain))
        self._waiting[domain].append(recipient)
        self._count += 1
        return False

    def ready(self, now: float) -> Recipient | None:
        """One who waited and may go now."""
        while self._soonest and self._soonest[0][0] <= now:
            _, domain = heappop(self._soonest)
            if self._is_full(domain):
                self._full.add(domain)
            elif not self._may_go(domain, now):
                heappush(self._soonest, (now + self._pace(domain).wait_s(now), domain))
            else:
                lane = self._waiting[domain]
                self._count -= 1
                recipient = lane.popleft()
                if lane:
                    heappush(self._soonest, (now, domain))
                else:
                    del self._waiting[domain]
                return recipient
        return None

    def done(self, recipient: Recipient) -> None:
        """A recipient who went is under way no more."""
        if self._limits.at_once:
            domain = _domain(recipient)
            self._under_way[domain] -= 1
            if domain in self._full:
                self._full.remove(domain)
                heappush(self._soonest, (-inf, domain))

    def wait_s(self, now: float) -> float:
        """Seconds until one of those who wait may go, if no message under way is done with before."""
        return self._soonest[0][0] - now if self._soonest else inf

    def clear(self) -> list[Recipient]:
        """Those who wait; afterwards nobody does."""
        waiting = [recipient for lane in self._waiting.values() for recipient in lane]
        for kept in (self._waiting, self._soonest, self._full):
            kept.clear()
        self._count = 0
        return waiting

    def _is_full(self, domain: str) -> bool:
        return bool(self._limits.at_once) and self._under_way[domain] >= (self._limits.at_once or 0)

    def _pace(self, domain: str) -> Pace:
        if domain not in self._paces:
            self._paces[domain] = Pace(self._limits.rates.get(domain, self._limits.per_s))
        return self._paces[domain]

    def _may_go(self, domain: str, now: float) -> bool:
        """Whether one more may go, who then counts as going."""
        if self._is_full(domain) or self._pace(domain).wait_s(now) > 0:
            return False
        self._pace(domain).spend(now)
        if self._limits.at_once:
            self._under_way[domain] += 1
        return True


def _domain(recipient: Recipient) -> str:
    return recipient.address.rpartition("@")[2].lower()
