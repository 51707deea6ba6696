"""One import of a layer at a time, and a line in the catalogue about each, also when it failed.

A connection of its own holds the lock for the whole journey; when the program is killed, PostgreSQL frees it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gis.errors import ConflictError
from gis.statements import read_statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from gis.database import Database

    Connection = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True)
class OpenJob:
    """The running job of one layer, on the connection that holds its lock."""

    id: int
    connection: Connection

    def end(self, state: str, *, message: str | None = None, version_id: int | None = None) -> None:
        """Write down how it ended: loaded, published, rejected or failed."""
        self.connection.execute(
            read_statement("layers", "end_job"),
            {"id": self.id, "state": state, "message": message, "version_id": version_id},
        )


@contextmanager
def layer_lock(database: Database, layer_id: str) -> Iterator[Connection]:
    """Hold the lock of a layer. Raises ConflictError when another import holds it."""
    with database.loading() as connection:
        connection.autocommit = True
        row = connection.execute(read_statement("layers", "lock_layer"), {"layer_id": layer_id}).fetchone()
        if row != (True,):
            raise ConflictError(
                f"The layer {layer_id!r} is being imported or published by somebody else right now. "
                "Wait until that is done, then try again."
            )
        yield connection


@contextmanager
def open_job(database: Database, layer_id: str, who: str) -> Iterator[OpenJob]:
    """Lock the layer and begin a job. Raises ConflictError as `layer_lock` does."""
    with layer_lock(database, layer_id) as connection:
        row = connection.execute(
            read_statement("layers", "begin_job"), {"layer_id": layer_id, "who": who}
        ).fetchone()
        yield OpenJob(id=_integer(row), connection=connection)


def end_interrupted_jobs(database: Database) -> int:
    """Mark jobs as failed that run in no program any more; how many there were."""
    with database.loading() as connection:
        connection.autocommit = True
        running = connection.execute(read_statement("layers", "running_jobs")).fetchall()
    ended = 0
    for job_id, layer_id in running:
        try:
            with layer_lock(database, str(layer_id)) as connection:
                job = OpenJob(id=_integer((job_id,)), connection=connection)
                job.end("failed", message="The import was interrupted; nothing of it was kept.")
                ended += 1
        except ConflictError:
            continue
    return ended


def _integer(row: tuple[Any, ...] | None) -> int:
    if row is None or not isinstance(row[0], int):
        msg = "the catalogue did not answer with an id"
        raise TypeError(msg)
    return row[0]
