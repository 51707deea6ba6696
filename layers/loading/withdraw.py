"""Withdrawing a layer: nothing of it is published, readable or stored any more, whatever the quiet period says.

One transaction ends the layer's life; then its tables are dropped, at once where nobody reads them. What a
reader still holds is left to the janitor in `retire`. Importing the layer again begins a new life.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import NotFoundError
from gis.logs import logger
from gis.statements import read_statement
from layers.loading.journal import layer_lock
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
    """What is stored of a layer, newest first; `withdrawn_at` says since when it is withdrawn, if it is."""

    layer_id: str
    withdrawn_at: datetime | None
    versions: tuple[HeldVersion, ...]


@dataclass(frozen=True)
class Withdrawal:
    """What was withdrawn; tables of `left_tables` are being read, and go as soon as nobody reads them."""

    layer_id: str
    versions: tuple[HeldVersion, ...]
    dropped_tables: int
    left_tables: int


def find_holdings(database: Database, layer_id: str) -> Holdings:
    """What a withdrawal would take away. Raises NotFoundError for a layer that was never imported."""
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

    A layer that is withdrawn already only loses what was left of it. Raises NotFoundError for a layer that was
    never imported, ConflictError while it is being imported or published.
    """
    with layer_lock(database, layer_id):
        with database.loading() as connection:
            holdings = _read_holdings(connection, layer_id)
            if holdings.versions or holdings.withdrawn_at is None:
                _end_life(connection, holdings, who=who, reason=reason)
        dropped, left = _drop_tables(database, layer_id, patience_seconds)
    _log.info("layer_withdrawn", layer=layer_id, versions=len(holdings.versions), tables_left=left)
    return Withdrawal(layer_id, holdings.versions, dropped, left)


def _read_holdings(connection: Connection, layer_id: str) -> Holdings:
    rows = connection.execute(
        read_statement("layers", "withdrawable_versions"), {"layer_id": layer_id}
    ).fetchall()
    if not rows:
        raise NotFoundError(
            f"There is no layer {layer_id[:64]!r}. `prostor layer list` shows the ones there are."
        )
    versions = tuple(
        HeldVersion(int(str(number)), str(state), int(str(row_count)))
        for _, number, state, row_count in rows
        if number is not None
    )
    withdrawn_at: datetime | None = rows[0][0]  # type: ignore[assignment]  # the column is a time stamp
    return Holdings(layer_id, withdrawn_at, versions)


def _end_life(connection: Connection, holdings: Holdings, *, who: str, reason: str | None) -> None:
    layer = {"layer_id": holdings.layer_id}
    for statement in ("withdraw_layer", "withdraw_versions", "withdraw_messages"):
        connection.execute(read_statement("layers", statement), layer)
    facts: dict[str, object] = {
        "reason": reason,
        "versions": [version.number for version in holdings.versions],
        "rows": sum(version.row_count for version in holdings.versions),
    }
    record(connection, "withdrawn", holdings.layer_id, None, who=who, facts=facts)


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
