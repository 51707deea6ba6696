"""Turns at making tiles: who makes one, the others wait for what it makes; between threads and processes.

Threads of one process wait for each other in memory, until the tile is there. Processes wait by locks of the
system (flock) on a thousand files, chosen by the tile's path, until it is on the disk; such locks end with
the process that holds them, however it ends. Where they cannot be had, every process makes the tile; that costs
time and nothing else.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_FILES = 1024
# As long as a tile may take to be made; then it is made by whoever waited.
_PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.004


class Turn:
    """The right to make some tiles, held until `end`; ending twice does no harm."""

    def __init__(self, end_here: Callable[[], None]) -> None:
        self._end_here: Callable[[], None] | None = end_here
        self._files: list[int] = []

    def add(self, file: int) -> None:
        """Hold one more lock of the system."""
        self._files.append(file)

    def end_here(self) -> None:
        """Let the threads of this process go on: what was made is in memory."""
        end, self._end_here = self._end_here, None
        if end is not None:
            end()

    def end(self) -> None:
        """Let the other processes go on too."""
        self.end_here()
        while self._files:
            os.close(self._files.pop())


class Turns:
    """The turns of all threads of a process, and of all processes that share a folder, if there is one."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._changed = threading.Condition()
        self._taken: set[str] = set()

    def take(self, paths: Iterable[str], is_done: Callable[[], bool]) -> Turn:
        """Wait until nobody else makes one of these tiles, or until `is_done` says they are there.

        Whoever waited too long goes on without: the tile is made twice then.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        wanted = frozenset(paths)
        turn = self._take_here(wanted, deadline)
        if self._folder is not None and not is_done():
            self._take_from_others(self._folder, turn, wanted, deadline, is_done)
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
        self, folder: Path, turn: Turn, wanted: frozenset[str], deadline: float, is_done: Callable[[], bool]
    ) -> None:
        """Locks are taken in one order everywhere, so that two who wait do not wait for each other."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return
        for number in sorted({zlib.crc32(path.encode()) % _FILES for path in wanted}):
            if not _take_one(folder / f"{number:03x}", turn, deadline, is_done):
                return


def _take_one(place: Path, turn: Turn, deadline: float, is_done: Callable[[], bool]) -> bool:
    """True when the lock is held; False when it cannot be had or is not needed any more."""
    try:
        file = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError:
        return False
    if not _lock(file, deadline, is_done):
        os.close(file)
        return False
    turn.add(file)
    return True


def _lock(file: int, deadline: float, is_done: Callable[[], bool]) -> bool:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if is_done() or time.monotonic() > deadline:
                return False
            time.sleep(_PAUSE_SECONDS)
        except OSError:
            return False
        else:
            return True
