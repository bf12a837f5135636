"""Applies what came back: marks deliveries, counts bounces, ends what must end. Nothing is applied twice."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from math import inf

from sqlalchemy import Connection

from digest import subscriptions
from digest.bounces import kind_of_status, read_report
from digest.bounces.score import WINDOW, in_a_row
from digest.bounces.status import best_status
from digest.model.audience import SuppressionReason
from digest.model.delivery import DeliveryRecord, DeliveryState
from digest.model.feedback import BOUNCES, Feedback, FeedbackKind
from digest.model.links import parse_edition_ref
from digest.model.tokens import UNSUBSCRIBE, read_delivery_ref, read_token
from digest.parts import Parts, address_pepper
from digest.store import audience, deliveries, editions, events, meta

# Codes that speak of the mailbox. The others (552 too large, 554 refused) may as well speak of the message.
_ABOUT_THE_MAILBOX = frozenset({550, 551, 553})
_OURSELVES = "smtp"  # the provider of what was refused while it was sent
# More of an edition refused for good than this says that something is wrong with us or with the mail server.
_BELIEVABLE_SHARE = 0.2
_FEW = 20


class Verdict(StrEnum):
    """What became of one report."""

    APPLIED = "applied"
    REPEATED = "known already"
    UNKNOWN = "about nobody we know"
    NOTHING = "no report"


@dataclass(slots=True)
class Tally:
    """What a batch of reports came to. ``ended`` counts the readers who are never mailed again for it."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    kinds: Counter[FeedbackKind] = field(default_factory=Counter)
    ended: int = 0

    def add(self, one: Feedback, verdict: Verdict, ended: bool) -> None:  # noqa: FBT001 - private to here
        """Count one report."""
        self.verdicts[verdict] += 1
        self.ended += ended
        if verdict is Verdict.APPLIED:
            self.kinds[one.kind] += 1

    def as_json(self) -> dict[str, object]:
        """Ready for JSON."""
        return {"verdicts": dict(self.verdicts), "kinds": dict(self.kinds), "ended": self.ended}

    def __str__(self) -> str:
        """In words."""
        verdicts = ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(self.verdicts.items()))
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.kinds.items()))
        ended = f"; {self.ended:,} never mailed again" if self.ended else ""
        return f"{verdicts or 'nothing'}{f' ({kinds})' if kinds else ''}{ended}"


def ingest(parts: Parts, messages: Iterable[bytes], now: datetime) -> Tally:
    """Read messages and apply what they report."""
    return apply(parts, (read_report(raw) for raw in messages), now)


def apply(parts: Parts, reports: Iterable[Feedback | None], now: datetime) -> Tally:
    """Apply reports, each in a transaction of its own; None counts as one that reports nothing."""
    tally = Tally()
    for one in reports:
        _take(parts, one, now, tally)
    return tally


def _take(parts: Parts, one: Feedback | None, now: datetime, tally: Tally) -> None:
    """Apply one report, and count what became of it."""
    if one is None:
        tally.verdicts[Verdict.NOTHING] += 1
        return
    with parts.database.write() as conn:
        whom = _Whom(conn, parts, now)
        edition_id, subscriber_id = whom.find(one)
        verdict, ended = Verdict.UNKNOWN, False
        if subscriber_id is not None:
            verdict, ended = whom.apply(one, edition_id, subscriber_id)
    tally.add(one, verdict, ended)


def poll(parts: Parts, now: datetime, *, within_s: float = inf) -> Tally:
    """Read the mailboxes of the settings from where the last poll ended, for ``within_s`` seconds at most.

    What that leaves over is for the next poll.

    Raises:
        TransportError: one of them can't be read; what was read before that is applied.
    """
    tally = Tally()
    end = time.monotonic() + within_s
    for mailbox in parts.mailboxes:
        key = f"mailbox:{mailbox.name}"[:100]
        with parts.database.read() as conn:
            position = meta.get_meta(conn, key) or ""
        for raw, after in mailbox.messages(position):
            if parts.stop.is_set() or time.monotonic() >= end:
                return tally
            _take(parts, read_report(raw), now, tally)
            if after == position:  # as a Maildir's always is
                continue
            position = after
            with parts.database.write() as conn:
                meta.set_meta(conn, key, after)
    return tally


