"""Layers, their versions, import jobs and the audit trail.

The schemas `catalogue` and `data` stand already: who owns them is decided by `gis.provision`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql as pg

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_MOMENT = pg.TIMESTAMP(timezone=True)


def upgrade() -> None:
    """Make the four tables; the pointer's foreign key comes last because it closes a circle."""
    _create_layer()
    _create_layer_version()
    _create_import_job()
    _create_audit()
    op.create_foreign_key(
        "fk_layer_current_version_id",
        "layer",
        "layer_version",
        ["current_version_id"],
        ["id"],
        source_schema="catalogue",
        referent_schema="catalogue",
    )


def downgrade() -> None:
    """Remove the four tables; data tables stay."""
    op.drop_constraint("fk_layer_current_version_id", "layer", schema="catalogue")
    for table in ("audit", "import_job", "layer_version", "layer"):
        op.drop_table(table, schema="catalogue")


def _create_layer() -> None:
    op.create_table(
        "layer",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("current_version_id", sa.BigInteger),
        sa.Column("created_at", _MOMENT, server_default=sa.func.now(), nullable=False),
        sa.Column("withdrawn_at", _MOMENT),
        schema="catalogue",
    )


def _create_layer_version() -> None:
    op.create_table(
        "layer_version",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("layer_id", sa.Text, sa.ForeignKey("catalogue.layer.id"), nullable=False, index=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("table_name", sa.Text, nullable=False),
        sa.Column("srid", sa.Integer, nullable=False),
        sa.Column("row_count", sa.BigInteger, nullable=False),
        sa.Column("extent", Geometry("POLYGON", srid=4326, spatial_index=False)),
        sa.Column("native_extent", pg.ARRAY(sa.Double)),
        sa.Column("source_name", sa.Text, nullable=False),
        sa.Column("source_sha256", sa.Text, nullable=False),
        sa.Column("state_date", sa.Date, nullable=False),
        sa.Column("loaded_at", _MOMENT, server_default=sa.func.now(), nullable=False),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("operation_accuracy_m", sa.Double),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("manifest", pg.JSON, nullable=False),
        sa.Column("quality", pg.JSONB, nullable=False),
        sa.Column("grids", pg.ARRAY(sa.Text), nullable=False),
        sa.UniqueConstraint("layer_id", "number"),
        sa.UniqueConstraint("layer_id", "token"),
        sa.CheckConstraint("state IN ('loaded','published','kept','withdrawn','dropped')", name="state"),
        schema="catalogue",
    )


def _create_import_job() -> None:
    op.create_table(
        "import_job",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("layer_id", sa.Text, nullable=False, index=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("started_at", _MOMENT, server_default=sa.func.now(), nullable=False),
        sa.Column("finished_at", _MOMENT),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("message", sa.Text),
        sa.Column("version_id", sa.BigInteger, sa.ForeignKey("catalogue.layer_version.id")),
        sa.CheckConstraint("state IN ('running','loaded','published','rejected','failed')", name="state"),
        schema="catalogue",
    )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("at", _MOMENT, server_default=sa.func.now(), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("layer_id", sa.Text, nullable=False, index=True),
        sa.Column("version_id", sa.BigInteger),
        sa.Column("facts", pg.JSONB, nullable=False),
        schema="catalogue",
    )
