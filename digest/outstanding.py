"""Which alerts still ask something of the editor.

What an alert is about is in its key. One about an edition stands while the edition is in the state that
it speaks of; one about a step or a feed until that works again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from digest.model.edition import EditionKey, EditionState
from digest.model.links import parse_edition_ref
from digest.store import alerts, editions, feeds
from digest.store.sql import id_of

Alert = tuple[str, datetime, str]  # key, when, words

_UNSENT = frozenset({EditionState.DRAFT, EditionState.HELD, EditionState.APPROVED})
_WHILE = {
    "approval": {EditionState.DRAFT},
    "clock": {EditionState.DRAFT},
    "doubted": {EditionState.DRAFT, EditionState.HELD},
    "held": {EditionState.HELD},
    "late": _UNSENT,
    "model": _UNSENT,
    "paused": {EditionState.PAUSED},
    "quiet": _UNSENT,
    "refused": {EditionState.PAUSED},
}


def outstanding(conn: Connection, publication: str, since: datetime) -> list[Alert]:
    """The alerts from ``since`` on that are not over, newest first."""
    noted = alerts.list_alerts(conn, limit=None, since=since)
    return [alert for alert in noted if _stands(conn, publication, alert[0])]


def _stands(conn: Connection, publication: str, key: str) -> bool:
    kind, _, about = key.partition(":")
    if kind == alerts.PAST:
        return False
    if kind == "feed":
        return _is_in_trouble(conn, about.partition(":")[0])
    if kind not in _WHILE:
        return True
    state = _state(conn, publication, about.partition(":")[0])
    if state is None:
        return kind == "late"  # of what was never drafted
    return state in _WHILE[kind]


def _is_in_trouble(conn: Connection, number: str) -> bool:
    active = {feed.id for feed in feeds.list_feeds(conn)}
    health = feeds.all_health(conn)
    feed_id = id_of(number)
    return feed_id in active and feed_id in health and bool(health[feed_id].trouble)


def _state(conn: Connection, publication: str, name: str) -> EditionState | None:
    """The state of the edition with this number or reference; None where there is none."""
    if (number := id_of(name)) is not None:
        row = editions.get_edition(conn, number)
    elif (named := parse_edition_ref(name)) is not None:
        row = editions.find_edition(conn, EditionKey(publication, *named))
    else:
        row = None
    return row.state if row else None
