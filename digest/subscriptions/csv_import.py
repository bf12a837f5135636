"""Readers from a CSV file: what can go in goes in, every row that can't is named."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import BinaryIO

from sqlalchemy import Connection

from digest.errors import InputError
from digest.model.audience import ImportReport, RowProblem, Subscriber, SubscriberState, SuppressionReason
from digest.model.tokens import key_hash
from digest.store import audience
from digest.subscriptions.addresses import check_themes, clean_name, parse_mailbox, split_themes
from digest.subscriptions.csv_text import Record, column_word, looks_like_address, read_records

PROGRESS_ROWS = 1000  # rows between two calls of ``progress``
MAX_LISTED = 10_000  # problems that a report names; beyond them it only counts

_CHUNK = 2000  # rows that are stored, and held, at once
_COLUMNS = {  # what we want: the names it goes by elsewhere, the likeliest first
    name: words.split()
    for name, words in {
        "email": "email emailaddress mail mailaddress subscriber courriel adresseemail adressemail correo"
        " correoelectronico emailadresse mailadresse address",
        "name": "name fullname displayname nom nombre",
        "first": "firstname givenname forename vorname prénom prenom",
        "last": "lastname surname familyname nachname",
        "themes": "themes theme topics topic sections",
        "series": "series",
        "state": "state status",
        "suppressed": "suppressed",
        "created_at": "createdat",
        "confirmed_at": "confirmedat",
        "unsubscribed_at": "unsubscribedat",
    }.items()
}
_WORDS = frozenset(word for words in _COLUMNS.values() for word in words)
_STATES: dict[str, SubscriberState | SuppressionReason] = {
    "": SubscriberState.ACTIVE, "active": SubscriberState.ACTIVE, "subscribed": SubscriberState.ACTIVE,
    "enabled": SubscriberState.ACTIVE, "confirmed": SubscriberState.ACTIVE,
    "pending": SubscriberState.PENDING, "unconfirmed": SubscriberState.PENDING,
    "unsubscribed": SuppressionReason.UNSUBSCRIBED, "left": SuppressionReason.UNSUBSCRIBED,
    "bounced": SuppressionReason.BOUNCED, "cleaned": SuppressionReason.BOUNCED,
    "complained": SuppressionReason.COMPLAINED, "spam": SuppressionReason.COMPLAINED,
    "manual": SuppressionReason.MANUAL, "removed": SuppressionReason.MANUAL,
    "disabled": SuppressionReason.MANUAL, "blocklisted": SuppressionReason.MANUAL,
    "erased": SuppressionReason.ERASED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Given:
    """What the caller said about the whole file."""

    pepper: bytes
    now: datetime
    known_themes: Collection[str]
    series: str
    progress: Callable[[int], None] | None


@dataclass(frozen=True, slots=True)
class _Row:
    """One reader as the file has them. ``out`` is why they are not to be mailed, if so."""

    reader: Subscriber
    hashed: str
    out: SuppressionReason | None


@dataclass(slots=True)
class _Tally:
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    suppressed: int = 0
    rows: int = 0
    unlisted: int = 0
    problems: list[RowProblem] = field(default_factory=list)

    def problem(self, row: int, value: str, words: str) -> None:
        if len(self.problems) < MAX_LISTED:
            self.problems.append(RowProblem(row, value[:80], words))
        else:
            self.unlisted += 1


def import_csv(
    conn: Connection,
    source: BinaryIO,
    *,
    pepper: bytes,
    now: datetime,
    known_themes: Collection[str],
    series: str = "daily",
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Add and update the readers of a CSV file, in the caller's transaction and in bounded memory.

    The delimiter, the encoding and the columns are told from the file; without a header the column with
    addresses is taken, and nothing else. A row that says its reader has left (``state``, ``suppressed``)
    keeps them out from now on, and nobody who has left comes back. A missing or empty name, and missing
    or empty themes, leave a known reader's as they are. ``progress`` gets the number of data rows read,
    at every thousandth.
    """
    tally = _Tally()
    rows = _rows(source, tally, _Given(pepper, now, known_themes, series, progress))
    while chunk := list(islice(rows, _CHUNK)):
        stay = [(row.reader, row.hashed) for row in chunk if row.out is None]
        added, updated, unchanged, suppressed = audience.import_subscribers(conn, stay, now=now)
        tally.added += added
        tally.updated += updated
        tally.unchanged += unchanged
        tally.suppressed += suppressed
        for row in chunk:
            if row.out is not None:
                _keep_out(conn, row, row.out, now)
                tally.suppressed += 1
    return ImportReport(
        tally.added, tally.updated, tally.unchanged, tally.suppressed, tuple(tally.problems), tally.unlisted
    )


