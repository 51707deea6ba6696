"""Reading the catalogue: which version of a layer is published, and what is known about it.

A request asks once and keeps the answer to its end. The pointer is remembered for at most one second, so
that a hundred tiles a second cost one question. Writing the catalogue is `layers.loading`.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from gis.errors import ConfigurationError, GoneError, NotFoundError
from gis.logs import logger
from layers.model import ImportJob, Layer, LayerVersion
from layers.versions import (
    READABLE,
    KeptVersion,
    LayerHistory,
    Life,
    PastVersion,
    PublishedLayer,
    build_published,
    read_version,
    select_history,
    select_versions,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from gis.database import Database

__all__ = ["Catalogue", "KeptVersion", "LayerHistory", "Life", "PastVersion", "PublishedLayer"]

_log = logger("catalogue")
_MAX_REMEMBERED_VERSIONS = 512
# Of a process that slept: so long a request waits for the one that is just reading the pointers anew.
_PATIENCE_SECONDS = 0.5


class _Pointer(NamedTuple):
    """Where a layer points; the token because a version may have got another one since it was remembered."""

    version_id: int | None
    token: str | None
    withdrawals: int


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

    def find_version(self, layer_id: str, *tokens: str) -> PublishedLayer:
        """A published or kept version by its token, one of these. Raises NotFoundError or GoneError.

        A republication in other words takes over the token, so the published version is asked first and
        older ones are never remembered by token.
        """
        pointer = self._read_pointers().get(layer_id)
        if pointer is not None and pointer.version_id is not None:
            published = self._version(pointer)
            if published.token in tokens:
                return published
        return self._find_by_token(layer_id, tokens)

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

    def last_import_states(self, layer_ids: Sequence[str]) -> dict[str, str]:
        """State of the newest import job (`rejected`, `failed`, …) of each of these layers that has one."""
        newest = (
            sa.select(sa.func.max(ImportJob.id))
            .where(ImportJob.layer_id.in_(layer_ids))
            .group_by(ImportJob.layer_id)
        )
        question = sa.select(ImportJob.layer_id, ImportJob.state).where(ImportJob.id.in_(newest))
        with self._database.reading() as connection:
            return {row.layer_id: row.state for row in connection.execute(question)}

    def history(self, layer_id: str) -> LayerHistory:
        """The published version and the list of all that may be read, as one moment knows them.

        Nothing is remembered from an earlier moment but versions, which do not change. Raises NotFoundError, or
        GoneError when the layer was withdrawn.
        """
        with self._reading_one_moment() as connection:
            return self._read_history(connection, layer_id)

    def whole_history(self, layer_id: str) -> tuple[PublishedLayer, tuple[PublishedLayer, ...]]:
        """As `history`, with everything about each version but its quality report."""
        with self._reading_one_moment() as connection:
            published = self._read_history(connection, layer_id).published
            return published, self._list_versions(connection, layer_id, READABLE)

    def version_before(self, layer: PublishedLayer) -> tuple[str, date] | None:
        """Token and date of state of the newest kept version before this one, None when there is none."""
        question = (
            sa.select(LayerVersion.token, LayerVersion.state_date)
            .where(LayerVersion.layer_id == layer.id, LayerVersion.number < layer.number)
            .where(LayerVersion.state.in_(READABLE))
            .order_by(LayerVersion.number.desc())
            .limit(1)
        )
        with self._database.reading() as connection:
            row = connection.execute(question).one_or_none()
        return None if row is None else (row.token, row.state_date)

    def versions(self, layer_id: str) -> tuple[PublishedLayer, ...]:
        """The versions of a layer that may still be read, newest first; of `quality` only the hold reason."""
        with self._database.reading() as connection:
            return self._list_versions(connection, layer_id, READABLE)

    def versions_with_waiting(self, layer_id: str) -> tuple[PublishedLayer, ...]:
        """As `versions`, with those that were never published; for whoever decides about publishing them."""
        with self._database.reading() as connection:
            return self._list_versions(connection, layer_id, (*READABLE, "loaded"))

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

    def _list_versions(
        self, connection: sa.Connection, layer_id: str, states: Sequence[str]
    ) -> tuple[PublishedLayer, ...]:
        question = (
            select_versions(LayerVersion.quality["hold_reason"].astext)
            .options(orm.defer(LayerVersion.quality))
            .where(LayerVersion.layer_id == layer_id, LayerVersion.state.in_(states))
            .order_by(LayerVersion.number.desc())
        )
        with orm.Session(connection) as session:
            return tuple(
                build_published(version, withdrawals, {"hold_reason": reason})
                for version, withdrawals, reason in session.execute(question)
            )

    def _read_history(self, connection: sa.Connection, layer_id: str) -> LayerHistory:
        rows = connection.execute(select_history(layer_id)).all()
        if rows and rows[0].withdrawn_at is not None:
            raise GoneError(f"The layer {layer_id!r} was withdrawn.")
        versions = tuple(KeptVersion(*row[3:]) for row in rows if row.id is not None)
        current = next((each for each in versions if each.version_id == rows[0].current_version_id), None)
        if current is None:
            raise NotFoundError(f"There is no layer {layer_id[:64]!r}.")
        pointer = _Pointer(current.version_id, current.token, rows[0].withdrawals)
        return LayerHistory(self._version(pointer, connection), versions)

    @contextmanager
    def _reading_one_moment(self) -> Iterator[sa.Connection]:
        """A connection whose every answer is of the same moment, whatever is published meanwhile."""
        with self._database.reading() as connection:
            yield connection.execution_options(isolation_level="REPEATABLE READ")

    def _version(self, pointer: _Pointer, connection: sa.Connection | None = None) -> PublishedLayer:
        if pointer.version_id is None or pointer.token is None:
            raise NotFoundError("There is no such version of this layer.")
        name = (pointer.version_id, pointer.token)
        with self._lock:
            if name in self._versions:
                return self._versions[name]
        condition = LayerVersion.id == pointer.version_id
        if connection is not None:
            return self._remember(read_version(connection, condition))
        with self._database.reading() as own:
            return self._remember(read_version(own, condition))

    def _find_by_token(self, layer_id: str, tokens: Sequence[str]) -> PublishedLayer:
        wanted = (LayerVersion.layer_id == layer_id) & LayerVersion.token.in_(tokens)
        with self._database.reading() as connection:
            return read_version(connection, wanted)

    def _remember(self, version: PublishedLayer) -> PublishedLayer:
        with self._lock:
            if len(self._versions) >= _MAX_REMEMBERED_VERSIONS:
                self._versions.pop(next(iter(self._versions)))
            self._versions[version.version_id, version.token] = version
        return version
