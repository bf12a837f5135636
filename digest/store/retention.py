"""What is deleted or forgotten once it is older than the newsletter keeps it. Each returns how many.

Counts still add up: an edition that was sent to 1,000 people says so for good, but no longer to whom.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from digest.model.audience import SubscriberState, SuppressionReason
from digest.model.edition import EditionState
from digest.store.audience import forget
from digest.store.deliveries import cancel
from digest.store.editions import move
from digest.store.tables import (
    alerts,
    articles,
    decisions,
    deliveries,
    edition_articles,
    edition_variants,
    editions,
    events,
    model_summaries,
    sign_ups,
    subscribers,
)

_UNFINISHED = (EditionState.FROZEN, EditionState.SENDING, EditionState.PAUSED)
_GIVEN_UP = "begun, and not finished for as long as recipients are kept"
_OVER = (EditionState.SENT.value, EditionState.CANCELLED.value)


def prune_articles(conn: Connection, before: datetime) -> int:
    """Delete articles gathered before this, but for those that an edition told or an editor decided on."""
    told = select(edition_articles.c.article_id).where(edition_articles.c.article_id == articles.c.id)
    decided = select(decisions.c.article_id).where(
        (decisions.c.article_id == articles.c.id) | (decisions.c.other_id == articles.c.id)
    )
    old = and_(articles.c.gathered_at < before, ~told.exists(), ~decided.exists())
    return conn.execute(delete(articles).where(old)).rowcount


def prune_answers(conn: Connection, before: datetime) -> int:
    """Delete what language models answered before this."""
    return conn.execute(delete(model_summaries).where(model_summaries.c.answered_at < before)).rowcount


def prune_alerts(conn: Connection, before: datetime) -> int:
    """Delete what the editor was to hear of before this."""
    return conn.execute(delete(alerts).where(alerts.c.at < before)).rowcount


def prune_events(conn: Connection, before: datetime) -> int:
    """Delete bounces, complaints and the like from before this; the suppressions they led to stay."""
    return conn.execute(delete(events).where(events.c.at < before)).rowcount


def forget_recipients(conn: Connection, before: datetime, now: datetime) -> int:
    """Empty address, name and the server's words in the ledger of editions finished before this.

    Their renderings go as well: nothing of such an edition can be sent again. One that began and was left
    unfinished since then, as a paused one is, is given up first.
    """
    given_up = _give_up(conn, before, now)
    finished = and_(editions.c.state.in_(_OVER), editions.c.finished_at < before)
    over = select(editions.c.id).where(or_(finished, editions.c.id.in_(given_up)))
    conn.execute(delete(edition_variants).where(edition_variants.c.edition_id.in_(over)))
    known = and_(deliveries.c.edition_id.in_(over), deliveries.c.address != "")
    return conn.execute(update(deliveries).where(known).values(address="", name="", text="")).rowcount


def _give_up(conn: Connection, before: datetime, now: datetime) -> list[int]:
    """Cancel what began and was neither finished nor touched since ``before``: who waited is skipped."""
    left = select(editions.c.id).where(
        editions.c.state.in_([state.value for state in _UNFINISHED]),
        editions.c.slot < before,
        editions.c.updated_at < before,
    )
    numbers = list(conn.scalars(left))
    for number in numbers:
        move(conn, number, allowed=_UNFINISHED, to=EditionState.CANCELLED, now=now, reason=_GIVEN_UP)
        cancel(conn, number)
    return numbers


def drop_unconfirmed(conn: Connection, before: datetime) -> int:
    """Delete those who asked to subscribe before this and never confirmed that it was them.

    What was typed into the form goes as well once its last e-mail is older than this, so that no link stops
    working before its time; confirmed or not, and it does not count.
    """
    waiting = and_(
        subscribers.c.state == SubscriberState.PENDING.value,
        subscribers.c.created_at < before,
        subscribers.c.confirmed_at.is_(None),
    )
    dropped = conn.execute(delete(subscribers).where(waiting)).rowcount
    conn.execute(delete(sign_ups).where(func.coalesce(sign_ups.c.mailed_at, sign_ups.c.asked_at) < before))
    return dropped


def forget_departed(conn: Connection, before: datetime, now: datetime) -> int:
    """Forget readers who left before this; a hash keeps them off the list."""
    left = select(subscribers.c.id).where(
        subscribers.c.state == SubscriberState.UNSUBSCRIBED.value,
        subscribers.c.email_key.is_not(None),
        subscribers.c.unsubscribed_at < before,
    )
    numbers = conn.scalars(left).all()
    for number in numbers:
        forget(conn, number, SuppressionReason.UNSUBSCRIBED, now)
    return len(numbers)
