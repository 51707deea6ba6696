"""Is there a file at this place that can be read at all? Asked before anything of it is opened.

A pipe would be waited for without end, a device may never end, and a folder is no layer, whatever it is called.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, BinaryIO

from gis.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BLOCK = 2**20
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def check_readable(source: Path) -> int:
    """The size of an ordinary file that this user may read. Raises SourceError for anything else."""
    shown = repr(source.name)
    if not _is_utf8(source.name):
        raise SourceError(f"The name of the file, {shown}, is not written in UTF-8. Rename the file.")
    try:
        found = source.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError) as exc:
        raise SourceError(f"There is no file {shown} in that folder. Look at its name and folder.") from exc
    except OSError as exc:
        raise SourceError(_unreadable(shown), cause=str(exc)) from exc
    kind = next((words for is_kind, words in _KINDS if is_kind(found.st_mode)), None)
    if kind is not None:
        raise SourceError(f"{shown} is {kind}, not a file. Name the file itself.")
    open_source(source).close()
    return found.st_size


def open_source(source: Path) -> BinaryIO:
    """The file opened for reading, without waiting for anybody. Raises SourceError when this user may not."""
    try:
        return os.fdopen(os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    except OSError as exc:
        raise SourceError(_unreadable(repr(source.name)), cause=str(exc)) from exc


def read_blocks(source: Path) -> Iterator[bytes]:
    """The bytes of a file, a megabyte at a time. Raises SourceError when it cannot be read to its end."""
    with open_source(source) as file:
        while True:
            try:
                block = file.read(_BLOCK)
            except OSError as exc:
                raise SourceError(
                    f"The file {source.name!r} cannot be read to its end ({exc.strerror}). Copy it to "
                    "another disk, or fetch it again.",
                    cause=str(exc),
                ) from exc
            if not block:
                return
            yield block


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unreadable(shown: str) -> str:
    return f"The file {shown} may not be read by this user. Ask its owner to allow it."
