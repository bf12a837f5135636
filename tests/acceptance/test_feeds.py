"""Sources, as an editor meets them on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from .conftest import Desk

FEED = (
    b"<rss><channel><title>Post</title><item><title>Inside</title><link>http://192.168.0.9/x</link></item>"
    b"</channel></rss>"
)
PAGE = (
    b"<html><head><link rel=alternate type='application/rss+xml' href='http://127.0.0.1:9/admin'></head>"
    b"<body>Home</body></html>"
)


@pytest.fixture
def moved() -> Iterator[str]:
    """A feed at an address from which it has moved for good."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = {"/old": b"", "/page": PAGE}.get(self.path, FEED)
            self.send_response(200 if body else 301)
            self.send_header("Location", "/new")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/old"
        server.shutdown()


def test_what_gathering_noticed_is_told_and_a_move_stays_in_the_health(desk: Desk, moved: str) -> None:
    desk.run("feeds", "add", moved, "--allow-private", "--name", "Post", "--unchecked")
    told = desk.run("gather").stderr
    assert "  the feed has moved for good to" in told
    assert "  1 entry without a link that readers can open" in told
    assert "in trouble" not in told
    (health,) = desk.json("feeds", "health")
    assert (health["trouble"], health["message"][:30]) == ("", "the feed has moved for good to")
    assert "moved for good" in desk.run("feeds", "health").stdout
    assert len(desk.json("gather", "--all")["notes"][moved]) == 2


def test_a_private_address_that_a_page_names_is_told_and_not_trusted(desk: Desk, moved: str) -> None:
    """Though the page itself is: what else answers on this machine is no business of a page's."""
    refused = desk.run("feeds", "add", f"{moved.removesuffix('old')}page", "--allow-private", code=1).stderr
    assert "that page names http://127.0.0.1:9/admin: add this address itself, if you trust it" in refused


def test_the_heartbeat_logs_what_gathering_noticed(desk: Desk, moved: str) -> None:
    desk.run("feeds", "add", moved, "--allow-private", "--name", "Post", "--unchecked")
    told = desk.run("run", "--once").stderr
    assert "INFO: feed Post: the feed has moved for good to" in told


def test_adding_a_known_feed_says_what_stays_as_it_was(desk: Desk, moved: str) -> None:
    url = f"{moved.removesuffix('old')}new"
    desk.run("feeds", "add", url, "--unchecked", "--name", "Post")
    (before,) = desk.json("feeds", "list")
    assert not before["allow_private"]
    said = desk.run("feeds", "add", url, "--allow-private", "--name", "Harbour Post").stderr
    assert f"Already there: Post ({url}). It may be on a private address now.\n" in said
    assert f"Not taken over: --name: `digest feeds remove {before['id']}` first.\n" in said
    (after,) = desk.json("feeds", "list")
    assert after == {**before, "allow_private": True}
    again = desk.run("feeds", "add", url, "--allow-private").stderr
    assert "may be" not in again
    assert "Not taken over" not in again
