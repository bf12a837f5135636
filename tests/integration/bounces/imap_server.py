"""A small IMAP server over one folder: what RFC 3501 asks of LOGIN, EXAMINE, UID SEARCH and UID FETCH."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PASSWORD = "sea breeze"


@dataclass
class Folder:
    """Messages by UID. ``commands`` are what clients said."""

    messages: dict[int, bytes] = field(default_factory=dict)
    validity: int = 1
    commands: list[str] = field(default_factory=list)
    port: int = 0
    breaks_at: int = 0  # the UID at which the connection is torn
    counted: tuple[int, ...] = ()  # how many messages it says it holds before it says the right number

    def add(self, *contents: bytes) -> None:
        for content in contents:
            self.messages[max(self.messages, default=0) + 1] = content

    def answer(self, command: str) -> bytes:
        """What the server says to a command, TAG standing for its tag."""
        word = command.partition(" ")[0]
        match word:
            case "LOGIN":
                return b"TAG OK welcome\r\n" if PASSWORD in command else b"TAG NO wrong password\r\n"
            case "EXAMINE":
                return self._examine() if '"INBOX"' in command else b"TAG NO no such folder\r\n"
            case "UID":
                return self._by_uid(command)
            case _:
                told = {"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n", "LOGOUT": b"* BYE bye\r\n"}
                return told[word] + b"TAG OK done\r\n" if word in told else b"TAG BAD what?\r\n"

    def _examine(self) -> bytes:
        counts = b"".join(b"* %d EXISTS\r\n" % count for count in (*self.counted, len(self.messages)))
        return counts + b"* OK [UIDVALIDITY %d] valid\r\nTAG OK [READ-ONLY] done\r\n" % self.validity

    def _by_uid(self, command: str) -> bytes:
        if found := re.fullmatch(r"UID SEARCH (?:UID (\d+):)?(\d+|\*)", command):
            last = max(self.messages, default=0)
            high = last if found[2] == "*" else int(found[2])
            low, high = sorted((int(found[1] or last), high))  # "9:*" of three messages is number 3
            uids = " ".join(str(uid) for uid in self.messages if low <= uid <= high)
            return f"* SEARCH {uids}\r\nTAG OK done\r\n".encode()
        if found := re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.\d+>\)", command):
            if int(found[1]) == self.breaks_at:
                raise ConnectionAbortedError
            content = self.messages[int(found[1])]
            head = b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n" % (int(found[1]), len(content))
            return head + content + b")\r\nTAG OK done\r\n"
        return b"TAG BAD what?\r\n"


@contextmanager
def imap_server() -> Iterator[Folder]:
    """A server on loopback, for as long as the block runs."""
    folder = Folder()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK IMAP4rev1 ready\r\n")
            for raw in self.rfile:
                tag, _, command = raw.decode().rstrip("\r\n").partition(" ")
                folder.commands.append(command)
                try:
                    answer = folder.answer(command)
                except ConnectionAbortedError:
                    return
                self.wfile.write(answer.replace(b"TAG", tag.encode()))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        folder.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield folder
        finally:
            server.shutdown()
            thread.join()
