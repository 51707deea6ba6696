"""One import of a layer at a time, and a line in the catalogue about each, also when it failed.

A connection of its own holds the lock for the whole journey; when the program is killed, PostgreSQL frees it. A
lock can be lost with its connection, so whoever changes what is published claims the layer's row first, and an
import then asks for its lock once more. A withdrawal claims the row and takes no lock: it waits for no import.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors as pg

from gis.errors import ConflictError, UnavailableError
from gis.logs import logger
from gis.statements import read_statement
from layers.loading.known import count_withdrawals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.database import Database

    Connection = psycopg.Connection[tuple[object, ...]]

# The janitor holds a layer for a moment only, and nobody shall be refused because of it.
PATIENCE_MILLISECONDS = 2_000
_INTERRUPTED = "The import was interrupted; nothing of it was kept."
_log = logger("loading")


@dataclass(frozen=True)
class OpenJob:
    """The running job of one layer, on the connection that holds its lock.

    `withdrawals` is how often the layer had been withdrawn when the job began.
    """

    id: int
    layer_id: str
    connection: Connection
    withdrawals: int = 0

    def end(
        self,
        state: str,
        *,
        message: str | None = None,
        version_id: int | None = None,
        on: Connection | None = None,
    ) -> None:
        """Write down how it ended well: loaded or published; `on` a connection whose transaction makes it true
        at the same moment, else at once. Raises ConflictError when a withdrawal has ended it.
        """
        values = {"id": self.id, "state": state, "message": message, "version_id": version_id}
        if not (on or self.connection).execute(read_statement("layers", "end_job"), values).rowcount:
            self.check_lock()
            raise ConflictError(say_withdrawn(self.layer_id))

    def end_badly(self, state: str, *, message: str) -> None:
        """Write down that it was rejected or failed; where even that fails, the next sweep does it."""
        values = {"id": self.id, "state": state, "message": message, "version_id": None}
        try:
            self.connection.execute(read_statement("layers", "end_job"), values)
        except psycopg.Error as exc:
            _log.warning("job_not_ended", job=self.id, cause=str(exc))

    def claim(self, connection: Connection) -> None:
        """Claim the layer before anything of it is published. Raises ConflictError when it was withdrawn."""
        if claim_layer(connection, self.layer_id) != self.withdrawals:
            raise ConflictError(say_withdrawn(self.layer_id))

    @contextmanager
    def noticing_withdrawal(self, connection: Connection) -> Iterator[None]:
        """Raise ConflictError when the layer was withdrawn, or when that takes a table away meanwhile."""
        if count_withdrawals(connection, self.layer_id) != self.withdrawals:
            raise ConflictError(say_withdrawn(self.layer_id))
        try:
            yield
        except pg.UndefinedTable:
            connection.rollback()
            self.claim(connection)
            raise

    def check_lock(self) -> None:
        """Raise UnavailableError unless the layer is still ours, so that nobody else may have begun with it."""
        try:
            row = self.connection.execute(
                read_statement("layers", "holds_layer"), {"layer_id": self.layer_id}
            ).fetchone()
        except psycopg.OperationalError as exc:
            raise _lost(self.layer_id, cause=str(exc)) from exc
        if row != (True,):
            raise _lost(self.layer_id, cause="another session answered")


@contextmanager
def layer_lock(
    database: Database, layer_id: str, *, patience_milliseconds: int = PATIENCE_MILLISECONDS
) -> Iterator[Connection]:
    """Hold the lock of a layer. Raises ConflictError when somebody else keeps it for longer than that."""
    with database.loading() as connection:
        connection.autocommit = True
        if not _try_lock(connection, layer_id, patience_milliseconds):
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
        yield OpenJob(_integer(row), layer_id, connection, count_withdrawals(connection, layer_id))


def enter_layer(connection: Connection, layer_id: str) -> None:
    """Make sure that the catalogue has a row for the layer."""
    connection.execute(read_statement("layers", "ensure_layer"), {"layer_id": layer_id})


def claim_layer(connection: Connection, layer_id: str) -> int | None:
    """Hold the layer's row until this transaction ends; how often it was withdrawn, None for no such layer.

    Whoever moves the pointer or changes the state of a version comes here first, and reads only then what it
    decides by. So whoever lost the lock without noticing, and whoever took it then, come one after the other.
    """
    row: Any = connection.execute(read_statement("layers", "claim_layer"), {"layer_id": layer_id}).fetchone()
    return None if row is None else int(row[0])


def say_withdrawn(layer_id: str) -> str:
    """What an import is told, and the history keeps, when the layer was withdrawn under it."""
    return (
        f"The layer {layer_id!r} was withdrawn while it was imported; nothing was published, and nothing of "
        "the import was kept. If it may be public again, import it again."
    )


def end_interrupted_jobs(database: Database) -> int:
    """Mark jobs as failed that run in no program any more; how many there were."""
    with database.loading() as connection:
        running = connection.execute(read_statement("layers", "running_jobs")).fetchall()
    return sum(_end_interrupted(database, str(layer_id)) for layer_id in {layer for (layer,) in running})


def _end_interrupted(database: Database, layer_id: str) -> int:
    """Under the layer's lock a job that is still said to run cannot be running."""
    try:
        with layer_lock(database, layer_id, patience_milliseconds=0) as connection:
            values = {"layer_id": layer_id, "message": _INTERRUPTED}
            return connection.execute(read_statement("layers", "end_interrupted_jobs"), values).rowcount
    except ConflictError:
        return 0


def _try_lock(connection: Connection, layer_id: str, patience_milliseconds: int) -> bool:
    if patience_milliseconds == 0:
        row = connection.execute(read_statement("layers", "lock_layer"), {"layer_id": layer_id}).fetchone()
        return row == (True,)
    wait = {"wait": f"{patience_milliseconds}ms"}
    try:
        with connection.transaction():
            connection.execute(read_statement("layers", "wait_for_locks"), wait)
            connection.execute(read_statement("layers", "await_layer"), {"layer_id": layer_id})
    except pg.LockNotAvailable:
        return False
    return True


def _lost(layer_id: str, *, cause: str) -> UnavailableError:
    return UnavailableError(
        f"The connection that kept {layer_id!r} for this import was lost, so nothing was published: somebody "
        "else may have imported the layer meanwhile. Import it again.",
        cause=cause,
    )


def _integer(row: tuple[Any, ...] | None) -> int:
    if row is None or not isinstance(row[0], int):
        msg = "the catalogue did not answer with an id"
        raise TypeError(msg)
    return row[0]
