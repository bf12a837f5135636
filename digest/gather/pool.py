"""Work for a few threads, so many at once for one host, and so long in all."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from digest.errors import FeedError
from digest.gather.fetch import Stopped

POLL_S = 0.25  # how long the caller's wish to stop may go unnoticed


@dataclass(frozen=True, slots=True)
class Job:
    """``work`` runs in a worker; ``done`` gets its result or FeedError in the caller's thread.

    ``place`` is what the limit per host counts by. Jobs of a lower ``rank`` go first.
    """

    place: Hashable
    work: Callable[[], Any]
    done: Callable[[Any], None]
    rank: int = 0


class Pool:
    """Runs jobs. ``done`` may submit more; it is called in the thread that calls ``run``."""

    def __init__(self, *, workers: int, per_place: int, seconds: float, stop: Callable[[], bool]) -> None:
        self._workers = workers
        self._per_place = per_place
        self._end = time.monotonic() + seconds
        self._stop = stop
        self._halt = threading.Event()
        self._waiting: dict[int, deque[Job]] = {}
        self._busy: Counter[Hashable] = Counter()
        self._running: dict[Future[Any], Job] = {}

    def submit(self, job: Job) -> None:
        """Queue ``job``; it starts when its place and a worker are free."""
        self._waiting.setdefault(job.rank, deque()).append(job)

    def halted(self) -> bool:
        """Whether work under way should break off; for the workers."""
        return self._halt.is_set()

    def run(self) -> None:
        """Work until nothing is left, time is up or the caller stops.

        When time is up, those under way end by themselves; on a stop their results are dropped.
        """
        executor = ThreadPoolExecutor(self._workers, thread_name_prefix="gather")
        try:
            while not self._stop():
                if time.monotonic() < self._end:
                    self._start_what_can(executor)
                if not self._running:
                    break
                finished, _ = wait(self._running, timeout=POLL_S, return_when=FIRST_COMPLETED)
                for future in finished:
                    self._finish(future)
        finally:
            self._halt.set()
            executor.shutdown(wait=True, cancel_futures=True)

    def _start_what_can(self, executor: ThreadPoolExecutor) -> None:
        for rank in sorted(self._waiting):
            held: deque[Job] = deque()
            queue = self._waiting[rank]
            while queue and len(self._running) < self._workers:
                job = queue.popleft()
                if self._busy[job.place] < self._per_place:
                    self._busy[job.place] += 1
                    self._running[executor.submit(job.work)] = job
                else:
                    held.append(job)
            queue.extendleft(reversed(held))

    def _finish(self, future: Future[Any]) -> None:
        job = self._running.pop(future)
        self._busy[job.place] -= 1
        try:
            result = future.result()
        except FeedError as error:
            result = error
        except Stopped:
            return
        except Exception as error:  # noqa: BLE001 - what a library does with hostile bytes costs one feed only
            result = FeedError("internal", f"unexpected {type(error).__name__}: {error}")
        job.done(result)
