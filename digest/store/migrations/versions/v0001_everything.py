"""Everything, as of the first release.

Types are spelled out instead of imported: this revision must mean the same for ever.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT: sa.types.TypeEngine[Any] = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Make every table."""
    _make_meta()
    _make_feeds()
    _make_articles()
    _make_editions()
    _make_edition_parts()
    _make_audience()
    _make_ledger()
    _make_history()


def _make_meta() -> None:
    """Keys and values, and what is keyed with them."""
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secrets"),
    )


def _make_feeds() -> None:
    """Where news comes from."""
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("allow_private", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        sa.UniqueConstraint("url", name="uq_feeds_url"),
    )
    op.create_table(
        "feed_health",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("checked_at", INSTANT),
        sa.Column("succeeded_at", INSTANT),
        sa.Column("due_at", INSTANT),
        sa.Column("status", sa.Integer()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(length=60), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_feed_health_feed_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feed_id", name="pk_feed_health"),
    )


def _make_articles() -> None:
    """What was gathered."""
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer()),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("dek", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("headings", sa.Text(), nullable=False),
        sa.Column("related", sa.Text(), nullable=False),
        sa.Column("categories", sa.Text(), nullable=False),
        sa.Column("ai_notice", sa.Text(), nullable=False),
        sa.Column("published_at", INSTANT),
        sa.Column("date_source", sa.String(length=20), nullable=False),
        sa.Column("gathered_at", INSTANT, nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("comments_url", sa.Text(), nullable=False),
        sa.Column("image_url", sa.Text(), nullable=False),
        sa.Column("image_credit", sa.Text(), nullable=False),
        sa.Column("paywalled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_articles_feed_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("canonical_url", name="uq_articles_canonical_url"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_articles_gathered_at", "articles", ["gathered_at"])
    op.create_index("ix_articles_published_at", "articles", ["published_at"])
    op.create_index("ix_articles_url", "articles", ["url"])


def _make_editions() -> None:
    """The issues of the newsletter."""
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication", sa.String(length=100), nullable=False),
        sa.Column("series", sa.String(length=100), nullable=False),
        sa.Column("slot", INSTANT, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("content", sa.Text()),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("drops", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("frozen_at", INSTANT),
        sa.Column("accepted_at", INSTANT),
        sa.Column("finished_at", INSTANT),
        sa.Column("transport", sa.String(length=20), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_editions"),
        sa.UniqueConstraint("publication", "series", "slot", name="uq_editions_publication_series_slot"),
    )
    op.create_index("ix_editions_open", "editions", ["state", "slot"])


def _make_edition_parts() -> None:
    """What a frozen edition holds."""
    op.create_table(
        "edition_articles",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("story_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name="fk_edition_articles_edition_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "article_id", name="pk_edition_articles"),
    )
    op.create_index("ix_edition_articles_article_id", "edition_articles", ["article_id"])
    op.create_table(
        "edition_variants",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("preheader", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mjml", sa.Text(), nullable=False),
        sa.Column("story_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name="fk_edition_variants_edition_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "key", name="pk_edition_variants"),
    )


def _make_audience() -> None:
    """Readers, and those never mailed again."""
    op.create_table(
        "subscribers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("email_key", sa.Text()),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("themes", sa.Text(), nullable=False),
        sa.Column("series", sa.String(length=100), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT),
        sa.Column("unsubscribed_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_subscribers"),
        sa.UniqueConstraint("email_key", name="uq_subscribers_email_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscribers_key_hash", "subscribers", ["key_hash"])
    op.create_table(
        "suppressions",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name="pk_suppressions"),
    )


def _make_ledger() -> None:
    """Who got what."""
    op.create_table(
        "delivery_batches",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_subscriber", sa.Integer(), nullable=False),
        sa.Column("last_subscriber", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lease_until", INSTANT),
        sa.Column("due_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name="fk_delivery_batches_edition_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "number", name="pk_delivery_batches"),
    )
    op.create_table(
        "deliveries",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", INSTANT),
        sa.Column("sent_at", INSTANT),
        sa.Column("code", sa.Integer()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("bounced_at", INSTANT),
        sa.Column("complained_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name="fk_deliveries_edition_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "subscriber_id", name="pk_deliveries"),
        postgresql_with={"fillfactor": 65},
        sqlite_with_rowid=False,
    )


def _make_history() -> None:
    """What happened."""
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name="fk_runs_edition_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_edition_id", "runs", ["edition_id"])
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("edition_id", sa.Integer()),
        sa.Column("subscriber_id", sa.Integer()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.UniqueConstraint("provider", "event_id", name="uq_events_provider_event_id"),
    )
    op.create_table(
        "alerts",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("told_at", INSTANT),
        sa.PrimaryKeyConstraint("key", name="pk_alerts"),
    )
