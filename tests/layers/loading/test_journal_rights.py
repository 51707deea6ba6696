"""What stays of layers, versions and imports whoever has the loader's password: rights, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from psycopg import errors as pg

from layers import migrations

if TYPE_CHECKING:
    from gis.database import Database

pytestmark = pytest.mark.database
_FORBIDDEN = [
    "DELETE FROM catalogue.import_job",
    "TRUNCATE catalogue.import_job",
    "UPDATE catalogue.import_job SET who = 'nobody'",
    "UPDATE catalogue.import_job SET started_at = now()",
    "UPDATE catalogue.import_job SET layer_id = 'meadows'",
    "DELETE FROM catalogue.layer_version",
    "DELETE FROM catalogue.layer",
]


def ask(url: str, statement: str) -> None:
    """Send a statement with a login."""
    with psycopg.connect(url) as connection:
        connection.execute(statement)  # type: ignore[call-overload]  # statements of this file only


@pytest.mark.parametrize("statement", _FORBIDDEN)
def test_the_loader_deletes_no_line_of_the_journal(database: Database, statement: str) -> None:
    """Nor does it say that somebody else began an import, or another time."""
    with pytest.raises(pg.InsufficientPrivilege):
        ask(database.urls.loader, statement)


def test_the_loader_ends_jobs(database: Database) -> None:
    """State, time, message and version of a job are written when it ends; a withdrawal deletes the message."""
    ask(
        database.urls.loader,
        "INSERT INTO catalogue.import_job (layer_id, state, who) VALUES ('fields', 'running', 'ana')",
    )

    ask(
        database.urls.loader,
        "UPDATE catalogue.import_job "
        "SET state = 'failed', message = NULL, finished_at = now(), version_id = NULL",
    )


def test_the_rights_come_and_go_with_the_migration(database: Database) -> None:
    """Down to the revision before and up again: as before, and as it should be."""
    with database.owner.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(next(iter(migrations.__path__))))
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
    for statement in _FORBIDDEN:
        if "TRUNCATE" not in statement:
            ask(database.urls.loader, statement)

    migrations.migrate(database)

    for statement in _FORBIDDEN:
        with pytest.raises(pg.InsufficientPrivilege):
            ask(database.urls.loader, statement)
