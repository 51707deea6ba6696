"""Whether large features of a version are also stored in pieces."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Versions that are there already have no pieces."""
    op.add_column(
        "layer_version",
        sa.Column("has_pieces", sa.Boolean, nullable=False, server_default=sa.false()),
        schema="catalogue",
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_column("layer_version", "has_pieces", schema="catalogue")
