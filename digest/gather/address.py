"""Which addresses may be connected to: public ones, and none that hides a private one inside."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")  # RFC 8215: for one's own network only
COMPATIBLE = IPv6Network("::/96")  # RFC 4291, withdrawn, yet some stacks still route it
TRANSLATED = IPv6Network("::ffff:0:0:0/96")  # RFC 2765: IPv4-translated
SITE_LOCAL = IPv6Network("fec0::/10")  # RFC 3879: withdrawn, never public
ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214: upper half of the interface part before an IPv4 address
LOW_32 = 0xFFFFFFFF

Address = IPv4Address | IPv6Address


def _inside(address: IPv6Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses that packets to ``address`` may end up at."""
    number = int(address)
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
    if address in NAT64 or address in COMPATIBLE or address in TRANSLATED:
        yield IPv4Address(number & LOW_32)
    if (number >> 32) & LOW_32 in ISATAP:
        yield IPv4Address(number & LOW_32)


def is_public(address: Address) -> bool:
    """Whether ``address`` lies on the public internet, whatever notation it is wrapped in.

    ``ipaddress.is_global`` alone says yes to multicast, and to NAT64 and 6to4 addresses around a
    private one.
    """
    if isinstance(address, IPv6Address) and (address.ipv4_mapped is not None or address in NAT64):
        return all(is_public(inner) for inner in _inside(address))
    if not address.is_global or address.is_multicast or address.is_unspecified or address.is_reserved:
        return False
    if isinstance(address, IPv4Address):
        return True
    if address in NAT64_LOCAL or address in SITE_LOCAL or address.scope_id:
        return False
    return all(is_public(inner) for inner in _inside(address))


def parse_address(text: str) -> Address | None:
    """``text`` as an address; None if it is a name or nothing at all."""
    try:
        return ip_address(text.strip("[]"))
    except ValueError:
        return None
