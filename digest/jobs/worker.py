"""A further machine's share of the work: it waits until an edition is being sent, and then helps.

    is an edition being sent, and a batch of it free? -> may this machine share it? -> deliver what is due

It gathers, drafts and decides nothing. The batches in the database are the queue, and looking at them once a
second is all that waiting takes: see docs/decisions/worker.md.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from digest import acting, handing_over, sharing
from digest.acting import Done
from digest.deliver.owner import fate_of
from digest.errors import ConfigurationError, DigestError, NotNowError
from digest.model.links import edition_ref
from digest.parts import Parts
from digest.store import editions, runs
from digest.store.batches import is_worth_joining
from digest.store.connect import parse_url

log = logging.getLogger("digest")

LOOK_S = 1.0
_LONGEST_WAIT_S = 30.0


def refuse_a_file(url: str) -> None:
    """Machines can't share a database that is a file.

    Raises:
        ConfigurationError: ``url`` is SQLite's.
    """
    if parse_url(url).dialect == "sqlite":
        raise ConfigurationError(
            "digest worker needs PostgreSQL, for machines can't share a file: set [database] url ="
            ' "postgresql://..." on all of them; on one machine alone, [delivery] processes sends faster'
        )


def why_idle(parts: Parts, now: datetime) -> str:
    """Why this machine could not share in the schedule's next edition, as far as it can be known before."""
    return sharing.why_not(parts, parts.schedule.series, handing_over.allowance_at(parts, now))


def keep_working(parts: Parts, tell: Callable[[Done], None]) -> None:
    """Share in whatever is sent, until ``parts.stop`` is set.

    What keeps this machine out of an edition is told once, and looked at again after half a minute. While
    anything fails, as when the database or the mail server can't be used, it waits, ever longer, and says so
    once.
    """
    told: dict[str, str] = {}
    trouble: type[Exception] | None = None
    wait_s = LOOK_S
    while not parts.stop.is_set():
        done: list[Done] = []
        try:
            for step in share(parts, parts.clock()):
                done.append(step)  # noqa: PERF402 - what was done before an error is told, too
        except Exception as error:  # noqa: BLE001 - whatever it is, the next edition may go out all the same
            if trouble is not type(error):
                _log(error)
            trouble, wait_s = type(error), min(2 * wait_s, _LONGEST_WAIT_S)
        else:
            if trouble:
                log.info("it can: going on")
            trouble = None
            wait_s = _LONGEST_WAIT_S if any(step.failed for step in done) else LOOK_S
        _tell_news(done, told, tell)
        parts.stop.wait(wait_s)


def _log(error: Exception) -> None:
    """An expected error is one line, any other has its traceback."""
    expected = isinstance(error, DigestError | ConfigurationError)
    log.error("%s; trying again until it can", error, exc_info=None if expected else error)


def _tell_news(done: Sequence[Done], told: dict[str, str], tell: Callable[[Done], None]) -> None:
    """Tell what was done, and what failed unless it was ``told`` of the same edition the last time."""
    for step in done:
        if not step.failed or told.get(step.edition) != step.what:
            tell(step)
        told[step.edition] = step.what


def share(parts: Parts, now: datetime) -> Iterator[Done]:
    """Take a share of each edition that is being sent and has one to give; what was done, or why not.

    Raises:
        StoreError: the database can't be used.
        TransportError: the mail server can't be; everything unsent stays pending.
    """
    for edition_id in _on_offer(parts, now):
        if not parts.stop.is_set():
            yield from _share(parts, edition_id, now)


def _on_offer(parts: Parts, now: datetime) -> list[int]:
    with parts.database.read() as conn:
        return [
            one.id
            for one in runs.list_sending(conn, parts.publication.slug)
            if parts.schedule.goes_on(one.slot, one.moved_at, now)
            and is_worth_joining(conn, one.id, now=now, fate=fate_of)
        ]


def _share(parts: Parts, edition_id: int, now: datetime) -> list[Done]:
    with parts.database.read() as conn:
        row = editions.get_edition(conn, edition_id)
    assert row is not None, "an edition is never deleted"
    allowance = handing_over.allowance_at(parts, now)
    if allowance.shut:
        return []
    if reason := sharing.why_not(parts, row.key.series, allowance):
        return [Done(f"not shared: {reason}", edition_ref(row.key), failed=True)]
    try:
        with handing_over.alone(parts, allowance, now) as (keep, allowance):
            transport = handing_over.ready_transport(parts)
            report = handing_over.hand_over(parts, row, now, transport, allowance, keep=keep)
    except NotNowError as error:  # what the sender noted is older than its new limits
        return [Done(f"not shared: {error}", edition_ref(row.key), failed=True)]
    return acting.after_run(parts, row, report, now, f"{report.sent_now:,} sent from here")
