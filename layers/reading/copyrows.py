"""Rows as PostgreSQL's binary COPY takes them: a count of fields, then each with its length in front.

Pure: columns of values in, bytes out. Format: PostgreSQL 15 manual, COPY, section "Binary Format". Geometry
travels as EWKB.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import date
from itertools import groupby, repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from layers.reading.ewkb import write_ewkb

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from layers.reading.job import StoredColumn, StoredType

_NULL = b"\xff\xff\xff\xff"
_EPOCH = date(2000, 1, 1).toordinal()
_LENGTH = struct.Struct(">i")
# Most fields are short: their lengths are looked up.
_LENGTHS = [_LENGTH.pack(length) for length in range(512)]
# Field count (2), length of the first field (4): where the bytes of `_fid` begin in a row.
_FID_AT = 6


@dataclass(frozen=True)
class EncodedRows:
    """Rows as bytes, and of each its place along the curve and its id (arrays of int64)."""

    rows: list[bytes]
    places: Any
    fids: Any


def encode_rows(columns: Sequence[StoredColumn], values: Mapping[str, Any], places: Any) -> EncodedRows:
    """A batch: one sequence per column by name, `_fid` and `_key` first; and each row's place.

    Fields of bands come later (`layers.reading.bands`); they are counted already.
    """
    count = struct.pack(">h", len(columns))
    rows = list(map(b"".join, zip(repeat(count), *encode_all(_without_bands(columns), values), strict=False)))
    return EncodedRows(rows, np.asarray(places, dtype=np.int64), np.asarray(values["_fid"], dtype=np.int64))


def _without_bands(columns: Sequence[StoredColumn]) -> list[StoredColumn]:
    return [column for column in columns if not column.band]


def read_field(row: bytes, place: int) -> bytes | None:
    """The content of a field of an encoded row, counted from 0; None when it is NULL."""
    at = _FID_AT - _LENGTH.size
    for _ in range(place):
        (length,) = _LENGTH.unpack_from(row, at)
        at += _LENGTH.size + max(length, 0)
    (length,) = _LENGTH.unpack_from(row, at)
    return None if length < 0 else row[at + _LENGTH.size : at + _LENGTH.size + length]


def read_key(row: bytes) -> str:
    """The key in an encoded row."""
    (length,) = _LENGTH.unpack_from(row, _FID_AT + 8)
    return row[_FID_AT + 12 : _FID_AT + 12 + length].decode()


def replace_fid(row: bytes, fid: int) -> bytes:
    """The row with another id."""
    return row[:_FID_AT] + struct.pack(">q", fid) + row[_FID_AT + 8 :]


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
    return [_NULL if text is None else _with_length(text) for text in write_ewkb(values, srid)]


def _texts(values: Sequence[str | None]) -> list[bytes]:
    return [_NULL if value is None else _with_length(value.encode()) for value in values]


def _with_length(text: bytes) -> bytes:
    return (_LENGTHS[len(text)] if len(text) < len(_LENGTHS) else _LENGTH.pack(len(text))) + text


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
