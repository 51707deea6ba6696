"""Turns between processes: who makes a tile holds its lock, the others wait for what it makes.

Locks of the system (flock) on a thousand files, chosen by the tile's path: they end with the process that holds
them, however it ends. Where they cannot be had, everybody makes the tile; that costs time and nothing else.
"""

from __future__ import annotations

import fcntl
import os
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
    """The locks of some tiles, held until `end`; ending twice does no harm."""

    def __init__(self) -> None:
        self._files: list[int] = []

    def add(self, file: int) -> None:
        """Hold one more."""
        self._files.append(file)

    def end(self) -> None:
        """Let the next one in."""
        while self._files:
            os.close(self._files.pop())


class Turns:
    """The turns of all processes that share a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, paths: Iterable[str], is_done: Callable[[], bool]) -> Turn:
        """Wait until nobody else makes one of these tiles, or until `is_done` says they are there.

        Locks are taken in one order everywhere, so that two who wait do not wait for each other.
        """
        turn = Turn()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return turn
        deadline = time.monotonic() + _PATIENCE_SECONDS
        for number in sorted({zlib.crc32(path.encode()) % _FILES for path in paths}):
            if not self._take_one(turn, number, deadline, is_done):
                break
        return turn

    def _take_one(self, turn: Turn, number: int, deadline: float, is_done: Callable[[], bool]) -> bool:
        """True when the lock is held; False when it cannot be had or is not needed any more."""
        try:
            file = os.open(self._folder / f"{number:03x}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError:
            return False
        while not _lock(file):
            if is_done() or time.monotonic() > deadline:
                os.close(file)
                return False
            time.sleep(_PAUSE_SECONDS)
        turn.add(file)
        return True


def _lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
