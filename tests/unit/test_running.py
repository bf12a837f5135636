"""What the commands that run unattended tell."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from digest.cli import running
from digest.daily import Done
from digest.errors import TransportError


def test_what_was_done_before_an_error_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    def steps() -> Iterator[Done]:
        yield Done("60 sent from here", "daily/2026-01-05")
        raise TransportError("the mail server is down")

    with pytest.raises(TransportError):
        running._tell_all(steps(), as_json=True)
    told = capsys.readouterr()
    assert "60 sent from here" in told.err
    assert [step["what"] for step in json.loads(told.out)] == ["60 sent from here"]
