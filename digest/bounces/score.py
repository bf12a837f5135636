"""How often in a row a reader's mailbox was full, disabled or out of reach. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from digest.model.feedback import ToReader

WINDOW = timedelta(days=30)  # an edition of before that says nothing about today
_PATIENCE = timedelta(days=5)  # after which servers give up, and say so: RFC 5321, section 4.5.4.1


def in_a_row(editions: Iterable[ToReader], now: datetime) -> int:
    """How many editions came back, one after the other, and none since then has stayed.

    ``editions`` are those to the reader, the newest first. When a report was read doesn't matter, nor how
    many there are on one edition. An edition that stayed ends the row; one newer than all that came back
    only after some days, because until then it may still come back.
    """
    count = 0
    for edition in editions:
        if edition.came_back:
            count += 1
        elif count or edition.slot < now - _PATIENCE:
            break
    return count
