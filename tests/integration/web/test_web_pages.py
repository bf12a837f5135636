from __future__ import annotations

import logging
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest
from starlette.responses import Response

from digest.bounces.providers import HookRequest
from digest.errors import InputError, StoreError
from digest.model.edition import EditionState
from digest.store import runs
from digest.web import ArchiveEntry, Reader, WebServices, background, listen
from digest.web.forms import MAX_BODY

from .conftest import NOW, Site, Start


def test_an_edition_that_went_out_is_read_in_the_browser(site: Site) -> None:
    ref = site.edition(EditionState.SENT)
    page = site.client.get(f"/editions/{ref}")
    assert page.status_code == 200
    assert page.text.endswith("<p>all")


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("themes=arctic+middle-east", "arctic+middle-east"),
        ("themes=middle-east%2Barctic", "arctic+middle-east"),
        ("themes=arctic&themes=middle-east", "arctic+middle-east"),
        ("themes=sport", "all"),
        ("themes=", "all"),
        ("themes=<script>", "all"),
    ],
)
def test_an_edition_is_seen_as_a_reader_of_these_themes(lite_site: Site, query: str, seen: str) -> None:
    ref = lite_site.edition(EditionState.SENDING)
    assert lite_site.client.get(f"/editions/{ref}?{query}").text.endswith(f"<p>{seen}")


@pytest.mark.parametrize(
    "state", [EditionState.DRAFT, EditionState.HELD, EditionState.APPROVED, EditionState.FROZEN]
)
def test_an_edition_to_come_is_promised_and_not_shown(lite_site: Site, state: EditionState) -> None:
    """Where "view in browser" of a test message leads."""
    ref = lite_site.edition(state, headline="A draft's own secret")
    answer = lite_site.client.get(f"/editions/{ref}")
    assert answer.status_code == 200
    assert "This edition is not out" in answer.text
    assert "secret" not in answer.text + lite_site.client.get("/feed.atom").text
    assert answer.headers["Cache-Control"] == "private, no-store", "the same address will hold the edition"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert ref not in lite_site.client.get("/editions").text


def test_an_edition_that_nobody_has_drafted_is_promised_when_its_time_is_near(lite_site: Site) -> None:
    assert lite_site.client.get("/editions/daily-20250303T0600").status_code == 200
    assert lite_site.client.get("/editions/daily-20250301T0600").status_code == 404
    assert lite_site.client.get("/editions/daily-20250403T0600").status_code == 404


def test_an_edition_whose_time_went_by_is_promised_no_more(lite_site: Site) -> None:
    answer = lite_site.client.get(f"/editions/{lite_site.edition(EditionState.DRAFT, days_ago=1)}")
    assert answer.status_code == 404
    assert "No edition went out" in answer.text
    assert "not out yet" not in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store", "it may be sent by hand all the same"


def test_a_cancelled_edition_is_not_shown(lite_site: Site) -> None:
    answer = lite_site.client.get(f"/editions/{lite_site.edition(EditionState.CANCELLED)}")
    assert answer.status_code == 404
    assert "This edition is not out" in answer.text, "the same words as of one to come"


def test_the_feed_is_atom_with_the_editions_that_went_out(lite_site: Site) -> None:
    old = lite_site.edition(EditionState.SENT, days_ago=1, headline="Ice <b>road</b> & more")
    new = lite_site.edition(EditionState.SENDING, days_ago=0, headline="Pact signed")
    answer = lite_site.client.get("/feed.atom")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    entries = re.findall(r"<entry>.*?</entry>", answer.text, re.DOTALL)
    assert [f"/mail/editions/{ref}" in entry for ref, entry in zip((new, old), entries, strict=True)] == [
        1,
        1,
    ]
    assert "<title>Ice &lt;b&gt;road&lt;/b&gt; &amp; more</title>" in entries[1]


