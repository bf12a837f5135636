"""More processes for one send, where one alone can't sign fast enough.

Each of them is a `digest send` of the same edition with a part of the connections. The ledger keeps them
apart, as it does any two senders: whoever claims a batch has it alone, and a fence is granted once.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from digest.deliver.allowance import Allowance
from digest.deliver.run import SendReport
from digest.model.delivery import Counts
from digest.parts import Parts

log = logging.getLogger("digest")

_VARIABLE = "DIGEST_DELIVERY__{}"
_WORTH_STARTING = 5_000  # messages: for fewer, starting a process takes longer than it saves
_MOST_UNASKED = 4
_LOOK_S = 0.1  # how soon a stop is passed on


def wanted(parts: Parts, allowance: Allowance) -> int:
    """How many processes might share a send: as many as were asked for, or as RSA signatures need.

    One alone where the clock was set by hand, and where anything limits the pace.
    """
    if parts.is_paced(allowance) or parts.rehearsal:
        return 1
    unasked = min(_cores(), _MOST_UNASKED) if parts.signer().is_slow else 1
    return min(parts.processes or unasked, parts.sending.connections)


def are_worth_it(counts: Counts) -> bool:
    """Whether enough are left who were never tried.

    Those who are deferred don't count: most of them are not due yet.
    """
    return counts.pending >= _WORTH_STARTING


def _cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class _Member:
    """One process, and where its report and its words go: files, for a pipe would fill up unread."""

    process: subprocess.Popen[bytes]
    report: Path
    words: Path


class Crew:
    """Processes that send beside this one; told to stop as soon as ``stop`` is set."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._members: list[_Member] = []
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._pass_on_a_stop, name="crew", daemon=True)

    def hire(self, ref: str, shares: Sequence[int], config: Path | None, folder: Path) -> None:
        """Start a process for each share of the connections."""
        for number, share in enumerate(shares):
            self._members.append(_started(ref, share, config, folder / str(number)))
        self._watch.start()

    def join(self, report: SendReport) -> tuple[SendReport, bool]:
        """Wait for all of them.

        Returns this process's ``report`` with what they did added to it, and whether all ended well: what one
        that did not has claimed is free again.
        """
        well = True
        for member in self._members:
            if member.process.wait() == 0:
                report = added(report, json.loads(member.report.read_bytes()))
            elif not self._stop.is_set():
                well = False
                words = member.words.read_text(encoding="utf-8", errors="replace").strip()
                last = words.splitlines()[-1] if words else "no word"
                log.warning("a second process of the send ended with %s: %s", member.process.returncode, last)
        return report, well

    def disband(self) -> None:
        """Stop those that still run, and wait for them."""
        self._over.set()
        self._tell_to_stop()
        for member in self._members:
            member.process.wait()

    def _pass_on_a_stop(self) -> None:
        # In a thread: this process may wait for the answers to its own messages at that moment.
        while not self._over.is_set():
            if self._stop.wait(_LOOK_S):
                self._tell_to_stop()
                return

    def _tell_to_stop(self) -> None:
        for member in self._members:
            if member.process.poll() is None:
                member.process.send_signal(signal.SIGTERM)


@contextmanager
def hired(ref: str, shares: Sequence[int], config: Path | None, stop: threading.Event) -> Iterator[Crew]:
    """A process for each share of the connections, all sending the edition ``ref``. None is left behind."""
    with tempfile.TemporaryDirectory(prefix="digest-send-") as folder:
        crew = Crew(stop)
        try:
            crew.hire(ref, shares, config, Path(folder))
            yield crew
        finally:
            crew.disband()


def _started(ref: str, connections: int, config: Path | None, stem: Path) -> _Member:
    # Too many refusals are for the first process to notice: it pauses the edition, which stops the others,
    # and the editor is told once.
    own = {"CONNECTIONS": connections, "PROCESSES": 1, "STOP_SHARE": 0}
    environment = {**os.environ, **{_VARIABLE.format(name): str(value) for name, value in own.items()}}
    # -P: a newsroom's folder may hold a file that is called as a module is.
    program = [sys.executable, "-P", "-m", "digest", *(["--config", str(config)] if config else [])]
    report, words = stem.with_suffix(".json"), stem.with_suffix(".words")
    with report.open("wb") as out, words.open("wb") as err:
        process = subprocess.Popen(  # noqa: S603 - this very program
            [*program, "send", "--edition", ref, "--json"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
    return _Member(process, report, words)


def shares(connections: int, processes: int) -> list[int]:
    """The connections of each process, as even as can be."""
    each, left = divmod(connections, processes)
    return [each + (number < left) for number in range(processes)]


def added(report: SendReport, other: Mapping[str, Any]) -> SendReport:
    """Two reports as one, but for what the ledger tells of both."""
    did = [one.name for one in fields(report) if one.name.endswith("_now")]
    sums = {name: getattr(report, name) + other.get(name, 0) for name in did}
    flags = ("stopped", "refused")
    either = {name: getattr(report, name) or other.get(name, False) for name in flags}
    return replace(report, **sums, **either)
