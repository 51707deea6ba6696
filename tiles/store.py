"""Finished tiles of one process: in memory, behind it on disk, and how they get there.

What is looked for is looked for in memory, then on disk, where tiles of other processes are found too. What was
made is in memory at once, and written to the disk behind the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tiles.cache import StoredTile, TileCache
from tiles.disk import DiskStore
from tiles.sweeping import Sweeper
from tiles.turns import Turns
from tiles.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gis.settings import Settings
    from tiles.metrics import Origin, TileMetrics
    from tiles.turns import Turn
    from tiles.withdrawals import Store

_MEGABYTE = 1 << 20


class Found(NamedTuple):
    """A finished tile, and where it came from."""

    tile: StoredTile
    origin: Origin


class TileStore:
    """Memory alone, or memory with a disk behind it."""

    def __init__(
        self,
        memory: TileCache,
        turns: Turns,
        disk: DiskStore | None = None,
        writer: Writer | None = None,
    ) -> None:
        self.memory = memory
        self.disk = disk
        self.writer = writer
        self._turns = turns
        self._begun = False

    @property
    def stores(self) -> tuple[Store, ...]:
        """All places from which withdrawn tiles have to go."""
        return (self.memory,) if self.disk is None else (self.memory, self.disk)

    @property
    def trouble(self) -> str | None:
        """Why tiles cannot be written to the disk just now, if so."""
        return self.writer.trouble if self.writer is not None else None

    @property
    def disk_bytes(self) -> int | None:
        """Bytes of tiles on disk as the last sweep left them, if there was one."""
        return self.writer.disk_bytes if self.writer is not None else None

    def find(self, path: str) -> Found | None:
        """The tile kept under a path with a token. One found on disk is in memory from then on."""
        tile = self.memory.find(path)
        if tile is not None:
            return Found(tile, "memory")
        if self.disk is None:
            return None
        try:
            self._begin(self.disk)
            tile = self.disk.find(path)
        except OSError:
            return None
        if tile is None:
            return None
        self.memory.keep(path, tile)
        if self.writer is not None and not (tile.is_empty or tile.brotli):
            self.writer.compress_later(path)
        return Found(tile, "disk")

    def _begin(self, disk: DiskStore) -> None:
        """Before the first look: what another release made is not served. Raises OSError."""
        if not self._begun:
            disk.begin()
            self._begun = True

    def keep(self, tiles: dict[str, StoredTile], turn: Turn | None = None) -> None:
        """Keep tiles by path; `turn` ends when others can find them."""
        for path, tile in tiles.items():
            self.memory.keep(path, tile)
        if turn is not None:
            turn.end_here()
        if self.writer is not None and tiles:
            self.writer.write(tiles, turn)
        elif turn is not None:
            turn.end()

    def take_turn(self, paths: Iterable[str]) -> Turn:
        """Wait while another thread or process makes one of these tiles; then they are there, or ours."""
        wanted = tuple(paths)
        return self._turns.take(wanted, lambda: all(self.memory.find(path) is not None for path in wanted))


def build_store(
    settings: Settings, find_current: Callable[[], frozenset[str] | None], metrics: TileMetrics
) -> TileStore:
    """The store these settings ask for; nothing is read or written yet."""
    memory = TileCache(settings.cache_megabytes * _MEGABYTE, metrics)
    if settings.tile_disk_megabytes == 0:
        return TileStore(memory, Turns())
    folder = settings.home / "cache"
    disk = DiskStore(folder / "tiles", metrics)
    sweeper = Sweeper(disk, settings.tile_disk_megabytes * _MEGABYTE, find_current, metrics)
    return TileStore(memory, Turns(settings.home / "turns.lock"), disk, Writer(memory, disk, sweeper, metrics))