def refusals(parts: Parts, edition_id: int, now: datetime) -> Tally:
    """Apply what the mail server refused for good while an edition was sent.

    Where that is an unbelievable share of it, nothing is: a misconfigured server says "no such user" of
    everybody. What was applied before is not gone over again: the heartbeat looks after every sender.
    """
    tally = Tally()
    with parts.database.read() as conn:
        counts = deliveries.counts(conn, edition_id)
        if counts.failed > max(_FEW, _BELIEVABLE_SHARE * (counts.sent + counts.failed)):
            return tally
        noted = events.refusals_noted(conn, edition_id, _OURSELVES)
        refused = [
            (record.subscriber_id, _refused(edition_id, record))
            for record in deliveries.iter_records(conn, edition_id, state=DeliveryState.FAILED)
            if record.subscriber_id not in noted
        ]
    for subscriber_id, one in refused:  # each in a transaction of its own: readers leave meanwhile
        with parts.database.write() as conn:
            verdict, ended = _Whom(conn, parts, now).apply(one, edition_id, subscriber_id)
        tally.add(one, verdict, ended)
    return tally


def _refused(edition_id: int, record: DeliveryRecord) -> Feedback:
    status = best_status(record.text)
    about_mailbox = status or record.code in _ABOUT_THE_MAILBOX
    kind = kind_of_status(status) if about_mailbox else FeedbackKind.POLICY
    return Feedback(_OURSELVES, f"{edition_id}.{record.subscriber_id}", kind, detail=record.text)


@dataclass(frozen=True, slots=True)
class _Whom:
    """Finds whom reports are about, and does to them what follows; in one transaction."""

    conn: Connection
    parts: Parts
    now: datetime

    def find(self, one: Feedback) -> tuple[int | None, int | None]:
        """Edition and subscriber that the report's references speak for, by our own signatures alone."""
        secret, slug = self.parts.token_secret(self.conn), self.parts.publication.slug
        for text in one.references:
            if found := read_delivery_ref(secret, slug, text):
                return found
        for text in one.tokens:
            if subscriber := read_token(secret, UNSUBSCRIBE, slug, text):
                return self._edition(one.edition), subscriber
        return None, None

    def _edition(self, ref: str) -> int | None:
        named = parse_edition_ref(ref)
        row = editions.find_edition(self.conn, self.parts.key(named[1], named[0])) if named else None
        return row.id if row else None

    def apply(self, one: Feedback, edition_id: int | None, subscriber_id: int) -> tuple[Verdict, bool]:
        """Note the report and do what follows; whether it ends the reader's subscription."""
        if not audience.hold_person(self.conn, subscriber_id):  # erased: servers repeat the address
            one = replace(one, detail="")
        if not events.add_event(
            self.conn, one, edition_id=edition_id, subscriber_id=subscriber_id, now=self.now
        ):
            return Verdict.REPEATED, False
        if edition_id and one.kind in BOUNCES:
            deliveries.mark_bounced(self.conn, edition_id, subscriber_id, self.now)
        if edition_id and one.kind is FeedbackKind.COMPLAINT:
            deliveries.mark_complained(self.conn, edition_id, subscriber_id, self.now)
        reason = self._ends(one, subscriber_id)
        if reason is None:
            return Verdict.APPLIED, False
        pepper = address_pepper(self.conn, self.now)
        ended = subscriptions.end(self.conn, subscriber_id, reason, pepper=pepper, now=self.now)
        return Verdict.APPLIED, ended

    def _ends(self, one: Feedback, subscriber_id: int) -> SuppressionReason | None:
        match one.kind:
            case FeedbackKind.HARD:
                return SuppressionReason.BOUNCED
            case FeedbackKind.COMPLAINT:
                return SuppressionReason.COMPLAINED
            case FeedbackKind.LEAVE:
                return SuppressionReason.UNSUBSCRIBED
            case FeedbackKind.SOFT:
                sent = events.editions_to(self.conn, subscriber_id, self.now - WINDOW)
                given_up = in_a_row(sent, self.now) >= self.parts.soft_bounces
                return SuppressionReason.BOUNCED if given_up else None
            case FeedbackKind.POLICY:
                return None