def test_every_page_leads_to_the_feed(lite_site: Site) -> None:
    for path in ("/", "/editions", "/editions/daily-20250303T0600"):
        link = re.search(
            r'<link rel="alternate" type="application/atom\+xml"[^>]* href="([^"]+)"',
            (lite_site.client.get(path).text),
        )
        assert link
        assert lite_site.client.get(f"{path.rpartition('/')[0]}/{link[1]}").status_code == 200


def test_an_edition_cancelled_after_some_had_it_stays_readable_for_them(lite_site: Site) -> None:
    ref = lite_site.edition(EditionState.CANCELLED)
    with lite_site.database.write() as conn:
        runs.accept_first(conn, 1, transport="smtp", now=NOW)
    assert lite_site.client.get(f"/editions/{ref}").status_code == 200
    assert ref not in lite_site.client.get("/editions").text


@pytest.mark.parametrize("ref", ["nope", "daily-20991231T0000", "..%2F..%2Fetc%2Fpasswd", "%00", "a" * 3000])
def test_an_edition_nobody_heard_of_is_a_page_with_a_way_on(lite_site: Site, ref: str) -> None:
    answer = lite_site.client.get(f"/editions/{ref}")
    assert answer.status_code == 404
    assert "</html>" in answer.text


def test_the_archive_lists_what_went_out_newest_first(site: Site) -> None:
    site.edition(EditionState.SENT, days_ago=1, headline="Ice <b>road</b>")
    site.edition(EditionState.SENT, days_ago=0, headline="Pact signed")
    page = site.client.get("/editions")
    headlines = re.findall(r'<a href="[^"]*editions/[^"]+">([^<]+)<', page.text)
    assert headlines == ["Pact signed", "Ice &lt;b&gt;road&lt;/b&gt;"]
    assert "Sunday, 2 March 2025" in page.text
    for href in re.findall(r'href="([^"]*editions/[^"]+)"', page.text):
        assert site.client.get(str(page.url.join(href))).status_code == 200


def test_home_names_the_publication_and_leads_to_the_archive(lite_site: Site) -> None:
    empty = lite_site.client.get("/")
    assert "The Strait &amp; Ice &lt;Brief&gt;" in empty.text
    assert "None yet" in lite_site.client.get("/editions").text
    lite_site.edition(EditionState.SENT)
    full = lite_site.client.get("/")
    assert "Ice road closes early" in full.text
    assert "All past editions" in full.text


def all_pages(site: Site) -> list[httpx2.Response]:
    reader = site.reader()
    ref = site.edition(EditionState.SENT)
    paths = ["/", "/editions", f"/editions/{ref}", "/test", "/nowhere", "/u/x", "/editions/x"]
    paths += ["/subscribe", "/confirm/x"]
    get, post = site.client.get, site.client.post
    return [
        *map(get, [*paths, site.leave_url(reader), site.themes_url(reader)]),
        post(site.themes_url(reader)),
        post(site.leave_url(reader)),
        get(site.themes_url(reader)),
        post("/subscribe"),
        post("/confirm/x"),
        post("/editions"),
        post("/test", content=b"x" * (MAX_BODY + 1)),
    ]


def test_every_page_forbids_scripts_frames_sniffing_and_referrers(lite_site: Site) -> None:
    for page in all_pages(lite_site):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in page.headers
        assert "server" not in page.headers


def test_a_nonce_is_never_used_twice(lite_site: Site) -> None:
    nonces = [re.findall(r'nonce="([^"]+)"', lite_site.client.get("/test").text) for _ in range(3)]
    assert len({nonce for (nonce,) in nonces}) == 3


def test_personal_pages_are_neither_cached_nor_indexed_and_public_ones_are(lite_site: Site) -> None:
    reader = lite_site.reader()
    for url in (lite_site.leave_url(reader), lite_site.themes_url(reader), "/test", "/u/x"):
        page = lite_site.client.get(url)
        assert page.headers["cache-control"] == "private, no-store"
        assert "noindex" in page.headers["x-robots-tag"]
        assert "noindex" in page.text
    for url in ("/", "/editions", f"/editions/{lite_site.edition(EditionState.SENT)}"):
        page = lite_site.client.get(url)
        assert page.headers["cache-control"].startswith("public")
        assert "noindex" not in page.text + page.headers.get("x-robots-tag", "")


