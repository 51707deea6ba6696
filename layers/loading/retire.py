"""The janitor: clears away versions nobody reads, tables without a version, and what killed imports left.

A version is retired only under the lock of its layer, and a table dropped only when its own lock comes at once;
otherwise the next sweep tries again, and nobody waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import ConflictError, UnavailableError
from gis.logs import logger
from gis.statements import compose, identifier, read_statement
from layers.loading.journal import claim_layer, end_interrupted_jobs, layer_lock
from layers.loading.publish import record
from layers.model import DATA
from layers.reading.staging import sweep as sweep_staging
from layers.targets import names_table, pieces_table, words_table

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from gis.database import Database

    Connection = psycopg.Connection[tuple[object, ...]]

KEEP = 3
# Longer than any request or download lasts, and than a paging client waits between two pages.
QUIET_SECONDS = 900
_WAIT_BRIEFLY = "SET LOCAL lock_timeout = '200ms'"
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
    tables = sum(drop_table(database, name, withdrawn=layer_id) for name, layer_id in _orphans(database))
    return Swept(versions=versions, tables=tables, folders=sweep_staging(home), jobs=jobs)


def _retire_versions(database: Database, keep: int, quiet_seconds: int) -> int:
    with database.loading() as connection:
        found = _retirable(connection, keep, quiet_seconds)
    layers = dict.fromkeys(layer_id for _, layer_id in found)
    return sum(_retire_versions_of(database, layer_id, keep, quiet_seconds) for layer_id in layers)


def _retire_versions_of(database: Database, layer_id: str, keep: int, quiet_seconds: int) -> int:
    """Retire versions of one layer under its lock, chosen anew; none while somebody imports or publishes it."""
    try:
        with (
            layer_lock(database, layer_id, patience_milliseconds=0),
            database.loading() as connection,
        ):
            connection.execute(_WAIT_BRIEFLY)
            claim_layer(connection, layer_id)
            found = _retirable(connection, keep, quiet_seconds)
            return sum(_retire(connection, version_id, of) for version_id, of in found if of == layer_id)
    except (ConflictError, UnavailableError):
        return 0


def _retirable(connection: Connection, keep: int, quiet_seconds: int) -> list[tuple[int, str]]:
    found = connection.execute(
        read_statement("layers", "retirable_versions"), {"keep": keep, "quiet_seconds": quiet_seconds}
    ).fetchall()
    return [(int(str(version_id)), str(layer_id)) for version_id, layer_id in found]


def _retire(connection: Connection, version_id: int, layer_id: str) -> bool:
    retired = connection.execute(read_statement("layers", "retire_version"), {"id": version_id}).rowcount == 1
    if retired:
        record(connection, "dropped", layer_id, version_id, who="janitor", facts={})
    return retired


def drop_table(database: Database, name: str, *, withdrawn: str | None = None) -> bool:
    """Drop a table of schema data and those beside it if their locks come at once; True when they are gone.

    For a table of a layer that was withdrawn, `withdrawn` is its id: that the data are gone is written down.
    """
    try:
        with database.loading() as connection:
            connection.execute(_WAIT_BRIEFLY)
            parts = {
                "table": identifier(DATA, name),
                "pieces": identifier(DATA, pieces_table(name)),
                "names": identifier(DATA, names_table(name)),
                "words": identifier(DATA, words_table(name)),
            }
            connection.execute(compose("layers", "drop_table", **parts))
            if withdrawn is not None:
                record(connection, "erased", withdrawn, None, who="janitor", facts={"table": name})
    except UnavailableError:
        return False
    _log.info("table_dropped", table=name)
    return True


def _orphans(database: Database) -> list[tuple[str, str | None]]:
    """Tables no readable version speaks of, each with its layer when that was withdrawn."""
    with database.loading() as connection:
        rows = connection.execute(read_statement("layers", "orphan_tables")).fetchall()
    return [(str(name), str(layer_id) if layer_id is not None else None) for name, layer_id in rows]
