"""Migrations of the catalogue, run by Alembic from inside the package, without an ini file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from layers.model import CATALOGUE

if TYPE_CHECKING:
    import sqlalchemy as sa

    from gis.database import Database

VERSION_TABLE = "migration"


def migrate(database: Database) -> str:
    """Bring the catalogue to the newest revision as the owner, in one transaction; return its name."""
    with database.owner.begin() as connection:
        command.upgrade(_configuration(connection), "head")
    return newest_revision()


def newest_revision() -> str:
    """The revision this program expects the catalogue to be at."""
    head = ScriptDirectory.from_config(_configuration(None)).get_current_head()
    return head or ""


def current_revision(connection: sa.Connection) -> str | None:
    """The revision the catalogue is at, or None when it was never migrated."""
    options = {"version_table": VERSION_TABLE, "version_table_schema": CATALOGUE}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def _configuration(connection: sa.Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config
