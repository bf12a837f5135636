"""What was reported about one reader, found without reading all reports: bounces are counted per reader."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_events_subscriber_id", "events", ["subscriber_id"])
