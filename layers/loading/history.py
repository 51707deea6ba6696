"""What happened to layers: the list of them, the versions of one, and who did what when.

For the command line and the page of a layer; answering requests for features and tiles is `layers.catalogue`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gis.errors import NotFoundError
from gis.statements import read_statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from gis.database import Database

_MAX_EVENTS = 200


@dataclass(frozen=True)
class LayerSummary:
    """One line of the list of layers. Without `number` nothing of it is published."""

    id: str
    number: int | None
    row_count: int | None
    state_date: date | None
    loaded_at: datetime | None
    token: str | None
    withdrawn_at: datetime | None
    waiting: int | None


@dataclass(frozen=True)
class VersionSummary:
    """One version of a layer, with where it came from, its quality report, and what it changed when it came.

    When and by whom it was last made the published one, and instead of which version when that was a rollback.
    """

    number: int
    state: str
    row_count: int
    state_date: date
    loaded_at: datetime
    token: str
    source_name: str
    source_sha256: str
    operation: str
    operation_accuracy_m: float | None
    quality: Mapping[str, Any]
    changes: Mapping[str, Any] | None = None
    published_at: datetime | None = None
    published_by: str | None = None
    instead_of: int | None = None


@dataclass(frozen=True)
class Event:
    """Something that was done to a layer; `message` says why a version waits or an import came to nothing.

    `changes` counts what the version differed in from the one published when it was loaded.
    """

    at: datetime
    who: str
    action: str
    number: int | None
    row_count: int | None
    source_name: str | None
    source_sha256: str | None
    message: str | None
    changes: Mapping[str, Any] | None


def list_layers(database: Database) -> tuple[LayerSummary, ...]:
    """Every layer that was ever imported here, in the order of ids."""
    return tuple(LayerSummary(*row) for row in _rows(database, "list_layers", {}))


def list_versions(database: Database, layer_id: str) -> tuple[VersionSummary, ...]:
    """The versions of a layer, newest first. Raises NotFoundError for a layer that has none."""
    versions = tuple(VersionSummary(*row) for row in _rows(database, "list_versions", {"layer_id": layer_id}))
    if not versions:
        raise _unknown(layer_id)
    return versions


def find_waiting(numbers_and_states: Iterable[tuple[int, str]]) -> int | None:
    """The number of the version that waits: the newest one, when it came after all that were ever published.

    An older one was overtaken: only whoever names its number publishes it, also after a rollback.
    """
    number, state = max(numbers_and_states, default=(None, None))
    return number if state == "loaded" else None


def list_events(database: Database, layer_id: str, *, limit: int = _MAX_EVENTS) -> tuple[Event, ...]:
    """What was done to a layer, newest first. Raises NotFoundError for a layer nothing was ever done to."""
    events = tuple(
        Event(*row) for row in _rows(database, "list_events", {"layer_id": layer_id, "limit": limit})
    )
    if not events:
        raise _unknown(layer_id)
    return events


def _unknown(layer_id: str) -> NotFoundError:
    return NotFoundError(f"There is no layer {layer_id[:64]!r}. `prostor layer list` shows the ones there are.")


def _rows(database: Database, name: str, values: Mapping[str, object]) -> list[Any]:
    with database.cursor() as cursor:
        return cursor.execute(read_statement("layers", name), dict(values)).fetchall()
