"""Web addresses: which ones count, and when two of them are the same page."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, quote, urljoin, urlsplit, urlunsplit

from digest.model.links import MAX_URL

DEFAULT_PORTS = {"http": 80, "https": 443}

# What mailers, social networks and analytics add to a link; none of it changes the page.
TRACKING = re.compile(
    r"(?:utm_\w+|mtm_\w+|pk_\w+|hsa_\w+|at_(?:medium|campaign|link\w*|bbc\w*|format|ptr\w*|custom\w*)"
    r"|fbclid|gclid|gclsrc|dclid|wbraid|gbraid|msclkid|twclid|ttclid|yclid|igshid|igsh|mc_cid|mc_eid|_hs\w+"
    r"|cmpid|cmp|ncid|icid|smid|soc_src|soc_trk|s_cid|ito|ocid|xtor|wt\.\w+|__twitter_impression"
    r"|traffic_source|guccounter)",
    re.IGNORECASE,
)
AMP_QUERY = {("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp"), ("output", "amp")}
_AMP_PATH = re.compile(r"(?<=[^/])/amp/?$", re.IGNORECASE)
_AMP_SUFFIX = re.compile(r"(?<=[^/])\.amp(?=\.html?$|$)", re.IGNORECASE)
_BLANKS = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]+")
_HOST_PREFIX = re.compile(r"^(?:www\d?|m|mobile|amp|edition)\.(?=[^.]+\.)")
_UNSAFE = re.compile(r"[ \"<>\\^`{|}]")
_AUTHORITY = re.compile(r"[\s\"<>\\^`{|}]")


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is what validates it
    except ValueError:
        return None
    if parts.scheme.lower() not in DEFAULT_PORTS or not parts.hostname or _AUTHORITY.search(parts.netloc):
        return None
    return parts


def _spaces(found: re.Match[str]) -> str:
    """What stays of blanks within an address: spaces, unless a line ends there."""
    blanks = found.group()
    return "" if "\n" in blanks or "\r" in blanks else " " * blanks.count(" ")


def web_url(raw: str, base: str = "") -> str:
    """``raw`` as an absolute http or https address, resolved against ``base``; "" if it is none.

    ``javascript:``, ``data:``, ``file:`` and everything else is refused. White space at its ends, control
    characters and lone surrogates (JSON can write them, and no database takes them) go; spaces within, and
    characters that could end an HTML attribute, are percent-encoded.
    """
    text = _BLANKS.sub(_spaces, raw).strip()
    if not text or len(text) > MAX_URL:
        return ""
    try:
        text = urljoin(base, text) if base else text
    except ValueError:
        return ""
    parts = _split(text)
    if parts is None:
        return ""
    url = urlunsplit(parts._replace(scheme=parts.scheme.lower()))
    url = _UNSAFE.sub(lambda found: quote(found.group()), url)
    return url if len(url) <= MAX_URL else ""


def origin(url: str) -> tuple[str, int]:
    """Host in lower case, and port; ("", 0) if ``url`` is no web address."""
    parts = _split(url)
    if parts is None:
        return "", 0
    return (parts.hostname or "").lower().rstrip("."), parts.port or DEFAULT_PORTS[parts.scheme.lower()]


def without_login(url: str) -> str:
    """``url`` without the user name and password that it may hold."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _unwrapped(url: str) -> str:
    """The target of a news-alert link that goes through a search engine's redirect."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.path == "/url" and re.fullmatch(r"(?:www\.)?google\.[a-z.]+", host):
        query = dict(parse_qsl(parts.query))
        target = web_url(query.get("url") or query.get("q") or "")
        return target or url
    return url


def tidy_url(url: str) -> str:
    """``url`` as readers get it: out of an alert's redirect, without tracking, otherwise as it is."""
    url = _unwrapped(url)
    parts = _split(url)
    if parts is None or not parts.query:
        return url
    kept = [piece for piece in parts.query.split("&") if not TRACKING.fullmatch(piece.partition("=")[0])]
    return urlunsplit(parts._replace(query="&".join(kept)))


def canonical_url(url: str) -> str:
    """What an article is known by: ``url`` without tracking, fragment, default port or AMP variant.

    Host in lower case. Scheme, ``www.`` and the order of what remains in the query stay, for pages
    may differ by them. An address that is not http(s) comes back as it is.
    """
    parts = _split(_unwrapped(url))
    if parts is None:
        return url
    scheme = parts.scheme.lower()
    host = (parts.hostname or "").lower().rstrip(".")
    host = f"[{host}]" if ":" in host else host
    if parts.port not in (None, DEFAULT_PORTS[scheme]):
        host = f"{host}:{parts.port}"
    kept = [piece for piece in parts.query.split("&") if piece and not _is_noise(piece)]
    path = _AMP_SUFFIX.sub("", _AMP_PATH.sub("", parts.path)) or "/"
    return urlunsplit((scheme, host, path, "&".join(kept), ""))


def _is_noise(piece: str) -> bool:
    name, _, value = piece.partition("=")
    return bool(TRACKING.fullmatch(name)) or (name.lower(), value.lower()) in AMP_QUERY


def same_site(one: str, other: str) -> bool:
    """Whether two addresses belong to one site: the same host but for www., m., amp., or a subdomain.

    So ``amp.example.org`` may name ``www.example.org`` as its canonical page, and nobody else's.
    """
    left, right = (_HOST_PREFIX.sub("", origin(url)[0]) for url in (one, other))
    if not left or not right:
        return False
    short, long = sorted((left, right), key=len)
    return short == long or (short.count(".") > 0 and long.endswith("." + short))
