"""Where links lead, and whether they say so."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import html

from digest.maillint.finding import Fault, Level, Rule
from digest.maillint.mail import Mail, place
from digest.model.hosts import registered_domain

GENERIC = frozenset(
    {
        *("click", "click here", "here", "more", "read more", "learn more", "see more", "find out more"),
        *("continue", "continue reading", "details", "link", "this link", "this", "go", "view", "read"),
    }
)
SHORTENERS = frozenset(
    {
        *(
            "bit.ly",
            "bitly.com",
            "buff.ly",
            "cutt.ly",
            "dlvr.it",
            "fb.me",
            "goo.gl",
            "is.gd",
            "j.mp",
            "lnkd.in",
        ),
        *(
            "ow.ly",
            "rb.gy",
            "rebrand.ly",
            "shorturl.at",
            "shorte.st",
            "t.co",
            "t.ly",
            "tiny.cc",
            "tinyurl.com",
        ),
        *("trib.al", "v.gd"),
    }
)
_SAFE_SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms"})
_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"
_ADDRESS_TEXT = re.compile(rf"(?:https?://|www\.)({_DOMAIN})(?:[:/?#]\S*)?", re.IGNORECASE)
_DOMAIN_TEXT = re.compile(rf"({_DOMAIN})(?:/\S*)?", re.IGNORECASE)
_ENDS = " \t.:;,\u2026\u00a0\u2192\u203a\u00bb>"


def name_of(link: html.HtmlElement) -> str:
    """What a screen reader calls a link: its label, else its words and its pictures' alt texts."""
    label = " ".join(link.get("aria-label", "").split())
    said = "".join(map(str, link.itertext())) + " " + " ".join(one.get("alt", "") for one in link.iter("img"))
    return label or " ".join(said.split()) or " ".join(link.get("title", "").split())


def _href(link: html.HtmlElement) -> str:
    return re.sub(r"[\t\r\n]", "", link.get("href", "")).strip()


def _scheme(href: str) -> str:
    found = re.match(r"([a-z][a-z0-9+.-]*):", href, re.IGNORECASE)
    return found[1].lower() if found else ""


