"""Finished tiles in memory: compressed once, kept by path, the least recently used dropped past a byte budget.

Only paths with a token are kept, so nothing here ever grows stale. Withdrawn layers are purged on purpose.
One cache per worker process; what is on disk is `tiles.disk`.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import brotli

from tiles.metrics import TileMetrics

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from layers.catalogue import Life

_GZIP_LEVEL = 6
_BROTLI_QUALITY = 5
# What Python itself needs for one entry: key, dictionary slot and object, rounded up.
_ENTRY_OVERHEAD_BYTES = 600


@dataclass(frozen=True, slots=True)
class StoredTile:
    """A finished tile. `gzipped` is empty for a tile without features; `truncated` names cut layers.

    `missing` names layers that did not answer just now: such a tile is sent, and never kept.

    `brotli` comes a moment later, while the tile is written to the disk. `lives` are those of the layers in it:
    when one of them is over, the tile has to go.
    """

    gzipped: bytes
    etag: str
    brotli: bytes = b""
    lives: frozenset[Life] = frozenset()
    truncated: str = ""
    missing: str = ""

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to draw."""
        return not self.gzipped

    def body(self) -> bytes:
        """The tile as it came from PostGIS."""
        return gzip.decompress(self.gzipped) if self.gzipped else b""


def store_tile(body: bytes, lives: frozenset[Life], *, truncated: str = "", missing: str = "") -> StoredTile:
    """Compress a tile and name its content: equal bytes have equal ETags in every process."""
    gzipped = gzip.compress(body, _GZIP_LEVEL, mtime=0) if body else b""
    return StoredTile(gzipped, name_content(body), lives=lives, truncated=truncated, missing=missing)


def with_brotli(tile: StoredTile) -> StoredTile:
    """The tile compressed by Brotli too (RFC 7932): a tenth smaller, for clients over HTTPS."""
    if tile.is_empty or tile.brotli:
        return tile
    return replace(tile, brotli=brotli.compress(tile.body(), quality=_BROTLI_QUALITY))


def name_content(body: bytes) -> str:
    """The name of a tile's content, from which its ETags are made: 16 hex digits."""
    return hashlib.blake2b(body, digest_size=8).hexdigest()


class TileCache:
    """Tiles by path within a byte budget; safe to share between threads."""

    def __init__(self, max_bytes: int, metrics: TileMetrics | None = None) -> None:
        self._max_bytes = max_bytes
        self._metrics = metrics or TileMetrics()
        self._lock = threading.Lock()
        self._tiles: OrderedDict[str, StoredTile] = OrderedDict()
        self._lives: Counter[Life] = Counter()
        self._bytes = 0

    @property
    def lives(self) -> frozenset[Life]:
        """The lives of all layers that are in kept tiles."""
        with self._lock:
            return frozenset(self._lives)

    @property
    def used_bytes(self) -> int:
        """Bytes the kept tiles take."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._tiles)

    def find(self, path: str) -> StoredTile | None:
        """The tile kept under this path, which thereby becomes the most recently used."""
        with self._lock:
            tile = self._tiles.get(path)
            if tile is not None:
                self._tiles.move_to_end(path)
            return tile

    def keep(self, path: str, tile: StoredTile) -> None:
        """Remember a tile; others make room for it. One larger than the whole budget is not kept."""
        cost = _cost(path, tile)
        if cost > self._max_bytes:
            return
        with self._lock:
            self._remove(path)
            self._tiles[path] = tile
            self._lives.update(tile.lives)
            self._bytes += cost
            while self._bytes > self._max_bytes:
                self._remove(next(iter(self._tiles)))
            self._measure()

    def purge(self, lives: AbstractSet[Life]) -> int:
        """Forget every tile with a layer of one of these lives; return how many there were."""
        with self._lock:
            gone = [path for path, tile in self._tiles.items() if not tile.lives.isdisjoint(lives)]
            for path in gone:
                self._remove(path)
            self._measure()
        return len(gone)

    def _measure(self) -> None:
        self._metrics.memory_tiles.set(len(self._tiles))
        self._metrics.memory_bytes.set(self._bytes)

    def _remove(self, path: str) -> None:
        tile = self._tiles.pop(path, None)
        if tile is None:
            return
        self._bytes -= _cost(path, tile)
        for life in tile.lives:
            self._lives[life] -= 1
            if not self._lives[life]:
                del self._lives[life]


def _cost(path: str, tile: StoredTile) -> int:
    return len(tile.gzipped) + len(tile.brotli) + len(path) + _ENTRY_OVERHEAD_BYTES
