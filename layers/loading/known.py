"""What an import has to know of the versions that are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from gis.statements import read_statement
from layers.changes.comparison import Stored
from layers.loading.holding import GoneBack, Seen
from layers.loading.plan import describe_manifest
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

    def is_made_of(
        self, fingerprint: str, *, source_sha256: str | None = None, token: str | None = None
    ) -> bool:
        """True when the same source, or one with the same content, would be imported in the same way again."""
        return self.fingerprint == fingerprint and (self.source_sha256 == source_sha256 or self.token == token)


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

    def is_made_of(self, fingerprint: str, source_sha256: str) -> bool:
        """True when the same source would be imported in the same way again."""
        return (self.fingerprint, self.source_sha256) == (fingerprint, source_sha256)


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


def find_gone_back(
    connection: Connection, manifest: Manifest, *, content_token: str, source_sha256: str
) -> GoneBack | None:
    """When somebody rolled back from the same content, and it was not published again since."""
    row: Any = connection.execute(
        read_statement("layers", "rolled_back_from"),
        {
            "layer_id": manifest.id,
            "content_token": content_token,
            "source_sha256": source_sha256,
            "manifest": Jsonb(describe_manifest(manifest)),
        },
    ).fetchone()
    return None if row is None else GoneBack(*row)


def find_shareable_table(connection: Connection, manifest: Manifest, content_token: str) -> str | None:
    """The table of a version that holds the same rows in the same columns; None means: load the rows."""
    row = connection.execute(
        read_statement("layers", "shareable_table"),
        {
            "layer_id": manifest.id,
            "content_token": content_token,
            # A table that was not made for searching lacks the indexes for it.
            "searched": manifest.search is not None,
        },
    ).fetchone()
    return None if row is None else str(row[0])


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
