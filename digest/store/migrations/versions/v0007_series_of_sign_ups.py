"""Which series somebody asked for who typed an address into the sign-up form."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what was asked before was the only series there was."""
    op.add_column("sign_ups", sa.Column("series", sa.Text(), nullable=False, server_default=""))