class Outline(HTMLParser):
    """What assistive technology needs of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.loose: list[str] = []
        self.language = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "html":
            self.language = dict(attrs).get("lang") or ""
        if tag == "input" and "label" not in self.open and dict(attrs).get("type") != "hidden":
            self.loose.append(tag)
        if tag not in {"meta", "input", "br", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_page_of_ours_has_a_language_one_h1_landmarks_and_labels(lite_site: Site) -> None:
    for page in all_pages(lite_site):
        if "Brief" not in page.text:
            continue  # the edition itself: the renderer's own tests look at it
        outline = Outline()
        outline.feed(page.text)
        assert not outline.open, "every element is closed"
        assert outline.language == "en"
        assert [outline.tags.count(tag) for tag in ("h1", "main", "header", "footer", "title")] == [1] * 5
        assert outline.loose == []
        assert "script" not in outline.tags


def test_head_answers_like_get_without_a_body(lite_site: Site) -> None:
    reader = lite_site.reader()
    for path in ("/", "/editions", "/test", lite_site.leave_url(reader), "/healthz", "/nowhere"):
        head, get = lite_site.client.head(path), lite_site.client.get(path)
        assert head.status_code == get.status_code
        assert head.content == b""


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/"), ("POST", "/editions"), ("DELETE", "/u/x"), ("PUT", "/test")]
)
def test_a_method_that_a_page_does_not_know_is_refused(lite_site: Site, method: str, path: str) -> None:
    answer = lite_site.client.request(method, path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_a_body_that_is_too_large_is_refused_and_changes_nothing(lite_site: Site) -> None:
    reader = lite_site.reader()
    for body in (b"x" * (MAX_BODY + 1), iter([b"x" * MAX_BODY, b"y"])):
        assert lite_site.client.post(lite_site.leave_url(reader), content=body).status_code == 413
    assert lite_site.mailed() == {"": 1}


def test_a_body_with_too_many_fields_is_refused(lite_site: Site) -> None:
    reader = lite_site.reader()
    answer = lite_site.client.post(lite_site.themes_url(reader), content="&".join(["theme=a"] * 500))
    assert answer.status_code == 400


def test_a_body_that_comes_too_slowly_is_given_up(lite_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.web.forms.BODY_TIMEOUT_S", 0.05)
    reader = lite_site.reader()
    host, port = lite_site.client.base_url.host, lite_site.client.base_url.port
    with socket.create_connection((host, port), timeout=20) as slow:
        head = f"POST {lite_site.leave_url(reader)} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx"
        slow.sendall(head.encode())
        assert slow.recv(100).startswith(b"HTTP/1.1 408")
    assert lite_site.mailed() == {"": 1}


@pytest.mark.parametrize(
    ("before", "begun"),
    [
        (b"", b""),
        (b"", b"GET / HTTP/1.1\r\nHost: x\r\n"),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n"),
    ],
)
def test_a_connection_on_which_no_request_comes_is_closed(
    lite_site: Site, monkeypatch: pytest.MonkeyPatch, before: bytes, begun: bytes
) -> None:
    """Else as many as are let in at once would keep everybody out, for as long as they like."""
    monkeypatch.setattr("digest.web.server.HEAD_TIMEOUT_S", 0.2)
    host, port = lite_site.client.base_url.host, lite_site.client.base_url.port
    with socket.create_connection((host, port), timeout=20) as slow:
        slow.sendall(before)
        answer = b""
        while before and not answer.endswith(b"ok\n"):
            answer += slow.recv(1000)
        slow.sendall(begun)
        assert slow.recv(1000) == b""


@pytest.mark.parametrize("head", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n"])
def test_a_client_that_does_not_read_its_answer_is_let_go(
    monkeypatch: pytest.MonkeyPatch, head: bytes
) -> None:
    monkeypatch.setattr("digest.web.server.SEND_TIMEOUT_S", 0.3)
    size = 20_000_000
    with (
        background(Response(b"x" * size)) as base,
        socket.create_connection(("127.0.0.1", int(base.rpartition(":")[2])), timeout=20) as deaf,
    ):
        deaf.sendall(head)
        time.sleep(1)
        got = 0
        with suppress(ConnectionResetError):
            while part := deaf.recv(1_000_000):
                got += len(part)
    assert got < size


def test_a_client_that_reads_gets_the_whole_of_a_long_answer() -> None:
    with background(Response(b"x" * 20_000_000)) as base:
        assert len(httpx2.get(base).content) == 20_000_000


def test_a_connection_with_a_request_under_way_is_left_alone(
    lite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digest.web.server.HEAD_TIMEOUT_S", 0.2)
    reader = lite_site.reader()
    host, port = lite_site.client.base_url.host, lite_site.client.base_url.port
    with socket.create_connection((host, port), timeout=20) as slow:
        head = f"POST {lite_site.leave_url(reader)} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nx"
        slow.sendall(head.encode())
        time.sleep(0.6)
        slow.sendall(b"y")
        assert slow.recv(100).startswith(b"HTTP/1.1 200")
    assert lite_site.mailed() == {}


def test_pages_work_under_the_path_of_the_base_address_with_and_without_the_proxy_taking_it_off(
    lite_site: Site,
) -> None:
    reader = lite_site.reader()
    ref = lite_site.edition(EditionState.SENT)
    for prefix in ("", "/mail"):
        page = lite_site.client.get(f"{prefix}{lite_site.leave_url(reader)}")
        links = re.findall(r'href="([^":]+)"', page.text)
        assert {str(page.url.join(href).path).count("/mail") for href in links} == {int(bool(prefix))}
        assert all(lite_site.client.get(str(page.url.join(href))).status_code == 200 for href in links)
        assert lite_site.client.get(f"{prefix}/editions/{ref}/").status_code == 200


def broken(error: Exception) -> WebServices:
    def fail(*_args: object) -> None:
        raise error

    from .conftest import FACTS, THEMES, sign_ups  # noqa: PLC0415 - for this alone

    def reader(_purpose: str, _token: str) -> Reader | None:
        raise error

    def html(_ref: str, _themes: frozenset[str]) -> str | None:
        raise error

    def archive() -> Sequence[ArchiveEntry]:
        raise error

    def awaited(_ref: str) -> bool:
        raise error

    missed = awaited

    def feed() -> str:
        raise error

    def report(_provider: str, _token: str) -> Callable[[HookRequest], object]:
        raise error

    def image(_name: str) -> bytes | None:
        raise error

    return WebServices(
        FACTS,
        THEMES,
        reader,
        fail,
        fail,
        fail,
        html,
        awaited,
        archive,
        report,
        feed,
        image,
        sign_ups(),
        missed,
    )


@pytest.mark.parametrize(
    ("error", "status"),
    [(StoreError("subscribers.db is locked"), 503), (RuntimeError("secret detail"), 500)],
)
def test_a_failure_is_a_page_of_ours_and_a_log_line_without_the_token(
    start: Start, error: Exception, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    client = start(broken(error))
    with caplog.at_level(logging.DEBUG):
        for path in (
            "/u/sometoken",
            "/p/sometoken",
            "/editions/daily-20250302T0600",
            "/editions",
            "/feed.atom",
            "/",
            "/healthz",
        ):
            answer = client.get(path)
            assert answer.status_code == status
            assert "Traceback" not in answer.text
            assert str(error) not in answer.text
            assert "<header><a" in answer.text
            assert "desk@example.org" in answer.text
            assert "<style nonce" in answer.text
        assert client.post("/u/sometoken").status_code == status
    assert str(error) in caplog.text
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]
    assert ours
    assert not any("sometoken" in line for line in ours)


def test_a_database_locked_by_another_process_is_a_503_and_works_again_afterwards(
    lite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = lite_site.reader()

    def unavailable(*_args: object, **_more: object) -> None:
        raise StoreError("subscribers.db is locked by another connection: try again later")

    with monkeypatch.context() as patch:
        patch.setattr(lite_site.database, "write", unavailable)
        answer = lite_site.client.post(lite_site.leave_url(reader))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "120")
    assert lite_site.client.post(lite_site.leave_url(reader)).status_code == 200
    assert lite_site.mailed() == {}


def test_healthz_says_ok(site: Site) -> None:
    answer = site.client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_an_editor_overrides_one_template_and_the_rest_stays(
    start: Start, services: WebServices, tmp_path: Path
) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "test.html.j2").write_text(
        '{% extends "web/base.html.j2" %}{% block title %}Versuch{% endblock %}'
        "{% block main %}<h1>Nur ein Versuch</h1>{% endblock %}"
    )
    client = start(services, tmp_path)
    assert "<h1>Nur ein Versuch</h1>" in client.get("/test").text
    assert "desk@example.org" in client.get("/test").text
    assert client.get("/editions").status_code == 200


def test_a_broken_template_is_a_plain_500_and_named_in_the_log(
    start: Start, services: WebServices, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "base.html.j2").write_text("<p>\n{% block %}")
    client = start(services, tmp_path)
    assert client.get("/test").status_code == 500
    assert client.get("/nowhere").status_code == 500
    assert "web/base.html.j2, line 2: expected token" in caplog.text


def test_pages_without_publisher_contact_or_path_work(start: Start, services: WebServices) -> None:
    facts = replace(services.publication, publisher="", postal_address="", contact="", base_url="")
    client = start(replace(services, publication=facts, themes=()))
    assert [client.get(path).status_code for path in ("/", "/test", "/u/x")] == [200, 200, 404]


def test_every_page_leads_to_the_privacy_notice(start: Start, services: WebServices) -> None:
    facts = replace(services.publication, privacy_url="https://news.example.org/privacy")
    client = start(replace(services, publication=facts))
    for path in ("/", "/subscribe", "/editions", "/u/x"):
        assert 'href="https://news.example.org/privacy"' in client.get(path).text


def test_a_port_that_is_taken_is_named() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(InputError) as told:
        listen("127.0.0.1", port := taken.getsockname()[1])
    assert (
        str(told.value) == f"can't listen on 127.0.0.1, port {port}: Address already in use; choose another"
    )


def test_a_hook_s_wrong_address_is_told_before_its_body_is_read(start: Start, services: WebServices) -> None:
    client = start(services)

    def body() -> Iterator[bytes]:
        for _ in range(4):
            yield b"x" * 256 * 1024

    assert client.post("/hooks/ses/wrong", content=body()).status_code == 404


def test_answers_on_a_kept_connection_do_not_wait_for_an_acknowledgement() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()) as client:
        connection, _ = listener.accept()
        with connection, client:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_sigterm_stops_the_server_cleanly() -> None:
    script = textwrap.dedent("""
        from starlette.applications import Starlette
        from digest.web import serve
        serve(Starlette(), "127.0.0.1", 0, ready=lambda url: print(url, flush=True))
        print("stopped", flush=True)
    """)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        assert httpx2.get(url).status_code == 404
        os.kill(process.pid, signal.SIGTERM)
        assert process.stdout.read() == "stopped\n"
        assert process.wait(20) == 0


def test_the_clock_of_the_tests_is_fixed(lite_site: Site) -> None:
    reader = lite_site.reader()
    lite_site.client.post(lite_site.leave_url(reader))
    assert lite_site.now(reader).unsubscribed_at == NOW
