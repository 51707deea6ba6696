"""The janitor: clears away versions nobody reads, tables without a version, and what killed imports left.

A table is dropped only when its lock comes at once; otherwise the next sweep tries again, and no reader waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import UnavailableError
from gis.logs import logger
from gis.statements import compose, identifier, read_statement
from layers.loading.journal import end_interrupted_jobs
from layers.loading.publish import record
from layers.model import DATA
from layers.reading.staging import sweep as sweep_staging

if TYPE_CHECKING:
    from pathlib import Path

    from gis.database import Database

KEEP = 3
# Longer than any request or download lasts, and than a paging client waits between two pages.
QUIET_SECONDS = 900
_log = logger("loading")


@dataclass(frozen=True)
class Swept:
    """What a sweep cleared away."""

    versions: int
    tables: int
    folders: int
    jobs: int


def sweep(database: Database, home: Path, *, keep: int = KEEP, quiet_seconds: int = QUIET_SECONDS) -> Swept:
    """Clear away what is left over; safe to run at any time, also beside an import."""
    jobs = end_interrupted_jobs(database)
    versions = _retire_versions(database, keep, quiet_seconds)
    tables = sum(_drop(database, name) for name in _orphans(database))
    return Swept(versions=versions, tables=tables, folders=sweep_staging(home), jobs=jobs)


def _retire_versions(database: Database, keep: int, quiet_seconds: int) -> int:
    with database.loading() as connection:
        found = connection.execute(
            read_statement("layers", "retirable_versions"), {"keep": keep, "quiet_seconds": quiet_seconds}
        ).fetchall()
        for version_id, layer_id in found:
            connection.execute(
                read_statement("layers", "set_version_state"), {"id": version_id, "state": "dropped"}
            )
            record(connection, "dropped", str(layer_id), int(str(version_id)), who="janitor", facts={})
    return len(found)


def _orphans(database: Database) -> list[str]:
    with database.loading() as connection:
        return [str(row[0]) for row in connection.execute(read_statement("layers", "orphan_tables")).fetchall()]


def _drop(database: Database, name: str) -> bool:
    try:
        with database.loading() as connection:
            connection.execute("SET LOCAL lock_timeout = '200ms'")
            connection.execute(compose("layers", "drop_table", table=identifier(DATA, name)))
    except UnavailableError:
        return False
    _log.info("table_dropped", table=name)
    return True
