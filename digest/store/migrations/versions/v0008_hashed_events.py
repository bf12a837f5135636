"""Reports are known again by a hash of their id: it may be a Message-ID that holds a reader's address."""

from __future__ import annotations

import re
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_HASH = re.compile(r"[0-9a-f]{64}")  # long ones were hashed before
_AT_ONCE = 10_000


def upgrade() -> None:
    """Hash the ids of all reports."""
    conn = op.get_bind()
    events = sa.table("events", sa.column("id", sa.Integer), sa.column("event_id", sa.Text))
    hashing = (
        sa.update(events).where(events.c.id == sa.bindparam("key")).values(event_id=sa.bindparam("hashed"))
    )
    page = sa.select(events.c.id, events.c.event_id).order_by(events.c.id).limit(_AT_ONCE)
    last = 0
    while rows := conn.execute(page.where(events.c.id > last)).all():
        last = rows[-1].id
        plain = [row for row in rows if not _HASH.fullmatch(row.event_id)]
        if plain:
            conn.execute(hashing, [{"key": row.id, "hashed": _hashed(row.event_id)} for row in plain])


def _hashed(event_id: str) -> str:
    return sha256(event_id.encode(errors="surrogatepass")).hexdigest()
