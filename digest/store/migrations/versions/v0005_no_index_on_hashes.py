"""Readers' hashes without an index: suppressions are looked up by theirs, and never the other way round."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the index: it took half the time of an import."""
    op.drop_index("ix_subscribers_key_hash", "subscribers")
