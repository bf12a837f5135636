from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from digest.bounces.score import in_a_row
from digest.model.feedback import ToReader

NOW = datetime(2026, 3, 20, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("editions", "count"),  # one sign a day, today first: x came back, o stayed, . none to this reader
    [
        ("", 0),
        ("ooo", 0),
        ("xxx", 3),
        ("x.x..x", 3),
        ("xoxx", 1),
        ("ooooxx", 2),
        ("oooooxx", 2),
        ("....ooxx", 2),
        ("......oxx", 0),
        ("x......oxx", 1),
    ],
)
def test_only_what_came_back_in_a_row_counts(editions: str, count: int) -> None:
    sent = [
        ToReader(NOW - timedelta(days=day), sign == "x") for day, sign in enumerate(editions) if sign != "."
    ]
    assert in_a_row(sent, NOW) == count
