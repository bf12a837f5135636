"""How a feed fared, and when it is due again. Pure: the time is an argument."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from digest.errors import FeedError, FetchError
from digest.gather.clean import one_line
from digest.gather.options import GatherOptions
from digest.model.news import FeedHealth

LONGEST_WAIT = timedelta(days=1)
GONE_WAIT = timedelta(days=7)  # a server that says 410 means it
BUSY_WAIT = timedelta(hours=1)  # after 429 or 503 without a Retry-After
MAX_DOUBLINGS = 10
MAX_MESSAGE = 300


def succeeded(
    health: FeedHealth,
    now: datetime,
    options: GatherOptions,
    *,
    status: int | None,
    entries: int,
    etag: str = "",
    last_modified: str = "",
    trouble: str = "",
    message: str = "",
) -> FeedHealth:
    """The health after an answer that could be read. ``trouble`` names what was wrong nevertheless."""
    return replace(
        health,
        checked_at=now,
        succeeded_at=now,
        due_at=now + timedelta(seconds=options.gather_every_s),
        status=status,
        failures=0,
        trouble=trouble,
        message=one_line(message, MAX_MESSAGE),
        entries=entries,
        etag=etag,
        last_modified=last_modified,
    )


def failed(health: FeedHealth, error: FeedError, now: datetime, options: GatherOptions) -> FeedHealth:
    """The health after a failure. What the last good answer left (entries, validators) stays."""
    failures = health.failures + 1
    return replace(
        health,
        checked_at=now,
        due_at=now + _wait(error, failures, options),
        status=error.status if isinstance(error, FetchError) else None,
        failures=failures,
        trouble=error.trouble[:60],
        message=one_line(str(error), MAX_MESSAGE),
    )


def _wait(error: FeedError, failures: int, options: GatherOptions) -> timedelta:
    """Twice as long after every failure, at most a day; never shorter than the server asked for."""
    base = timedelta(seconds=options.gather_every_s)
    wait: timedelta = min(base * 2 ** min(failures - 1, MAX_DOUBLINGS), max(LONGEST_WAIT, base))
    if error.trouble == "http-410":
        return max(GONE_WAIT, wait)
    asked = error.retry_after_s if isinstance(error, FetchError) else None
    if asked is not None:
        return max(wait, timedelta(seconds=asked))
    return max(wait, BUSY_WAIT) if error.trouble in {"http-429", "http-503"} else wait
