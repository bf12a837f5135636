"""A real HTTP server on loopback that speaks the chat completions protocol: well, badly, slowly, maliciously.

What it answers is a function of the request; the functions below are the ways in which a server can behave.
"""

from __future__ import annotations

import gzip
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Request = dict[str, Any]
Behaviour = Callable[[BaseHTTPRequestHandler, Request, threading.Event], None]


@dataclass
class ModelServer:
    """``behaviour`` answers; ``requests`` are the bodies that came, ``keys`` their Authorization headers.

    ``busiest`` is the greatest number of requests under way at once. ``script`` is used up before
    ``behaviour`` has its turn, one entry for each request.
    """

    port: int
    behaviour: Behaviour
    script: list[Behaviour] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    busiest: int = 0
    busy: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", "0")))
        with self.lock:
            self.requests.append(json.loads(body or b"{}"))
            self.keys.append(handler.headers.get("Authorization", ""))
            self.paths.append(handler.path)
            self.busy += 1
            self.busiest = max(self.busiest, self.busy)
            behaviour = self.script.pop(0) if self.script else self.behaviour
            request = self.requests[-1]
        try:
            behaviour(handler, request, self.over)
        except (BrokenPipeError, ConnectionResetError):
            handler.close_connection = True
        finally:
            with self.lock:
                self.busy -= 1


@contextmanager
def model_servers() -> Iterator[Callable[..., ModelServer]]:
    """Start servers; all of them end with the block."""
    running: list[tuple[ThreadingHTTPServer, threading.Thread, ModelServer]] = []

    def start(behaviour: Behaviour = extracts) -> ModelServer:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                served.handle(self)

            do_GET = do_POST  # noqa: N815 - a redirected request may come as either

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        served = ModelServer(server.server_address[1], behaviour)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        running.append((server, thread, served))
        return served

    try:
        yield start
    finally:
        for server, thread, served in running:
            served.over.set()
            server.shutdown()
            server.server_close()
            thread.join()


# --- how a server can behave ----------------------------------------------------------------------


def told(request: Request) -> list[str]:
    """The sentences of the first article in a question, as a model would read them."""
    text = re.search(r"^Text: (.*)$", request["messages"][-1]["content"], re.MULTILINE)
    return re.findall(r"[^.]+\.", text[1]) if text else []


def send(handler: BaseHTTPRequestHandler, body: bytes, *, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    given = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    for name, value in given.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def completion(content: object, *, finish: str = "stop", usage: object = None) -> bytes:
    """An answer of the protocol."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": finish}
    counted = {"prompt_tokens": 400, "completion_tokens": 60} if usage is None else usage
    return json.dumps(
        {"id": "x", "object": "chat.completion", "choices": [choice], "usage": counted}
    ).encode()


def answer(summary: str, *support: str, article: int = 1) -> str:
    """A model's text: the JSON that it was asked for."""
    listed = [{"article": article, "text": text} for text in support]
    return json.dumps({"summary": summary, "sentences": listed}, ensure_ascii=False)


def extracts(handler: BaseHTTPRequestHandler, request: Request, _over: threading.Event) -> None:
    """A good model of few ideas: it says the article's first sentence, with its clauses turned round."""
    first = told(request)[0].strip()
    send(handler, completion(answer(first, first)))


def says(content: str, **more: Any) -> Behaviour:
    """Answers with this text, whatever was asked."""
    return lambda handler, _request, _over: send(handler, completion(content, **more))


def replies(body: bytes, *, status: int = 200, **headers: str) -> Behaviour:
    """Replies with these bytes."""
    return lambda handler, _request, _over: send(handler, body, status=status, **headers)


def complains(status: int, message: str = "no", param: str = "", **headers: str) -> Behaviour:
    """Refuses, in the protocol's way."""
    error = {"error": {"message": message, "type": "invalid_request_error", "param": param or None}}
    return replies(json.dumps(error).encode(), status=status, **headers)


def hangs(_handler: BaseHTTPRequestHandler, _request: Request, over: threading.Event) -> None:
    """Takes the question and says nothing."""
    over.wait(60)


def takes(seconds: float, then: Behaviour = extracts) -> Behaviour:
    """Thinks for a while first."""

    def behave(handler: BaseHTTPRequestHandler, request: Request, over: threading.Event) -> None:
        over.wait(seconds)
        then(handler, request, over)

    return behave


def drips_headers(handler: BaseHTTPRequestHandler, _request: Request, over: threading.Event) -> None:
    """A byte now and then, so that no single read ever times out."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not over.wait(0.05):
        handler.wfile.write(b"X-A: b\r\n")


def drips_body(handler: BaseHTTPRequestHandler, _request: Request, over: threading.Event) -> None:
    """The same after the headers."""
    handler.send_response(200)
    handler.end_headers()
    while not over.wait(0.05):
        handler.wfile.write(b" ")


def floods(handler: BaseHTTPRequestHandler, _request: Request, over: threading.Event) -> None:
    """An answer without an end."""
    handler.send_response(200)
    handler.end_headers()
    while not over.is_set():
        handler.wfile.write(b"x" * 65_536)


def bombs(handler: BaseHTTPRequestHandler, _request: Request, _over: threading.Event) -> None:
    """A small body that unpacks to a hundred million bytes."""
    send(handler, gzip.compress(b"\0" * 100_000_000, 1), Content_Encoding="gzip")


def tears(handler: BaseHTTPRequestHandler, _request: Request, _over: threading.Event) -> None:
    """Breaks off in the middle of an answer."""
    body = completion(answer("The council voted.", "The council voted."))
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()
    time.sleep(0.01)
    handler.connection.close()
