"""What a SQLite file holds, seen before it is opened: of any version, and nothing in it is changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from digest.store.connect import clear_errors, parse_url


@dataclass(frozen=True, slots=True)
class Glimpse:
    """``mark`` is what was set under the key in question; ``people`` are all whose addresses it knows.

    Of people who were erased, and of others who are kept out, there is "" in their stead.
    """

    empty: bool = True
    mark: str = ""
    people: frozenset[str] = frozenset()
    feeds: frozenset[str] = frozenset()


def glimpse(path: Path, key: str) -> Glimpse:
    """What the file at ``path`` holds.

    Raises:
        StoreError: it is no database, or can't be read.
    """
    with (
        clear_errors(parse_url(f"sqlite:///{path}")),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection,
    ):
        tables = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }

        def column(table: str, name: str, where: str = "1", *given: str) -> frozenset[str]:
            if table not in tables:
                return frozenset()
            query = f"SELECT {name} FROM {table} WHERE {where}"  # noqa: S608 - of the words below alone
            return frozenset(str(value or "") for (value,) in connection.execute(query, given))

        people = column("subscribers", "email") | column("sign_ups", "email") | column("suppressions", "''")
        mark = next(iter(column("meta", "value", "key = ?", key)), "")
        return Glimpse(not tables, mark, people, column("feeds", "url"))
