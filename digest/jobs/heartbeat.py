"""What ticks. APScheduler is only a heartbeat: each beat calls the idempotent ``digest.daily.ensure``.

It keeps no jobs of its own (memory store), because every promise about what is sent when stands in our
tables: see docs/decisions for what was measured.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.job import Job
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from digest.acting import Done
from digest.daily import ensure
from digest.errors import DigestError
from digest.parts import Parts

log = logging.getLogger("digest")

BEAT_S = 30


class _FromNow(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """The next beat, counted from now; the scheduler's own way is to go through all that were missed.

    A clock without a battery may be set ahead by half a century: that is 50 million of them.
    """

    def __init__(self, every: timedelta) -> None:
        self._every = every

    def get_next_fire_time(self, _previous_fire_time: datetime | None, now: datetime) -> datetime:
        """When to beat next."""
        return now + self._every


def heartbeat(parts: Parts, tell: Callable[[Done], None], *, every_s: float = BEAT_S) -> None:
    """Beat until ``parts.stop`` is set; a beat in progress is finished first.

    Beats never overlap: one that takes long swallows those it misses. An error of one beat is logged and
    the next one tries again. A clock that is set back costs two beats at most.
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

    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)  # it warns of every beat swallowed
    scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(1)})
    options = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    trigger = _FromNow(timedelta(seconds=every_s))
    job = scheduler.add_job(beat, trigger, next_run_time=datetime.now(UTC), **options)
    scheduler.start()
    log.info("digest runs: a heartbeat every %g s", every_s)
    try:
        while not parts.stop.wait(every_s):
            _mind_a_clock_set_back(job, every_s)
    finally:
        scheduler.shutdown(wait=True)
        log.info("digest stopped")


def _mind_a_clock_set_back(job: Job, every_s: float) -> None:
    """Have the next beat now where the scheduler would wait until the clock is as late again as it was."""
    now = datetime.now(UTC)
    if job.next_run_time - now > timedelta(seconds=2 * every_s):
        job.modify(next_run_time=now)
