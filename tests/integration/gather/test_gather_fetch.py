from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from digest.errors import FetchError, RefusedAddressError
from digest.gather.fetch import Fetched, Stopped, _next, fetch, retry_after
from digest.gather.options import GatherOptions
from digest.gather.urls import origin

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
OPTIONS = GatherOptions(timeout_s=5, max_bytes=200_000, max_redirects=3, user_agent="test-agent/1")


def get(url: str, options: GatherOptions = OPTIONS, **more: Any) -> Fetched:
    return fetch(url, options, now=NOW, private=origin(url), **more)


def trouble(url: str, options: GatherOptions = OPTIONS, **more: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        get(url, options, **more)
    return caught.value


def test_a_document_comes_with_its_type_charset_and_validators(site: Any) -> None:
    url = site.serve(
        "/f", b"<rss/>", Content_Type='text/xml; charset="utf-8"', ETag='"v1"', Last_Modified="Tue"
    )
    got = get(url)
    assert (got.body, got.content_type, got.charset, got.etag, got.last_modified) == (
        b"<rss/>",
        "text/xml",
        "utf-8",
        '"v1"',
        "Tue",
    )
    assert got.url == url
    (request,) = site.requests
    assert request[1]["User-Agent"] == "test-agent/1"
    assert "Cookie" not in request[1]


def test_validators_are_sent_and_not_modified_is_understood(site: Any) -> None:
    url = site.serve("/f", b"", status=304)
    assert get(url, etag='"v1"', last_modified="Tue, 10 Mar 2026 00:00:00 GMT").not_modified
    headers = site.requests[0][1]
    assert headers["If-None-Match"] == '"v1"'
    assert headers["If-Modified-Since"] == "Tue, 10 Mar 2026 00:00:00 GMT"


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
def test_an_error_status_is_a_stable_word_with_what_the_server_asks(site: Any, status: int) -> None:
    error = trouble(site.serve("/f", b"no", status=status, Retry_After="120"))
    assert (error.trouble, error.status, error.retry_after_s) == (f"http-{status}", status, 120)


def test_retry_after_may_be_a_date_and_is_bounded() -> None:
    assert retry_after("Tue, 10 Mar 2026 12:10:00 GMT", NOW) == 600
    assert retry_after("Tue, 10 Mar 2026 11:00:00 GMT", NOW) == 0
    assert retry_after("99999999", NOW) == 86400
    assert retry_after("soon", NOW) is None


def test_redirects_are_followed_within_bounds_and_a_permanent_move_is_told(site: Any) -> None:
    site.serve("/new", b"here")
    moved = site.serve("/old", b"", status=301, Location="/new")
    passing = site.serve("/tmp", b"", status=302, Location="/new")
    loop = site.serve("/loop", b"", status=302, Location="/loop")
    assert get(moved).moved_to == site.url("/new")
    assert (get(passing).moved_to, get(passing).body) == ("", b"here")
    assert trouble(loop).trouble == "too-many-redirects"
    assert site.paths().count("/loop") == OPTIONS.max_redirects + 1
    assert trouble(site.serve("/js", b"", status=302, Location="javascript:1")).trouble == "bad-redirect"


def test_a_private_address_is_refused_and_never_connected_to(site: Any) -> None:
    url = site.serve("/f", b"secret")
    with pytest.raises(RefusedAddressError) as caught:
        fetch(url, OPTIONS, now=NOW)
    assert caught.value.trouble == "private-address"
    assert str(caught.value).startswith("127.0.0.1 is not on the public internet; allow_private = true ")
    assert site.requests == []


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0",
        "[64:ff9b::7f00:1]",
    ],
)
def test_no_way_to_write_loopback_gets_through(site: Any, host: str) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(f"http://{host}:{site.port}/f", OPTIONS, now=NOW)
    assert caught.value.trouble in {"private-address", "dns", "bad-address"}
    assert site.requests == []


def test_a_private_feed_may_not_redirect_to_another_private_host_or_port(
    make_site: Callable[[], Any],
) -> None:
    own, other = make_site(), make_site()
    secret = other.serve("/secret", b"secret")
    assert trouble(own.serve("/r", b"", status=302, Location=secret)).trouble == "private-address"
    metadata = own.serve("/m", b"", status=302, Location="http://169.254.169.254/latest")
    assert trouble(metadata).trouble == "private-address"
    assert other.requests == []


