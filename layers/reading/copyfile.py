"""The finished COPY stream in a file, in an order that keeps neighbours together.

Encoded rows are appended to a scratch file as they come, by any process; at the end they are copied out along
the Hilbert curve, so memory stays flat and the same rows in another order give the same bytes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from array import array
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from layers.reading.copyrows import EncodedRows, encode_rows, read_key, replace_fid
from layers.reading.identity import other_fid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from layers.reading.job import StoredColumn

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
_MAX_SUSPECTS = 2000
_BYTES_AT_ONCE = 2**23


@dataclass(frozen=True)
class Written:
    """The finished stream: its SHA-256 and how many rows it holds."""

    sha256: str
    row_count: int


class CopyFile:
    """Collects encoded rows and writes the finished stream; the first two columns are `_fid` and `_key`."""

    def __init__(
        self,
        target: Path,
        columns: Sequence[StoredColumn],
        tell: Callable[[int], None] = lambda _rows: None,
        *,
        complete: Callable[[list[bytes]], list[bytes]] = lambda rows: rows,
    ) -> None:
        """`complete` adds to rows what can only be made of neighbours; it gets them in their final order."""
        self._target = target
        self._tell = tell
        self._complete = complete
        self._columns = tuple(columns)
        self._scratch_path = target.with_suffix(".scratch")
        self._scratch_path.touch(exist_ok=False)
        self._starts = array("q")
        self._lengths = array("q")
        self._places = array("q")
        self._fids = array("q")

    def add(self, values: Mapping[str, Any], places: Any) -> None:
        """Take a batch: one sequence per column by name, and each row's place along the curve."""
        self.enter(self.append(encode_rows(self._columns, values, places)))

    def append(self, encoded: EncodedRows) -> Any:
        """Append rows to the scratch file, and answer what `enter` wants to know of them, an array of int64.

        May be called in a forked copy of this process.
        """
        # Rows that will be near each other are put near each other already, so that they are read in long runs.
        order = np.lexsort((encoded.fids, encoded.places))
        rows = [encoded.rows[place] for place in order.tolist()]
        start = self._write(b"".join(rows))
        lengths = np.fromiter(map(len, rows), np.int64)
        return np.concatenate([[start], lengths, encoded.places[order], encoded.fids[order]])

    def enter(self, ledger: Any) -> None:
        """Take note of appended rows. Rows that nobody enters are never written out."""
        start, facts = int(ledger[0]), ledger[1:].reshape(3, -1)
        lengths, places, fids = facts
        self._starts.frombytes((start + np.cumsum(lengths) - lengths).tobytes())
        self._lengths.frombytes(lengths.tobytes())
        self._places.frombytes(places.tobytes())
        self._fids.frombytes(fids.tobytes())

    def finish(self) -> Written:
        """Write the rows in their final order; features whose ids collide by chance get other ones."""
        starts, lengths, places, fids = map(
            _as_numbers, (self._starts, self._lengths, self._places, self._fids)
        )
        replaced = self._resolve_collisions(fids)
        digest = hashlib.sha256()
        done = 0
        with self._scratch_path.open("rb") as scratch, self._target.open("xb") as target:

            def write(block: bytes) -> None:
                digest.update(block)
                target.write(block)

            write(SIGNATURE)
            for chosen in _portions(np.lexsort((fids, places)), lengths):
                rows = _read_rows(scratch.fileno(), starts[chosen], lengths[chosen])
                for at, place in enumerate(chosen.tolist()) if replaced else ():
                    if place in replaced:
                        rows[at] = replace_fid(rows[at], replaced[place])
                write(b"".join(self._complete(rows)))
                done += len(chosen)
                self._tell(done)
            write(TRAILER)
        self._scratch_path.unlink()
        return Written(digest.hexdigest(), len(lengths))

    def repeated_keys(self, limit: int = 20) -> list[str]:
        """Keys that more than one row has, at most `limit` of them; call before `finish`."""
        keys = self._keys_at(self._same_fids()[:_MAX_SUSPECTS])
        return [key for key, count in sorted(Counter(keys.values()).items()) if count > 1][:limit]

    def _write(self, content: bytes) -> int:
        """Append to the scratch file while no other process does; where the content begins."""
        with self._scratch_path.open("ab") as scratch:
            fcntl.flock(scratch, fcntl.LOCK_EX)
            start = scratch.seek(0, os.SEEK_END)
            scratch.write(content)
        return start

    def _same_fids(self) -> list[int]:
        fids = _as_numbers(self._fids)
        order = np.argsort(fids, kind="stable")
        same = fids[order][1:] == fids[order][:-1]
        found: list[int] = np.unique(np.concatenate([order[1:][same], order[:-1][same]])).tolist()
        return found

    def _keys_at(self, places: Sequence[int]) -> dict[int, str]:
        with self._scratch_path.open("rb") as scratch:
            return {
                place: read_key(os.pread(scratch.fileno(), self._lengths[place], self._starts[place]))
                for place in places
            }

    def _resolve_collisions(self, fids: Any) -> dict[int, int]:
        taken: set[int] = set()
        replaced = {}
        for place, key in sorted(self._keys_at(self._same_fids()).items(), key=lambda item: item[1]):
            if int(fids[place]) in taken:
                replaced[place] = other_fid(key)
            taken.add(int(fids[place]))
        return replaced


def _as_numbers(numbers: array[int]) -> Any:
    return np.frombuffer(numbers, dtype=np.int64)


def _portions(order: Any, lengths: Any) -> Iterator[Any]:
    """The rows in their order, so many at a time that memory stays flat."""
    ends = np.cumsum(lengths[order])
    begin = 0
    while begin < len(order):
        before = ends[begin - 1] if begin else 0
        end = max(int(np.searchsorted(ends, before + _BYTES_AT_ONCE, side="right")), begin + 1)
        yield order[begin:end]
        begin = end


def _read_rows(scratch: int, starts: Any, lengths: Any) -> list[bytes]:
    """Rows of the scratch file in this order; those that lie side by side there are read in one piece."""
    by_start = np.argsort(starts)
    first, last = starts[by_start], (starts + lengths)[by_start]
    apart = np.flatnonzero(first[1:] != last[:-1])
    begins, ends = first[np.append([0], apart + 1)].tolist(), last[np.append(apart, [len(last) - 1])].tolist()
    content = b"".join(os.pread(scratch, end - begin, begin) for begin, end in zip(begins, ends, strict=True))
    at = np.empty_like(starts)
    at[by_start] = np.cumsum(lengths[by_start]) - lengths[by_start]
    return [content[begin:end] for begin, end in zip(at.tolist(), (at + lengths).tolist(), strict=True)]
