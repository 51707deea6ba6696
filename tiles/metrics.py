"""What is counted about tiles; every metric is explained in docs/operations/metrics.md.

One `TileMetrics` per process, built once, so that counting a tile that is kept costs one addition.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from gis.errors import GoneError, NotFoundError, UnavailableError
from gis.metrics import Family, Metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

# Where the tile of an answer came from: `shared` is one that another request was just making.
Origin = Literal["memory", "disk", "made", "shared"]

_ORIGINS: tuple[Origin, ...] = ("memory", "disk", "made", "shared")
_STATUSES = ("200", "204", "304")
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

_ANSWERS = Family(
    "prostor_tile_answers_total",
    "counter",
    "Tiles answered, by where they came from.",
    (("origin", _ORIGINS), ("status", _STATUSES)),
)
_BYTES = Family("prostor_tile_answer_bytes_total", "counter", "Bytes of the tiles answered with 200.")
_REFUSALS = Family(
    "prostor_tile_refusals_total",
    "counter",
    "Tiles asked for and not answered.",
    (("reason", ("not_found", "gone", "unavailable", "failed")),),
)
_MAKING = Family(
    "prostor_tile_making_seconds", "histogram", "Time to make tiles, PostGIS included.", bounds=_SECONDS
)
_TRUNCATIONS = Family(
    "prostor_tile_truncations_total",
    "counter",
    "Tiles made that leave features out, because the layer has more there than its cap allows.",
    (("layer", ()),),
)
_MISSING = Family(
    "prostor_tile_missing_layers_total",
    "counter",
    "Tiles of a theme sent without this layer, because it did not answer in time.",
    (("layer", ()),),
)
_MEMORY_TILES = Family("prostor_tile_memory_tiles", "gauge", "Tiles in the memory of all workers.")
_MEMORY_BYTES = Family("prostor_tile_memory_bytes", "gauge", "Bytes these tiles take.")
_WRITES = Family(
    "prostor_tile_disk_writes_total",
    "counter",
    "Tiles written to the disk, not written because it failed, or left out because too many waited.",
    (("result", ("written", "failed", "skipped")),),
)
_WRITTEN_BYTES = Family("prostor_tile_disk_written_bytes_total", "counter", "Bytes of the disk these take.")
_REMOVED_BYTES = Family(
    "prostor_tile_disk_removed_bytes_total", "counter", "Bytes swept from the disk, by age and budget."
)
_TORN = Family("prostor_tile_disk_torn_total", "counter", "Damaged files found, removed and made anew.")
DISK_BYTES = Family("prostor_tile_disk_bytes", "gauge", "Bytes of tiles on disk, as the last sweep left them.")
FAMILIES = (
    _ANSWERS,
    _BYTES,
    _REFUSALS,
    _MAKING,
    _TRUNCATIONS,
    _MISSING,
    _MEMORY_TILES,
    _MEMORY_BYTES,
    _WRITES,
    _WRITTEN_BYTES,
    _REMOVED_BYTES,
    _TORN,
    DISK_BYTES,
)


class TileMetrics:
    """The counts of this process, ready to be added to."""

    def __init__(self, metrics: Metrics | None = None) -> None:
        self._metrics = metrics or Metrics()
        self._answers = {(each[0], int(each[1])): n for each, n in self._metrics.counts(_ANSWERS).items()}
        self._hits = {status: n for (origin, status), n in self._answers.items() if origin == "memory"}
        self._bytes = self._metrics.count(_BYTES)
        self._refusals = self._metrics.counts(_REFUSALS)
        self._making = self._metrics.histogram(_MAKING)
        self.memory_tiles = self._metrics.gauge(_MEMORY_TILES)
        self.memory_bytes = self._metrics.gauge(_MEMORY_BYTES)
        self._writes = self._metrics.counts(_WRITES)
        self._written_bytes = self._metrics.count(_WRITTEN_BYTES)
        self.removed_bytes = self._metrics.count(_REMOVED_BYTES)
        self.torn = self._metrics.count(_TORN)

    def count_hit(self, status: int, size: int) -> None:
        """One tile was answered from memory: as `count_answer`, in half the time."""
        self._hits[status].add_beside(self._bytes, size)

    def count_answer(self, origin: Origin, status: int, size: int) -> None:
        """One tile was answered, with so many bytes."""
        self._answers[origin, status].add_beside(self._bytes, size)

    @contextmanager
    def counted_refusals(self) -> Iterator[None]:
        """Counts what is raised instead of an answer."""
        try:
            yield
        except NotFoundError:
            self._refusals["not_found",].add()
            raise
        except GoneError:
            self._refusals["gone",].add()
            raise
        except UnavailableError:
            self._refusals["unavailable",].add()
            raise
        except BaseException:
            self._refusals["failed",].add()
            raise

    @contextmanager
    def timed_making(self) -> Iterator[None]:
        """Measures making the tiles of one request, if that succeeds."""
        begun = time.perf_counter()
        yield
        self._making.observe(time.perf_counter() - begun)

    def count_truncation(self, layer_id: str) -> None:
        """A tile was made in which features of this layer are left out."""
        self._metrics.count(_TRUNCATIONS, layer_id).add()

    def count_missing(self, layer_id: str) -> None:
        """A tile of a theme was sent without this layer."""
        self._metrics.count(_MISSING, layer_id).add()

    def count_write(self, written: int) -> None:
        """A tile was written with so many bytes."""
        self._writes["written",].add_beside(self._written_bytes, written)

    def count_written_bytes(self, written: int) -> None:
        """Something was written beside a tile that is counted already."""
        self._written_bytes.add(written)

    def count_failed_write(self, result: Literal["failed", "skipped"]) -> None:
        """A tile was not written."""
        self._writes[result,].add()
