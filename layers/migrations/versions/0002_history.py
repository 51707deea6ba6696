"""What changed between versions, how often a layer was withdrawn, and an audit trail nobody can rewrite."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns, and take from the loader what would change lines of the audit trail."""
    op.add_column("layer_version", sa.Column("changes", pg.JSONB), schema="catalogue")
    op.add_column(
        "layer",
        sa.Column("withdrawals", sa.Integer, nullable=False, server_default=sa.text("0")),
        schema="catalogue",
    )
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON catalogue.audit FROM prostor_loader")


def downgrade() -> None:
    """Remove the columns and give the rights back."""
    op.execute("GRANT UPDATE, DELETE ON catalogue.audit TO prostor_loader")
    op.drop_column("layer", "withdrawals", schema="catalogue")
    op.drop_column("layer_version", "changes", schema="catalogue")
