"""What no editor has seen and is out all the same: what came after its story was dropped."""

from __future__ import annotations

from sqlalchemy import Connection

from digest.compose.decided import later_than_dropped
from digest.model.plural import counted
from digest.store import editions
from digest.store.editions import EditionRow

_NAMED = 5


def kept_out(conn: Connection, row: EditionRow) -> list[int]:
    """The ids of these articles, of one edition."""
    return later_than_dropped(editions.get_drops(conn, row.id))


def in_words(articles: list[int]) -> str:
    """The same for an editor: '2 later tellings of dropped stories kept out (s815, s816)'; "" for none."""
    if not articles:
        return ""
    more = len(articles) - _NAMED
    numbers = ", ".join(f"s{number}" for number in articles[:_NAMED]) + (
        f" and {more} more" if more > 0 else ""
    )
    return f"{counted(len(articles), 'later telling')} of dropped stories kept out ({numbers})"
