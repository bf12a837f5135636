"""Serving the pages until told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from digest.errors import InputError

STOP_TIMEOUT_S = 10  # for requests under way
HEAD_TIMEOUT_S = 10.0  # from the connection, or the first byte on a kept one, to the last header
SEND_TIMEOUT_S = 30.0  # for what is left of an answer that the client doesn't take at once
_MAX_REQUESTS = 400  # at the same time; further ones are asked to come back


def serve(
    app: ASGIApp, host: str = "127.0.0.1", port: int = 8000, *, ready: Callable[[str], None] | None = None
) -> None:
    """Serve ``app`` until SIGTERM or SIGINT, then return; requests under way are finished first.

    ``ready`` gets the address once it can be reached; port 0 takes a free one.

    Raises:
        InputError: host and port can't be listened on.
    """
    with listen(host, port) as listener:
        WebServer(app, listener, ready=ready).run()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        InputError: the port is taken or forbidden, or the host is none of this machine's.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=512)
    except (OSError, OverflowError) as error:
        # Not the error's own words: those of a bind say the address once more.
        words = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else error
        raise InputError(f"can't listen on {host}, port {port}: {words}; choose another") from error
    # Inherited by every connection. asyncio sets it only on sockets that name their protocol, and without
    # it each answer on a kept connection waits 40 ms for the client's delayed acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class WebServer:
    """A server on a listening socket.

    It writes no access log, because the addresses of personal pages are keys, and leaves ``X-Forwarded-*``
    headers alone: ``digest.web.limits`` believes one of them where the settings name the proxy.
    """

    def __init__(
        self, app: ASGIApp, listener: socket.socket, *, ready: Callable[[str], None] | None = None
    ) -> None:
        config = uvicorn.Config(
            app,
            http=_Connection,
            access_log=False,
            log_config=None,
            lifespan="off",
            ws="none",
            proxy_headers=False,
            server_header=False,
            limit_concurrency=_MAX_REQUESTS,
            timeout_graceful_shutdown=STOP_TIMEOUT_S,
        )
        host, port = listener.getsockname()[:2]
        self._listener = listener
        self._server = _Uvicorn(config, ready, f"http://{f'[{host}]' if ':' in host else host}:{port}")

    def run(self) -> None:
        """Serve until ``stop``, or in the main thread until SIGTERM or SIGINT."""
        self._server.run(sockets=[self._listener])

    def stop(self) -> None:
        """Ask it to finish, from any thread."""
        self._server.should_exit = True


@contextmanager
def background(app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve ``app`` in a thread for as long as the block lasts; gives its address, on a free port by default.

    Raises:
        InputError: host and port can't be listened on.
    """
    started = threading.Event()
    urls: list[str] = []

    def ready(url: str) -> None:
        urls.append(url)
        started.set()

    with listen(host, port) as listener:
        server = WebServer(app, listener, ready=ready)
        thread = threading.Thread(target=server.run, name="digest-web", daemon=True)
        thread.start()
        started.wait()
        try:
            yield urls[0]
        finally:
            server.stop()
            thread.join()


class _Connection(H11Protocol):
    """Closes a connection on which no request comes, or whose answer is not taken.

    uvicorn itself waits for ever: browsers that connect in advance, and clients that are gone without a word,
    or never read, would add up to as many connections as are let in, and keep everybody else out.
    """

    _deadline: asyncio.TimerHandle | None = None
    _unsent: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # so that any byte that is not taken counts as a pause
        self._mind()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._mind()

    def connection_lost(self, exc: Exception | None) -> None:
        self._relax()
        self._sent()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._unsent is None:  # abort: close would wait for the client once more
            self._unsent = self.loop.call_later(SEND_TIMEOUT_S, self.transport.abort)

    def resume_writing(self) -> None:
        self._sent()
        super().resume_writing()

    def _mind(self) -> None:
        """Set the deadline where a request is still to come, and none where it has."""
        begun = self.cycle is not None  # which it isn't before the first one, whatever its annotation says
        if begun and not self.cycle.response_complete:
            self._relax()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_TIMEOUT_S, self.transport.close)

    def _relax(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _sent(self) -> None:
        if self._unsent is not None:
            self._unsent.cancel()
            self._unsent = None


class _Uvicorn(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None] | None, url: str) -> None:
        super().__init__(config)
        self._ready = ready
        self._url = url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._ready:
            self._ready(self._url)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's own, but a stop that was asked for is no death by signal: the caller goes on."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
