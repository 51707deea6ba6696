"""Finished pictures on disk: `{folder}/pictures@{state}/{name}.png`, for all processes together.

`state` names everything that is published, so a publication and a withdrawal both begin a new folder, and the
one before is dropped. Which lives a folder holds stands in it as for tiles (`tiles.disk`), so that a withdrawal
purges it also when nobody asks for a picture. The disk is never needed: what fails there costs speed only.
"""

from __future__ import annotations

import fcntl
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from gis.logs import logger
from tiles.disk import DiskStore, disk_share, note_use, read_bytes, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from layers.catalogue import Life

_ENDING = ".png"
# How every PNG ends (ISO/IEC 15948, 11.2.5); what a power cut left of one does not.
_LAST_CHUNK = b"IEND\xaeB`\x82"
# After so much of the budget was written by a process, it looks whether there is too much.
_WRITTEN_SHARE = 1 / 16
_FILL = 0.8

_log = logger("pictures")


class State(NamedTuple):
    """What is published: a name of 16 hex digits that changes with it, and the lives of its layers."""

    name: str
    lives: frozenset[Life]


class PictureStore:
    """Pictures of what is published now, within a budget of bytes; those used least go first."""

    def __init__(self, folder: Path, budget_bytes: int) -> None:
        self._disk = DiskStore(folder)
        self._budget = budget_bytes
        self._lock = threading.Lock()
        self._written = 0
        self._current = ""
        self._begun = self._in_trouble = False

    @property
    def lives(self) -> AbstractSet[Life]:
        """The lives of all layers in kept pictures."""
        return self._disk.lives

    def purge(self, lives: AbstractSet[Life]) -> int:
        """Forget every picture that may show a layer of one of these lives; how many folders there were."""
        return self._disk.purge(lives)

    def find(self, state: State, name: str) -> bytes | None:
        """The picture kept under this name, None without one."""
        place = self._place(state, name)
        try:
            self._begin()
            content = read_bytes(place)
        except OSError:
            return None
        if content is None or not content.endswith(_LAST_CHUNK):
            return None
        note_use(place)
        return content

    def keep(self, state: State, name: str, content: bytes) -> None:
        """Keep a picture, and drop those of another state than this."""
        if self._budget == 0:
            return
        try:
            self._begin()
            self._drop_others(state)
            self._disk.make_set_folder(_folder(state), state.lives)
            write_whole(self._place(state, name), content)
            self._count(disk_share(len(content)))
        except OSError as exc:
            self._tell(exc)
        else:
            self._in_trouble = False

    def _begin(self) -> None:
        """What another release made is dropped before the first picture is looked for."""
        if not self._begun:
            self._disk.begin()
            self._begun = True

    def _place(self, state: State, name: str) -> str:
        return f"{self._disk.folder}/{_folder(state)}/{name}{_ENDING}"

    def _drop_others(self, state: State) -> None:
        folder = _folder(state)
        if self._current != folder:
            for other in self._disk.set_folders():
                if other != folder:
                    self._disk.drop_set(other)
            self._current = folder

    def _count(self, written: int) -> None:
        """Sweep at first, for nobody knows what another run left, and again after so much was written."""
        with self._lock:
            is_first = self._written == 0
            self._written += written
            is_time = is_first or self._written > self._budget * _WRITTEN_SHARE
            if is_time:
                self._written = 1
        if is_time:
            self._sweep()

    def _sweep(self) -> None:
        with self._alone() as is_ours:
            if not is_ours:
                return
            files = sorted(self._list_files())
            left = sum(size for _, size, _ in files)
            if left <= self._budget:
                return
            for _, size, path in files:
                if left <= self._budget * _FILL:
                    break
                os.unlink(path)  # noqa: PTH108  as for tiles
                left -= size

    def _list_files(self) -> Iterator[tuple[float, int, str]]:
        """When each picture was used last, its share of the disk, and its path."""
        for name in self._disk.set_folders():
            for entry in os.scandir(self._disk.folder / name):
                if entry.name.endswith(_ENDING):
                    stat = entry.stat(follow_symlinks=False)
                    yield max(stat.st_atime, stat.st_mtime), disk_share(stat.st_size), entry.path

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """True for one process at a time."""
        with (self._disk.folder / ".swept").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            yield True

    def _tell(self, trouble: OSError) -> None:
        """Once, until a picture could be written again."""
        if not self._in_trouble:
            self._in_trouble = True
            _log.warning("pictures_not_written", reason=trouble.strerror)


def _folder(state: State) -> str:
    return f"pictures@{state.name}"
