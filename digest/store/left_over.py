"""What a claim settles before anything is sent: what a former owner left over, and who left meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, case, null, or_, update

from digest.model.delivery import DeliveryState
from digest.store.deliveries import LEFT, WAITING, in_state, may_be_mailed
from digest.store.tables import deliveries

_CUT_OFF = "the sender stopped after the content may have left, and no answer was recorded"
_POWER_LOST = "the machine restarted while this was being sent: whether it left was not recorded"


class RowRange(NamedTuple):
    """The deliveries of a batch, by the names that ``IN_RANGE`` binds."""

    this_edition: int
    first: int
    last: int


IN_RANGE = and_(
    deliveries.c.edition_id == bindparam("this_edition"),
    deliveries.c.subscriber_id.between(bindparam("first"), bindparam("last")),
)
_CAME_BACK = or_(deliveries.c.bounced_at.is_not(None), deliveries.c.complained_at.is_not(None))
_LEFT_OVER = (
    update(deliveries)
    .where(
        IN_RANGE,
        in_state(DeliveryState.SENDING),
        deliveries.c.epoch < bindparam("new_epoch"),
    )
    .values(
        # What has come back had left: its sender was killed before it heard so.
        state=case((_CAME_BACK, DeliveryState.SENT.value), else_=DeliveryState.UNCERTAIN.value),
        attempts=deliveries.c.attempts + 1,
        sent_at=bindparam("moment"),
        text=case((_CAME_BACK, ""), else_=_CUT_OFF),
    )
)
_FORGOTTEN = (
    update(deliveries)
    .where(IN_RANGE, WAITING)
    .values(state=DeliveryState.UNCERTAIN, due_at=null(), sent_at=bindparam("moment"), text=_POWER_LOST)
)
_UNSUBSCRIBED = (
    update(deliveries)
    .where(IN_RANGE, WAITING, ~may_be_mailed())
    .values(state=DeliveryState.SUPPRESSED, due_at=null(), text=LEFT)
)


def sweep(conn: Connection, which: RowRange, *, new_epoch: int, lost_power: bool, now: datetime) -> None:
    """Settle what needs no sending: what an older epoch left over, the power took, or the reader ended."""
    rows = which._asdict()
    if new_epoch > 1:  # somebody had it before
        conn.execute(_LEFT_OVER, {**rows, "new_epoch": new_epoch, "moment": now})
    if lost_power:
        conn.execute(_FORGOTTEN, {**rows, "moment": now})
    conn.execute(_UNSUBSCRIBED, rows)
