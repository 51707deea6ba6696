"""A private folder for one import: the source under fixed names, and nothing that a user named.

The folder is locked while its owner lives; `sweep` removes the ones whose owner was killed. A common lock
keeps the sweep from a folder that is just being made.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import secrets
import shutil
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import ConfigurationError, SourceError, UnavailableError
from layers.reading.archive import (
    MAIN_SUFFIXES,
    MAX_BYTES,
    SHAPEFILE_PARTS,
    check_archive,
    extract,
    find_packed_format,
    is_archive,
)
from layers.reading.geopackage import HEADER_BYTES, check_header
from layers.reading.room import check_room
from layers.reading.sourcefile import check_readable, read_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from layers.manifest import Format

# Shared by every folder that is being made, alone for the sweep.
_COMMON_LOCK = "staging.lock"
_LOCK = "lock"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
NO_ROOM_SENTENCE = (
    "There is no room left on the disk of PROSTOR_HOME, where a source is unpacked and read. Make room there, "
    "about three times the size of the unpacked source, then import again."
)


@dataclass(frozen=True)
class StagedSource:
    """A source in its staging folder. `left_aside` are files of an archive that are not used."""

    folder: Path
    file: str
    name: str
    sha256: str
    left_aside: tuple[str, ...] = ()


@contextmanager
def staging_folder(home: Path) -> Iterator[Path]:
    """A new private folder under `home`/staging, removed at the end whatever happens.

    Raises ConfigurationError when the home cannot be written to, UnavailableError when its disk is full.
    """
    with _writing():
        folder, lock = _make_folder(home)
    with lock:
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sweep(home: Path) -> int:
    """Remove staging folders whose owner is gone; how many there were."""
    root = home / "staging"
    if not root.is_dir():
        return 0
    try:
        with (home / _COMMON_LOCK).open("ab") as common:
            fcntl.flock(common, fcntl.LOCK_EX)
            return sum(_remove_if_left(folder) for folder in root.iterdir() if folder.is_dir())
    except OSError:
        return 0


def _make_folder(home: Path) -> tuple[Path, IO[bytes]]:
    root = home / "staging"
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / _COMMON_LOCK).open("ab") as common:
        fcntl.flock(common, fcntl.LOCK_SH)
        folder = root / secrets.token_hex(8)
        folder.mkdir(mode=0o700)
        lock = (folder / _LOCK).open("wb")
        fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock


@contextmanager
def _writing() -> Iterator[None]:
    """What the system says against writing, in words that say what to do."""
    try:
        yield
    except OSError as exc:
        if exc.errno in NO_ROOM:
            raise UnavailableError(NO_ROOM_SENTENCE, cause=str(exc)) from exc
        if exc.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise ConfigurationError(
                "The folder that PROSTOR_HOME names cannot be written to by this user. Choose another one, or "
                "let its owner allow it.",
                cause=str(exc),
            ) from exc
        raise


def find_format(source: Path) -> Format:
    """The format of a file, from its ending or from what a ZIP holds. Raises SourceError for any other."""
    check_readable(source)
    if is_archive(source):
        return find_packed_format(source, source.name)
    for kind, suffixes in MAIN_SUFFIXES.items():
        if source.suffix.lower() in suffixes:
            return kind
    known = ", ".join(sorted(suffix for suffixes in MAIN_SUFFIXES.values() for suffix in suffixes))
    raise SourceError(f"The ending {source.suffix!r} is not one that can be read. Known are {known} and .zip.")


def stage(source: Path, kind: Format, folder: Path) -> StagedSource:
    """Copy or unpack a source into the folder under fixed names.

    Raises SourceError when it cannot be used, UnavailableError when the disk is full.
    """
    _check_source(source)
    with _writing():
        if not is_archive(source):
            return _stage_plain(source, kind, folder)
        check_archive(source, source.name)
        check_room(folder, source.stat().st_size, source.name)
        packed = folder / "archive.zip"
        digest = _copy(source, packed, hashlib.sha256())
        main, left_aside = extract(packed, kind, folder, source.name)
        packed.unlink()
        return StagedSource(folder, main.name, source.name, digest.hexdigest(), left_aside)


def _check_source(source: Path) -> None:
    size = check_readable(source)
    if size == 0:
        raise SourceError(f"The source file {source.name!r} is empty. Fetch it again.")
    if size > MAX_BYTES:
        raise SourceError(
            f"The source file {source.name!r} has {size} bytes; at most {MAX_BYTES} are accepted. Divide it."
        )


def _stage_plain(source: Path, kind: Format, folder: Path) -> StagedSource:
    if source.suffix.lower() not in MAIN_SUFFIXES[kind]:
        wanted = " or ".join(sorted(MAIN_SUFFIXES[kind]))
        raise SourceError(
            f"The manifest says {kind}, but {source.name!r} does not end in {wanted}. Correct source.format, "
            "or choose another file."
        )
    if kind == "geopackage":
        _refuse_open_geopackage(source)
        _refuse_other_beginning(source)
    digest = hashlib.sha256()
    parts = _parts(source, kind)
    check_room(folder, sum(check_readable(part) for part in parts), source.name)
    for part in parts:
        _copy(part, folder / f"source{part.suffix.lower()}", digest)
    return StagedSource(folder, f"source{source.suffix.lower()}", source.name, digest.hexdigest())


def _parts(source: Path, kind: Format) -> list[Path]:
    if kind != "shapefile":
        return [source]
    stem = source.stem.casefold()
    found: dict[str, list[Path]] = defaultdict(list)
    for path in _list_folder(source):
        if path.suffix.lower() in SHAPEFILE_PARTS and path.stem.casefold() == stem and not path.is_dir():
            found[path.suffix.lower()].append(path)
    for suffix, twins in found.items():
        if len(twins) > 1:
            listed = ", ".join(sorted(repr(path.name) for path in twins))
            raise SourceError(
                f"The {suffix} part of {source.name!r} is there twice: {listed}. Keep the right one in this "
                "folder, and move the other away."
            )
    return sorted(path for (path,) in found.values())


def _list_folder(source: Path) -> list[Path]:
    try:
        return list(source.parent.iterdir())
    except OSError as exc:
        raise SourceError(
            f"The folder of {source.name!r} may not be looked through by this user, so the other parts of the "
            "shapefile are not found. Ask its owner to allow it, or pack the parts as a ZIP.",
            cause=str(exc),
        ) from exc


def _refuse_other_beginning(source: Path) -> None:
    """What is no GeoPackage, or longer than it says, such as gigabytes of holes, is not even copied."""
    with source.open("rb") as file:
        wrong = check_header(file.read(HEADER_BYTES), source.stat().st_size)
    if wrong:
        raise SourceError(f"{source.name!r} {wrong}. Ask the provider for a new copy.")


def _refuse_open_geopackage(source: Path) -> None:
    for ending in ("-wal", "-journal"):
        beside = source.with_name(source.name + ending)
        if beside.exists() and beside.stat().st_size:
            raise SourceError(f"{source.name!r} is still open in another program. Close it there, then import.")


def _copy(source: Path, target: Path, digest: hashlib._Hash) -> hashlib._Hash:
    with target.open("xb") as writing:
        for block in read_blocks(source):
            digest.update(block)
            writing.write(block)
    return digest


def _remove_if_left(folder: Path) -> bool:
    """Nobody makes a folder meanwhile, so one that is not locked has no owner."""
    try:
        with (folder / _LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        pass
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()
