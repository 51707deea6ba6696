"""Tiles on their way to the disk: written behind the answer, by one thread of the process.

A disk that is full, read-only or gone costs nobody an answer: the tile is served, the trouble is remembered and
said, and the next tile is tried again.
"""

from __future__ import annotations

import queue
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from gis.logs import logger
from tiles.cache import with_brotli

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiles.cache import StoredTile, TileCache
    from tiles.disk import DiskStore
    from tiles.sweeping import Sweeper
    from tiles.turns import Turn

    Job = tuple[dict[str, StoredTile], Turn | None]

_MAX_WAITING = 256
_SECONDS_BETWEEN_WARNINGS = 60.0


class Writer:
    """Compresses finished tiles for the web, keeps them in memory so, and writes them to the disk."""

    def __init__(self, memory: TileCache, disk: DiskStore, sweeper: Sweeper) -> None:
        self._memory = memory
        self._disk = disk
        self._sweeper = sweeper
        self._jobs: queue.Queue[Job] = queue.Queue(_MAX_WAITING)
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None
        self._warned_at = float("-inf")
        self.trouble: str | None = None

    def write(self, tiles: dict[str, StoredTile], turn: Turn | None = None) -> None:
        """Take tiles by path; `turn` ends when they are written. More than can wait are not written."""
        self._ensure_thread()
        try:
            self._jobs.put_nowait((tiles, turn))
        except queue.Full:
            if turn is not None:
                turn.end()

    def wait(self) -> None:
        """Until everything is written that was taken so far; for tests and for whoever fills the cache."""
        self._jobs.join()

    def _ensure_thread(self) -> None:
        with self._start:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="tiles-to-disk", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            tiles, turn = self._jobs.get()
            try:
                self._write_all(tiles)
            finally:
                if turn is not None:
                    turn.end()
            self._attempt(self._sweeper.sweep_if_due)
            self._jobs.task_done()

    def _write_all(self, tiles: dict[str, StoredTile]) -> None:
        for path, made in tiles.items():
            tile = with_brotli(made)
            self._memory.keep(path, tile)
            self._attempt(partial(self._write_one, path, tile))

    def _write_one(self, path: str, tile: StoredTile) -> None:
        self._sweeper.count(self._disk.keep(path, tile))

    def _attempt(self, step: Callable[[], None]) -> None:
        try:
            step()
        except OSError as exc:
            self.trouble = exc.strerror or str(exc)
            if time.monotonic() - self._warned_at > _SECONDS_BETWEEN_WARNINGS:
                self._warned_at = time.monotonic()
                logger("tiles").warning("tiles_not_written", reason=self.trouble)
        else:
            self.trouble = None