def _keep_out(conn: Connection, row: _Row, reason: SuppressionReason, now: datetime) -> None:
    """Store someone who has left, so that the list stays whole, and see that they aren't mailed."""
    audience.suppress(conn, row.hashed, reason, row.reader.unsubscribed_at or now)
    known = audience.find_subscriber(conn, row.reader.email_key)
    if known and row.reader.state is SubscriberState.UNSUBSCRIBED:
        allowed = {SubscriberState.ACTIVE, SubscriberState.PENDING}
        audience.set_state(conn, known.id, allowed=allowed, to=SubscriberState.UNSUBSCRIBED, now=now)
    elif known is None and reason is not SuppressionReason.ERASED:  # of whom nothing but the hash may stay
        audience.add_subscriber(conn, row.reader, key_hash=row.hashed, now=now)


def _rows(source: BinaryIO, tally: _Tally, given: _Given) -> Iterator[_Row]:
    columns: dict[str, int] | None = None
    for record in read_records(source, _WORDS):
        if columns is None:
            columns = _header(record)
            if columns:
                continue
            columns = {"email": _address_column(record)}
        tally.rows += 1
        if given.progress and tally.rows % PROGRESS_ROWS == 0:
            given.progress(tally.rows)
        if record.cells is None:
            tally.problem(record.row, "", record.trouble)
            continue
        cells = {name: record.cells[at] if at < len(record.cells) else "" for name, at in columns.items()}
        try:
            yield _row(cells, given)
        except InputError as error:
            tally.problem(record.row, cells["email"], str(error))


def _header(record: Record) -> dict[str, int]:
    """Where each column stands, if the record is a header; else nothing."""
    words = [column_word(cell) for cell in record.cells or ()]
    columns: dict[str, int] = {}
    for name, candidates in _COLUMNS.items():
        at = next((words.index(word) for word in candidates if word in words), None)
        if at is not None:
            columns[name] = at
    return columns if "email" in columns else {}


def _address_column(record: Record) -> int:
    return next((at for at, cell in enumerate(record.cells or ()) if looks_like_address(cell)), 0)


def _row(cells: dict[str, str], given: _Given) -> _Row:
    mailbox = parse_mailbox(cells["email"])
    name = cells.get("name") or f"{cells.get('first', '')} {cells.get('last', '')}"
    state, out = _state(cells.get("state", ""), cells.get("suppressed", ""))
    reader = Subscriber(
        email=mailbox.address,
        email_key=mailbox.key,
        name=clean_name(name) or mailbox.name,
        state=state,
        themes=check_themes(split_themes(cells.get("themes", "")), given.known_themes),
        series=cells.get("series") or given.series,
        created_at=_instant(cells.get("created_at", ""), given.now),
        confirmed_at=_instant(cells.get("confirmed_at", ""), given.now),
        unsubscribed_at=_instant(cells.get("unsubscribed_at", ""), given.now)
        or (given.now if state is SubscriberState.UNSUBSCRIBED else None),
    )
    return _Row(reader, key_hash(given.pepper, reader.email_key), out)


def _state(*words: str) -> tuple[SubscriberState, SuppressionReason | None]:
    """What the columns say, the strongest first. A word that we don't know could mean "never mail"."""
    if not any(words):
        return SubscriberState.ACTIVE, None
    said = []
    for word in (word.strip().lower() for word in words):
        if word not in _STATES:
            raise InputError(f"the state {word[:40]!r} is unknown: use active, pending or unsubscribed")
        said.append(_STATES[word])
    # Having left by oneself is the only reason that can be taken back: any other goes before it.
    reasons = sorted(
        (r is SuppressionReason.UNSUBSCRIBED, r) for r in said if isinstance(r, SuppressionReason)
    )
    if isinstance(said[0], SubscriberState):
        return said[0], reasons[0][1] if reasons else None
    return SubscriberState.UNSUBSCRIBED, reasons[0][1]


def _instant(text: str, now: datetime) -> datetime | None:
    """A moment as ``export_csv`` writes it; anything else, and any time to come, is none."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment if moment <= now else None
