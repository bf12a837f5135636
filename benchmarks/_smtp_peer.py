"""_smtp_peer.c for machines without a C compiler: the same commands, the same output, ten times the cost."""

from __future__ import annotations

import json
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

END = b"\r\n.\r\n"


class Taken:
    """What a sink took."""

    def __init__(self, log: str) -> None:
        self.log = Path(log).open("w", encoding="ascii")  # noqa: SIM115 closed by ``told``
        self.times: list[float] = []

    def take(self, recipient: bytes) -> None:
        """Note one message."""
        self.log.write(recipient.decode() + "\n")
        self.times.append(time.monotonic())

    def told(self) -> str:
        """The line that the sink ends with."""
        self.log.close()
        span = self.times[-1] - self.times[0] if self.times else 0.0
        return json.dumps({"accepted": len(self.times), "span_s": span})


def answers(held: bytearray, state: dict[str, bytes], taken: Taken) -> Iterator[tuple[bytes, bool]]:
    """The answers to what is complete in ``held``, and whether each is to a message's content."""
    while True:
        end = held.find(END if "data" in state else b"\n")
        if end < 0:
            return
        line = bytes(held[:end])
        del held[: end + (len(END) if "data" in state else 1)]
        verb = line[:4].upper()
        if state.pop("data", None) is not None:
            taken.take(state["to"])
            yield b"250 2.0.0 Ok: queued\r\n", True
        elif verb == b"EHLO":
            yield b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 52428800\r\n", False
        elif verb == b"DATA":
            state["data"] = b""
            yield b"354 End data with <CR><LF>.<CR><LF>\r\n", False
        elif verb == b"RCPT":
            state["to"] = line.partition(b"<")[2].partition(b">")[0]
            yield b"250 2.1.5 Ok\r\n", False
        else:
            yield b"221 2.0.0 Bye\r\n" if verb == b"QUIT" else b"250 2.1.0 Ok\r\n", False


def sink(log: str, rtt_ms: str, accept_ms: str) -> None:
    taken = Taken(log)

    class Connection(socketserver.BaseRequestHandler):
        """One client."""

        def handle(self) -> None:
            """Take what it sends."""
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.request.sendall(b"220 sink.example ESMTP\r\n")
            held, state = bytearray(), dict[str, bytes]()
            while data := self.request.recv(1 << 18):
                held += data
                if replies := list(answers(held, state, taken)):
                    contents = sum(is_content for _, is_content in replies)
                    time.sleep((int(rtt_ms) + contents * int(accept_ms)) / 1000)
                    self.request.sendall(b"".join(reply for reply, _ in replies))

    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Connection) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_address[1], flush=True)
        sys.stdin.read()
        print(taken.told())
        server.shutdown()


def load(port: str, connections: str, messages: str) -> None:
    content = sys.stdin.buffer.read() + b".\r\n"
    numbers = count()

    def await_lines(stream: socket.socket, wanted: int) -> None:
        while wanted > 0:
            wanted -= stream.recv(4096).count(b"\n")

    def send() -> None:
        with socket.create_connection(("127.0.0.1", int(port))) as stream:
            stream.sendall(b"EHLO load.example\r\n")
            await_lines(stream, 5)
            begun = False
            while (number := next(numbers)) < int(messages):
                envelope = b"MAIL FROM:<a@example.org>\r\nRCPT TO:<reader%d@example.net>\r\nDATA\r\n" % number
                stream.sendall(content + envelope if begun else envelope)
                await_lines(stream, 4 if begun else 3)
                begun = True
            if begun:
                stream.sendall(content)
                await_lines(stream, 1)

    start = time.monotonic()
    threads = [threading.Thread(target=send) for _ in range(int(connections))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"wall_s": time.monotonic() - start, "cpu_s": time.process_time()}))


if __name__ == "__main__":
    {"sink": sink, "load": load}[sys.argv[1]](*sys.argv[2:])
