"""What an import has to know of the versions that are there, and the token it may take from one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gis.statements import read_statement
from layers.changes.comparison import Stored
from layers.loading.holding import Seen
from layers.loading.plan import published_columns, retoken
from layers.manifest import parse_manifest

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

    from layers.manifest import Manifest
    from layers.reading.report import Bounds

    Connection = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True)
class KnownVersion:
    """What an import has to know about the version that is published now."""

    id: int
    number: int
    token: str
    seen: Seen
    source_sha256: str
    fingerprint: str


@dataclass(frozen=True)
class WaitingVersion:
    """The newest version that waits; `against` is the number of the version it was compared with."""

    id: int
    number: int
    token: str
    row_count: int
    source_sha256: str
    fingerprint: str
    hold_reason: str | None
    against: int | None


def find_waiting(connection: Connection, layer_id: str) -> WaitingVersion | None:
    """The newest version of a layer that waits to be published, or None."""
    row: Any = connection.execute(
        read_statement("layers", "waiting_version"), {"layer_id": layer_id}
    ).fetchone()
    return None if row is None else WaitingVersion(*row)


def find_published(connection: Connection, layer_id: str) -> KnownVersion | None:
    """The version of a layer that is published now, or None."""
    row = connection.execute(read_statement("layers", "published_version"), {"layer_id": layer_id}).fetchone()
    if row is None:
        return None
    version_id, number, token, row_count, described, sha256, fingerprint, table, srid, extent = row
    manifest = parse_manifest(_mapping(described))
    stored = Stored(str(table), int(str(srid)), manifest, int(str(row_count)))
    return KnownVersion(
        id=int(str(version_id)),
        number=int(str(number)),
        token=str(token),
        seen=Seen(stored, _bounds(extent)),
        source_sha256=str(sha256),
        fingerprint=str(fingerprint),
    )


def count_withdrawals(connection: Connection, layer_id: str) -> int:
    """How often the layer was withdrawn: the same data have another token in each of its lives."""
    row = connection.execute(read_statement("layers", "count_withdrawals"), {"layer_id": layer_id}).fetchone()
    return int(str(row[0])) if row else 0


def take_over_token(
    connection: Connection, manifest: Manifest, grids: tuple[str, ...], token: str
) -> str | None:
    """When the same data were loaded before: free their token, and name their table to share.

    The older version keeps its table and gets another token, so both stay readable. None means: load the rows.
    """
    row = connection.execute(
        read_statement("layers", "version_by_token"), {"layer_id": manifest.id, "token": token}
    ).fetchone()
    if row is None:
        return None
    version_id, table, described, made_for, readable = row
    connection.execute(
        read_statement("layers", "set_version_token"),
        {"id": version_id, "token": retoken(token, int(str(version_id)))},
    )
    known = parse_manifest(_mapping(described))
    same_columns = published_columns(known) == published_columns(manifest)
    # A table that was not made for searching lacks the indexes for it.
    same_indexes = (known.search is None) == (manifest.search is None)
    same = same_columns and same_indexes and made_for == list(grids)
    return str(table) if readable and same else None


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        msg = "the catalogue holds something else than a manifest"
        raise TypeError(msg)
    return value


def _bounds(value: object) -> Bounds | None:
    if not isinstance(value, list):
        return None
    west, south, east, north = (float(each) for each in value)
    return (west, south, east, north)
