"""What ticks. APScheduler is only a heartbeat: each beat calls the idempotent ``digest.daily.ensure``.

It keeps no jobs of its own (memory store), because every promise about what is sent when stands in our
tables: see docs/decisions for what was measured.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from digest.acting import Done
from digest.daily import ensure
from digest.errors import DigestError
from digest.parts import Parts

log = logging.getLogger("digest")

BEAT_S = 30


def heartbeat(parts: Parts, tell: Callable[[Done], None], *, every_s: float = BEAT_S) -> None:
    """Beat until ``parts.stop`` is set; a beat in progress is finished first.

    Beats never overlap: one that takes long swallows those it misses. An error of one beat is logged and
    the next one tries again.
    """

    def beat() -> None:
        if parts.stop.is_set():
            return
        try:
            for step in ensure(parts, parts.clock()):
                tell(step)
        except DigestError as error:
            log.error("%s", error)  # noqa: TRY400 - an expected error is one line, without a traceback
        except Exception:
            log.exception("the heartbeat failed; the next one tries again")

    scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(1)})
    options = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    scheduler.add_job(beat, "interval", seconds=every_s, next_run_time=datetime.now(UTC), **options)
    scheduler.start()
    log.info("digest runs: a heartbeat every %g s", every_s)
    try:
        parts.stop.wait()
    finally:
        scheduler.shutdown(wait=True)
        log.info("digest stopped")
