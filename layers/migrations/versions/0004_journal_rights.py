"""What the loader has written down of layers, versions and imports it can no longer delete."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take away what no command needs; of a job only its end can be written."""
    op.execute(
        "REVOKE DELETE, TRUNCATE ON catalogue.layer, catalogue.layer_version, catalogue.import_job "
        "FROM prostor_loader"
    )
    op.execute("REVOKE UPDATE ON catalogue.import_job FROM prostor_loader")
    op.execute(
        "GRANT UPDATE (state, message, finished_at, version_id) ON catalogue.import_job TO prostor_loader"
    )


def downgrade() -> None:
    """Give the rights back."""
    op.execute(
        "REVOKE UPDATE (state, message, finished_at, version_id) ON catalogue.import_job FROM prostor_loader"
    )
    op.execute("GRANT UPDATE ON catalogue.import_job TO prostor_loader")
    op.execute(
        "GRANT DELETE ON catalogue.layer, catalogue.layer_version, catalogue.import_job TO prostor_loader"
    )
