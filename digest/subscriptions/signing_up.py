"""Subscribing by oneself: what is typed is stored, an e-mail asks the address, and its owner confirms.

    sign_up_of -> ask ... owed -> (an e-mail) ... confirmation -> confirm

``ask`` looks nobody up: whether an address is new, a reader's or one that must not be mailed is found out
when its e-mail is due. Until its owner confirms, nothing changes but that an unknown one is ``pending``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from digest.errors import StateError
from digest.model.audience import SignUp, Subscriber, SubscriberState, Suppression, SuppressionReason
from digest.model.links import check_readers_series
from digest.model.tokens import confirmation_hash, key_hash
from digest.store import audience, sign_ups, suppressions
from digest.store.sign_ups import Mailed
from digest.subscriptions.addresses import check_themes, clean_name, parse_mailbox
from digest.subscriptions.people import WHY, is_mailed

APART = timedelta(minutes=10)  # between two e-mails to one address
MOST_A_DAY = 3
_DAY = timedelta(days=1)
# A web address or markup: what no name needs, and a stranger might have us carry to anybody's mailbox.
_NO_NAME = re.compile(
    r"[<>@]|[:/\\]{2}|\bwww\.|\w\w[.\u3002\uff0e]\w{2}|\w[.\u3002\uff0e]\w+/|\[/?url", re.IGNORECASE
)
TOLD_EVERY = timedelta(days=7)  # a reader who asks for what they get is told so no more often
# When an e-mail is tried again that could not be handed over. Longer than a mail server may take to answer.
_TRY_AGAIN = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
# Whose link, mailed to them and confirmed, proves that they want it and that the mailbox works.
_TAKEN_BACK_BY_CONFIRMING = frozenset({SuppressionReason.UNSUBSCRIBED, SuppressionReason.ERASED})


class Reply(StrEnum):
    """What somebody whose address was typed is mailed."""

    CONFIRM = "confirm"
    ALREADY = "already"  # gets it as it is: where to change that
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Owed:
    """An e-mail to send for a request. Without a token: to a reader who gets what was asked for already.

    With one it goes to the address as it was typed now: that spelling is what following the link proves.
    """

    number: int  # of the request
    asked_at: datetime
    reader: Subscriber
    themes: tuple[str, ...]
    series: str
    token: str = ""
    expires_at: datetime | None = None


class Standing(StrEnum):
    """What a link that confirms is good for."""

    OPEN = "open"
    DONE = "done"  # was used, by someone who still reads
    REFUSED = "refused"  # the address must not be mailed
    GONE = "gone"  # unknown, expired, or its reader has left since


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A link that confirms, as its page shows it. ``reader_id`` is 0 until it is done."""

    standing: Standing
    email: str = ""
    name: str = ""
    themes: tuple[str, ...] = ()
    series: str = ""  # of an open one: "" is the main one
    reader_id: int = 0


def sign_up_of(
    address: str,
    *,
    name: str,
    themes: Iterable[str],
    known_themes: Collection[str],
    now: datetime,
    series: str = "",
) -> SignUp:
    """What was typed into the form, fit to store; ``series`` is "" for the main one.

    A name that holds a web address or markup is left out.

    Raises:
        InputError: no such address or theme, or what no series can be called.
    """
    if series:
        check_readers_series(series)
    mailbox = parse_mailbox(address)
    name = clean_name(name) or mailbox.name
    return SignUp(
        email=mailbox.address,
        email_key=mailbox.key,
        name="" if _NO_NAME.search(name) else name,
        themes=check_themes(themes, known_themes),
        asked_at=now,
        series=series,
    )


def ask(conn: Connection, sign_up: SignUp) -> None:
    """Store a request; its e-mail is due at once, and no earlier one for the address that is still owed."""
    sign_ups.add(conn, sign_up)


def invite(conn: Connection, sign_up: SignUp, *, pepper: bytes, series: str) -> str:
    """``ask`` on the editor's word, who is told why not: returns that, or "".

    ``series`` is the main one, for a request that names none.

    Raises:
        StateError: the address is suppressed, and no confirmation would change that.
    """
    blocked = suppressions.suppression(conn, key_hash(pepper, sign_up.email_key))
    if blocked and is_barred(blocked):
        why = f"{WHY[blocked.reason]} on {blocked.since:%Y-%m-%d}"
        raise StateError(f"{sign_up.email} {why}: nobody is asked to confirm who can't come back that way")
    reader, now = audience.find_subscriber(conn, sign_up.email_key), sign_up.asked_at
    series = sign_up.series or series
    if reply_to(reader, blocked, series, (), now) is Reply.ALREADY:
        return f"{sign_up.email} is already there: nothing is sent"
    if reply_to(reader, blocked, series, _mailed(conn, sign_up), now) is Reply.NOTHING:
        return f"{sign_up.email} was asked shortly before: nothing is sent"
    ask(conn, sign_up)
    return ""


def reply_to(
    reader: Subscriber | None,
    blocked: Suppression | None,
    series: str,
    mailed: Sequence[Mailed],
    now: datetime,
) -> Reply:
    """What a request for ``series`` is answered with, unless the address ``is_barred``.

    ``mailed``: how others for that address were, lately.
    """
    if any(now - one.at < APART for one in mailed):
        return Reply.NOTHING
    if reader and reader.state is SubscriberState.ACTIVE and reader.series == series and not blocked:
        told = any(now - one.at < TOLD_EVERY for one in mailed if not one.asked)
        return Reply.NOTHING if told else Reply.ALREADY
    return Reply.NOTHING if sum(now - one.at < _DAY for one in mailed) >= MOST_A_DAY else Reply.CONFIRM


