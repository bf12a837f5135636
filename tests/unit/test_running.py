"""What the commands that run unattended tell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.acting import Done
from digest.cli import running
from digest.errors import TransportError
from digest.settings import Settings
from digest.store.engine import Database
from tests.wired import parts_of


def test_what_was_done_before_an_error_is_told(
    sqlite_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moment = datetime(2026, 1, 5, 6, 30, tzinfo=UTC)
    parts = parts_of(sqlite_database, Settings(folder=tmp_path), lambda: moment)

    def steps() -> Iterator[Done]:
        yield Done("60 sent from here", "daily/2026-01-05")
        raise TransportError("the mail server is down")

    with pytest.raises(TransportError):
        running._tell_all(steps(), running.teller(parts), as_json=True)
    told = capsys.readouterr()
    assert told.err == "2026-01-05 06:30 daily/2026-01-05: 60 sent from here\n"
    assert [step["what"] for step in json.loads(told.out)] == ["60 sent from here"]
