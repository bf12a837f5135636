"""Whose a host is."""

from __future__ import annotations

_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "net", "or", "org", "go", "gob", "ne"})


def registered_domain(host: str) -> str:
    """The part of a host that somebody registered, by a rule of thumb: bbc.co.uk of www.bbc.co.uk."""
    labels = host.removeprefix("www.").split(".")
    country = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL  # noqa: PLR2004 - a.co.uk
    return ".".join(labels[-3:] if country else labels[-2:])
