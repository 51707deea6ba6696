"""Moving the one pointer that decides which version of a layer everybody reads.

One UPDATE and one audit row in one transaction. Readers resolve the pointer once per request, so nobody waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from gis.errors import ConflictError, GoneError, NotFoundError
from gis.statements import read_statement
from layers.loading.journal import claim_layer, layer_lock
from layers.loading.plan import retoken

if TYPE_CHECKING:
    import psycopg

    from gis.database import Database

    Connection = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True)
class Publication:
    """What publishing did: the version that is read now, and the one that was read before."""

    layer_id: str
    version_id: int
    number: int
    previous_id: int | None


def move_pointer(
    connection: Connection,
    layer_id: str,
    version_id: int,
    *,
    who: str,
    facts: dict[str, object],
    action: str = "published",
) -> int | None:
    """Point the layer at a version, on the caller's transaction; the id of the version it pointed at before.

    The caller has claimed the layer. Raises ConflictError when the data of the version are no longer there.
    """
    row = connection.execute(
        read_statement("layers", "move_pointer"), {"layer_id": layer_id, "version_id": version_id}
    ).fetchone()
    previous = row[0] if row is not None and isinstance(row[0], int) else None
    if previous is not None and previous != version_id:
        connection.execute(read_statement("layers", "keep_version"), {"id": previous})
    if not connection.execute(read_statement("layers", "publish_version"), {"id": version_id}).rowcount:
        raise ConflictError(
            f"The data of this version of {layer_id!r} are no longer in the database, so it cannot be "
            "published. Nothing was changed. Import the layer again."
        )
    _take_token(connection, version_id)
    record(connection, action, layer_id, version_id, who=who, facts={**facts, "previous": previous})
    return previous


def _take_token(connection: Connection, version_id: int) -> None:
    """Give the published version the token of its content; the version that was called so gets one of its own.

    So the same content has the same addresses whenever it is published, in whatever words, and what waits or is
    kept changes nothing about what is served.
    """
    row: Any = connection.execute(read_statement("layers", "holder_of_token"), {"id": version_id}).fetchone()
    if row is None:
        return
    token, holder = row
    rename = read_statement("layers", "set_version_token")
    if holder is not None:
        connection.execute(rename, {"id": holder, "token": retoken(token, holder)})
    connection.execute(rename, {"id": version_id, "token": token})


def record(
    connection: Connection,
    action: str,
    layer_id: str,
    version_id: int | None,
    *,
    who: str,
    facts: dict[str, object],
) -> None:
    """Add a row to the audit trail."""
    connection.execute(
        read_statement("layers", "insert_audit"),
        {"who": who, "action": action, "layer_id": layer_id, "version_id": version_id, "facts": Jsonb(facts)},
    )


def publish_version(
    database: Database, layer_id: str, number: int | None, *, who: str, confirm: bool
) -> Publication:
    """Publish a version that is loaded or kept: the one with this number, or the newest that waits.

    Raises NotFoundError when there is none, GoneError when its data were withdrawn or cleared away,
    ConflictError when it waits for a confirmation that was not given.
    """
    with layer_lock(database, layer_id), database.loading() as connection:
        claim_layer(connection, layer_id)
        version_id, found_number, reason = _choose(connection, layer_id, number)
        if reason and not confirm:
            raise ConflictError(
                f"Version {found_number} of {layer_id!r} waits because {reason}. Look at it, and publish "
                "it with --confirm when it is right."
            )
        facts: dict[str, object] = {"confirmed": bool(reason), "waited": reason}
        previous = move_pointer(connection, layer_id, version_id, who=who, facts=facts)
        return Publication(layer_id, version_id, found_number, previous)


def _choose(connection: Connection, layer_id: str, number: int | None) -> tuple[int, int, str | None]:
    row = connection.execute(
        read_statement("layers", "version_to_publish"), {"layer_id": layer_id, "number": number}
    ).fetchone()
    if row is None:
        refuse_gone(find_state(connection, layer_id, number), layer_id, number)
        if number is None:
            refuse_withdrawn(connection, layer_id)
        wanted = f"version {number}" if number is not None else "version that waits"
        raise NotFoundError(
            f"The layer {layer_id!r} has no {wanted}; `prostor layer show {layer_id[:64]}` lists its versions."
        )
    version_id, found, reason = row
    return int(str(version_id)), int(str(found)), str(reason) if reason else None


def find_state(connection: Connection, layer_id: str, number: int | None) -> str | None:
    """The state of the version with this number; None when there was none."""
    row = connection.execute(
        read_statement("layers", "state_of_version"), {"layer_id": layer_id, "number": number}
    ).fetchone()
    return str(row[0]) if row is not None else None


def refuse_withdrawn(connection: Connection, layer_id: str) -> None:
    """Raise GoneError when the layer is withdrawn, so that none of its versions can be published."""
    row = connection.execute(read_statement("layers", "withdrawn_since"), {"layer_id": layer_id}).fetchone()
    if row is not None:
        raise GoneError(
            f"The layer {layer_id!r} is withdrawn, and its data were deleted: none of its versions can be "
            "published. Import it again to publish it."
        )


def refuse_gone(state: str | None, layer_id: str, number: int | None) -> None:
    """Raise GoneError when there was such a version and its data are no longer there."""
    if state == "withdrawn":
        raise GoneError(
            f"Version {number} of {layer_id!r} was withdrawn, and its data were deleted. Import the layer "
            "again to publish it."
        )
    if state == "dropped":
        raise GoneError(
            f"Version {number} of {layer_id!r} is no longer kept: newer ones have taken its place. Import its "
            "source again to publish it."
        )
