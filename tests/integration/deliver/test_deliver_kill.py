"""kill -9 at random moments, then resumed: nobody lost, nobody mailed twice, few uncertain."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from digest.model.delivery import DeliveryState
from digest.model.links import edition_ref
from digest.store.deliveries import counts, records
from digest.store.engine import Database

from .newsroom import newsroom

SENDER = Path(__file__).with_name("sender.py")
CONNECTIONS = 3


def start(database: Database, port: int, folder: Path) -> subprocess.Popen[bytes]:
    # The first process leaves its bytecode for the next ones, also where ours is not written.
    fast = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    arguments = [sys.executable, str(SENDER), database.url, str(port), str(CONNECTIONS)]
    return subprocess.Popen(arguments, env={**os.environ, **fast})


def kill_somewhere(sender: subprocess.Popen[bytes], server: Any, chance: random.Random) -> bool:
    """Kill the sender shortly after it made progress; False if it was done before."""
    before = len(server.received)
    wanted = before + chance.randint(1, 40)
    while len(server.received) < wanted and sender.poll() is None:
        time.sleep(0.001)
    time.sleep(chance.random() * 0.01)
    running = sender.poll() is None
    sender.kill()
    sender.wait()
    return running


def check_kills(database: Database, server: Any, folder: Path, *, readers: int, kills: int) -> None:
    chance = random.Random(kills)
    killed = 0
    for _ in range(kills):
        killed += kill_somewhere(start(database, server.port, folder), server, chance)
        with database.read() as conn:
            assert counts(conn, 1).adds_up
    assert killed >= min(3, kills)
    assert start(database, server.port, folder).wait(60) == 0
    with database.read() as conn:
        found = counts(conn, 1)
        uncertain = {one.address for one in records(conn, 1, state=DeliveryState.UNCERTAIN)}
    assert found.sent + found.uncertain == readers
    assert found.uncertain <= killed * CONNECTIONS
    assert set(server.recipients.values()) == {1}
    missing = {f"ok{n}" for n in range(1, readers + 1)} - set(server.recipients)
    assert {f"{name}@example.org" for name in missing} <= uncertain


def test_three_kills_lose_nobody_and_mail_nobody_twice(
    sqlite_database: Database,
    make_edition: Callable[..., int],
    start_server: Callable[..., Any],
    tmp_path: Path,
) -> None:
    make_edition(sqlite_database, 300, batch_size=100)
    check_kills(sqlite_database, start_server(), tmp_path, readers=300, kills=3)


def test_what_may_have_left_when_a_sender_was_killed_counts_for_the_warm_up(
    tmp_path: Path, samples: ModuleType, start_server: Callable[..., Any]
) -> None:
    server, share = start_server(), 6
    with newsroom(tmp_path, samples, server.port, marker="endslow") as (parts, row):
        today = datetime.now(UTC).date().isoformat()
        warming = {"DIGEST_DELIVERY__WARM_UP_FROM": today, "DIGEST_DELIVERY__WARM_UP_FIRST": str(share)}
        command = [sys.executable, "-P", "-m", "digest", "send", "--edition", edition_ref(row.key)]
        options: dict[str, Any] = {"cwd": tmp_path, "env": {**os.environ, **warming}}
        first = subprocess.Popen(command, stderr=subprocess.DEVNULL, **options)
        while len(server.received) < 4 and first.poll() is None:  # taken, and none of them answered
            time.sleep(0.001)
        first.kill()
        first.wait()
        assert subprocess.run(command, capture_output=True, check=False, **options).returncode == 0
        again = subprocess.run(command, capture_output=True, check=False, **options)
        with parts.database.read() as conn:
            found = counts(conn, row.id)
    assert found.uncertain > 0
    assert len(server.received) == found.sent + found.uncertain == share
    assert b"the warm-up's 6 messages of" in again.stderr


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_many_kills_lose_nobody_and_mail_nobody_twice(
    database: Database, make_edition: Callable[..., int], start_server: Callable[..., Any], tmp_path: Path
) -> None:
    make_edition(database, 2000, batch_size=500)
    check_kills(database, start_server(), tmp_path, readers=2000, kills=25)
