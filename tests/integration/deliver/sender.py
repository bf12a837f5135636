"""A process that delivers edition 1 of a database to a local mail server, for tests that kill it.

Usage: sender.py DATABASE_URL PORT CONNECTIONS
"""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime

from digest.deliver.envelope import Envelope
from digest.deliver.run import SendOptions
from digest.deliver.send import deliver
from digest.deliver.transports.smtp import SmtpOptions, SmtpTransport
from digest.model.delivery import Recipient
from digest.store.engine import open_database

BODY = b"A line of news, and then another one.\r\n" * 200


def compose(to: Recipient) -> Envelope:
    """The same message on every try."""
    head = f"To: {to.address}\r\nMessage-ID: <{to.subscriber_id}@example.org>\r\nSubject: News\r\n\r\n"
    return Envelope("news@example.org", to.address, (head.encode(), BODY), canonical=True)


def main(url: str, port: str, connections: str) -> None:
    """Deliver until nothing is due."""
    transport = SmtpTransport(SmtpOptions("127.0.0.1", int(port), "none"))
    with open_database(url) as database:
        deliver(
            database,
            1,
            transport=transport,
            compose=compose,
            options=SendOptions(connections=int(connections), page_size=50),
            clock=lambda: datetime.now(UTC),
            stop=threading.Event(),
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