def host_of(href: str) -> str:
    """The host of a web address, in lower case; "" where there is none."""
    try:
        return (urlsplit(href).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""


def is_local(host: str) -> bool:
    """Whether an address is of the reader's own machine or network, where nothing of ours can be."""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    address = _ip(host)
    return address is not None and not address.is_global


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _empty(mail: Mail) -> Iterator[Fault]:
    for link in mail.links:
        pictured = next(link.iter("img"), None) is not None  # images' alt texts have a rule of their own
        if not name_of(link) and not pictured:
            yield Fault("a link has no words", place(link))
        elif _href(link) in {"", "#"}:
            yield Fault("a link leads nowhere", place(link))


def _generic(mail: Mail) -> Iterator[Fault]:
    for link in mail.links:
        if name_of(link).lower().strip(_ENDS) in GENERIC:
            yield Fault("a link's words don't say where it leads", place(link))


def _insecure(mail: Mail) -> Iterator[Fault]:
    for link in mail.links:
        if _scheme(_href(link)) == "http" and not is_local(host_of(_href(link))):
            yield Fault(f"a link over plain http: {_href(link)[:80]}", place(link))


def _odd_scheme(mail: Mail) -> Iterator[Fault]:
    for link in mail.links:
        href = _href(link)
        scheme = _scheme(href)
        if scheme and scheme not in _SAFE_SCHEMES:
            yield Fault(f"a link with {scheme}:, which mail programs refuse or filters distrust", place(link))
        elif href and not scheme and not href.startswith("#"):
            yield Fault(f"a link without https:// and a host: {href[:80]}", place(link))


def _inside(mail: Mail) -> Iterator[Fault]:
    for link in mail.links:
        if re.fullmatch(r"#.+", _href(link)):
            yield Fault("a link within the page, which several apps open as nothing", place(link))


def _disguised(mail: Mail) -> Iterator[Fault]:
    yield from _mismatches(mail, _ADDRESS_TEXT)


def _other_domain(mail: Mail) -> Iterator[Fault]:
    yield from _mismatches(mail, _DOMAIN_TEXT, but_not=_ADDRESS_TEXT)


def _mismatches(
    mail: Mail, shape: re.Pattern[str], but_not: re.Pattern[str] | None = None
) -> Iterator[Fault]:
    for link in mail.links:
        words = "".join(map(str, link.itertext())).strip(_ENDS + "<>()")
        found, host = shape.fullmatch(words), host_of(_href(link))
        if not found or not host or (but_not and but_not.fullmatch(words)):
            continue
        if registered_domain(found[1].lower()) != registered_domain(host):
            yield Fault(f"the text names {found[1].lower()}, the link leads to {host}", place(link))


def _shortened(mail: Mail) -> Iterator[Fault]:
    for link in mail.links:
        host = host_of(_href(link)).removeprefix("www.")
        if host in SHORTENERS:
            yield Fault(f"a shortened link ({host}) hides where it leads", place(link))


def _numeric(mail: Mail) -> Iterator[Fault]:
    for link in mail.links:
        host = host_of(_href(link))
        if _ip(host) is not None and not is_local(host):
            yield Fault(f"a link to a number instead of a name: {host}", place(link))


def _local(mail: Mail) -> Iterator[Fault]:
    for host in dict.fromkeys(host for link in mail.links if is_local(host := host_of(_href(link)))):
        yield Fault(f"links lead to {host}, which is each reader's own machine or network", "HTML part")


def _credentials(mail: Mail) -> Iterator[Fault]:
    for link in mail.links:
        href = _href(link)
        if _scheme(href) in {"http", "https"} and "@" in href.split("//", 1)[-1].split("/", 1)[0]:
            yield Fault("a link carries a user name, a trick to hide its host", place(link))


RULES: tuple[Rule[Mail], ...] = (
    Rule(
        "link-empty", Level.ERROR, "Every link has words, and somewhere to lead.",
        "give it words (or its image an alt text) and an address, or take it out", _empty,
    ),
    Rule(
        "link-generic", Level.WARNING, "A link's words, or its aria-label, say where it leads (WCAG 2.4.4).",
        'name the target: "Read more at ...", or add an aria-label with the headline', _generic,
    ),
    Rule(
        "link-insecure", Level.WARNING, "Links lead over https.", "use https where the site has it",
        _insecure,
    ),
    Rule(
        "link-scheme", Level.ERROR, "Links are whole web or mail addresses; no javascript:, data: or file:.",
        "write the whole address, from https:// on", _odd_scheme,
    ),
    Rule(
        "link-inside", Level.NOTICE, "No link leads within the page.",
        "take it out, or count on it only as a bonus", _inside,
    ),
    Rule(
        "link-disguised", Level.ERROR, "A text that is an address leads there: phishing looks like this.",
        "show the name of the site instead of an address, or link to the address shown", _disguised,
    ),
    Rule(
        "link-other-domain", Level.WARNING, "A text that looks like a domain leads there.",
        "write the name without its ending, or link to that domain", _other_domain,
    ),
    Rule(
        "link-shortened", Level.WARNING, "No link goes through a shortener: spammers wore them out.",
        "link to the address itself", _shortened,
    ),
    Rule(
        "link-number", Level.WARNING, "Links lead to names, not to numbers.", "use the host's name",
        _numeric,
    ),
    Rule(
        "link-local", Level.NOTICE, "No link leads to the reader's own machine, except in a rehearsal.",
        "set [publication] base_url to the public address; gather from public feeds", _local,
    ),
    Rule(
        "link-credentials", Level.ERROR, "No link carries a user name or password.",
        "take out what stands before the @", _credentials,
    ),
)  # fmt: skip
