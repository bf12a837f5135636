"""A newsroom's folder with a draft for sixty readers, sent to a mail server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from sqlalchemy import insert

from digest.parts import Parts
from digest.settings import load
from digest.store import editions
from digest.store.editions import EditionRow
from digest.store.tables import subscribers
from digest.wiring import open_parts

READERS = 60
SETTINGS = """
[publication]
name = "The Harbour Brief"
slug = "harbour-brief"
from_email = "brief@harbour.example"
base_url = "https://read.harbour.example"

[database]
url = "{url}"

[delivery]
transport = "smtp"
smtp_host = "127.0.0.1"
smtp_port = {port}
smtp_security = "none"
processes = {processes}
connections = 4
batch_size = 5
"""


@contextmanager
def newsroom(
    folder: Path,
    samples: ModuleType,
    port: int,
    *,
    url: str = "sqlite:///subscribers.db",
    processes: int = 2,
    readers: int = READERS,
    marker: str = "endlate",
) -> Iterator[tuple[Parts, EditionRow]]:
    """A draft for its readers, and its parts. ``marker`` is what the mail server knows them by."""
    text = SETTINGS.format(port=port, url=url, processes=processes)
    (folder / "digest.toml").write_text(text, encoding="utf-8")
    now = datetime.now(UTC).replace(microsecond=0)
    drawn = samples.edition(samples.stories(3))
    key = replace(drawn.key, publication="harbour-brief", series="daily", slot=now)
    with open_parts(load(None, {}, folder)) as parts:
        with parts.database.write() as conn:
            row, _new = editions.open_slot(conn, key, now)
            assert editions.save_content(conn, row.id, replace(drawn, key=key), drops={}, now=now)
            conn.execute(insert(subscribers), [reader(n, now, marker) for n in range(1, readers + 1)])
        with parts.database.read() as conn:
            fresh = editions.get_edition(conn, row.id)
        assert fresh is not None
        yield parts, fresh


def reader(number: int, now: datetime, marker: str = "endlate") -> dict[str, object]:
    """One whose message takes the mail server 0.2 s, or what else the ``marker`` does to it."""
    address = f"{marker}{number}@example.net"
    return {
        "id": number, "email": address, "email_key": address, "key_hash": f"{number:064x}", "name": "",
        "state": "active", "created_at": now,
    }  # fmt: skip
