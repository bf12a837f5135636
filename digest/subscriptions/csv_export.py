"""All readers as a CSV file that a spreadsheet opens harmlessly and ``import_csv`` reads back."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import TextIO

from sqlalchemy import Connection

from digest.model.audience import Subscriber, Suppression
from digest.model.tokens import key_hash
from digest.store import audience, personal
from digest.subscriptions.csv_text import defuse

EXPORT_COLUMNS = (
    "email", "name", "themes", "series", "state", "suppressed", "created_at", "confirmed_at",
    "unsubscribed_at",
)  # fmt: skip

_CHUNK = 1000


def export_csv(conn: Connection, target: TextIO, *, pepper: bytes) -> int:
    """Write every reader, those who left included; how many they were. Erased ones have no row.

    ``suppressed`` says why an address is not mailed, whatever ``state`` says. Open the target with
    ``newline=""``. Every cell is quoted and no cell starts as a formula does.
    """
    writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\r\n")  # RFC 4180
    writer.writerow(EXPORT_COLUMNS)
    readers: Iterator[Subscriber] = (reader for reader in audience.iter_subscribers(conn) if reader.email_key)
    written = 0
    while chunk := list(islice(readers, _CHUNK)):
        hashes = [key_hash(pepper, reader.email_key) for reader in chunk]
        blocked = personal.suppressions_of(conn, hashes)
        writer.writerows(
            _cells(reader, blocked.get(hashed)) for reader, hashed in zip(chunk, hashes, strict=True)
        )
        written += len(chunk)
    return written


def _cells(reader: Subscriber, blocked: Suppression | None) -> list[str]:
    cells = (
        reader.email, reader.name, "+".join(reader.themes), reader.series, reader.state.value,
        blocked.reason.value if blocked else "", _moment(reader.created_at), _moment(reader.confirmed_at),
        _moment(reader.unsubscribed_at),
    )  # fmt: skip
    return [defuse(cell) for cell in cells]


def _moment(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
