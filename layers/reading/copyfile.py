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
from itertools import groupby, repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.reading.identity import other_fid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from layers.reading.job import StoredColumn, StoredType

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
_EPOCH = date(2000, 1, 1).toordinal()
# EWKB (PostGIS manual, ST_AsEWKB): flags in the highest byte of the type, then the number of the CRS.
_HAS_SRID, _HAS_Z = 0x20, 0x80
_LENGTH = struct.Struct(">i")
# Field count (2), length of the first field (4): where the bytes of `_fid` begin in a row.
_FID_AT = 6
_MAX_SUSPECTS = 2000
_ROWS_AT_ONCE = 5000


@dataclass(frozen=True)
class Written:
    """The finished stream: its SHA-256 and how many rows it holds."""

    sha256: str
    row_count: int


class CopyFile:
    """Collects encoded rows and writes the finished stream; the first two columns are `_fid` and `_key`."""

    def __init__(
        self, target: Path, columns: Sequence[StoredColumn], tell: Callable[[int], None] = lambda _rows: None
    ) -> None:
        self._target = target
        self._tell = tell
        self._columns = tuple(columns)
        self._scratch_path = target.with_suffix(".scratch")
        self._scratch_path.touch(exist_ok=False)
        self._count = struct.pack(">h", len(self._columns))
        self._lengths = array("q")
        self._places = array("q")
        self._fids = array("q")

    def add(self, values: dict[str, Any], places: Any) -> None:
        """Append a batch: one sequence per column by name, and each row's place along the curve."""
        fields = encode_all(self._columns, values)
        rows = list(map(b"".join, zip(repeat(self._count), *fields, strict=False)))
        with self._scratch_path.open("ab") as scratch:
            scratch.write(b"".join(rows))
        self._lengths.extend(map(len, rows))
        self._places.extend(places.tolist())
        self._fids.extend(np.asarray(values["_fid"]).tolist())

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
            order = np.lexsort((fids, np.frombuffer(self._places, dtype=np.int64)))
            for begin in range(0, len(order), _ROWS_AT_ONCE):
                chosen = order[begin : begin + _ROWS_AT_ONCE]
                write(b"".join(self._rows(scratch.fileno(), chosen, starts, lengths, replaced)))
                self._tell(begin + len(chosen))
            write(TRAILER)
        self._scratch_path.unlink()
        return Written(digest.hexdigest(), len(lengths))

    @staticmethod
    def _rows(scratch: int, chosen: Any, starts: Any, lengths: Any, replaced: dict[int, int]) -> list[bytes]:
        """The rows at these places of the scratch file, with the ids that were given out anew."""
        wanted = zip(lengths[chosen].tolist(), starts[chosen].tolist(), strict=True)
        rows = [os.pread(scratch, length, start) for length, start in wanted]
        for at, place in enumerate(chosen.tolist()) if replaced else ():
            if place in replaced:
                row = rows[at]
                rows[at] = row[:_FID_AT] + struct.pack(">q", replaced[place]) + row[_FID_AT + 8 :]
        return rows

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


def encode_all(columns: Sequence[StoredColumn], values: Mapping[str, Any]) -> list[list[bytes]]:
    """The bytes of each row, in pieces; columns of fixed width that stand side by side are one piece."""
    pieces: list[list[bytes]] = []
    for fixed, run in groupby(((column, _fixed(column, values[column.name])) for column in columns), _is_fixed):
        if fixed:
            pieces.append(_side_by_side([found for _, found in run if found is not None]))
        else:
            pieces += [encode(column, values[column.name]) for column, _ in run]
    return pieces


def encode(column: StoredColumn, values: Any) -> list[bytes]:
    """The fields of one column, each with its length in front."""
    if column.type == "geometry":
        return _geometries(values, column.srid)
    if isinstance(values, np.ndarray) and values.dtype != object:
        values = [None if value != value else value for value in values.tolist()]  # noqa: PLR0124  NaN is unknown
    return _ENCODERS[column.type](values)


def _fixed(column: StoredColumn, values: Any) -> Any:
    """The fields of a column of fixed width without unknown values, a row of bytes each; else None."""
    form = _FIXED.get(column.type)
    if form is None or (isinstance(values, list) and not set(map(type, values)) <= _FIXED_KINDS):
        return None
    if column.type == "date":
        values = [day.toordinal() - _EPOCH for day in values]
    numbers = np.asarray(values)
    if numbers.dtype.kind == "f" and bool(np.isnan(numbers).any()):
        return None
    fields = np.empty(len(numbers), dtype=[("length", ">i4"), ("value", form)])
    fields["length"], fields["value"] = fields.dtype["value"].itemsize, numbers
    return fields.view(np.uint8).reshape(len(numbers), fields.dtype.itemsize)


def _is_fixed(found: tuple[StoredColumn, Any]) -> bool:
    return found[1] is not None


def _side_by_side(fields: Sequence[Any]) -> list[bytes]:
    """One piece of bytes per row from arrays that hold as many rows each."""
    together = np.ascontiguousarray(np.concatenate(fields, axis=1))
    return [row for (row,) in struct.iter_unpack(f"{together.shape[1]}s", together.tobytes())]


def _geometries(values: Any, srid: int) -> list[bytes]:
    """EWKB: to the WKB of each geometry the flag and the number of its CRS are added, quicker than by GEOS."""
    texts = shapely.to_wkb(values, output_dimension=3, byte_order=1).tolist()
    number = srid.to_bytes(4, "little")
    flags = {flag: bytes([flag | _HAS_SRID]) + number for flag in (0, _HAS_Z)}
    return [
        _NULL if text is None else _LENGTH.pack(len(text) + 4) + text[:4] + flags[text[4]] + text[5:]
        for text in texts
    ]


def _texts(values: Sequence[str | None]) -> list[bytes]:
    pack = _LENGTH.pack
    return [
        _NULL if text is None else pack(len(text)) + text
        for text in (None if value is None else value.encode() for value in values)
    ]


def _packed(form: str) -> Callable[[Sequence[Any]], list[bytes]]:
    layout = struct.Struct(">i" + form)
    length = struct.calcsize(">" + form)

    def encode_each(values: Sequence[Any]) -> list[bytes]:
        return [_NULL if value is None else layout.pack(length, value) for value in values]

    return encode_each


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
_FIXED: dict[StoredType, str] = {
    "bigint": ">i8",
    "smallint": ">i2",
    "real": ">f4",
    "double precision": ">f8",
    "boolean": "?",
    "date": ">i4",
}
_FIXED_KINDS = frozenset({int, float, bool, date})
