"""The token a version has while it is published, kept apart from the one it has now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Versions that are there already keep the token they have."""
    op.add_column("layer_version", sa.Column("content_token", sa.Text), schema="catalogue")


def downgrade() -> None:
    """Remove it."""
    op.drop_column("layer_version", "content_token", schema="catalogue")
