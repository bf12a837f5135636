"""What the ledger costs: importing readers, planning an edition, and the marks around each message.

Run: python benchmarks/ledger.py [--readers 100000] [--postgres URL]

On SQLite, and on PostgreSQL where --postgres (or DIGEST_TEST_POSTGRES) names a server on which databases
may be made. Importing and planning stand beside what the database takes by itself for the same rows in the
same minute: a CSV file read by the module csv, its addresses put into lower case and hashed as ours are, and
written by the bare driver (SQLite's executemany, PostgreSQL's COPY) in one transaction into the same table
of another new database; one INSERT .. SELECT. The second import is of the same file, and changes nothing.
Marks are the two that every message has, fence and outcome, in groups of ten as a run with ten connections
commits them.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, insert, make_url, text

from digest.model.delivery import DeliveryState
from digest.model.tokens import key_hasher
from digest.store.batches import Fate, claim, page
from digest.store.engine import Database, open_database
from digest.store.ledger import Ledger, Settled
from digest.store.planning import materialise
from digest.store.sql import keep_pages_at_hand
from digest.store.subscriber_rows import NewReader
from digest.store.tables import editions
from digest.subscriptions.csv_import import import_csv

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
PEPPER = b"p" * 32
COLUMNS = NewReader._fields
BARE_PLAN = (
    "INSERT INTO deliveries (edition_id, subscriber_id, address, name, variant, state, epoch, attempts, text)"
    " SELECT {}, id, email, name, 'all', 'pending', 0, 0, '' FROM subscribers ORDER BY id"
)
MARKED, GROUP = 20_000, 10  # messages


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def file_of(readers: int) -> bytes:
    lines = (f"Reader{n}@Example{n % 500}.net,Reader Number {n}\r\n" for n in range(readers))
    return b"email,name\r\n" + "".join(lines).encode()


def bare_rows(source: bytes, written_at: object) -> Iterator[tuple[Any, ...]]:
    reading = csv.reader(io.TextIOWrapper(io.BytesIO(source), "utf-8", newline=""))
    hashed = key_hasher(PEPPER)
    next(reading)
    for email, name in reading:
        key = email.lower()
        yield (email, key, hashed(key), name, "active", "", "daily", written_at, None, None)


def bare_import(conn: Connection, source: bytes) -> None:
    driver: Any = conn.connection.dbapi_connection
    names = ", ".join(COLUMNS)
    if conn.dialect.name == "sqlite":
        keep_pages_at_hand(conn)
        holes = ", ".join("?" * len(COLUMNS))
        stored = NOW.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
        driver.executemany(f"INSERT INTO subscribers ({names}) VALUES ({holes})", bare_rows(source, stored))
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY subscribers ({names}) FROM STDIN") as copy:
        for row in bare_rows(source, NOW):
            copy.write_row(row)


def in_transaction(database: Database, work: Callable[[Connection], object]) -> float:
    def whole() -> None:
        with database.write() as conn:
            work(conn)

    return seconds(whole)


def new_editions(conn: Connection) -> None:
    values = {"publication": "p", "series": "daily", "state": "frozen", "created_at": NOW, "updated_at": NOW}
    conn.execute(insert(editions), [{**values, "id": n, "slot": NOW.replace(hour=n)} for n in (1, 2)])


def row(name: str, ours: float, bare: float) -> None:
    print(f"{name:44} {ours:9.2f} s   bare {bare:8.2f} s   x {ours / bare:.2f}")


def measure_import(database: Database, other: Database, source: bytes, readers: int) -> None:
    """``other`` is for what the driver takes by itself."""

    def ours(conn: Connection) -> None:
        import_csv(conn, io.BytesIO(source), pepper=PEPPER, now=NOW, known_themes=())

    bare = in_transaction(other, lambda conn: bare_import(conn, source))
    row(f"{database.dialect}: import {readers:,} readers", in_transaction(database, ours), bare)
    row(f"{database.dialect}: import them again", in_transaction(database, ours), bare)


def measure(database: Database, readers: int) -> None:
    in_transaction(database, new_editions)
    bare = in_transaction(database, lambda conn: conn.execute(text(BARE_PLAN.format(1))))
    ours = in_transaction(
        database,
        lambda conn: materialise(conn, 2, series="daily", variants={"": "all"}, batch_size=1000, now=NOW),
    )
    row(f"{database.dialect}: plan {readers:,} deliveries", ours, bare)
    marks(database, min(MARKED, readers))


def marks(database: Database, messages: int) -> None:
    with Ledger(database) as ledger:
        start, cpu = time.perf_counter(), time.process_time()
        for _ in range(messages // 1000):
            with ledger.transaction(durable=True) as conn:
                batch = claim(conn, 2, owner="bench", lease_s=60, now=NOW, fate=lambda _: Fate.UNKNOWN)
                assert batch is not None
                rows = page(conn, batch, after_id=0, limit=1000, now=NOW)
            before: Sequence[Settled] = ()
            for first in range(0, len(rows), GROUP):
                some = rows[first : first + GROUP]
                ledger.tick(before, some)
                before = [Settled(one, DeliveryState.SENT, 250, "2.0.0 Ok", sent_at=NOW) for one in some]
            ledger.tick(before, [])
        wall_us = (time.perf_counter() - start) / messages * 1e6
        cpu_us = (time.process_time() - cpu) / messages * 1e6
    print(
        f"{database.dialect + ': fence and record a message':44} {wall_us:8.1f} us, {cpu_us:.1f} of CPU here"
    )


@contextmanager
def postgres(server: str) -> Iterator[str]:
    name = f"digest_bench_{uuid.uuid4().hex[:12]}"
    driver = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(driver, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as conn:
            conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--readers", type=int, default=100_000)
    parser.add_argument("--postgres", default=os.environ.get("DIGEST_TEST_POSTGRES", ""))
    chosen = parser.parse_args()
    source = file_of(chosen.readers)
    with tempfile.TemporaryDirectory() as folder:
        ours, bare = (f"sqlite:///{Path(folder) / name}.db" for name in ("ours", "bare"))
        measure_all(ours, bare, source, chosen.readers)
    if chosen.postgres:
        with postgres(chosen.postgres) as ours, postgres(chosen.postgres) as bare:
            measure_all(ours, bare, source, chosen.readers)


def measure_all(ours: str, bare: str, source: bytes, readers: int) -> None:
    with open_database(ours) as database, open_database(bare) as other:
        measure_import(database, other, source, readers)
        measure(database, readers)


if __name__ == "__main__":
    main()
