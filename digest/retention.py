"""Deletes or forgets what has been kept long enough: `digest retention apply`, and daily by `digest run`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from digest.model.plural import counted
from digest.parts import Parts
from digest.store import retention

_NOUNS = {
    "articles": ("article",),
    "model_answers": ("model answer",),
    "alerts": ("alert",),
    "events": ("event",),
    "recipients": ("recipient",),
    "unconfirmed": ("unconfirmed", "unconfirmed"),
    "departed": ("departed", "departed"),
}


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows of each kind went. Recipients are lines of the ledger, whose counts stay."""

    articles: int = 0
    model_answers: int = 0
    alerts: int = 0
    events: int = 0
    recipients: int = 0
    unconfirmed: int = 0
    departed: int = 0

    @property
    def any(self) -> bool:
        """Whether there was anything to forget."""
        return any(getattr(self, field.name) for field in fields(self))

    def __str__(self) -> str:
        """What went, in words."""
        counts = {field.name: getattr(self, field.name) for field in fields(self)}
        gone = [counted(count, *_NOUNS[kind]) for kind, count in counts.items() if count]
        return ", ".join(gone) or "nothing"


def apply(parts: Parts, now: datetime, *, dry_run: bool = False) -> Forgotten:
    """Forget whatever is older at ``now`` than ``parts.keep`` says; all of it or, if that fails, nothing.

    ``dry_run`` counts and changes nothing.
    """
    keep = parts.keep
    with parts.database.write() as conn:
        undo = conn.begin_nested() if dry_run else None
        forgotten = Forgotten(
            articles=retention.prune_articles(conn, now - keep.articles),
            model_answers=retention.prune_answers(conn, now - keep.model_answers),
            alerts=retention.prune_alerts(conn, now - keep.recipients),
            events=retention.prune_events(conn, now - keep.recipients),
            recipients=retention.forget_recipients(conn, now - keep.recipients, now),
            unconfirmed=retention.drop_unconfirmed(conn, now - keep.unconfirmed),
            departed=retention.forget_departed(conn, now - keep.departed, now),
        )
        if undo is not None:
            undo.rollback()
    return forgotten
