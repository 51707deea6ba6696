"""Reading the catalogue: which version of a layer is published, and what is known about it.

A request asks once and keeps the answer to its end. The pointer is remembered for at most one second, so
that a hundred tiles a second cost one question. Writing the catalogue is `layers.loading`.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

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
# Of a process that slept: so long a request waits for the one that is just reading the pointers anew.
_PATIENCE_SECONDS = 0.5


class Life(NamedTuple):
    """A layer between two withdrawals. Nothing that was made of a layer outlives its life."""

    layer_id: str
    withdrawals: int


class PastVersion(NamedTuple):
    """What stays known of every version, whether or not its data are still there; `id` is the layer's."""

    id: str
    token: str
    loaded_at: datetime


class _Pointer(NamedTuple):
    """Where a layer points; the token because a version may have got another one since it was remembered."""

    version_id: int | None
    token: str | None
    withdrawals: int


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
    operation: str
    operation_accuracy_m: float | None
    quality: Mapping[str, Any]
    source_name: str
    source_sha256: str
    state: str
    withdrawals: int = 0
    changes: Mapping[str, Any] | None = None

    @property
    def life(self) -> Life:
        """The life of the layer that this version belongs to."""
        return Life(self.id, self.withdrawals)


class Catalogue:
    """The published layers, as one process sees them; safe to share between threads."""

    def __init__(self, database: Database, *, remember_seconds: float = 1.0) -> None:
        self._database = database
        self._remember_seconds = remember_seconds
        self._lock = threading.Lock()
        self._refreshing = threading.Lock()
        self._pointers: dict[str, _Pointer] | None = None
        self._pointers_read_at = float("-inf")
        self._versions: dict[tuple[int, str], PublishedLayer] = {}

    def find(self, layer_id: str) -> PublishedLayer:
        """The published version. Raises NotFoundError, or GoneError when the layer was withdrawn."""
        pointers = self._read_pointers()
        if layer_id not in pointers:
            raise NotFoundError(f"There is no layer {layer_id[:64]!r}.")
        pointer = pointers[layer_id]
        if pointer.version_id is None:
            raise GoneError(f"The layer {layer_id!r} was withdrawn.")
        return self._version(pointer)

    def find_version(self, layer_id: str, token: str) -> PublishedLayer:
        """A published or kept version by its token. Raises NotFoundError or GoneError.

        A republication in other words takes over the token, so the published version is asked first and
        older ones are never remembered by token.
        """
        pointer = self._read_pointers().get(layer_id)
        if pointer is not None and pointer.version_id is not None:
            published = self._version(pointer)
            if published.token == token:
                return published
        return self._find_by_token(layer_id, token)

    def published(self) -> tuple[PublishedLayer, ...]:
        """Every published layer, in the order of ids; one that this program cannot read is left out.

        So is one that was withdrawn after the pointers were read.
        """
        pointers = (pointer for _, pointer in sorted(self._read_pointers().items()))
        found = (self._readable(each) for each in pointers if each.version_id is not None)
        return tuple(version for version in found if version is not None)

    def lives(self) -> frozenset[Life]:
        """The lives of the layers that are published now; what belongs to any other was withdrawn."""
        pointers = self._read_pointers().items()
        return frozenset(Life(name, each.withdrawals) for name, each in pointers if each.version_id is not None)

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
        return self._list_versions(layer_id, _READABLE)

    def versions_with_waiting(self, layer_id: str) -> tuple[PublishedLayer, ...]:
        """As `versions`, with those that were never published; for whoever decides about publishing them."""
        return self._list_versions(layer_id, (*_READABLE, "loaded"))

    def past_versions(self, layer_ids: Sequence[str], *, limit: int) -> tuple[PastVersion, ...]:
        """Every version of these layers that was ever published, newest first, also those that are gone."""
        question = (
            sa.select(LayerVersion.layer_id, LayerVersion.token, LayerVersion.loaded_at)
            .where(LayerVersion.layer_id.in_(layer_ids), LayerVersion.state != "loaded")
            .order_by(LayerVersion.loaded_at.desc(), LayerVersion.id.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            return tuple(PastVersion(*row) for row in connection.execute(question))

    def forget(self) -> None:
        """Read the pointers anew at the next question; for tests and after publishing in-process."""
        with self._refreshing:
            self._pointers_read_at = float("-inf")

    def _read_pointers(self) -> dict[str, _Pointer]:
        """The pointers, read anew by one thread at a time; the others go on with those they know.

        Only when these are older than anybody may be told, the others wait a moment for the new ones.
        """
        if not self._begin_reading() and self._pointers is not None:
            return self._pointers
        try:
            if self._pointers is None or time.monotonic() - self._pointers_read_at >= self._remember_seconds:
                asked_at = time.monotonic()
                self._pointers = self._ask_for_pointers()
                self._pointers_read_at = asked_at
            return self._pointers
        finally:
            self._refreshing.release()

    def _begin_reading(self) -> bool:
        if self._pointers is None:
            return self._refreshing.acquire()
        age = time.monotonic() - self._pointers_read_at
        return self._refreshing.acquire(timeout=_PATIENCE_SECONDS if age > 2 * self._remember_seconds else 0)

    def _ask_for_pointers(self) -> dict[str, _Pointer]:
        question = (
            sa.select(
                Layer.id,
                Layer.current_version_id,
                Layer.withdrawn_at,
                Layer.withdrawals,
                LayerVersion.token,
            )
            .join(LayerVersion, LayerVersion.id == Layer.current_version_id, isouter=True)
            .where(Layer.current_version_id.is_not(None) | Layer.withdrawn_at.is_not(None))
        )
        with self._database.reading() as connection:
            return {
                row.id: _Pointer(None, None, row.withdrawals)
                if row.withdrawn_at
                else _Pointer(row.current_version_id, row.token, row.withdrawals)
                for row in connection.execute(question)
            }

    def _readable(self, pointer: _Pointer) -> PublishedLayer | None:
        try:
            return self._version(pointer)
        except ConfigurationError as exc:
            _log.error("stored_manifest_unreadable", version=pointer.version_id, reason=exc.sentence)
        except GoneError:
            _log.info("withdrawn_meanwhile", version=pointer.version_id)
        return None

    def _list_versions(self, layer_id: str, states: Sequence[str]) -> tuple[PublishedLayer, ...]:
        question = (
            _select_versions()
            .where(LayerVersion.layer_id == layer_id, LayerVersion.state.in_(states))
            .order_by(LayerVersion.number.desc())
        )
        with self._database.reading() as connection, Session(connection) as session:
            return tuple(_published(*row) for row in session.execute(question))

    def _version(self, pointer: _Pointer) -> PublishedLayer:
        if pointer.version_id is None or pointer.token is None:
            raise NotFoundError("There is no such version of this layer.")
        name = (pointer.version_id, pointer.token)
        with self._lock:
            if name in self._versions:
                return self._versions[name]
        return self._remember(self._read_version(LayerVersion.id == pointer.version_id))

    def _find_by_token(self, layer_id: str, token: str) -> PublishedLayer:
        return self._read_version((LayerVersion.layer_id == layer_id) & (LayerVersion.token == token))

    def _read_version(self, condition: sa.ColumnElement[bool]) -> PublishedLayer:
        with self._database.reading() as connection, Session(connection) as session:
            row = session.execute(_select_versions().where(condition)).one_or_none()
            if row is None or row[0].state == "loaded":
                raise NotFoundError("There is no such version of this layer.")
            if row[0].state == "withdrawn":
                raise GoneError("This version was withdrawn.")
            if row[0].state not in _READABLE:
                raise GoneError("This version is no longer kept; newer ones have taken its place.")
            return _published(*row)

    def _remember(self, version: PublishedLayer) -> PublishedLayer:
        with self._lock:
            if len(self._versions) >= _MAX_REMEMBERED_VERSIONS:
                self._versions.pop(next(iter(self._versions)))
            self._versions[version.version_id, version.token] = version
        return version


def _select_versions() -> sa.Select[LayerVersion, int]:
    """Versions, each with how often its layer was withdrawn, as one moment knows both."""
    return sa.select(LayerVersion, Layer.withdrawals).join(Layer, Layer.id == LayerVersion.layer_id)


def _published(row: LayerVersion, withdrawals: int) -> PublishedLayer:
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
        withdrawals=withdrawals,
        changes=row.changes,
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
