"""Alembic's entry: runs the revisions on the connection it is handed, in the catalogue's schema."""

from __future__ import annotations

from alembic import context

from layers.migrations import VERSION_TABLE
from layers.model import CATALOGUE, Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    version_table_schema=CATALOGUE,
    include_schemas=True,
)
with context.begin_transaction():
    context.run_migrations()
