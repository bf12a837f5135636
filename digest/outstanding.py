"""Which alerts still ask something of the editor.

What an alert is about is in its key. One about an edition stands while the edition is in the state that
it speaks of; one about a step or a feed until that works again.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from digest.model.edition import EditionKey, EditionState
from digest.model.links import parse_edition_ref
from digest.schedule import BEGUN
from digest.store import alerts, deliveries, editions, feeds
from digest.store.sql import id_of

Alert = tuple[str, datetime, str]  # key, when, words

_UNSENT = frozenset({EditionState.DRAFT, EditionState.HELD, EditionState.APPROVED})
_WAITS_FOR_NEWS = frozenset({EditionState.DRAFT, EditionState.APPROVED})
_WHILE = {
    "approval": {EditionState.DRAFT},
    "clock": {EditionState.DRAFT},
    "doubted": {EditionState.DRAFT, EditionState.HELD},
    "held": {EditionState.HELD},
    "late": _UNSENT,
    "model": _UNSENT,
    "paused": {EditionState.PAUSED},
    "refused": {EditionState.PAUSED},
    "error:Draft": _UNSENT,
    "error:Send": _UNSENT,
    "error:Resume": BEGUN,
    "error:Pause": BEGUN,
}
_THROUGH = {EditionState.SENT, EditionState.CANCELLED}
_BEFORE_LATE = {"held", "approval", "clock"}  # once it is late, none of their commands sends it


def outstanding(
    conn: Connection, publication: str, since: datetime, *, in_time: datetime | None = None
) -> list[Alert]:
    """The alerts from ``since`` on that are not over, newest first.

    ``in_time``: editions that were due before it go out by themselves no more, whatever news comes.
    """
    noted = alerts.list_alerts(conn, limit=None, since=since)
    late = {key.removeprefix("late:") for key, _at, _text in noted if key.startswith("late:")}
    troubled = _in_trouble(conn) if any(key.startswith("feed:") for key, _at, _text in noted) else set()
    return [alert for alert in noted if _stands(conn, publication, alert[0], late, troubled, in_time)]


def _stands(
    conn: Connection,
    publication: str,
    key: str,
    late: Collection[str],
    troubled: Collection[int],
    in_time: datetime | None,
) -> bool:
    kind, _, about = key.partition(":")
    if kind in {alerts.PAST, alerts.LAID_BY} or (kind in _BEFORE_LATE and about in late):
        return False
    if kind == "feed":
        return id_of(about.partition(":")[0]) in troubled
    if kind == "quiet":
        return _waits_for_news(conn, int(about), in_time)
    if kind == "incomplete":
        return deliveries.counts(conn, int(about)).fell_short
    if kind == "restored":
        return _is_in_doubt(conn, publication, datetime.fromisoformat(about))
    if kind == "error":
        step, _, about = about.partition(":")
        kind = f"{kind}:{step}"
    return kind not in _WHILE or _is_so(conn, publication, kind, about.partition(":")[0])


def _waits_for_news(conn: Connection, edition_id: int, in_time: datetime | None) -> bool:
    """Whether a draft has no news yet, and is not too late for them."""
    row = editions.get_edition(conn, edition_id)
    if row is None or row.state not in _WAITS_FOR_NEWS or (row.edition and row.edition.stories):
        return False
    return in_time is None or row.key.slot >= in_time


def _is_so(conn: Connection, publication: str, kind: str, edition: str) -> bool:
    state = _state(conn, publication, edition)
    if state is None:
        return kind in {"late", "error:Draft", "error:Send"}  # of what was never drafted
    return state in _WHILE[kind]


def _in_trouble(conn: Connection) -> set[int]:
    """The feeds that are read and give nothing."""
    health = feeds.all_health(conn)
    active = (feed.id for feed in feeds.list_feeds(conn))
    return {number for number in active if number in health and health[number].trouble}


def _is_in_doubt(conn: Connection, publication: str, since: datetime) -> bool:
    """Whether nobody has said yet what became of what was due when the database was put back.

    Once an edition has gone out that was due later, it is over in any case.
    """
    due: dict[str, editions.EditionRow] = {}  # the latest of each series
    for row in editions.list_editions(conn, publication):
        if row.key.slot > since and row.state is EditionState.SENT:
            return False
        if row.key.slot <= since:
            due.setdefault(row.key.series, row)
    settled = [row.updated_at for row in due.values() if row.state in _THROUGH]
    return len(settled) < len(due) or max(settled, default=since) <= since


def _state(conn: Connection, publication: str, name: str) -> EditionState | None:
    """The state of the edition with this number or reference; None where there is none."""
    if (number := id_of(name)) is not None:
        row = editions.get_edition(conn, number)
    elif (named := parse_edition_ref(name)) is not None:
        row = editions.find_edition(conn, EditionKey(publication, *named))
    else:
        row = None
    return row.state if row else None
