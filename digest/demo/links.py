"""Follow every link of finished messages, on loopback only: what a reader would find behind each."""

from __future__ import annotations

import urllib.request
from collections.abc import Collection, Iterable, Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path

TIMEOUT_S = 10.0
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy knows what our loopback is


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect where an ``a`` leads."""
        if tag == "a":
            self.found.extend(value for name, value in attrs if name == "href" and value)


def links_of(message: EmailMessage) -> tuple[str, ...]:
    """Every web address of a message, each once: of its HTML part and of its List-Unsubscribe header."""
    html = message.get_body(("html",))
    parser = _Links()
    if html is not None:
        parser.feed(html.get_content())
    header = str(message.get("List-Unsubscribe", ""))
    parser.found.extend(part.strip().strip("<>") for part in header.split(","))
    return tuple(dict.fromkeys(link for link in parser.found if link.startswith(("http://", "https://"))))


def follow(
    paths: Iterable[Path], *, moved: Mapping[str, str], allowed: Collection[str]
) -> tuple[list[str], int]:
    """Open every link of the messages in these files; what is broken, in words, and how many were opened.

    ``moved`` says at which address to try links that begin with another (the public address of pages that
    are served on loopback for now). A link that then begins with none of ``allowed`` is not opened, and
    counts as broken: the demo's messages have no business anywhere else.
    """
    wanted: dict[str, None] = {}
    for path in paths:
        message = message_from_bytes(path.read_bytes(), policy=default)
        for link in links_of(message):
            start = next((start for start in moved if link.startswith(start)), "")
            wanted[moved[start] + link.removeprefix(start) if start else link] = None
    broken = [f"{link}: {trouble}" for link in wanted if (trouble := _trouble(link, allowed))]
    return broken, len(wanted)


def _trouble(link: str, allowed: Collection[str]) -> str:
    if not link.startswith(tuple(start + "/" for start in allowed)):
        return "leads out of the demo"
    try:
        with _DIRECT.open(link, timeout=TIMEOUT_S) as answer:
            answer.read()
    except (OSError, ValueError) as error:
        return str(error)
    return ""