def test_a_name_that_resolves_to_a_private_address_is_refused_and_looked_up_once(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def resolver(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        address = "8.8.8.8" if len(asked) > 1 else "127.0.0.1"  # rebinding: another answer the second time
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    with pytest.raises(RefusedAddressError):
        fetch(f"http://rebind.example.org:{site.port}/f", OPTIONS, now=NOW)
    assert asked == ["rebind.example.org"]


def test_a_login_goes_to_its_own_host_only_and_into_no_message(make_site: Callable[[], Any]) -> None:
    first, second = make_site(), make_site()
    second.serve("/b", b"there")
    first.serve("/same", b"here")
    login = f"http://me:secret@127.0.0.1:{first.port}"
    first.serve("/a", b"", status=302, Location=f"http://127.0.0.1:{second.port}/b", Set_Cookie="k=v")
    first.serve("/c", b"", status=302, Location="/same", Set_Cookie="k=v")
    error = trouble(f"{login}/a")
    assert "secret" not in str(error)
    assert second.requests == []
    assert get(f"{login}/c").url == first.url("/same")
    assert all("Authorization" in headers and "Cookie" not in headers for _, headers in first.requests)


@pytest.mark.parametrize(
    ("location", "followed"),
    [
        ("/b", "https://me:secret@a.example.org/b"),
        ("https://u:p@b.example.org/", "https://b.example.org/"),
        ("http://me:secret@a.example.org/b", "http://a.example.org/b"),
        ("https://me:secret@a.example.org:8443/b", "https://a.example.org:8443/b"),
    ],
)
def test_a_redirect_carries_a_login_within_one_scheme_host_and_port_only(
    location: str, followed: str
) -> None:
    assert _next("https://me:secret@a.example.org/a", location) == followed


def test_a_gzip_body_is_unpacked_and_a_bomb_stopped_in_bounded_memory(site: Any) -> None:
    assert get(site.serve("/ok", gzip.compress(b"<rss/>"), Content_Encoding="gzip")).body == b"<rss/>"
    url = site.serve("/bomb", gzip.compress(bytes(100_000_000), 9), Content_Encoding="gzip")
    tracemalloc.start()
    try:
        assert trouble(url).trouble == "too-large"
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
    assert trouble(site.serve("/bad", b"no gzip at all", Content_Encoding="gzip")).trouble == "bad-encoding"


def drip(site: Any, path: str, *, headers_first: bool) -> str:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        start = b"HTTP/1.1 200 OK\r\n\r\n" if headers_first else b"HTTP/1.1 200 OK\r\nX-Slow: "
        handler.wfile.write(start)
        while not site.over.wait(0.05):
            handler.wfile.write(b"x")

    site.routes[path] = answer
    return str(site.url(path))


@pytest.mark.parametrize("headers_first", [True, False])
def test_a_dripping_server_is_left_at_the_deadline(site: Any, headers_first: bool) -> None:
    started = time.monotonic()
    error = trouble(drip(site, "/drip", headers_first=headers_first), GatherOptions(timeout_s=0.6))
    assert error.trouble == "timeout"
    assert time.monotonic() - started < 4  # not the hours that it would drip for


def test_a_stop_breaks_a_fetch_off(site: Any) -> None:
    wish = threading.Event()
    url = drip(site, "/drip", headers_first=True)
    threading.Timer(0.2, wish.set).start()
    with pytest.raises(Stopped):
        get(url, GatherOptions(timeout_s=60), stop=wish.is_set)


def test_broken_connections_have_their_words(site: Any) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    assert trouble(f"http://127.0.0.1:{port}/").trouble == "refused"
    assert trouble(f"https://127.0.0.1:{site.port}/").trouble == "tls"
    assert trouble("http://no-such-host.invalid/").trouble == "dns"
    assert trouble("gopher://news.example.org/").trouble == "bad-address"
    short = site.serve("/short", b"abc", Content_Length="900")
    assert trouble(short).trouble == "broken-off"
