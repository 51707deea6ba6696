"""Versions of a layer as values, and how rows of the catalogue become them.

Which of them is published, and who remembers it, is `layers.catalogue`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from geoalchemy2.shape import to_shape
from pydantic import ValidationError
from sqlalchemy import orm

from gis.envelope import Envelope
from gis.errors import ConfigurationError, GoneError, NotFoundError
from layers.manifest import Manifest, parse_manifest
from layers.model import Audit, Layer, LayerVersion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

READABLE = ("published", "kept")


class Life(NamedTuple):
    """A layer between two withdrawals. Nothing that was made of a layer outlives its life."""

    layer_id: str
    withdrawals: int


class PastVersion(NamedTuple):
    """What stays known of every version, whether or not its data are still there; `id` is the layer's."""

    id: str
    token: str
    loaded_at: datetime


@dataclass(frozen=True)
class PublishedLayer:
    """One version of a layer that may be read, whole; `extent` is in degrees (EPSG:4326).

    `changes` counts what differs from the version that was published when this one was loaded.
    """

    id: str
    version_id: int
    number: int
    token: str
    table_name: str
    srid: int
    manifest: Manifest
    row_count: int
    extent: Envelope | None
    native_extent: Envelope | None
    state_date: date
    loaded_at: datetime
    grids: tuple[str, ...]
    bands: tuple[int, ...]
    operation: str
    operation_accuracy_m: float | None
    quality: Mapping[str, Any]
    source_name: str
    source_sha256: str
    state: str
    withdrawals: int = 0
    changes: Mapping[str, Any] | None = None
    has_pieces: bool = False

    @property
    def life(self) -> Life:
        """The life of the layer that this version belongs to."""
        return Life(self.id, self.withdrawals)


@dataclass(frozen=True)
class KeptVersion:
    """What lists say of a version that may be read; its manifest and quality report are not read for that.

    When it was last made the published one; after a rollback to it, instead of which version. Not by whom:
    names of clerks are not public.
    """

    version_id: int
    number: int
    token: str
    state: str
    state_date: date
    loaded_at: datetime
    row_count: int
    source_name: str
    source_sha256: str
    operation: str
    changes: Mapping[str, Any] | None
    published_at: datetime | None = None
    instead_of: int | None = None


@dataclass(frozen=True)
class LayerHistory:
    """A layer as one moment knew it: the published version, and all that may be read, newest first."""

    published: PublishedLayer
    versions: tuple[KeptVersion, ...]


def select_versions(*more: sa.SQLColumnExpression[Any]) -> sa.Select[Any]:
    """Versions, each with how often its layer was withdrawn, as one moment knows both."""
    return sa.select(LayerVersion, Layer.withdrawals, *more).join(Layer, Layer.id == LayerVersion.layer_id)


def select_history(layer_id: str) -> sa.Select[Any]:
    """The layer beside each of its versions that may be read, or beside none."""
    names = (each.name for each in fields(KeptVersion)[1:-2])
    listed = (LayerVersion.id, *(getattr(LayerVersion, name) for name in names))
    readable = (LayerVersion.layer_id == Layer.id) & LayerVersion.state.in_(READABLE)
    moved = _last_publication()
    return (
        sa.select(Layer.current_version_id, Layer.withdrawn_at, Layer.withdrawals, *listed, *moved.c)
        .join(LayerVersion, readable, isouter=True)
        .join(moved, sa.true(), isouter=True)
        .where(Layer.id == layer_id)
        .order_by(LayerVersion.number.desc())
    )


def _last_publication() -> sa.FromClause:
    """When the pointer last moved to a version, and when by a rollback, from which number."""
    left = sa.case((Audit.action == "rolled back", Audit.facts["from"].as_integer()))
    return (
        sa.select(Audit.at, left.label("instead_of"))
        .where(Audit.layer_id == LayerVersion.layer_id, Audit.version_id == LayerVersion.id)
        .where(Audit.action.in_(("published", "rolled back")))
        .order_by(Audit.id.desc())
        .limit(1)
        .lateral("moved")
    )


def read_version(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> PublishedLayer:
    """The one version of which this is true. Raises NotFoundError, or GoneError when its data are gone."""
    with orm.Session(connection) as session:
        row = session.execute(select_versions(LayerVersion.quality).where(condition)).one_or_none()
        if row is None or row[0].state == "loaded":
            raise NotFoundError("There is no such version of this layer.")
        if row[0].state == "withdrawn":
            raise GoneError("This version was withdrawn.")
        if row[0].state not in READABLE:
            raise GoneError("This version is no longer kept; newer ones have taken its place.")
        return build_published(row.LayerVersion, row.withdrawals, row.quality)


def build_published(row: LayerVersion, withdrawals: int, quality: Mapping[str, Any]) -> PublishedLayer:
    """The version that a row tells of. Raises ConfigurationError when its manifest is not understood."""
    extent = _envelope(to_shape(row.extent).bounds, 4326) if row.extent is not None else None
    native = _envelope(row.native_extent, row.srid) if row.native_extent else None
    return PublishedLayer(
        id=row.layer_id,
        version_id=row.id,
        number=row.number,
        token=row.token,
        table_name=row.table_name,
        srid=row.srid,
        manifest=_manifest(row),
        row_count=row.row_count,
        extent=extent,
        native_extent=native,
        state_date=row.state_date,
        loaded_at=row.loaded_at,
        grids=tuple(row.grids),
        bands=tuple(row.bands),
        operation=row.operation,
        operation_accuracy_m=row.operation_accuracy_m,
        quality=quality,
        source_name=row.source_name,
        source_sha256=row.source_sha256,
        state=row.state,
        withdrawals=withdrawals,
        changes=row.changes,
        has_pieces=row.has_pieces,
    )


def _envelope(bounds: Sequence[float], srid: int) -> Envelope:
    west, south, east, north = bounds
    return Envelope(west, south, east, north, srid)


def _manifest(row: LayerVersion) -> Manifest:
    try:
        return parse_manifest(row.manifest)
    except ValidationError as exc:
        raise ConfigurationError(
            f"The stored manifest of layer {row.layer_id}, version {row.number}, is not one this program can "
            "read. Import the layer again.",
            reason=str(exc),
        ) from exc
