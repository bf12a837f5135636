"""What ticks, whatever becomes of the machine's clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from types import SimpleNamespace
from typing import Any

import pytest

from digest.clock import utc_now
from digest.jobs import heartbeat as ticking

EVERY_S = 0.05
PATIENCE_S = 20


class SetClock(datetime):
    """The wall clock as somebody has set it."""

    off = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return datetime.now(tz) + cls.off


@contextmanager
def beating(monkeypatch: pytest.MonkeyPatch, takes_s: float = 0) -> Iterator[threading.Semaphore]:
    """A heart that beats; the semaphore counts how often. Each beat takes so long."""
    beats = threading.Semaphore(0)
    for module in ("apscheduler.schedulers.base", "digest.jobs.heartbeat"):
        monkeypatch.setattr(f"{module}.datetime", SetClock)
    monkeypatch.setattr(SetClock, "off", timedelta(0))

    def ensure(_parts: object, _now: datetime) -> tuple[()]:
        beats.release()
        time.sleep(takes_s)
        return ()

    monkeypatch.setattr(ticking, "ensure", ensure)
    parts: Any = SimpleNamespace(stop=threading.Event(), clock=utc_now)
    thread = threading.Thread(target=ticking.heartbeat, args=(parts, print), kwargs={"every_s": EVERY_S})
    thread.start()
    try:
        yield beats
    finally:
        parts.stop.set()
        thread.join()


@pytest.mark.parametrize("off", [timedelta(days=-1), timedelta(days=1), timedelta(days=20_000)])
def test_it_goes_on_when_the_clock_is_set_back_or_ahead(
    monkeypatch: pytest.MonkeyPatch, off: timedelta
) -> None:
    """Ahead also by half a century, as that of a machine whose clock has no battery."""
    with beating(monkeypatch) as beats:
        assert all(beats.acquire(timeout=PATIENCE_S) for _ in range(3))
        monkeypatch.setattr(SetClock, "off", off)
        assert beats.acquire(timeout=PATIENCE_S)  # it may have been under way
        assert all(beats.acquire(timeout=PATIENCE_S) for _ in range(3))


def test_a_beat_that_takes_long_fills_no_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with beating(monkeypatch, takes_s=6 * EVERY_S) as beats:
        assert all(beats.acquire(timeout=PATIENCE_S) for _ in range(3))
    assert [record for record in caplog.records if record.levelname == "WARNING"] == []
