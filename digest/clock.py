"""The machine's own count of time, beside the wall clock, so that a jump of the latter can be seen."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

TOLERANCE = timedelta(minutes=10)
BEAT = "last_beat"  # the name under which the database keeps it
UNKNOWN_BOOT = "-"  # the kernel does not say


@dataclass(frozen=True, slots=True)
class Beat:
    """One look at both clocks: ``uptime_s`` counts within one boot, sleep included."""

    wall: datetime
    boot_id: str
    uptime_s: float

    def dump(self) -> str:
        """As stored."""
        return f"{self.wall.isoformat()} {self.boot_id} {self.uptime_s!r}"

    @classmethod
    def load(cls, text: str) -> Beat:
        """From what ``dump`` wrote."""
        wall, boot_id, uptime = text.split(" ")
        return cls(datetime.fromisoformat(wall), boot_id, float(uptime))


def utc_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


def boot_id() -> str:
    """The kernel's name for this boot; "" where it has none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def beat(now: datetime) -> Beat:
    """The present, with ``now`` as the wall clock's word."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return Beat(now, boot_id() or UNKNOWN_BOOT, time.clock_gettime(clock))


def jumped(last: Beat, this: Beat) -> bool:
    """Whether the wall clock ran ahead of the machine's count since ``last``.

    Across a reboot nothing can be said: that is down-time, for which the lateness policy answers.
    """
    same_boot = last.boot_id == this.boot_id and this.boot_id != UNKNOWN_BOOT
    if not same_boot or this.uptime_s < last.uptime_s:
        return False
    elapsed = timedelta(seconds=this.uptime_s - last.uptime_s)
    return this.wall - last.wall > elapsed + TOLERANCE
