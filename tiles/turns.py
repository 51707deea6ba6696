"""Turns at making tiles: who makes one, the others wait for what it makes; between threads and processes.

Threads of one process wait for each other in memory, until the tile is there. Processes wait by locks of the
system, on one byte for each tile of a common file, until the tile is on the disk; such locks ("open file
description locks" of fcntl(2)) end with the process that holds them, however it ends. Where they cannot be had,
every process makes the tile; that costs time and nothing else.
"""

from __future__ import annotations

import fcntl
import os
import struct
import threading
import time
import weakref
import zlib
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

# struct flock of 64-bit Linux: type, whence, first byte, bytes, process.
_LOCK = struct.Struct("hhqqi4x")
# As long as a tile may take to be made; then it is made by whoever waited.
_PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.004


class Turn:
    """The right to make some tiles, held until `end`; ending twice does no harm."""

    def __init__(self, end_here: Callable[[], None]) -> None:
        self._end_here: Callable[[], None] | None = end_here
        self._unlock: list[Callable[[], None]] = []

    def add(self, unlock: Callable[[], None]) -> None:
        """Hold one more lock of the system."""
        self._unlock.append(unlock)

    def end_here(self) -> None:
        """Let the threads of this process go on: what was made is in memory."""
        end, self._end_here = self._end_here, None
        if end is not None:
            end()

    def end(self) -> None:
        """Let the other processes go on too."""
        self.end_here()
        while self._unlock:
            self._unlock.pop()()


class Turns:
    """The turns of all threads of a process, and of all processes that share a file, if there is one."""

    def __init__(self, place: Path | None = None) -> None:
        self._place = place
        self._changed = threading.Condition()
        self._taken: set[str] = set()
        self._file: int | None = None

    def take(self, paths: Iterable[str], is_done: Callable[[], bool]) -> Turn:
        """Wait until nobody else makes one of these tiles, or until `is_done` says they are there.

        Whoever waited too long goes on without: the tile is made twice then.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        wanted = frozenset(paths)
        turn = self._take_here(wanted, deadline)
        if self._place is not None and not is_done():
            self._take_from_others(self._place, turn, wanted, deadline, is_done)
        return turn

    def _take_here(self, wanted: frozenset[str], deadline: float) -> Turn:
        """All at once, so that two threads that want the same tiles do not wait for each other."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._taken.isdisjoint(wanted), max(0.0, deadline - time.monotonic())
            )
            taken = wanted - self._taken
            self._taken |= taken
        return Turn(lambda: self._give_back(taken))

    def _give_back(self, taken: frozenset[str]) -> None:
        with self._changed:
            self._taken -= taken
            self._changed.notify_all()

    def _take_from_others(
        self, place: Path, turn: Turn, wanted: frozenset[str], deadline: float, is_done: Callable[[], bool]
    ) -> None:
        """Locks are taken in one order everywhere, so that two who wait do not wait for each other."""
        try:
            file = self._open(place)
            for byte in sorted({zlib.crc32(path.encode()) for path in wanted}):
                if not _lock(file, byte, deadline, is_done):
                    return
                turn.add(partial(_set_lock, file, fcntl.F_UNLCK, byte))
        except OSError:
            return

    def _open(self, place: Path) -> int:
        """The common file, opened once: its locks belong to this opening, whichever thread sets them."""
        with self._changed:
            if self._file is None:
                place.parent.mkdir(parents=True, exist_ok=True)
                self._file = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
                weakref.finalize(self, os.close, self._file)
            return self._file


def _lock(file: int, byte: int, deadline: float, is_done: Callable[[], bool]) -> bool:
    """True when the lock is held, False when it is not needed any more. Raises OSError where there are none."""
    while True:
        try:
            _set_lock(file, fcntl.F_WRLCK, byte)
        except BlockingIOError:
            if is_done() or time.monotonic() > deadline:
                return False
            time.sleep(_PAUSE_SECONDS)
        else:
            return True


def _set_lock(file: int, kind: int, byte: int) -> None:
    fcntl.fcntl(file, fcntl.F_OFD_SETLK, _LOCK.pack(kind, os.SEEK_SET, byte, 1, 0))
