"""Who asks too often: kept in memory for a while, and in no log."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Collection, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

HOUR_S, DAY_S = 3600, 86_400
_ONE_HOUSEHOLD = 64  # bits: the part of an IPv6 address that one customer can't change at will

_WITH_PORT = re.compile(r"\[(.*)\](?::\d+)?|(\d+(?:\.\d+){3}):\d+")

Networks = Sequence[IPv4Network | IPv6Network]


class Throttle:
    """Lets so many through within any ``window_s``, of each one and in all.

    Its memory is bounded by the latter.
    """

    def __init__(
        self, *, each: int, everybody: int, clock_s: Callable[[], float], window_s: float = HOUR_S
    ) -> None:
        self._each = each
        self._everybody = everybody
        self._clock_s = clock_s
        self._window_s = window_s
        self._passed: deque[tuple[float, str]] = deque()
        self._seen: Counter[str] = Counter()

    def lets_through(self, who: str) -> bool:
        """Count one more, unless it is one too many. "" is somebody of whom nothing is known."""
        now_s = self._clock_s()
        while self._passed and now_s - self._passed[0][0] >= self._window_s:
            _at, gone = self._passed.popleft()
            self._seen[gone] -= 1
            if not self._seen[gone]:
                del self._seen[gone]
        if len(self._passed) >= self._everybody or (who and self._seen[who] >= self._each):
            return False
        self._passed.append((now_s, who))
        self._seen[who] += 1
        return True


def networks_of(names: Collection[str]) -> Networks:
    """Networks, and addresses as networks of one."""
    return [ip_network(name) for name in names]


def client_of(peer: str, forwarded_for: str, proxies: Networks) -> str:
    """Who sent a request that came from ``peer`` with this X-Forwarded-For: an address, or an IPv6 network.

    Every proxy appends whom it heard from, so the last one that is no proxy of ours is as far as that can be
    believed. "" where that is nobody: a proxy that does not tell speaks for everybody.
    """
    chain = [*(part.strip() for part in forwarded_for.split(",")), peer] if forwarded_for else [peer]
    for name in reversed(chain):
        try:
            found = ip_address(_bare(name))
        except ValueError:
            return ""
        if isinstance(found, IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        if any(found in network for network in proxies):
            continue
        if isinstance(found, IPv6Address):
            return str(ip_network((int(found), _ONE_HOUSEHOLD), strict=False))
        return str(found)
    return ""


def _bare(name: str) -> str:
    """An address without what some proxies write beside it: 192.0.2.7:5123, [2001:db8::7]:5123."""
    found = _WITH_PORT.fullmatch(name)
    return (found[1] or found[2]) if found else name
