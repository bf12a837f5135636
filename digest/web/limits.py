"""Who asks too often: kept in memory, for an hour at most, and in no log."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

WINDOW_S = 3600
_ONE_HOUSEHOLD = 64  # bits: the part of an IPv6 address that one customer can't change at will

_WITH_PORT = re.compile(r"\[(.*)\](?::\d+)?|(\d+(?:\.\d+){3}):\d+")

Networks = Sequence[IPv4Network | IPv6Network]


class Throttle:
    """Lets so many through in each hour, of each client and in all; the next hour begins for all at once.

    Its memory is bounded by the latter.
    """

    def __init__(self, *, each: int, everybody: int, clock_s: Callable[[], float]) -> None:
        self._each = each
        self._everybody = everybody
        self._clock_s = clock_s
        self._since = clock_s()
        self._seen: Counter[str] = Counter()

    def lets_through(self, client: str) -> bool:
        """Count one more, unless it is one too many. "" is a client of whom nothing is known."""
        if self._clock_s() - self._since >= WINDOW_S:
            self._since = self._clock_s()
            self._seen.clear()
        if self._seen.total() >= self._everybody or (client and self._seen[client] >= self._each):
            return False
        self._seen[client] += 1
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
