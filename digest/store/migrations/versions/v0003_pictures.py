"""The pictures of lead stories, where they were fetched and which edition shows them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT: sa.types.TypeEngine[Any] = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Make the three tables, and the column for the words that describe an article's picture."""
    # With a default, so that SQLite adds it in place: the articles need not be written anew.
    op.add_column("articles", sa.Column("image_alt", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "images",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("stored_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_images"),
    )
    op.create_table(
        "image_sources",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64)),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("fetched_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("url", name="pk_image_sources"),
    )
    op.create_index("ix_image_sources_hash", "image_sources", ["hash"])
    op.create_table(
        "edition_images",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name="fk_edition_images_edition_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "hash", name="pk_edition_images"),
    )
    op.create_index("ix_edition_images_hash", "edition_images", ["hash"])
