"""Tiles on their way to the disk: written behind the answer, by one thread of the process.

Brotli costs as much as all the rest together, so a tile gets it in a quiet moment. In a rush, when many wait
for that, a tile may do without, until it is found on the disk again: gzip serves everybody.

A disk that is full, read-only or gone costs nobody an answer: the tile is served, the trouble is remembered and
said, and the next tile is tried again.
"""

from __future__ import annotations

import errno
import queue
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from gis.logs import logger
from tiles.cache import with_brotli

if TYPE_CHECKING:
    from tiles.cache import StoredTile, TileCache
    from tiles.disk import DiskStore
    from tiles.metrics import TileMetrics
    from tiles.sweeping import Sweeper
    from tiles.turns import Turn

    Job = tuple[dict[str, StoredTile], Turn | None]

_MAX_WAITING = 256
_MAX_WAITING_FOR_BROTLI = 4096
# So long nobody had a tile to write: then it is quiet.
_QUIET_SECONDS = 0.05
_POLL_SECONDS = 0.005
_SECONDS_BETWEEN_WARNINGS = 60.0
_SECONDS_BETWEEN_ROOM = 60.0
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class Writer:
    """Writes finished tiles to the disk; later compresses them by Brotli too, for memory and disk."""

    def __init__(self, memory: TileCache, disk: DiskStore, sweeper: Sweeper, metrics: TileMetrics) -> None:
        self._memory = memory
        self._disk = disk
        self._sweeper = sweeper
        self._metrics = metrics
        self._jobs: queue.Queue[Job] = queue.Queue(_MAX_WAITING)
        self._without_brotli: deque[str] = deque()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None
        self._warned_at = self._made_room_at = float("-inf")
        self.trouble: str | None = None

    def write(self, tiles: dict[str, StoredTile], turn: Turn | None = None) -> None:
        """Take tiles by path; `turn` ends when they are written. More than can wait are not written."""
        self._ensure_thread()
        try:
            self._jobs.put_nowait((tiles, turn))
        except queue.Full:
            for _ in tiles:
                self._metrics.count_failed_write("skipped")
            if turn is not None:
                turn.end()

    def compress_later(self, path: str) -> None:
        """The tile under this path, kept without Brotli, gets it in a quiet moment; not when too many wait."""
        if len(self._without_brotli) < _MAX_WAITING_FOR_BROTLI:
            self._without_brotli.append(path)
            self.write({})

    @property
    def disk_bytes(self) -> int | None:
        """What the last sweep left on the disk, whichever process swept; None when that is not known."""
        try:
            return self._sweeper.left_bytes()
        except OSError:
            return None

    def wait(self) -> None:
        """Until all that was taken so far is written and compressed; for tests and who fills the cache."""
        self._jobs.join()
        while self._without_brotli:
            time.sleep(_POLL_SECONDS)

    def _ensure_thread(self) -> None:
        with self._start:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="tiles-to-disk", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            try:
                tiles, turn = self._jobs.get(timeout=_QUIET_SECONDS if self._without_brotli else None)
            except queue.Empty:
                self._compress_while_quiet()
                continue
            try:
                self._write_all(tiles)
            finally:
                if turn is not None:
                    turn.end()
                self._jobs.task_done()

    def _write_all(self, tiles: dict[str, StoredTile]) -> None:
        for path, tile in tiles.items():
            try:
                self._write_one(path, tile)
            except OSError as exc:
                self._metrics.count_failed_write("failed")
                self._tell_trouble(exc)
            else:
                self.trouble = None
            if not tile.is_empty and len(self._without_brotli) < _MAX_WAITING_FOR_BROTLI:
                self._without_brotli.append(path)
        try:
            self._sweeper.sweep_if_due()
        except OSError as exc:
            self._tell_trouble(exc)

    def _compress_while_quiet(self) -> None:
        while self._without_brotli and self._jobs.empty():
            try:
                self._compress_one(self._without_brotli[0])
            except OSError as exc:
                self._tell_trouble(exc)
            finally:
                self._without_brotli.popleft()

    def _compress_one(self, path: str) -> None:
        tile = self._memory.find(path) or self._disk.find(path)
        if tile is None or tile.is_empty or tile.brotli:
            return
        tile = with_brotli(tile)
        self._memory.keep(path, tile)
        written = self._disk.finish(path, tile)
        self._metrics.count_written_bytes(written)
        self._sweeper.count(written)

    def _write_one(self, path: str, tile: StoredTile) -> None:
        """On a disk that is full room is made, and writing tried once more."""
        try:
            written = self._disk.keep(path, tile)
        except OSError as exc:
            if exc.errno not in _NO_ROOM or not self._may_make_room():
                raise
            self._sweeper.make_room()
            written = self._disk.keep(path, tile)
        self._metrics.count_write(written)
        self._sweeper.count(written)

    def _may_make_room(self) -> bool:
        """Now and then only: to sweep for every tile would cost more than it brings."""
        if time.monotonic() - self._made_room_at < _SECONDS_BETWEEN_ROOM:
            return False
        self._made_room_at = time.monotonic()
        return True

    def _tell_trouble(self, error: OSError) -> None:
        self.trouble = error.strerror or str(error)
        if time.monotonic() - self._warned_at > _SECONDS_BETWEEN_WARNINGS:
            self._warned_at = time.monotonic()
            logger("tiles").warning("tiles_not_written", reason=self.trouble)
