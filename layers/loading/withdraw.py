"""Withdrawing a layer: nothing of it is published, readable or stored any more, whatever the quiet period says.

One transaction ends the layer's life; then its tables are dropped, at once where nobody reads them. What a
reader still holds is left to the janitor in `retire`. No import is waited for: one that is running ends without
publishing. Importing the layer again begins a new life.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gis.errors import ConflictError, NotFoundError, UnavailableError
from gis.logs import logger
from gis.statements import read_statement
from layers.loading.journal import claim_layer, say_withdrawn
from layers.loading.publish import record
from layers.loading.retire import drop_table

if TYPE_CHECKING:
    from datetime import datetime

    import psycopg

    from gis.database import Database

    Connection = psycopg.Connection[tuple[object, ...]]

# A withdrawal is often about personal data: worth waiting for a request that is just being answered.
PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.2
_log = logger("loading")


@dataclass(frozen=True)
class HeldVersion:
    """A version whose data are stored: published, kept, or waiting (`loaded`)."""

    number: int
    state: str
    row_count: int


@dataclass(frozen=True)
class Holdings:
    """What is stored of a layer, newest first; `withdrawn_at` says since when it is withdrawn, if it is.

    `messages` counts imports about which the journal keeps a sentence, which may quote the data; `running`
    those that have not ended.
    """

    layer_id: str
    withdrawn_at: datetime | None
    versions: tuple[HeldVersion, ...]
    messages: int
    running: int

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to withdraw."""
        return not (self.versions or self.messages or self.running)


@dataclass(frozen=True)
class Withdrawal:
    """What was withdrawn; tables of `left_tables` are being read, and go as soon as nobody reads them."""

    holdings: Holdings
    dropped_tables: int
    left_tables: int


def find_holdings(database: Database, layer_id: str) -> Holdings:
    """What a withdrawal would take away. Raises NotFoundError for a layer nobody ever tried to import."""
    with database.loading() as connection:
        return _read_holdings(connection, layer_id)


def withdraw_layer(
    database: Database,
    layer_id: str,
    *,
    who: str,
    reason: str | None = None,
    patience_seconds: float = PATIENCE_SECONDS,
) -> Withdrawal:
    """Withdraw every version of a layer and delete its data; tables that are read are waited for a moment.

    An import of it that is running publishes nothing any more. A layer that is withdrawn already only loses
    what was left of it. Raises NotFoundError for a layer nobody ever tried to import, ConflictError when it is
    withdrawn but its data could not be deleted.
    """
    with database.loading() as connection:
        holdings = _end_life(connection, layer_id)
        if not holdings.is_empty:
            record(connection, "withdrawn", layer_id, None, who=who, facts=_facts(holdings, reason))
    try:
        dropped, left = _drop_tables(database, layer_id, patience_seconds)
    except UnavailableError as exc:
        raise ConflictError(
            f"The layer {layer_id!r} is withdrawn: nobody can read it any more. But the database went away "
            "before its data were deleted. Give the same command again when it is back."
        ) from exc
    _log.info("layer_withdrawn", layer=layer_id, versions=len(holdings.versions), tables_left=left)
    return Withdrawal(holdings, dropped, left)


def _read_holdings(connection: Connection, layer_id: str) -> Holdings:
    rows: list[Any] = connection.execute(
        read_statement("layers", "withdrawable_versions"), {"layer_id": layer_id}
    ).fetchall()
    jobs: Any = connection.execute(read_statement("layers", "withdrawable_jobs"), _said(layer_id)).fetchone()
    jobs_at_all, messages, running = jobs
    if not rows and not jobs_at_all:
        raise NotFoundError(
            f"There is no layer {layer_id[:64]!r}. `prostor layer list` shows the ones there are."
        )
    versions = tuple(
        HeldVersion(number, state, count) for _, number, state, count in rows if number is not None
    )
    return Holdings(layer_id, rows[0][0] if rows else None, versions, messages, running)


def _end_life(connection: Connection, layer_id: str) -> Holdings:
    """End running imports, versions and what was quoted from the data; what there was.

    Rows are claimed in the order in which an import claims them: the layer's, then its own. A first import has
    a row of the layer that nobody sees yet, and may just be publishing: it is waited for at its own row, and
    what it published is found then.
    """
    layer = {"layer_id": layer_id}
    claim_layer(connection, layer_id)
    running = connection.execute(read_statement("layers", "withdraw_running_jobs"), _said(layer_id)).rowcount
    claim_layer(connection, layer_id)
    holdings = replace(_read_holdings(connection, layer_id), running=running)
    if holdings.versions:
        connection.execute(read_statement("layers", "withdraw_layer"), layer)
        connection.execute(read_statement("layers", "withdraw_versions"), layer)
    connection.execute(read_statement("layers", "withdraw_messages"), _said(layer_id))
    return holdings


def _said(layer_id: str) -> dict[str, object]:
    """The one message that stays: it quotes nothing."""
    return {"layer_id": layer_id, "message": say_withdrawn(layer_id)}


def _facts(holdings: Holdings, reason: str | None) -> dict[str, object]:
    return {
        "reason": reason,
        "versions": [version.number for version in holdings.versions],
        "rows": sum(version.row_count for version in holdings.versions),
    }


def _drop_tables(database: Database, layer_id: str, patience_seconds: float) -> tuple[int, int]:
    """Drop the tables of a withdrawn layer; how many went, and how many are still being read."""
    deadline = time.monotonic() + patience_seconds
    left = found = _find_tables(database, layer_id)
    while left:
        left = [name for name in left if not drop_table(database, name, withdrawn=layer_id)]
        if not left or time.monotonic() >= deadline:
            break
        time.sleep(_PAUSE_SECONDS)
    return len(found) - len(left), len(left)


def _find_tables(database: Database, layer_id: str) -> list[str]:
    with database.loading() as connection:
        rows = connection.execute(read_statement("layers", "withdrawn_tables"), {"layer_id": layer_id})
        return [str(row[0]) for row in rows.fetchall()]
