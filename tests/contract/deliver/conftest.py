"""An edition with readers, in a fresh database of either kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from digest.store.engine import Database
from tests.planned import NOW, plan

MakeEdition = Callable[..., int]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def make_edition(database: Database) -> MakeEdition:
    """make_edition(names or number, batch_size=10, frozen=False) -> the id of an edition that is sending."""

    def make(readers: int | list[str], *, batch_size: int = 10, frozen: bool = False) -> int:
        names = [f"reader{n}" for n in range(1, readers + 1)] if isinstance(readers, int) else readers
        return plan(database, names, batch_size=batch_size, frozen=frozen)

    return make