def is_barred(blocked: Suppression | None) -> bool:
    """Whether no confirmation can bring an address back, so that it is not even asked for one."""
    return blocked is not None and blocked.reason not in _TAKEN_BACK_BY_CONFIRMING


def owed(
    conn: Connection,
    number: int,
    *,
    pepper: bytes,
    token_of: Callable[[SignUp], str],
    now: datetime,
    series: str,
    valid_for: timedelta,
) -> Owed | None:
    """The e-mail for a request that is due; it is tried again after a while unless ``sign_ups.settle``d.

    ``series`` is the main one, for requests that name none. None where it isn't due any more, or nothing is
    to be sent: then the request is forgotten.
    """
    asked = sign_ups.find_due(conn, number, now)
    if asked is None:
        return None
    blocked = suppressions.suppression(conn, key_hash(pepper, asked.email_key))
    if is_barred(blocked):
        sign_ups.drop(conn, number)
        return None
    # Of two requests for one address at once, the second waits here and then finds the first one mailed.
    series = asked.series or series
    reader = _held(conn, asked, pepper=pepper, now=now, series=series)
    if sign_ups.find_due(conn, number, now) is None:
        return None
    reply = reply_to(reader, blocked, series, _mailed(conn, asked), now)
    if reply is Reply.NOTHING:
        sign_ups.drop(conn, number)
        return None
    token = token_of(asked) if reply is Reply.CONFIRM else ""
    expires_at = now + valid_for if token else None
    marked = sign_ups.mark_mailed(
        conn,
        number,
        now=now,
        again_at=now + _TRY_AGAIN[asked.tries] if asked.tries < len(_TRY_AGAIN) else None,
        token_hash=confirmation_hash(token) if token else None,
        expires_at=expires_at,
    )
    if not marked:  # a later request took its place since we looked
        return None
    to = replace(reader, email=asked.email) if token else reader
    return Owed(number, asked.asked_at, to, asked.themes, series, token, expires_at)


def confirmation(conn: Connection, token: str, *, pepper: bytes, now: datetime) -> Confirmation:
    """What following a link finds; changes nothing."""
    asked = sign_ups.find(conn, confirmation_hash(token))
    if asked is None:
        return Confirmation(Standing.GONE)
    if asked.used_at:
        reader = audience.find_subscriber(conn, asked.email_key)
        if reader and reader.state is SubscriberState.ACTIVE and is_mailed(conn, reader, pepper=pepper):
            return Confirmation(
                Standing.DONE, reader.email, reader.name, reader.themes, reader.series, reader.id
            )
        return Confirmation(Standing.GONE)
    if not (asked.expires_at and now < asked.expires_at):
        return Confirmation(Standing.GONE)
    blocked = suppressions.suppression(conn, key_hash(pepper, asked.email_key))
    standing = Standing.REFUSED if is_barred(blocked) else Standing.OPEN
    return Confirmation(standing, asked.email, asked.name, asked.themes, asked.series)


def confirm(conn: Connection, token: str, *, pepper: bytes, now: datetime, series: str) -> Confirmation:
    """Subscribe whom a link was mailed to, as they had asked for, if it is still open; how it stands then.

    ``series`` is the main one, for requests that name none.
    """
    asked = sign_ups.find(conn, confirmation_hash(token))
    before = confirmation(conn, token, pepper=pepper, now=now)
    if asked is None or before.standing is not Standing.OPEN:
        return before
    hashed = key_hash(pepper, asked.email_key)
    series = asked.series or series
    # The reader before the suppression, as everybody else takes them, also where nobody knew the reader.
    known = audience.hold_subscriber(conn, asked.email_key)
    reader = known or _held(conn, asked, pepper=pepper, now=now, series=series)
    barred = is_barred(suppressions.suppression(conn, hashed, hold=True))  # since we looked
    if not barred and sign_ups.use(conn, asked, now):  # else it was used, or they left, while this waited
        suppressions.unsuppress(conn, hashed, _TAKEN_BACK_BY_CONFIRMING)
        audience.enrol(conn, reader.id, asked, series=series, now=now)
    elif known is None:
        audience.drop_pending(conn, asked.email_key)  # nothing came of it, and they may have been erased
    return confirmation(conn, token, pepper=pepper, now=now)


def _held(conn: Connection, asked: SignUp, *, pepper: bytes, now: datetime, series: str) -> Subscriber:
    """Whom a request is about, locked; ``pending`` from now on if nobody knew them."""
    stranger = Subscriber(
        email=asked.email,
        email_key=asked.email_key,
        name=asked.name,
        themes=asked.themes,
        state=SubscriberState.PENDING,
        series=series,
    )
    audience.add_subscriber(conn, stranger, key_hash=key_hash(pepper, asked.email_key), now=now)
    held = audience.hold_subscriber(conn, asked.email_key)
    assert held is not None, "it was just added, or it was there"
    return held


def _mailed(conn: Connection, asked: SignUp) -> Sequence[Mailed]:
    return sign_ups.mailed_since(conn, asked.email_key, asked.asked_at - TOLD_EVERY, but=asked.id)
