"""Finished tiles on disk, as files that a web server sends as they are: `{y}.mvt.gz`, `.br`, `.empty` for 204.

    {folder}/{set}@{token}/lives.json                  whose tiles these are
    {folder}/{set}@{token}/{grid}/{z}/{x}/{y}.mvt.gz

Only paths with a token are kept, so nothing here grows stale. A file appears whole or not at all; one that was
torn all the same is noticed when it is read, and made anew. A web server does not notice, so what it looks for
is safe on the disk before it has its name; until then a tile is `.fresh`, for us alone. A tile that leaves
features out is kept under names with `.cut`, because a web server could not say so. Nothing but `OSError` is
raised.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import secrets
import shutil
import threading
import time
import zlib
from contextlib import contextmanager, suppress
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import brotli

from layers.catalogue import Life
from tiles.cache import StoredTile, name_content
from tiles.metrics import TileMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet
    from pathlib import Path

_PREFIX = "/tiles/"
_LIVES = "lives.json"
_MADE_BY = ".made-by"
SET_FOLDER = re.compile(r"[a-z][a-z0-9-]{0,40}@[0-9a-f]{16}")
# Names of what is being made or being removed; nobody serves what begins with a dot.
NEW, GONE = ".new-", ".gone-"
_MAX_REMEMBERED = 4096
_BLOCK_BYTES = 4096
_USE_NOTED_SECONDS = 3600


class DiskStore:
    """Tiles below one folder; several processes may use it at once."""

    def __init__(self, folder: Path, metrics: TileMetrics | None = None) -> None:
        self.folder = folder
        self._torn = (metrics or TileMetrics()).torn
        self._lock = threading.Lock()
        self._known: dict[str, frozenset[Life]] = {}
        self._listed: tuple[int, frozenset[Life]] = (-1, frozenset())

    def begin(self) -> None:
        """Make the folder ours: tiles another release made are dropped. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        made_by, release = self.folder / _MADE_BY, name_release()
        if read_bytes(made_by) == release.encode():
            return
        for name in self.set_folders():
            self.drop_set(name)
        write_whole(made_by, release.encode())

    def find(self, path: str) -> StoredTile | None:
        """The tile kept under this path (`tiles.addresses`, with a token), or None. Raises OSError."""
        place = self._place(path)
        lives = self._read_lives(_set_of(path))
        if lives is None:
            return None
        for ending in (".gz", ".fresh"):
            if (body := self._read(place, ending)) is not None:
                return StoredTile(*body, lives=lives)
        if os.path.exists(place + ".empty"):  # noqa: PTH110  as for all of a tile's files: five times as quick
            return StoredTile(b"", name_content(b""), lives=lives)
        if (body := self._read(place, ".cut.gz")) is not None:
            note = read_bytes(place + ".cut")
            return StoredTile(*body, lives=lives, truncated=note.decode()) if note else None
        return None

    def keep(self, path: str, tile: StoredTile) -> int:
        """Write a tile; how much of the disk that takes. Raises OSError, with nothing half-written.

        Without Brotli it is `fresh`, and waits for `finish`: a disk takes milliseconds to be sure of a file.
        """
        place = self._place(path)
        self.make_set_folder(_set_of(path), tile.lives)
        os.makedirs(os.path.dirname(place), exist_ok=True)  # noqa: PTH103, PTH120
        files = dict(_files_of(tile))
        for ending, content in files.items():
            (_write_for_good if tile.brotli else write_whole)(place + ending, content)
        return sum(disk_share(len(content)) for content in files.values())

    def finish(self, path: str, tile: StoredTile) -> int:
        """Give a kept tile, compressed by Brotli now, the names a web server looks for; bytes more on the disk.

        0 when the tile is gone, or is one that a web server must not find. Raises OSError.
        """
        place = self._place(path)
        if tile.truncated or tile.is_empty:
            return 0
        try:
            is_fresh = not os.path.exists(place + ".gz")  # noqa: PTH110
            if is_fresh:
                _make_sure(place + ".fresh")
            _write_for_good(place + ".br", tile.brotli)
            if is_fresh:
                os.rename(place + ".fresh", place + ".gz")  # noqa: PTH104
        except FileNotFoundError:
            return 0
        return disk_share(len(tile.brotli))

    @property
    def lives(self) -> frozenset[Life]:
        """The lives of all layers in kept tiles; empty when the folder cannot be read."""
        try:
            changed = self.folder.stat().st_mtime_ns
            if self._listed[0] != changed:
                found = (self._read_lives(name) for name in self.set_folders())
                self._listed = (changed, frozenset().union(*(each for each in found if each)))
        except OSError:
            return frozenset()
        return self._listed[1]

    def purge(self, lives: AbstractSet[Life]) -> int:
        """Take every tile with a layer of one of these lives away; how many sets there were.

        They are gone for every reader at once; the files themselves are removed a little later.
        """
        count = 0
        for name in self.set_folders():
            known = self._read_lives(name)
            if known is not None and not known.isdisjoint(lives):
                count += self.drop_set(name)
        return count

    def drop_set(self, name: str) -> bool:
        """Take all tiles of one `{set}@{token}` away; True when they were there."""
        gone = self.folder / f"{GONE}{secrets.token_hex(8)}"
        try:
            (self.folder / name).rename(gone)
        except OSError:
            return False
        with self._lock:
            self._known.pop(name, None)
        threading.Thread(target=_remove_folder, args=(gone,), daemon=True).start()
        return True

    def set_folders(self) -> Iterator[str]:
        """The names `{set}@{token}` of which there are tiles."""
        try:
            names = [entry.name for entry in self.folder.iterdir()]
        except FileNotFoundError:
            return
        yield from (name for name in names if SET_FOLDER.fullmatch(name))

    def _place(self, path: str) -> str:
        """The name of a tile's files without their endings; a text, because paths are slow to build."""
        return f"{self.folder}/{path.removeprefix(_PREFIX)}"

    def _read(self, place: str, ending: str) -> tuple[bytes, str, bytes] | None:
        """Compressed by gzip, name of the content, and by Brotli if that is there; None without such a tile."""
        file = place + ending
        gzipped = read_bytes(file)
        if gzipped is None:
            return None
        note_use(file)
        try:
            body = gzip.decompress(gzipped)
        except (OSError, EOFError, zlib.error):
            body = b""
        if not body:
            self._torn.add()
            _remove(file)
            return None
        return gzipped, name_content(body), self._read_brotli(place, body) if ending == ".gz" else b""

    def _read_brotli(self, place: str, body: bytes) -> bytes:
        """Brotli has no check sum of its own, so its content is compared."""
        file = place + ".br"
        compressed = read_bytes(file)
        if compressed is None:
            return b""
        try:
            if brotli.decompress(compressed) == body:
                return compressed
        except brotli.error:
            pass
        self._torn.add()
        _remove(file)
        return b""

    def _read_lives(self, name: str) -> frozenset[Life] | None:
        """Whose tiles a set holds; None when there is no such set, or it cannot be told."""
        with self._lock:
            if name in self._known:
                return self._known[name]
        content = read_bytes(self.folder / name / _LIVES)
        try:
            lives = frozenset(Life(str(layer), int(count)) for layer, count in json.loads(content or b"null"))
        except (ValueError, TypeError):
            return None
        with self._lock:
            if len(self._known) >= _MAX_REMEMBERED:
                self._known.clear()
            self._known[name] = lives
        return lives

    def make_set_folder(self, name: str, lives: frozenset[Life]) -> None:
        """The folder appears with its list of lives in it, whoever makes it first. Raises OSError."""
        if (self.folder / name / _LIVES).exists():
            return
        new = self.folder / f"{NEW}{secrets.token_hex(8)}"
        new.mkdir(parents=True)
        try:
            (new / _LIVES).write_text(json.dumps(sorted(lives)), encoding="utf-8")
            new.rename(self.folder / name)
        except OSError:
            shutil.rmtree(new, ignore_errors=True)
            if not (self.folder / name / _LIVES).exists():
                raise


