"""A small web server on loopback whose every answer a test decides."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """``routes`` maps paths to answers; ``requests`` are (path, headers) as they came; ``busiest`` is the
    greatest number of requests under way at once."""

    port: int
    routes: dict[str, Answer] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    busiest: int = 0
    over: threading.Event = field(default_factory=threading.Event)  # for answers that wait

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    def serve(self, path: str, body: bytes | str, *, status: int = 200, **headers: str) -> str:
        data = body.encode() if isinstance(body, str) else body

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in {"Content-Length": str(len(data)), **headers}.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(data)

        self.routes[path] = answer
        return self.url(path)


@pytest.fixture
def make_site() -> Iterator[Callable[[], Site]]:
    servers: list[tuple[ThreadingHTTPServer, threading.Thread, Site]] = []

    def start() -> Site:
        busy, lock = [0], threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with lock:
                    served.requests.append((self.path, dict(self.headers.items())))
                    busy[0] += 1
                    served.busiest = max(served.busiest, busy[0])
                try:
                    answer = served.routes.get(self.path)
                    if answer:
                        answer(self)
                    else:
                        self.send_error(404)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True
                finally:
                    with lock:
                        busy[0] -= 1

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        served = Site(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        servers.append((server, thread, served))
        return served

    yield start
    for server, thread, site in servers:
        site.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def site(make_site: Callable[[], Site]) -> Site:
    return make_site()
