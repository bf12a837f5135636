"""The kinds of settings that are addresses: of e-mail, of machines, of web pages. All come out in ASCII."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

from digest.settings.kinds import Kind, as_text, pattern, quoted
from digest.settings.quantities import HIGHEST_PORT

_EMAIL = re.compile(
    r"(?=.{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"  # a dot stands between two others
    r"@(?:[\w](?:[\w-]{0,61}[\w])?\.)*[\w](?:[\w-]{0,61}[\w])?"
)
_HOST = re.compile(r"[A-Za-z0-9_.:-]+")
_KEPT_IN_ADDRESS = "/%:@!$&'()*+,;=~?"  # of the signs in a path or query, those that mean something


def email(*, optional: bool = False) -> Kind[str]:
    """One bare e-mail address; its domain in ASCII (IDNA), as headers and mail servers need it."""
    advice = 'is no e-mail address; write it bare, like "news@example.org"'
    plain = pattern("e-mail address", _EMAIL, advice, optional=optional)

    def read(value: object) -> str:
        local, at, domain = plain.read(value).rpartition("@")
        return f"{local}{at}{_ascii_host(domain, advice)}"

    return Kind(plain.name, read, quoted)


def _ascii_host(host: str, advice: str) -> str:
    """A host with letters of any script as the name servers know it (RFC 5890)."""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        raise ValueError(advice) from None


def host(*, optional: bool = False) -> Kind[str]:
    """A host name or IP address, without scheme or port."""
    advice = 'is no host name; write it without "smtp://" or a path, like "mail.example.org"'
    plain = pattern("host name", _HOST, advice, optional=optional)

    def read(value: object) -> str:
        found = plain.read(value)
        if found.count(":") == 1:
            raise ValueError("names a port as well; that has a setting of its own")
        return found

    return Kind(plain.name, read, quoted)


def base_url(*, optional: bool = False, public: bool = True) -> Kind[str]:
    """An address that paths are added to, without a slash at its end; "" where it is optional.

    In a ``public`` one, which readers see, no name and password may stand.
    """

    def read(value: object) -> str:
        found = as_text(value).strip()
        if optional and not found:
            return found
        found = _web_address(found, "https://digest.example.org", public=public)
        if urlsplit(found).query or urlsplit(found).fragment:
            raise ValueError(
                'has a "?" or "#" part; write the address alone, like "https://digest.example.org"'
            )
        return found.rstrip("/")

    return Kind("web address", read, quoted)


def web_page() -> Kind[str]:
    """The address of a page; "" for none."""

    def read(value: object) -> str:
        found = as_text(value).strip()
        return _web_address(found, "https://news.example.org/privacy") if found else ""

    return Kind("web address", read, quoted)


def _web_address(found: str, example: str, *, public: bool = True) -> str:
    """The address in ASCII, as headers need it: its host by IDNA, its path percent-encoded."""
    advice = f"is no web address; write it whole, like {quoted(example)}"
    if not is_web_url(found):
        raise ValueError(advice)
    parts = urlsplit(found)
    if public and "@" in parts.netloc:
        raise ValueError("has a user name in it, and all readers would see it; write the address alone")
    if found.isascii():
        return found
    login, at, _ = parts.netloc.rpartition("@")
    place = f"{login}{at}{_ascii_host(parts.hostname or '', advice)}" + (
        f":{parts.port}" if parts.port else ""
    )
    rest = (quote(part, safe=_KEPT_IN_ADDRESS) for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, place, *rest))


def is_web_url(found: str) -> bool:
    """Whether ``found`` is an absolute http(s) address with a host and, if any, a possible port."""
    try:
        parts = urlsplit(found)
        port = parts.port
    except ValueError:
        return False
    named = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s<>\"\\]", found)
    return named and (port is None or 0 < port <= HIGHEST_PORT)
