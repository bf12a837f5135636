"""The demo's web server: loopback only, one thread a request, gone with its ``with`` block."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from digest.demo import pages, syndication
from digest.demo.content import Newsroom, newsroom
from digest.model.news import Feed, FeedKind

HOST = "127.0.0.1"
HTML = "text/html; charset=utf-8"
Answer = tuple[str, str]  # content type, body


class DemoSite:
    """The invented newsrooms, reachable over HTTP while the ``with`` block lasts.

    Args:
        now: the instant (aware) from which publication times are counted back.
        port: 0 takes a free one.

    Raises:
        OSError: the port is taken.
    """

    def __init__(self, now: datetime, *, port: int = 0) -> None:
        self.room: Newsroom = newsroom(now)
        self._server = ThreadingHTTPServer((HOST, port), _handler(self._answer))
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self.base_url = f"http://{HOST}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and free the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def feeds(self) -> tuple[Feed, ...]:
        """One feed for each outlet; allowed to be on a private address, which loopback is."""
        return tuple(
            Feed(
                self.base_url + syndication.feed_path(outlet),
                outlet.name,
                outlet.publisher,
                FeedKind.SITEMAP if outlet.format == "sitemap" else FeedKind.FEED,
                allow_private=True,
            )
            for outlet in self.room.outlets
        )

    def _answer(self, path: str) -> Answer | None:
        piece = self.room.by_path.get(path.removesuffix("/comments"))
        if path == "/":
            return HTML, pages.front_page(self.room)
        if piece and path == piece.path:
            return HTML, pages.article_page(piece, self.room, self.base_url)
        if piece and piece.comments:
            return HTML, pages.comments_page(piece)
        for outlet in self.room.outlets:
            if path == f"/{outlet.slug}/":
                return HTML, pages.outlet_page(outlet, self.room, syndication.feed_path(outlet))
            if path == syndication.feed_path(outlet):
                body = syndication.feed_body(outlet, self.room.of(outlet), self.base_url)
                return syndication.TYPES[outlet.format], body
        return None


def _handler(answer: Callable[[str], Answer | None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = answer(self.path.partition("?")[0])
            if found is None:
                self._reply(
                    HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"There is no such page here.\n", ""
                )
                return
            kind, text = found
            body = text.encode()
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == etag:
                self._reply(HTTPStatus.NOT_MODIFIED, kind, b"", etag)
            else:
                self._reply(HTTPStatus.OK, kind, body, etag)

        def do_HEAD(self) -> None:
            self.do_GET()

        def _reply(self, status: HTTPStatus, kind: str, body: bytes, etag: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if etag:
                self.send_header("ETag", etag)
            if status is not HTTPStatus.NOT_MODIFIED:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Stay silent: the demo's own output is what people look at."""

    return Handler
