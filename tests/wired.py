"""The program's own parts, wired as ever, but for where mail goes: into memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

from digest.deliver.transports.memory import MemoryTransport
from digest.parts import Parts, remember_installation
from digest.settings import Settings
from digest.store.engine import Database
from digest.wiring import build


class Clock:
    """A clock that stands where it is put."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def running_from(start: datetime) -> Callable[[], datetime]:
    """A clock that goes, but from ``start``: what a beat owes doesn't hang on the hour of the test's run."""
    begun = monotonic()
    return lambda: start + timedelta(seconds=monotonic() - begun)


def parts_of(
    database: Database,
    settings: Settings,
    clock: Callable[[], datetime],
    outgoing: MemoryTransport | None = None,
) -> Parts:
    """The parts over ``database``, which begins to serve now; ``outgoing`` gets what they send."""
    transport = outgoing or MemoryTransport()
    parts = replace(
        build(settings, database, clock=clock), transport=lambda: transport, transport_name=transport.name
    )
    remember_installation(parts)
    return parts
