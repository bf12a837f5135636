"""One person at a time: add, find, choose, leave, come back, take off the list, forget.

Leaving always writes a suppression as well: that is what an import and the send itself look at, and it
outlives the row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from digest.errors import NotFoundError, StateError
from digest.model.audience import Subscriber, SubscriberState, Suppression, SuppressionReason
from digest.model.links import check_readers_series
from digest.model.tokens import key_hash
from digest.store import audience, sign_ups, suppressions
from digest.store.sql import id_of
from digest.subscriptions.addresses import (
    Mailbox,
    check_themes,
    clean_name,
    email_key,
    needs_smtputf8,
    parse_mailbox,
)

_STAYING = frozenset({SubscriberState.PENDING, SubscriberState.ACTIVE})
# Whom an editor may bring back when asked to. The server, or the reader's "this is spam", said never.
_MAY_BE_BROUGHT_BACK = frozenset(
    {SuppressionReason.UNSUBSCRIBED, SuppressionReason.MANUAL, SuppressionReason.ERASED}
)
WHY = {
    SuppressionReason.UNSUBSCRIBED: "has unsubscribed",
    SuppressionReason.BOUNCED: "does not exist, says its mail server",
    SuppressionReason.COMPLAINED: "reported a message as spam",
    SuppressionReason.ERASED: "asked to be forgotten",
    SuppressionReason.MANUAL: "was taken off the list",
}


@dataclass(frozen=True, slots=True)
class Added:
    """What ``add`` did. ``note`` is a line for the editor, "" where there is nothing to say."""

    subscriber: Subscriber
    created: bool  # False: was there already, or came back
    note: str = ""


def add(
    conn: Connection,
    address: str,
    *,
    pepper: bytes,
    now: datetime,
    known_themes: Collection[str],
    name: str = "",
    themes: Iterable[str] = (),
    series: str = "",
    main_series: str = "daily",
    resubscribe: bool = False,
) -> Added:
    """Add a reader, of ``main_series`` unless ``series`` is given. One who is there already stays as is.

    Of one who has yet to confirm nothing stays: whoever typed that need not have been them.
    ``resubscribe`` brings back someone who left, because they asked for it, with what is given in place of
    what was known; never after a bounce or a complaint.

    Raises:
        InputError: no such address or theme, or what no series can be called.
        StateError: the address is suppressed.
    """
    check_readers_series(series or main_series)
    mailbox = parse_mailbox(address)
    key = mailbox.key
    hashed = key_hash(pepper, key)
    reader = Subscriber(
        email=mailbox.address,
        email_key=key,
        name=clean_name(name) or mailbox.name,
        themes=check_themes(themes, known_themes),
        series=series or main_series,
    )
    known = audience.hold_subscriber(conn, key)
    blocked = suppressions.suppression(conn, hashed)
    left = known is not None and known.state is SubscriberState.UNSUBSCRIBED
    if blocked or left:
        _allow_return(mailbox, blocked, resubscribe=resubscribe)
        if known:
            audience.set_state(
                conn, known.id, allowed={SubscriberState.UNSUBSCRIBED}, to=SubscriberState.ACTIVE, now=now
            )
            wanted = reader.themes or None
            audience.change(conn, known.id, name=reader.name or None, themes=wanted, series=series or None)
    audience.drop_pending(conn, key)
    stored, created = audience.add_subscriber(conn, reader, key_hash=hashed, now=now)
    if blocked or left:  # after the reader, as everybody else takes them: else two wait for each other
        suppressions.unsuppress(conn, hashed)
    notes = []
    if not created:
        back = "back" if blocked or left else "already there: nothing changed"
        notes.append(f"{stored.email} is {back}")
    if needs_smtputf8(stored.email):
        notes.append(f"{stored.email} can be mailed only through a server with SMTPUTF8")
    return Added(stored, created, "; ".join(notes))


def _allow_return(mailbox: Mailbox, blocked: Suppression | None, *, resubscribe: bool) -> None:
    reason = blocked.reason if blocked else SuppressionReason.UNSUBSCRIBED
    since = f" on {blocked.since:%Y-%m-%d}" if blocked else ""
    if reason not in _MAY_BE_BROUGHT_BACK:
        raise StateError(f"{mailbox.address} {WHY[reason]}{since}: it can never be mailed again")
    if not resubscribe:
        raise StateError(f"{mailbox.address} {WHY[reason]}{since}: --resubscribe if the reader asks for it")


def find(conn: Connection, ref: str) -> Subscriber:
    """The subscriber of an address or id.

    Raises:
        NotFoundError: there is none.
        InputError: it is neither an address nor an id.
    """
    if ref.strip().isdecimal():
        number = id_of(ref)
        found = None if number is None else audience.get_subscriber(conn, number)
        if found is None or not found.email_key:
            raise NotFoundError(f"there is no subscriber number {ref.strip()}")
        return found
    key = email_key(ref)
    found = audience.find_subscriber(conn, key)
    if found is None:
        raise NotFoundError(f"{key} is not among the subscribers; `digest subscribers list` shows them")
    return found


def is_mailed(conn: Connection, subscriber: Subscriber, *, pepper: bytes) -> bool:
    """Whether this reader gets editions, or will once they have confirmed."""
    staying = bool(subscriber.email_key) and subscriber.state in _STAYING
    return staying and suppressions.suppression(conn, key_hash(pepper, subscriber.email_key)) is None


def may_come_back(conn: Connection, subscriber: Subscriber, *, pepper: bytes) -> bool:
    """Whether this reader, having left, may return by themselves: not after anything but leaving."""
    if subscriber.state is not SubscriberState.UNSUBSCRIBED or not subscriber.email_key:
        return False
    blocked = suppressions.suppression(conn, key_hash(pepper, subscriber.email_key))
    return blocked is None or blocked.reason is SuppressionReason.UNSUBSCRIBED


def unsubscribe(conn: Connection, subscriber_id: int, *, pepper: bytes, now: datetime) -> None:
    """The reader leaves. However often they do, the first time counts; one unknown or erased is gone."""
    _leave(conn, subscriber_id, SuppressionReason.UNSUBSCRIBED, pepper=pepper, now=now)


def end(
    conn: Connection, subscriber_id: int, reason: SuppressionReason, *, pepper: bytes, now: datetime
) -> bool:
    """Never mail this reader again, for ``reason``; whether they were mailed until now."""
    subscriber = audience.get_subscriber(conn, subscriber_id)
    mailed = subscriber is not None and is_mailed(conn, subscriber, pepper=pepper)
    _leave(conn, subscriber_id, reason, pepper=pepper, now=now)
    return mailed


def remove(conn: Connection, ref: str, *, pepper: bytes, now: datetime) -> Subscriber:
    """The editor takes someone off the list; an import won't bring them back.

    Raises:
        NotFoundError: there is no such subscriber.
    """
    subscriber = find(conn, ref)
    _leave(conn, subscriber.id, SuppressionReason.MANUAL, pepper=pepper, now=now)
    return find(conn, str(subscriber.id))


def resubscribe(conn: Connection, subscriber_id: int, *, pepper: bytes, now: datetime) -> None:
    """The reader takes leaving back. Does nothing to one who hasn't left.

    Raises:
        NotFoundError: there is no such subscriber any more.
        StateError: bounced, complained, or taken off the list by the editor.
    """
    audience.hold_person(conn, subscriber_id)
    subscriber = audience.get_subscriber(conn, subscriber_id)
    if subscriber is None or not subscriber.email_key:
        raise NotFoundError(f"there is no subscriber number {subscriber_id}")
    if is_mailed(conn, subscriber, pepper=pepper):
        return
    if not may_come_back(conn, subscriber, pepper=pepper):
        raise StateError("only the editor can put this address back on the list")
    suppressions.unsuppress(conn, key_hash(pepper, subscriber.email_key))
    allowed = {SubscriberState.UNSUBSCRIBED}
    audience.set_state(conn, subscriber_id, allowed=allowed, to=SubscriberState.ACTIVE, now=now)


def change(
    conn: Connection,
    subscriber_id: int,
    *,
    known_themes: Collection[str],
    name: str | None = None,
    themes: Iterable[str] | None = None,
    series: str | None = None,
) -> Subscriber:
    """Change what is given of a reader's name and choices, and return them as they are now.

    Raises:
        InputError: no such theme, or what no series can be called.
        NotFoundError: no such subscriber.
    """
    if series is not None:
        check_readers_series(series)
    audience.change(
        conn,
        subscriber_id,
        name=None if name is None else clean_name(name),
        themes=None if themes is None else check_themes(themes, known_themes),
        series=series,
    )
    reader = audience.get_subscriber(conn, subscriber_id)
    if reader is None:
        raise NotFoundError(f"there is no subscriber number {subscriber_id}")
    return reader


def erase(conn: Connection, ref: str, *, pepper: bytes, now: datetime) -> int:
    """Forget someone: address and name go from every table. Returns the id of the emptied row.

    A keyed hash of the address stays as a suppression, so that no import brings them back. Of whom nothing is
    known but what was typed into the form, that goes, and the number is 0.

    Raises:
        NotFoundError: there is no such subscriber, nor a request for that address.
    """
    try:
        subscriber = find(conn, ref)
    except NotFoundError:
        if "@" not in ref or not sign_ups.list_for(conn, email_key(ref)):
            raise
        suppressions.suppress(conn, key_hash(pepper, email_key(ref)), SuppressionReason.ERASED, now)
        sign_ups.forget(conn, email_key(ref))
        return 0
    _leave(conn, subscriber.id, SuppressionReason.ERASED, pepper=pepper, now=now)
    audience.erase(conn, subscriber.id, now)
    return subscriber.id


def _leave(
    conn: Connection, subscriber_id: int, reason: SuppressionReason, *, pepper: bytes, now: datetime
) -> None:
    audience.hold_person(conn, subscriber_id)
    subscriber = audience.get_subscriber(conn, subscriber_id)
    if subscriber is None or not subscriber.email_key:
        return
    suppressions.suppress(conn, key_hash(pepper, subscriber.email_key), reason, now)
    audience.set_state(conn, subscriber_id, allowed=_STAYING, to=SubscriberState.UNSUBSCRIBED, now=now)
    sign_ups.forget(conn, subscriber.email_key)  # a link from before must not bring them back
