"""What readers are told that an article comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable

from digest.gather.address import parse_address
from digest.gather.urls import origin
from digest.model.hosts import registered_domain

# A host or more of an address, as lists and exports name feeds: feeds.example.org, www.example.org.rss.xml.
_ADDRESS = re.compile(r"(https?://)?([a-z0-9][a-z0-9-]+(?:\.\w[\w-]*)+)([/?:]\S*)?")


def outlet_name(names: Iterable[str], urls: Iterable[str]) -> str:
    """The first of ``names`` that is one; else the name of the site behind the first of ``urls`` with one.

    An address is no name: mail programs make a link of it, and filters take a link whose words are one
    address and whose target is another for phishing. A bare domain (``example.org``) may well be what an
    outlet calls itself, and is kept. A site's name is its domain without the ending.
    """
    given, known = [name for name in names if name], [url for url in urls if url]
    plain = (name for name in given if not _is_address(name))
    sites = (site for url in known if (site := _site(url)))
    last_resort = [*given, *(origin(url)[0] for url in known)]
    return next(plain, "") or next(sites, "") or next(iter(last_resort), "")


def _is_address(name: str) -> bool:
    found = _ADDRESS.fullmatch(name)
    if found is None:
        return False
    scheme, host, rest = found.groups()
    return bool(scheme or rest) or registered_domain(host.lower()) != host.lower()


def _site(url: str) -> str:
    host = origin(url)[0]
    named = "." in host and parse_address(host) is None
    return registered_domain(host).partition(".")[0] if named else ""
