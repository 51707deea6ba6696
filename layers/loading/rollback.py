"""Going back to a version that was published before: the pointer moves, and no row is copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gis.errors import ConflictError, GoneError, NotFoundError
from gis.statements import read_statement
from layers.loading.journal import claim_layer, layer_lock
from layers.loading.publish import Publication, find_state, move_pointer, refuse_gone, refuse_withdrawn

if TYPE_CHECKING:
    import psycopg

    from gis.database import Database

    Connection = psycopg.Connection[tuple[object, ...]]


def roll_back(database: Database, layer_id: str, number: int | None = None, *, who: str) -> Publication:
    """Publish a kept version again: the one with this number, or the one that was published before.

    Raises NotFoundError when there is no such layer or version, GoneError when its data are no longer there,
    ConflictError when there is nothing to go back to, or the version is not one to go back to.
    """
    with layer_lock(database, layer_id), database.loading() as connection:
        claim_layer(connection, layer_id)
        current, version_id, found = _find_target(connection, layer_id, number)
        facts: dict[str, object] = {"number": found, "from": current}
        previous = move_pointer(connection, layer_id, version_id, who=who, facts=facts, action="rolled back")
        return Publication(layer_id, version_id, found, previous)


def _find_target(connection: Connection, layer_id: str, number: int | None) -> tuple[int, int, int]:
    """Number of the published version, and id and number of the one to go back to."""
    row: Any = connection.execute(read_statement("layers", "version_before"), {"layer_id": layer_id}).fetchone()
    if row is None:
        refuse_withdrawn(connection, layer_id)
        raise NotFoundError(
            f"Nothing of {layer_id[:64]!r} is published, so there is nothing to go back from. "
            "`prostor layer list` shows the layers there are."
        )
    current, before_id, before, state = row
    kept = dict(_kept(connection, layer_id))
    if number is not None:
        return (current, kept.get(number) or _refuse(connection, layer_id, number, current, kept), number)
    if state != "kept":
        raise _nothing_before(layer_id, current, before, kept)
    return (current, before_id, before)


def _kept(connection: Connection, layer_id: str) -> list[tuple[int, int]]:
    """Numbers and ids of the kept versions, newest first."""
    rows: Any = connection.execute(read_statement("layers", "kept_versions"), {"layer_id": layer_id}).fetchall()
    return [(number, version_id) for version_id, number in rows]


def _nothing_before(
    layer_id: str, current: int, before: int | None, kept: dict[int, int]
) -> ConflictError | GoneError:
    if not kept:
        return ConflictError(
            f"No version of {layer_id!r} but the published one, {current}, is kept, so there is none to go "
            "back to. Import the earlier source again."
        )
    if before is None:
        return ConflictError(
            f"No version of {layer_id!r} was published before version {current}. Kept are: {_listed(kept)}; to "
            f"publish one of them: prostor layer rollback {layer_id} NUMBER"
        )
    return GoneError(
        f"Version {before} of {layer_id!r}, which was published before version {current}, is no longer kept. "
        f"Kept are: {_listed(kept)}; to publish one of them: prostor layer rollback {layer_id} NUMBER"
    )


def _refuse(connection: Connection, layer_id: str, number: int, current: int, kept: dict[int, int]) -> int:
    """Say why a version is not one to go back to."""
    if number == current:
        raise ConflictError(f"Version {number} of {layer_id!r} is the published one already.")
    state = find_state(connection, layer_id, number)
    refuse_gone(state, layer_id, number)
    if state == "loaded":
        raise ConflictError(
            f"Version {number} of {layer_id!r} was never published. If it is right: "
            f"prostor layer publish {layer_id} {number}"
        )
    which = f"Kept are: {_listed(kept)}." if kept else "No other version is kept."
    raise NotFoundError(f"The layer {layer_id!r} has no version {number}. {which}")


def _listed(kept: dict[int, int]) -> str:
    return ", ".join(str(number) for number in kept)
