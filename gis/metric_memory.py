"""The memory that a process counts in, so laid out that other processes of the same service can read it.

A page is a row of records: the name of a sample in UTF-8, and its value as a float64. `prostor serve` makes
pages for its workers, in memory and never on a disk. A worker locks the page it takes; when it is killed, the
one that follows it takes the same page and counts on, so that no count ever goes down.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_RECORD_BYTES = 128
_NAME_BYTES = _RECORD_BYTES - 8
_VALUES_PER_RECORD = _RECORD_BYTES // 8
MAX_RECORDS = 1024
PAGE_BYTES = MAX_RECORDS * _RECORD_BYTES


class Page:
    """The records of one process. Whoever writes holds a lock of its own."""

    def __init__(self, memory: bytearray | mmap.mmap | None = None) -> None:
        self._bytes = memoryview(memory if memory is not None else bytearray(PAGE_BYTES))
        self.values: memoryview[float] = self._bytes.cast("d")
        self._places = {name: place for place, (name, _) in enumerate(self.samples())}

    def place(self, name: str) -> int | None:
        """Where in `values` this sample is; None when the page is full. A new one begins at 0."""
        record = self._places.get(name)
        if record is None:
            if len(self._places) == MAX_RECORDS:
                return None
            record = self._places[name] = len(self._places)
            self._write_name(record, name.encode())
        return (record + 1) * _VALUES_PER_RECORD - 1

    def samples(self) -> Iterator[tuple[str, float]]:
        """The name and value of each sample, oldest first."""
        for start in range(0, PAGE_BYTES, _RECORD_BYTES):
            name = bytes(self._bytes[start : start + _NAME_BYTES]).rstrip(b"\0")
            if not name or name.startswith(b"\0"):
                return
            yield name.decode(), self.values[(start + _RECORD_BYTES) // 8 - 1]

    def _write_name(self, record: int, name: bytes) -> None:
        """The first byte comes last: until then, readers see the end of the page."""
        if len(name) > _NAME_BYTES:
            msg = "a name this long has no room in a record"
            raise ValueError(msg)
        start = record * _RECORD_BYTES
        self._bytes[start + 1 : start + len(name)] = name[1:]
        self._bytes[start : start + 1] = name[:1]


class SharedPages:
    """Where the pages of a service are; goes to workers as it is, and to nobody else."""

    def __init__(self, places: Sequence[str]) -> None:
        self._places = tuple(places)

    def take(self) -> Page | None:
        """A page that no living process has, for as long as this process lives; None when there is none."""
        for place in self._places:
            try:
                file = os.open(place, os.O_RDWR | os.O_CLOEXEC)
            except OSError:
                return None
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(file)
                continue
            return Page(mmap.mmap(file, PAGE_BYTES))
        return None

    def read(self) -> Iterator[tuple[bool, Page]]:
        """Every page as it is now, with whether a living process has it."""
        for place in self._places:
            file = os.open(place, os.O_RDWR | os.O_CLOEXEC)
            try:
                page = Page(bytearray(os.pread(file, PAGE_BYTES, 0)))
                yield _is_locked(file), page
            finally:
                os.close(file)


@contextmanager
def shared_pages(count: int) -> Iterator[SharedPages]:
    """Memory for the workers of this process, reached by its open files; gone when the last of them is."""
    files = [os.memfd_create("prostor-metrics") for _ in range(count)]
    try:
        for file in files:
            os.truncate(file, PAGE_BYTES)
        yield SharedPages([f"/proc/{os.getpid()}/fd/{file}" for file in files])
    finally:
        for file in files:
            os.close(file)


def _is_locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    return False
