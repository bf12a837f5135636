"""What Alembic runs: the caller (digest.store.schema) has a connection, a transaction and a lock ready."""

from __future__ import annotations

from alembic import context

from digest.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True
)
context.run_migrations()