@cache
def name_release() -> str:
    """A name of the code that makes tiles: the same data may become other bytes with another release."""
    code = [each for each in resources.files("tiles").iterdir() if each.name.endswith(".py")]
    code += resources.files("tiles").joinpath("sql").iterdir()
    content = b"".join(each.read_bytes() for each in sorted(code, key=lambda each: each.name) if each.is_file())
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def disk_share(size: int) -> int:
    """Bytes of the disk that a file of this size takes: whole blocks, and one for the file itself if empty."""
    return max(1, -(-size // _BLOCK_BYTES)) * _BLOCK_BYTES


def _files_of(tile: StoredTile) -> Iterator[tuple[str, bytes]]:
    """What is written of a tile; the file that says it is there comes last."""
    if tile.is_empty:
        yield ".empty", b""
    elif tile.truncated:
        yield ".cut", tile.truncated.encode()
        yield ".cut.gz", tile.gzipped
    elif tile.brotli:
        yield ".br", tile.brotli
        yield ".gz", tile.gzipped
    else:
        yield ".fresh", tile.gzipped


def _set_of(path: str) -> str:
    return path.removeprefix(_PREFIX).partition("/")[0]


def note_use(place: str) -> None:
    """Tell the sweeper that a file is used, on disks that do not note reading by themselves."""
    try:
        stat = os.stat(place)  # noqa: PTH116
        if time.time() - max(stat.st_atime, stat.st_mtime) > _USE_NOTED_SECONDS:
            os.utime(place, ns=(time.time_ns(), stat.st_mtime_ns))
    except OSError:
        return


def read_bytes(place: str | Path) -> bytes | None:
    """The content of a file, None when there is none. Raises OSError for other troubles."""
    try:
        with open(place, "rb", buffering=0) as file:  # noqa: PTH123
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def write_whole(place: str | Path, content: bytes) -> None:
    """Whole or not at all, as long as the machine does not lose its power."""
    with _written_beside(str(place), content) as part:
        os.rename(part, place)  # noqa: PTH104


def _write_for_good(place: str | Path, content: bytes) -> None:
    """Whole or not at all, whatever happens."""
    with _written_beside(str(place), content) as part:
        _make_sure(part)
        os.rename(part, place)  # noqa: PTH104


@contextmanager
def _written_beside(place: str, content: bytes) -> Iterator[str]:
    """A file under another name in the same folder. Raises OSError, with nothing left behind."""
    folder, _, name = place.rpartition("/")
    part = f"{folder}/{NEW}{secrets.token_hex(8)}.{name}"
    try:
        with open(part, "xb", buffering=0) as file:  # noqa: PTH123
            file.write(content)
        yield part
    except OSError:
        _remove(part)
        raise


def _make_sure(place: str) -> None:
    """Wait until the disk has what is in a file."""
    file = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _remove(place: str) -> None:
    with suppress(OSError):
        os.unlink(place)  # noqa: PTH108


def _remove_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
