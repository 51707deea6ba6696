"""Reading the catalogue: which version of a layer is published, and what is known about it.

A request asks once and keeps the answer to its end. The pointer is remembered for at most one second, so
that a hundred tiles a second cost one question. Writing the catalogue is `layers.loading`.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from geoalchemy2.shape import to_shape
from pydantic import ValidationError
from sqlalchemy.orm import Session

from gis.envelope import Envelope
from gis.errors import ConfigurationError, GoneError, NotFoundError
from gis.logs import logger
from layers.manifest import Manifest, parse_manifest
from layers.model import ImportJob, Layer, LayerVersion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from gis.database import Database

_log = logger("catalogue")
_READABLE = ("published", "kept")
_MAX_REMEMBERED_VERSIONS = 512


@dataclass(frozen=True)
class PublishedLayer:
    """One version of a layer that may be read, whole; `extent` is in degrees (EPSG:4326)."""

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
    operation: str
    operation_accuracy_m: float | None
    quality: Mapping[str, Any]
    source_name: str
    source_sha256: str
    state: str


class Catalogue:
    """The published layers, as one process sees them; safe to share between threads."""

    def __init__(self, database: Database, *, remember_seconds: float = 1.0) -> None:
        self._database = database
        self._remember_seconds = remember_seconds
        self._lock = threading.Lock()
        self._refreshing = threading.Lock()
        self._pointers: dict[str, int | None] | None = None
        self._pointers_read_at = float("-inf")
        self._versions: dict[int, PublishedLayer] = {}

    def find(self, layer_id: str) -> PublishedLayer:
        """The published version. Raises NotFoundError, or GoneError when the layer was withdrawn."""
        pointers = self._read_pointers()
        if layer_id not in pointers:
            raise NotFoundError(f"There is no layer {layer_id[:64]!r}.")
        version_id = pointers[layer_id]
        if version_id is None:
            raise GoneError(f"The layer {layer_id!r} was withdrawn.")
        return self._version(version_id)

    def find_version(self, layer_id: str, token: str) -> PublishedLayer:
        """A published or kept version by its token. Raises NotFoundError or GoneError.

        A republication in other words takes over the token, so the published version is asked first and
        older ones are never remembered by token.
        """
        published_id = self._read_pointers().get(layer_id)
        if published_id is not None:
            published = self._version(published_id)
            if published.token == token:
                return published
        return self._find_by_token(layer_id, token)

    def published(self) -> tuple[PublishedLayer, ...]:
        """Every published layer, in the order of ids; one that this program cannot read is left out."""
        pointers = self._read_pointers()
        found = (self._readable(each) for _, each in sorted(pointers.items()) if each is not None)
        return tuple(version for version in found if version is not None)

    def is_empty(self) -> bool:
        """True when no layer was ever published or withdrawn here."""
        return not self._read_pointers()

    def last_import_state(self, layer_id: str) -> str | None:
        """State of the newest import job of a layer (`rejected`, `failed`, …), None when never tried."""
        newest = (
            sa.select(ImportJob.state)
            .where(ImportJob.layer_id == layer_id)
            .order_by(ImportJob.id.desc())
            .limit(1)
        )
        with self._database.reading() as connection:
            return connection.scalar(newest)

    def versions(self, layer_id: str) -> tuple[PublishedLayer, ...]:
        """The versions of a layer that may still be read, newest first."""
        question = (
            sa.select(LayerVersion)
            .where(LayerVersion.layer_id == layer_id, LayerVersion.state.in_(_READABLE))
            .order_by(LayerVersion.number.desc())
        )
        with self._database.reading() as connection, Session(connection) as session:
            return tuple(_published(row) for row in session.scalars(question))

    def forget(self) -> None:
        """Read the pointers anew at the next question; for tests and after publishing in-process."""
        with self._refreshing:
            self._pointers_read_at = float("-inf")

    def _read_pointers(self) -> dict[str, int | None]:
        """The pointers, read anew by one thread at a time; the others go on with those they know."""
        if not self._refreshing.acquire(blocking=self._pointers is None) and self._pointers is not None:
            return self._pointers
        try:
            if self._pointers is None or time.monotonic() - self._pointers_read_at >= self._remember_seconds:
                asked_at = time.monotonic()
                self._pointers = self._ask_for_pointers()
                self._pointers_read_at = asked_at
            return self._pointers
        finally:
            self._refreshing.release()

    def _ask_for_pointers(self) -> dict[str, int | None]:
        seen_or_withdrawn = Layer.current_version_id.is_not(None) | Layer.withdrawn_at.is_not(None)
        question = sa.select(Layer.id, Layer.current_version_id, Layer.withdrawn_at).where(seen_or_withdrawn)
        with self._database.reading() as connection:
            return {
                row.id: None if row.withdrawn_at else row.current_version_id
                for row in connection.execute(question)
            }

    def _readable(self, version_id: int) -> PublishedLayer | None:
        try:
            return self._version(version_id)
        except ConfigurationError as exc:
            _log.error("stored_manifest_unreadable", version=version_id, reason=exc.sentence)
            return None

    def _version(self, version_id: int) -> PublishedLayer:
        with self._lock:
            if version_id in self._versions:
                return self._versions[version_id]
        with self._database.reading() as connection, Session(connection) as session:
            row = session.get(LayerVersion, version_id)
            if row is None:
                raise NotFoundError("This version is no longer kept.")
            return self._remember(_published(row))

    def _find_by_token(self, layer_id: str, token: str) -> PublishedLayer:
        question = sa.select(LayerVersion).where(LayerVersion.layer_id == layer_id, LayerVersion.token == token)
        with self._database.reading() as connection, Session(connection) as session:
            row = session.scalar(question)
            if row is None:
                raise NotFoundError(f"There is no version {token[:32]!r} of this layer.")
            if row.state not in _READABLE:
                raise GoneError("This version is no longer kept.")
            return _published(row)

    def _remember(self, version: PublishedLayer) -> PublishedLayer:
        with self._lock:
            if len(self._versions) >= _MAX_REMEMBERED_VERSIONS:
                self._versions.pop(next(iter(self._versions)))
            self._versions[version.version_id] = version
        return version


def _published(row: LayerVersion) -> PublishedLayer:
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
        operation=row.operation,
        operation_accuracy_m=row.operation_accuracy_m,
        quality=row.quality,
        source_name=row.source_name,
        source_sha256=row.source_sha256,
        state=row.state,
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
