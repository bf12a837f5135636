"""The tables, as SQLAlchemy Core sees them. `migrations/` makes them; a test holds the two together.

Instants are UTC: ISO text with microseconds on SQLite (sorts as time does), timestamptz on PostgreSQL.
States are stored as the literal values of the model's enums.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from digest.store.instant import Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

meta = Table(
    "meta",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("value", Text, nullable=False),
)

secrets = Table(  # made on first use; what tokens, Message-IDs and suppression hashes are keyed with
    "secrets",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("publisher", Text, nullable=False, default=""),
    Column("kind", String(20), nullable=False),
    Column("weight", Float, nullable=False, default=1.0),
    Column("allow_private", Boolean, nullable=False, default=False),
    Column("origin", String(20), nullable=False),
    Column("active", Boolean, nullable=False, default=True),
    Column("added_at", Instant, nullable=False),
)

feed_health = Table(
    "feed_health",
    metadata,
    Column("feed_id", ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    Column("checked_at", Instant),
    Column("succeeded_at", Instant),
    Column("due_at", Instant),
    Column("status", Integer),
    Column("failures", Integer, nullable=False, default=0),
    Column("trouble", String(60), nullable=False, default=""),
    Column("message", Text, nullable=False, default=""),
    Column("entries", Integer, nullable=False, default=0),
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True),
    # An article outlives its feed: editions and explanations still speak of it.
    Column("feed_id", ForeignKey("feeds.id", ondelete="SET NULL")),
    Column("url", Text, nullable=False, index=True),
    Column("canonical_url", Text, nullable=False, unique=True),
    Column("entry_id", Text, nullable=False, default=""),
    Column("title", Text, nullable=False),
    Column("dek", Text, nullable=False, default=""),
    Column("text", Text, nullable=False, default=""),
    Column("headings", Text, nullable=False, default="[]"),  # JSON list
    Column("related", Text, nullable=False, default="[]"),  # JSON list
    Column("categories", Text, nullable=False, default="[]"),  # JSON list
    Column("ai_notice", Text, nullable=False, default=""),
    Column("published_at", Instant, index=True),
    Column("date_source", String(20), nullable=False, default=""),
    Column("gathered_at", Instant, nullable=False, index=True),
    Column("language", String(35), nullable=False, default=""),
    Column("author", Text, nullable=False, default=""),
    Column("outlet", Text, nullable=False, default=""),
    Column("publisher", Text, nullable=False, default=""),
    Column("weight", Float, nullable=False, default=1.0),
    Column("comments_url", Text, nullable=False, default=""),
    Column("image_url", Text, nullable=False, default=""),
    Column("image_credit", Text, nullable=False, default=""),
    Column("paywalled", Boolean, nullable=False, default=False),
    Column("image_alt", Text, nullable=False, default="", server_default=""),
    sqlite_autoincrement=True,  # pruned ids are never given again: drafts and explanations hold them
)

editions = Table(
    "editions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("publication", String(100), nullable=False),
    Column("series", String(100), nullable=False),
    Column("slot", Instant, nullable=False),
    Column("state", String(20), nullable=False),
    Column("content", Text),  # JSON of model.edition.Edition; None until drafted
    Column("content_hash", String(64), nullable=False, default=""),
    Column("drops", Text, nullable=False, default="{}"),  # JSON: article id -> why it is not in
    Column("revision", Integer, nullable=False, default=0),
    Column("reason", Text, nullable=False, default=""),  # why it is held, paused, cancelled, or goes on
    Column("reviewed_by", Text, nullable=False, default=""),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("frozen_at", Instant),
    Column("accepted_at", Instant),  # when the transport first accepted a message of it
    Column("finished_at", Instant),
    Column("transport", String(20), nullable=False, default=""),  # what accepted it
    Column("planned", Integer, nullable=False, default=0),
    UniqueConstraint("publication", "series", "slot"),
)

edition_articles = Table(  # written when frozen: what this edition uses up, once it is accepted
    "edition_articles",
    metadata,
    Column("edition_id", ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
    Column("article_id", Integer, primary_key=True, index=True),
    Column("story_key", String(64), nullable=False),
)

images = Table(  # the pictures that editions show, as readers get them
    "images",
    metadata,
    Column("hash", String(64), primary_key=True),  # SHA-256 of the content, in hex: its name in links
    Column("content", LargeBinary, nullable=False),  # JPEG
    Column("width", Integer, nullable=False),  # pixels
    Column("height", Integer, nullable=False),
    Column("stored_at", Instant, nullable=False),
)

image_sources = Table(  # what the last fetch of a picture's address came to
    "image_sources",
    metadata,
    Column("url", Text, primary_key=True),
    Column("hash", String(64), index=True),  # None where there is no picture, and then why
    Column("trouble", Text, nullable=False, default=""),
    Column("fetched_at", Instant, nullable=False),
)

edition_images = Table(  # what an edition shows is kept as long as the edition
    "edition_images",
    metadata,
    Column("edition_id", ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
    Column("hash", String(64), primary_key=True, index=True),
)

decisions = Table(  # what editors decided about articles; every later draft obeys
    "decisions",
    metadata,
    Column("publication", String(100), primary_key=True),
    Column("series", String(100), primary_key=True),  # "" for what holds in every series
    Column("kind", String(20), primary_key=True),
    Column("article_id", Integer, primary_key=True),
    Column("other_id", Integer, primary_key=True),  # the second of a pair, else 0
    Column("value", Text, nullable=False, default=""),
    Column("decided_by", Text, nullable=False, default=""),
    Column("decided_at", Instant, nullable=False),
)

model_summaries = Table(  # what a language model answered, good or bad: it is never asked the same twice
    "model_summaries",
    metadata,
    Column("key", String(64), primary_key=True),  # hash of sources, limits, prompt version and model
    Column("model", Text, nullable=False),
    Column("article_id", Integer, nullable=False, index=True),  # the story's lead, for explanations
    Column("accepted", Boolean, nullable=False),
    Column("reason", Text, nullable=False, default=""),  # why it was not
    Column("text", Text, nullable=False, default=""),
    Column("sentences", Text, nullable=False, default="[]"),  # JSON: [[article, sentence it rests on], ...]
    Column("answered_at", Instant, nullable=False, index=True),
)

model_usage = Table(  # one row a UTC day, over all models: what the daily caps are held to
    "model_usage",
    metadata,
    Column("day", String(10), primary_key=True),  # ISO date
    Column("requests", Integer, nullable=False, default=0),
    Column("tokens_in", BigInteger, nullable=False, default=0),
    Column("tokens_out", BigInteger, nullable=False, default=0),
    Column("cost_millionths", BigInteger, nullable=False, default=0),  # of the currency of the price
)

edition_variants = Table(  # written when frozen: a resumed run sends the very same bytes
    "edition_variants",
    metadata,
    Column("edition_id", ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),  # grows with the number of themes
    Column("subject", Text, nullable=False),
    Column("preheader", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("mjml", Text, nullable=False),
    Column("story_count", Integer, nullable=False),
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", Text),  # as typed; None once erased
    Column("email_key", Text, unique=True),  # normal form; None once erased
    Column("key_hash", String(64), nullable=False),  # HMAC of email_key, looked up in suppressions
    Column("name", Text, nullable=False, default=""),
    Column("state", String(20), nullable=False),
    Column("themes", Text, nullable=False, default=""),  # slugs, sorted, joined by "+"; "" is all
    Column("series", String(100), nullable=False, default="daily"),
    Column("created_at", Instant, nullable=False),
    Column("confirmed_at", Instant),
    Column("unsubscribed_at", Instant),
    sqlite_autoincrement=True,  # links in old e-mails carry the id: it must never mean someone else
)

sign_ups = Table(  # what was typed into the form: its e-mail is owed, or waits to be confirmed
    "sign_ups",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", Text, nullable=False),  # as typed
    Column("email_key", Text, nullable=False, index=True),  # normal form
    Column("name", Text, nullable=False, default=""),
    Column("themes", Text, nullable=False, default=""),  # as in subscribers
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant, index=True),
    Column("tries", Integer, nullable=False, default=0),
    Column("mailed_at", Instant),
    Column("token_hash", String(64), unique=True),  # SHA-256 of the token in the link
    Column("expires_at", Instant),
    Column("used_at", Instant),
    Column("series", Text, nullable=False, default="", server_default=""),  # "" is the main one
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("reason", String(20), nullable=False),
    Column("since", Instant, nullable=False),
)

delivery_batches = Table(  # a batch is a run of subscriber ids of one edition
    "delivery_batches",
    metadata,
    Column("edition_id", ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("first_subscriber", Integer, nullable=False),
    Column("last_subscriber", Integer, nullable=False),
    Column("state", String(20), nullable=False),  # open | done
    Column("epoch", Integer, nullable=False, default=0),
    Column("owner", Text, nullable=False, default=""),
    Column("lease_until", Instant),
    Column("due_at", Instant),
)

# On PostgreSQL it has a fill factor of 65 and no index on state, for updates in place. The fill factor stands
# in the migration alone: named here, it would load that dialect at every start, which takes 25 ms.
deliveries = Table(
    "deliveries",
    metadata,
    Column("edition_id", ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
    Column("subscriber_id", Integer, primary_key=True),
    Column("address", Text, nullable=False),  # as sent; "" once erased
    Column("name", Text, nullable=False, default=""),
    Column("variant", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("epoch", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Instant),
    Column("sent_at", Instant),  # accepted, or uncertain: about when it may have been
    Column("code", Integer),
    Column("text", Text, nullable=False, default=""),
    Column("bounced_at", Instant),
    Column("complained_at", Instant),
    sqlite_with_rowid=False,
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("edition_id", ForeignKey("editions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("owner", Text, nullable=False),  # see digest.deliver.owner
    Column("report", Text, nullable=False, default="{}"),  # JSON
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("provider", String(40), nullable=False),
    Column("event_id", String(200), nullable=False),  # SHA-256, in hex: an id may hold an address
    Column("kind", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("edition_id", Integer),
    Column("subscriber_id", Integer, index=True),
    Column("detail", Text, nullable=False, default=""),
    UniqueConstraint("provider", "event_id"),
)

alerts = Table(  # what an editor must hear of, each key once until it is set aside
    "alerts",
    metadata,
    Column("key", String(300), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("text", Text, nullable=False),
    Column("told_at", Instant),  # when it was e-mailed to the editor
)

Index("ix_editions_open", editions.c.state, editions.c.slot)
