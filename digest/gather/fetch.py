"""One HTTP GET, safe against hostile servers: bounded in time, size, redirects and reach."""

from __future__ import annotations

import email.utils
import functools
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import httpx2

from digest.errors import FetchError
from digest.gather.network import Deadline, GuardedTransport, Stopped
from digest.gather.options import GatherOptions
from digest.gather.urls import origin, web_url, without_login

__all__ = ["Fetched", "Stopped", "fetch"]

ACCEPT_FEED = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml,"
    " application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1"
)
ACCEPT_PAGE = "text/html, application/xhtml+xml, */*;q=0.1"
REDIRECTS = {301, 302, 303, 307, 308}
LONGEST_RETRY_AFTER_S = 86400.0
SHOWN_URL = 200
MAX_HEADER = 500  # an ETag longer than that is not worth keeping


@dataclass(frozen=True, slots=True)
class Fetched:
    """A server's good answer. ``body`` is decoded from gzip; empty when ``not_modified``.

    ``url`` is where it came from after redirects, without any login. ``moved_to`` is set when every
    redirect was a permanent one: the address to use from now on.
    """

    url: str
    status: int
    body: bytes
    content_type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    moved_to: str = ""
    not_modified: bool = False


@functools.cache
def _tls() -> ssl.SSLContext:
    """One context for all fetches: loading the authorities' certificates takes a while."""
    return httpx2.create_ssl_context(trust_env=False)


def fetch(
    url: str,
    options: GatherOptions,
    *,
    now: datetime,
    private: tuple[str, int] | None = None,
    etag: str = "",
    last_modified: str = "",
    accept: str = ACCEPT_FEED,
    stop: Callable[[], bool] = lambda: False,
) -> Fetched:
    """GET ``url``.

    ``private`` is a (host, port) that may be on a private address; no other may, not even after a
    redirect. ``now`` is needed to read a Retry-After that names a date. Raises FetchError (never
    anything of the HTTP library) and Stopped.
    """
    deadline = Deadline(options.timeout_s, stop)
    headers = {"User-Agent": options.user_agent, "Accept": accept, "Accept-Encoding": "gzip, deflate"}
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"If-Modified-Since": last_modified} if last_modified else {}
    at, permanent = web_url(url), True
    if not at:
        raise FetchError("bad-address", f"{_shown(url)} is no http or https address")
    for hop in range(options.max_redirects + 1):
        answer = _one(at, headers, options, deadline, private, now)
        if isinstance(answer, Fetched):
            return answer if hop == 0 or not permanent else _moved(answer)
        status, location = answer
        permanent = permanent and status in {HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT}
        at = _next(at, location)
    raise FetchError("too-many-redirects", f"more than {options.max_redirects} redirects from {_shown(url)}")


def _moved(answer: Fetched) -> Fetched:
    return Fetched(**{name: getattr(answer, name) for name in Fetched.__slots__} | {"moved_to": answer.url})


def _next(at: str, location: str) -> str:
    """Where a redirect leads. A login goes along only within one scheme, host and port."""
    target = web_url(location, at) if location else ""
    if not target:
        raise FetchError("bad-redirect", f"{_shown(at)} redirects to {_shown(location) or 'nowhere'}")
    same = origin(target) == origin(at) and target.partition(":")[0] == at.partition(":")[0]
    return target if same else without_login(target)


def _shown(url: str) -> str:
    """``url`` fit for a message: without a login, on one line, not too long."""
    shown = web_url(url)
    shown = without_login(shown) if shown else url.encode("unicode_escape").decode("ascii")
    return shown[:SHOWN_URL]


