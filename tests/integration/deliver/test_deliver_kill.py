"""kill -9 at random moments, then resumed: nobody lost, nobody mailed twice, few uncertain."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digest.model.delivery import DeliveryState
from digest.store.deliveries import counts, records
from digest.store.engine import Database

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


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_many_kills_lose_nobody_and_mail_nobody_twice(
    database: Database, make_edition: Callable[..., int], start_server: Callable[..., Any], tmp_path: Path
) -> None:
    make_edition(database, 2000, batch_size=500)
    check_kills(database, start_server(), tmp_path, readers=2000, kills=25)
