"""The people who read: subscribers, and those who must never be mailed again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SubscriberState(StrEnum):
    """pending (has not confirmed) -> active -> unsubscribed."""

    PENDING = "pending"
    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"


class SuppressionReason(StrEnum):
    """Why an address is never mailed again."""

    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    ERASED = "erased"
    MANUAL = "manual"


LOST = frozenset({SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED})  # without having asked to leave
# Those that a reader or an editor can take back: any other goes before them.
REVOCABLE = frozenset({SuppressionReason.UNSUBSCRIBED, SuppressionReason.MANUAL})


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One reader. ``email`` is the address as typed, ``email_key`` its unique normal form.

    ``themes`` are the slugs chosen; empty means all, also those added later.
    """

    email: str
    email_key: str
    name: str = ""
    state: SubscriberState = SubscriberState.ACTIVE
    themes: tuple[str, ...] = ()
    series: str = "daily"
    created_at: datetime | None = None
    confirmed_at: datetime | None = None
    unsubscribed_at: datetime | None = None
    id: int = 0  # 0: not stored yet


@dataclass(frozen=True, slots=True)
class Suppression:
    """The never-mail record that outlives the subscriber.

    ``key_hash`` is HMAC-SHA256(pepper, email_key) in hex, so that erasure can keep it.
    """

    key_hash: str
    reason: SuppressionReason
    since: datetime


@dataclass(frozen=True, slots=True)
class SignUp:
    """Somebody typed an address into the form: what they asked for, and what became of that.

    ``themes`` as in ``Subscriber``; ``series`` is "" for the main one. Whoever typed it need not own the
    address: until the link mailed there is followed and confirmed, nothing of it holds.
    """

    email: str
    email_key: str
    name: str
    themes: tuple[str, ...]
    asked_at: datetime
    due_at: datetime | None = None  # when its e-mail is to be sent, or tried again; None: nothing is owed
    tries: int = 0
    mailed_at: datetime | None = None  # when that was last tried
    expires_at: datetime | None = None  # until when the link of that e-mail confirms; None: it has none
    used_at: datetime | None = None  # when it did
    series: str = ""
    id: int = 0  # 0: not stored yet


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row of an import that was left out, and why. ``row`` counts from 1, the header being 1."""

    row: int
    value: str
    problem: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. The counts, with the problems, add up to the data rows read."""

    added: int
    updated: int
    unchanged: int
    suppressed: int  # had left, bounced or complained: not brought back
    problems: tuple[RowProblem, ...]
    unlisted: int = 0  # bad rows beyond those that ``problems`` names
    series: tuple[str, ...] = ()  # that rows have named
    passed_over: tuple[str, ...] = ()  # names of columns that say nothing to us
