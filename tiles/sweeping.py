"""Keeping the tiles on disk within their budget: what is not current and what nobody asked for goes first.

One process at a time sweeps. Two walks over the files, and no list of them in memory: the first counts bytes by
the hour of last use, the second removes what is older than the hour that was found. Last use is the later of
the times at which a file was written and read, as far as the disk keeps the latter (relatime does, once a day).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gis.logs import logger
from tiles.disk import GONE, NEW, SET_FOLDER, disk_share
from tiles.metrics import TileMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tiles.disk import DiskStore

_HOUR = 3600
# Tiles of a version that is not published any more are rarely asked for; browsers that have them keep them.
OLD_TOKEN_SECONDS = 7 * 24 * _HOUR
EVERY_SECONDS = 600
# Below the budget, so that not every tile after it begins a sweep.
_FILL = 0.9
_WRITTEN_SHARE = 0.05
# A disk that is full before the budget is used up keeps so much of what is there.
_SHARE_WITHOUT_ROOM = 0.95
_LEFTOVER_SECONDS = _HOUR


@dataclass(frozen=True)
class Swept:
    """What a sweep found and what it removed, in bytes and files."""

    bytes_before: int
    bytes_removed: int
    files_removed: int


class Sweeper:
    """Sweeps one store when it is time; `find_current` names the sets `{set}@{token}` that are published now.

    `find_current` answers None when that is not known; then only the budget counts.
    """

    def __init__(
        self,
        disk: DiskStore,
        budget_bytes: int,
        find_current: Callable[[], frozenset[str] | None],
        metrics: TileMetrics | None = None,
    ) -> None:
        self._disk = disk
        self._budget = budget_bytes
        self._find_current = find_current
        self._removed_bytes = (metrics or TileMetrics()).removed_bytes
        self._written = 0

    def count(self, written: int) -> None:
        """So much of the disk was taken by this process."""
        self._written += written

    def sweep_if_due(self) -> None:
        """Sweep when nobody did for a while, or when much was written since. Raises OSError."""
        if self._written > _WRITTEN_SHARE * self._budget or self._age() > EVERY_SECONDS:
            self._written = 0
            self.sweep()

    def make_room(self) -> None:
        """The disk is full, whoever filled it: what was used least goes, to keep what is asked for now."""
        self.sweep(share=_SHARE_WITHOUT_ROOM)

    def left_bytes(self) -> int | None:
        """What the last sweep left, whichever process swept; None when nobody did. Raises OSError."""
        try:
            return int(self._stamp.read_text(encoding="ascii"))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None

    def sweep(self, *, old_token_seconds: float = OLD_TOKEN_SECONDS, share: float = 1.0) -> Swept | None:
        """Sweep now; None when another process is at it. Raises OSError.

        At most this share of what is there stays, and never more than the budget.
        """
        with self._alone() as is_alone:
            if not is_alone:
                return None
            current = self._find_current()
            old, kept = self._count_by_hour(current)
            found = old.total() + kept.total()
            limit = min(self._budget, int(share * found))
            horizons = _find_horizons(old, kept, limit, time.time() - old_token_seconds)
            removed, files = self._remove(current, *horizons)
            self._removed_bytes.add(removed)
            self._stamp.write_text(str(found - removed), encoding="ascii")
            swept = Swept(found, removed, files)
        logger("tiles").info("tiles_swept", bytes=swept.bytes_before, removed=removed, files=files)
        return swept

    def _count_by_hour(self, current: frozenset[str] | None) -> tuple[Counter[int], Counter[int]]:
        old: Counter[int] = Counter()
        kept: Counter[int] = Counter()
        for name, entry in self._files():
            stat = entry.stat(follow_symlinks=False)
            hours = kept if current is None or name in current else old
            hours[_last_use(stat)] += disk_share(stat.st_size)
        return old, kept

    def _remove(self, current: frozenset[str] | None, before_old: float, before_kept: float) -> tuple[int, int]:
        removed = files = 0
        for name, entry in self._files():
            stat = entry.stat(follow_symlinks=False)
            before = before_kept if current is None or name in current else before_old
            if _last_use(stat) < before:
                Path(entry.path).unlink()
                removed, files = removed + disk_share(stat.st_size), files + 1
        self._remove_leftovers()
        return removed, files

    def _files(self) -> Iterator[tuple[str, os.DirEntry[str]]]:
        """Every file of a tile, with the name of its set."""
        for name in sorted(self._disk.set_folders()):
            yield from ((name, entry) for entry in _walk(f"{self._disk.folder}/{name}", only_tiles=True))

    def _remove_leftovers(self) -> None:
        """What killed processes left while they made or removed something, and sets without a tile."""
        for entry in list(os.scandir(self._disk.folder)):
            if entry.name.startswith((NEW, GONE)) and _is_old(entry):
                shutil.rmtree(entry.path, ignore_errors=True)
            elif (
                SET_FOLDER.fullmatch(entry.name)
                and _is_old(entry)
                and not any(_walk(entry.path, only_tiles=True))
            ):
                self._disk.drop_set(entry.name)

    def _age(self) -> float:
        """Seconds since somebody swept here; the first tile of a new folder begins to count."""
        try:
            return time.time() - self._stamp.stat().st_mtime
        except FileNotFoundError:
            self._stamp.touch()
            return 0.0

    @property
    def _stamp(self) -> Path:
        return self._disk.folder / ".swept"

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        self._disk.folder.mkdir(parents=True, exist_ok=True)
        with self._stamp.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            yield True
            os.utime(self._stamp)


def _find_horizons(old: Counter[int], kept: Counter[int], limit: int, too_old: float) -> tuple[float, float]:
    """Before which hours files of old tokens and of current ones go, so that less than the limit stays."""
    found = old.total() + kept.total()
    excess = found - int(limit * _FILL) if found > limit else 0
    horizon_old, removed = _find_horizon(old, excess, int(too_old // _HOUR))
    horizon_kept, _ = _find_horizon(kept, max(0, excess - removed), 0)
    return horizon_old, horizon_kept


def _find_horizon(hours: Counter[int], excess: int, at_least: int) -> tuple[int, int]:
    """The hour before which files go so that `excess` bytes are removed, if there are; and how many are."""
    horizon, removed = at_least, sum(size for hour, size in hours.items() if hour < at_least)
    for hour in sorted(hours):
        if removed >= excess:
            break
        if hour >= at_least:
            horizon, removed = hour + 1, removed + hours[hour]
    return horizon, removed


def _walk(folder: str, *, only_tiles: bool = False) -> Iterator[os.DirEntry[str]]:
    """Every file below a folder; with `only_tiles` no other."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, only_tiles=only_tiles)
        elif not only_tiles or ".mvt." in entry.name:
            yield entry


def _last_use(stat: os.stat_result) -> int:
    return int(max(stat.st_mtime, stat.st_atime) // _HOUR)


def _is_old(entry: os.DirEntry[str]) -> bool:
    return time.time() - entry.stat(follow_symlinks=False).st_mtime > _LEFTOVER_SECONDS
