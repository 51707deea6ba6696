"""The scales for which a version holds geometry with less detail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Versions that are there already have no such geometry."""
    op.add_column(
        "layer_version",
        sa.Column("bands", pg.ARRAY(sa.Integer), nullable=False, server_default="{}"),
        schema="catalogue",
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_column("layer_version", "bands", schema="catalogue")