def _one(
    url: str,
    headers: dict[str, str],
    options: GatherOptions,
    deadline: Deadline,
    private: tuple[str, int] | None,
    now: datetime,
) -> Fetched | tuple[int, str]:
    """One request: a good answer, or (status, Location) of a redirect."""
    transport = GuardedTransport(_tls(), deadline, private)
    try:
        # A client for this request alone: it has no cookies to give away and keeps none.
        with (
            httpx2.Client(transport=transport, trust_env=False, timeout=options.timeout_s) as client,
            client.stream("GET", url, headers=headers, follow_redirects=False) as response,
        ):
            if response.status_code in REDIRECTS:
                return response.status_code, response.headers.get("location", "")
            _demand_good(response, url, now)
            body = (
                b"" if response.status_code == HTTPStatus.NOT_MODIFIED else _body(response, options, deadline)
            )
            return _fetched(response, url, body)
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, ValueError) as error:
        raise _translated(error, url, options) from error


def _demand_good(response: httpx2.Response, url: str, now: datetime) -> None:
    status = response.status_code
    if response.is_success or status == HTTPStatus.NOT_MODIFIED:
        return
    wait = retry_after(response.headers.get("retry-after", ""), now)
    phrase = "gone for good; remove this feed" if status == HTTPStatus.GONE else _phrase(status)
    message = f"{_shown(url)} answers {status} ({phrase})"
    raise FetchError(f"http-{status}", message, status=status, retry_after_s=wait)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "unknown status"


def _body(response: httpx2.Response, options: GatherOptions, deadline: Deadline) -> bytes:
    parts, size = [], 0
    for part in response.iter_bytes():
        deadline.left()
        size += len(part)
        if size > options.max_bytes:
            raise FetchError(
                "too-large", f"the answer is larger than {options.max_bytes:,} bytes", status=200
            )
        parts.append(part)
    return b"".join(parts)


def _fetched(response: httpx2.Response, url: str, body: bytes) -> Fetched:
    content_type = response.headers.get("content-type", "")[:MAX_HEADER]
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type, re.IGNORECASE)
    return Fetched(
        url=without_login(url),
        status=response.status_code,
        body=body,
        content_type=content_type.partition(";")[0].strip().lower(),
        charset=charset.group(1) if charset else "",
        etag=_kept(response.headers.get("etag", "")),
        last_modified=_kept(response.headers.get("last-modified", "")),
        not_modified=response.status_code == HTTPStatus.NOT_MODIFIED,
    )


def _kept(header: str) -> str:
    """A validator, to be sent back as it came; "" if it could not be sent."""
    return header if len(header) <= MAX_HEADER and header.isascii() and header.isprintable() else ""


def retry_after(header: str, now: datetime) -> float | None:
    """Seconds to wait (RFC 9110, 10.2.3: seconds or a date), at most a day; None if nothing is asked."""
    header = header.strip()
    if re.fullmatch(r"\d{1,12}", header):
        return min(float(header), LONGEST_RETRY_AFTER_S)
    try:
        moment = email.utils.parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), LONGEST_RETRY_AFTER_S)


def _translated(error: Exception, url: str, options: GatherOptions) -> FetchError:
    """The library's exception as ours, with a stable word."""
    cause = _root(error)
    if isinstance(error, httpx2.TimeoutException):
        word, message = "timeout", f"no complete answer within {options.timeout_s:g} s"
    elif isinstance(cause, ssl.SSLError):
        reason = getattr(cause, "verify_message", "") or cause.reason or "handshake failed"
        word, message = "tls", f"no secure connection ({reason})"
    elif isinstance(cause, ConnectionRefusedError):
        word, message = "refused", "the host refuses connections on that port"
    elif isinstance(error, httpx2.DecodingError):
        word, message = "bad-encoding", "the compressed body is damaged"
    elif isinstance(error, httpx2.ConnectError):
        word, message = "unreachable", str(cause)
    elif isinstance(error, httpx2.HTTPError):
        word, message = "broken-off", f"the connection broke off ({error})"
    else:
        word, message = "bad-address", str(error)
    return FetchError(word, f"{_shown(url)}: {message}")


def _root(error: BaseException) -> Any:
    """The innermost cause, for the HTTP library wraps twice."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return error
