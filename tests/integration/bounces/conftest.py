"""A newsletter that has sent editions, of which bounces and complaints come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from digest import feedback, pipeline, subscriptions
from digest.deliver.envelope import Envelope
from digest.deliver.transports.memory import MemoryTransport
from digest.model.audience import SuppressionReason
from digest.model.delivery import Counts
from digest.model.news import Article
from digest.model.tokens import key_hash
from digest.parts import Parts, address_pepper
from digest.settings import Settings
from digest.store import articles, deliveries, suppressions
from digest.store.engine import Database
from tests.wired import parts_of

SLOT = datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)
TITLES = (
    "Japan and Australia sign defence pact on naval bases",
    "Philippines and Vietnam hold naval drill in South China Sea",
    "South Korea and India agree on joint missile defence exercise",
    "Taiwan Strait transit by British frigate angers Beijing",
)


@dataclass
class Newsroom:
    """The parts, and what was sent so far."""

    parts: Parts
    outgoing: MemoryTransport
    days: int = 0

    def send_edition(self) -> int:
        """Publish a story and send the next day's edition; its number."""
        slot = SLOT + self.days * DAY
        url = f"https://post.example.org/{self.days}"
        title = TITLES[self.days]
        with self.parts.database.write() as conn:
            article = Article(
                url=url, canonical_url=url, title=title, dek=f"{title}, officials said on Monday.",
                text=f"{title}, officials said on Monday. More was to follow.",
                published_at=slot - timedelta(hours=3), gathered_at=slot - timedelta(hours=2),
                date_source="feed", language="en", outlet="The Sample Post",
            )  # fmt: skip
            articles.save_articles(conn, [article])
        row = pipeline.draft(self.parts, self.parts.key(slot), slot)
        pipeline.send(self.parts, row, slot)
        self.days += 1
        return row.id

    def last_to(self, name: str) -> Envelope:
        return [one for one in self.outgoing.messages if one.recipient == f"{name}@example.org"][-1]

    def report(self, *raw: bytes, days: int = 0) -> feedback.Tally:
        return feedback.ingest(self.parts, raw, SLOT + (self.days + days) * DAY)

    def suppressed(self, name: str) -> SuppressionReason | None:
        with self.parts.database.write() as conn:
            pepper = address_pepper(conn, SLOT)
            found = suppressions.suppression(conn, key_hash(pepper, f"{name}@example.org"))
        return found.reason if found else None

    def counts(self, edition: int) -> Counts:
        with self.parts.database.read() as conn:
            return deliveries.counts(conn, edition)


@pytest.fixture
def newsroom(database: Database, tmp_path: Path) -> Newsroom:
    """Three readers, and envelope senders of their own for every message."""
    outgoing = MemoryTransport()
    built = parts_of(database, Settings(folder=tmp_path), lambda: SLOT, outgoing)
    built = replace(built, bounce_address="bounces@example.org", verp=True)
    with database.write() as conn:
        for name in ("ada", "bo", "chidi"):
            subscriptions.add(
                conn, f"{name}@example.org", pepper=address_pepper(conn, SLOT), now=SLOT, known_themes=()
            )
    return Newsroom(built, outgoing)


Returned = Callable[[Envelope], str]


def returned_headers(envelope: Envelope) -> str:
    """The headers of a message of ours, as a report carries them."""
    message = message_from_bytes(b"".join(envelope.pieces))
    names = ("From", "To", "Message-ID", "List-Unsubscribe", "Archived-At")
    return "".join(f"{name}: {message[name]}\r\n" for name in names)
