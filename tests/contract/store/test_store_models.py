from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from digest.model.answers import Caps, ModelAnswer, Usage
from digest.store import models
from digest.store.engine import Database

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
DAY = NOW.date()
GOOD = ModelAnswer("a" * 64, "tern-7b", 7, True, "A ferry sails.", ((1, "A ferry sails."),), NOW)
BAD = ModelAnswer(
    "b" * 64, "tern-7b", 7, False, "A ferry sank.", (), NOW + timedelta(hours=1), "it is not so"
)


def test_answers_good_and_bad_come_back_as_they_were(database: Database) -> None:
    with database.write() as conn:
        models.save_answer(conn, GOOD)
        models.save_answer(conn, BAD)
    with database.read() as conn:
        assert models.find_answer(conn, GOOD.key) == GOOD
        assert models.find_answer(conn, BAD.key) == BAD
        assert models.find_answer(conn, "c" * 64) is None
        assert models.answers_about(conn, {7, 8}) == [BAD, GOOD]
        assert models.answers_about(conn, {8}) == []


def test_the_first_answer_to_a_question_stands(database: Database) -> None:
    with database.write() as conn:
        models.save_answer(conn, GOOD)
        models.save_answer(conn, replace(BAD, key=GOOD.key))
        assert models.find_answer(conn, GOOD.key) == GOOD


def test_an_answer_of_characters_no_database_takes_is_kept_without_them(database: Database) -> None:
    odd = "a\x00b\ud800"
    with database.write() as conn:
        models.save_answer(conn, replace(GOOD, text=odd, sentences=((1, odd),), reason=odd, model=odd))
        found = models.find_answer(conn, GOOD.key)
    assert found is not None
    assert found.text == found.model == found.reason == found.sentences[0][1] == "ab?"


def test_what_is_reserved_counts_until_it_is_settled_and_then_what_was_used(database: Database) -> None:
    wanted, used = Usage(1, 500, 300, 800), Usage(1, 420, 60, 480)
    with database.write() as conn:
        assert models.usage_on(conn, DAY) == Usage()
        assert models.reserve(conn, DAY, wanted, Caps())
        assert models.usage_on(conn, DAY) == wanted
        models.settle(conn, DAY, wanted, used)
        assert models.usage_on(conn, DAY) == used
        assert models.usage_on(conn, date(2026, 3, 3)) == Usage()


@pytest.mark.parametrize("caps", [Caps(tokens=1600), Caps(cost_millionths=2000), Caps(1600, 99_999)])
def test_a_reservation_that_would_pass_a_cap_books_nothing(database: Database, caps: Caps) -> None:
    wanted = Usage(1, 500, 300, 1000)
    with database.write() as conn:
        assert [models.reserve(conn, DAY, wanted, caps) for _ in range(3)] == [True, True, False]
        assert models.usage_on(conn, DAY) == Usage(2, 1000, 600, 2000)
        assert models.reserve(conn, DAY + timedelta(days=1), wanted, caps)


def test_threads_that_reserve_at_once_never_pass_the_cap(database: Database) -> None:
    def reserve(_number: int) -> bool:
        with database.write() as conn:
            return models.reserve(conn, DAY, Usage(1, 70, 30), Caps(tokens=1_000))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(reserve, range(40))) == 10
    with database.read() as conn:
        assert models.usage_on(conn, DAY).tokens == 1_000


_PROCESS = """
import sys
from datetime import date
from digest.model.answers import Caps, Usage
from digest.store import models
from digest.store.engine import open_database
booked = 0
with open_database(sys.argv[1]) as database:
    for _ in range(30):
        with database.write() as conn:
            booked += models.reserve(conn, date(2026, 3, 2), Usage(1, 70, 30), Caps(tokens=2_000))
print(booked)
"""


def test_processes_that_reserve_at_once_never_pass_the_cap(database: Database) -> None:
    command = [sys.executable, "-c", _PROCESS, database.url]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    booked = [int(process.communicate(timeout=60)[0]) for process in both]
    assert sum(booked) == 20
    with database.read() as conn:
        assert models.usage_on(conn, DAY) == Usage(20, 1_400, 600)
