"""What the gathering stage may be told. ``wiring`` fills it from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class GatherOptions:
    """Limits and habits of a gathering run.

    ``timeout_s`` bounds one fetch as a whole: look-up, connection, redirects and body together. Reading
    what came is not counted: its size, elements and attributes are bounded, so that it takes seconds.
    ``max_bytes`` counts the decoded body. ``max_per_host`` counts fetches under way at once for one
    host and port, ``workers`` those for all hosts. ``max_entries`` are read from one feed, the newest
    first. Entries older than ``max_age`` are ignored. After ``run_timeout_s`` nothing more is begun:
    feeds not begun by then stay due, pages not begun by then are made up for by what their feed says,
    and what is under way is finished. ``gather_every_s`` is the time between two fetches of a healthy
    feed.
    """

    user_agent: str = "digest/0.1 (newsletter digest; reads feeds politely)"
    timeout_s: float = 20.0
    max_bytes: int = 5 * MIB
    max_redirects: int = 5
    max_per_host: int = 2
    workers: int = 8
    max_entries: int = 200
    gather_every_s: float = 1800.0
    max_age: timedelta = timedelta(hours=36)
    run_timeout_s: float = 600.0
