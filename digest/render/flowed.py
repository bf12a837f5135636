"""Plain text as format=flowed (RFC 3676): short lines that a mail program may join again."""

from __future__ import annotations

from functools import lru_cache

WIDTH = 72  # of a soft-broken line, its trailing space included; the RFC asks for 78 or less


def flow(text: str) -> str:
    """``text`` with long lines broken softly, at spaces, and lines stuffed where RFC 3676 wants it.

    A word longer than a line, such as a link, stays whole. No line but a broken one ends in a space.
    Ends with one line feed; runs of empty lines become one.
    """
    lines: list[str] = []
    for raw in text.strip("\n").split("\n"):
        line = raw.rstrip()
        if line or (lines and lines[-1]):
            lines.extend(_broken(line))
    return "\n".join(lines) + "\n"


def unflow(text: str) -> str:
    """What a mail program makes of it: soft breaks joined, stuffing taken off."""
    out, open_line = [], ""
    for raw in text.split("\n"):
        line = raw.removeprefix(" ")
        if line.endswith(" "):
            open_line += line
        else:
            out.append(open_line + line)
            open_line = ""
    return "\n".join(out)


@lru_cache(maxsize=4096)  # the variants of an edition have most of their lines in common
def _broken(line: str) -> tuple[str, ...]:
    lines = []
    while len(_stuffed(line)) > WIDTH:
        start = len(line) - len(line.lstrip(" "))  # a break before the first word would leave nothing
        room = WIDTH - len(_stuffed(line)) + len(line)
        cut = line.rfind(" ", start, room)
        if cut < 0:
            cut = line.find(" ", start)
        if cut < 0:
            break
        lines.append(_stuffed(line[: cut + 1]))
        line = line[cut + 1 :]
    return (*lines, _stuffed(line))


def _stuffed(line: str) -> str:
    """A line that starts with a space, ">" or "From " would be misread."""
    return f" {line}" if line.startswith((" ", ">", "From ")) else line
