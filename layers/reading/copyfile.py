"""Rows as a PostgreSQL binary COPY stream, in an order that keeps neighbours together.

Batches are appended to a scratch file as they come; at the end the rows are copied out along the Hilbert curve,
so memory stays flat and the same rows in another order give the same bytes.
Format: PostgreSQL 15 manual, COPY, section "Binary Format". Geometry travels as EWKB.
"""

from __future__ import annotations

import hashlib
import os
import struct
from array import array
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.reading.identity import other_fid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from layers.reading.job import StoredColumn, StoredType

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
_EPOCH = date(2000, 1, 1).toordinal()
_LENGTH = struct.Struct(">i")
# Field count (2), length of the first field (4): where the bytes of `_fid` begin in a row.
_FID_AT = 6
_MAX_SUSPECTS = 2000


@dataclass(frozen=True)
class Written:
    """The finished stream: its SHA-256 and how many rows it holds."""

    sha256: str
    row_count: int


class CopyFile:
    """Collects encoded rows and writes the finished stream; the first two columns are `_fid` and `_key`."""

    def __init__(self, target: Path, columns: Sequence[StoredColumn]) -> None:
        self._target = target
        self._columns = tuple(columns)
        self._scratch_path = target.with_suffix(".scratch")
        self._scratch_path.touch(exist_ok=False)
        self._count = struct.pack(">h", len(self._columns))
        self._lengths = array("q")
        self._places = array("q")
        self._fids = array("q")

    def add(self, values: dict[str, Any], places: Any) -> None:
        """Append a batch: one sequence per column by name, and each row's place along the curve."""
        fields = [encode(column, values[column.name]) for column in self._columns]
        rows = [self._count + b"".join(row) for row in zip(*fields, strict=True)]
        with self._scratch_path.open("ab") as scratch:
            scratch.write(b"".join(rows))
        self._lengths.extend(map(len, rows))
        self._places.extend(places.tolist())
        self._fids.extend(int(fid) for fid in values["_fid"])

    def finish(self) -> Written:
        """Write the rows in their final order; features whose ids collide by chance get other ones."""
        starts, lengths = self._layout()
        fids = np.frombuffer(self._fids, dtype=np.int64)
        replaced = self._resolve_collisions(fids)
        digest = hashlib.sha256()
        with self._scratch_path.open("rb") as scratch, self._target.open("xb") as target:

            def write(block: bytes) -> None:
                digest.update(block)
                target.write(block)

            write(SIGNATURE)
            for place in np.lexsort((fids, np.frombuffer(self._places, dtype=np.int64))):
                row = os.pread(scratch.fileno(), int(lengths[place]), int(starts[place]))
                if int(place) in replaced:
                    row = row[:_FID_AT] + struct.pack(">q", replaced[int(place)]) + row[_FID_AT + 8 :]
                write(row)
            write(TRAILER)
        self._scratch_path.unlink()
        return Written(digest.hexdigest(), len(lengths))

    def repeated_keys(self, limit: int = 20) -> list[str]:
        """Keys that more than one row has, at most `limit` of them; call before `finish`."""
        keys = self._keys_at(self._same_fids()[:_MAX_SUSPECTS])
        return [key for key, count in sorted(Counter(keys.values()).items()) if count > 1][:limit]

    def _layout(self) -> tuple[Any, Any]:
        lengths = np.frombuffer(self._lengths, dtype=np.int64)
        return np.cumsum(lengths) - lengths, lengths

    def _same_fids(self) -> list[int]:
        fids = np.frombuffer(self._fids, dtype=np.int64)
        order = np.argsort(fids, kind="stable")
        same = fids[order][1:] == fids[order][:-1]
        found: list[int] = np.unique(np.concatenate([order[1:][same], order[:-1][same]])).tolist()
        return found

    def _keys_at(self, places: Sequence[int]) -> dict[int, str]:
        if not places:
            return {}
        starts, lengths = self._layout()
        keys = {}
        with self._scratch_path.open("rb") as scratch:
            for place in places:
                row = os.pread(scratch.fileno(), int(lengths[place]), int(starts[place]))
                (length,) = _LENGTH.unpack_from(row, _FID_AT + 8)
                keys[place] = row[_FID_AT + 12 : _FID_AT + 12 + length].decode()
        return keys

    def _resolve_collisions(self, fids: Any) -> dict[int, int]:
        taken: set[int] = set()
        replaced = {}
        for place, key in sorted(self._keys_at(self._same_fids()).items(), key=lambda item: item[1]):
            if int(fids[place]) in taken:
                replaced[place] = other_fid(key)
            taken.add(int(fids[place]))
        return replaced


def encode(column: StoredColumn, values: Any) -> list[bytes]:
    """The fields of one column, each with its length in front."""
    if column.type == "geometry":
        return _geometries(values, column.srid)
    if isinstance(values, np.ndarray) and values.dtype != object:
        values = [None if value != value else value for value in values.tolist()]  # noqa: PLR0124  NaN is unknown
    return _ENCODERS[column.type](values)


def _geometries(values: Any, srid: int) -> list[bytes]:
    tagged = shapely.set_srid(values, srid)
    return [
        _NULL if wkb is None else _LENGTH.pack(len(wkb)) + wkb
        for wkb in shapely.to_wkb(tagged, include_srid=True, output_dimension=3)
    ]


def _texts(values: Sequence[str | None]) -> list[bytes]:
    fields = []
    for value in values:
        if value is None:
            fields.append(_NULL)
        else:
            text = value.encode()
            fields.append(_LENGTH.pack(len(text)) + text)
    return fields


def _packed(form: str) -> Callable[[Sequence[Any]], list[bytes]]:
    layout = struct.Struct(">i" + form)
    length = struct.calcsize(">" + form)

    def encode_all(values: Sequence[Any]) -> list[bytes]:
        return [_NULL if value is None else layout.pack(length, value) for value in values]

    return encode_all


def _dates(values: Sequence[date | None]) -> list[bytes]:
    days = [None if value is None else value.toordinal() - _EPOCH for value in values]
    return _packed("i")(days)


_ENCODERS: dict[StoredType, Callable[[Sequence[Any]], list[bytes]]] = {
    "bigint": _packed("q"),
    "smallint": _packed("h"),
    "real": _packed("f"),
    "double precision": _packed("d"),
    "boolean": _packed("?"),
    "date": _dates,
    "text": _texts,
}
