"""The records of a .shp part: where they lie, and whether each is as long as what it says it holds.

GDAL answers a damaged record with no shape, as if there had been none, and says nothing. Arrays, not loops: a
million records take a second. Layouts: ESRI Shapefile Technical Description (1998), pages 5-21.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gis.errors import SourceError
from layers.reading.geopackage import LARGEST_GEOMETRY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HEADER_BYTES = 100
_RECORD_HEADER = 8
_TYPE_AT = 32
_PARTS_AT, _FIRST_PART_AT = 36, 44
_COPY = "Ask the provider for a complete copy."


@dataclass(frozen=True)
class _Layout:
    """Bytes of a record: fixed ones, per part and per point. Measures may be missing and are not counted."""

    fixed: int
    per_part: int = 0
    per_point: int = 0
    points_at: int | None = None


_POINTS, _RINGS = 36, 40
_LAYOUTS: Mapping[int, _Layout] = {
    1: _Layout(20),
    11: _Layout(28),
    21: _Layout(20),
    8: _Layout(40, 0, 16, _POINTS),
    18: _Layout(56, 0, 24, _POINTS),
    28: _Layout(40, 0, 16, _POINTS),
    3: _Layout(44, 4, 16, _RINGS),
    13: _Layout(60, 4, 24, _RINGS),
    23: _Layout(44, 4, 16, _RINGS),
    5: _Layout(44, 4, 16, _RINGS),
    15: _Layout(60, 4, 24, _RINGS),
    25: _Layout(44, 4, 16, _RINGS),
}


def read_index(shx: Path) -> Any:
    """Byte offset and content length of each record, by the .shx part: an array of n × 2."""
    body = shx.read_bytes()[HEADER_BYTES:]
    # Words of 16 bits, the first byte first.
    return np.frombuffer(body[: len(body) // 8 * 8], ">i4").reshape(-1, 2).astype(np.int64) * 2


def walk_records(shp: Path) -> Any:
    """The same without a .shx part: from each record to the next. Raises SourceError where there is none."""
    found: list[tuple[int, int]] = []
    size, place = shp.stat().st_size, HEADER_BYTES
    with shp.open("rb") as file:
        while place < size:
            file.seek(place)
            header = file.read(_RECORD_HEADER)
            length = struct.unpack(">ii", header)[1] * 2 if len(header) == _RECORD_HEADER else -1
            if length < 4 or place + _RECORD_HEADER + length > size:
                raise SourceError(
                    f"Feature {len(found) + 1}: the .shp part is damaged there, and without the .shx part "
                    f"nothing after it can be found. {_COPY}"
                )
            found.append((place, length))
            place += _RECORD_HEADER + length
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def check_records(shp: Path, index: Any) -> int:
    """Hold every record against its words; how many have no shape. Raises SourceError naming the feature."""
    if not len(index):
        return 0
    content = np.memmap(shp, np.uint8, "r")
    kind = int(np.frombuffer(content[_TYPE_AT : _TYPE_AT + 4].tobytes(), "<i4")[0])
    if kind not in _LAYOUTS and kind != 0:
        raise SourceError(f"The .shp part has shapes of type {kind}, which cannot be published. {_COPY}")
    offsets, lengths = index.T
    vast = np.flatnonzero(lengths > LARGEST_GEOMETRY)
    if len(vast):
        raise SourceError(
            f"Feature {vast[0] + 1} has a geometry of more than {LARGEST_GEOMETRY >> 20} MB. Simplify or split "
            "it."
        )
    outside = (offsets < HEADER_BYTES) | (lengths < 4) | (offsets + _RECORD_HEADER + lengths > len(content))
    _refuse(outside, "the .shx part points outside the .shp part")
    misplaced = (_read(content, offsets, ">i4") != np.arange(1, len(index) + 1)) | (
        _read(content, offsets + 4, ">i4") * 2 != lengths
    )
    _refuse(misplaced, "the .shx part points to another place than its record in the .shp part")
    starts = offsets + _RECORD_HEADER
    kinds = _read(content, starts, "<i4")
    _refuse((kinds != kind) & (kinds != 0), "its shape is of another type than the .shp part says")
    shaped = np.flatnonzero(kinds)
    if not len(shaped):
        return len(index)
    empty = _check_shapes(content, starts[shaped], lengths[shaped], shaped, _LAYOUTS[kind])
    return len(index) - len(shaped) + empty


def _check_shapes(content: Any, starts: Any, lengths: Any, places: Any, layout: _Layout) -> int:
    """Hold shapes against their length; how many have no point."""
    damaged = "its record in the .shp part is shorter than what it says it holds"
    _refuse(lengths < layout.fixed, damaged, places)
    if layout.points_at is None:
        return 0
    points = _read(content, starts + layout.points_at, "<i4")
    parts = _read(content, starts + _PARTS_AT, "<i4") if layout.per_part else np.zeros_like(points)
    needed = layout.fixed + layout.per_part * parts + layout.per_point * points
    _refuse((points < 0) | (parts < 0) | (needed > lengths), damaged, places)
    if layout.per_part:
        _check_rings(content, starts, parts, points, places)
    return int((points == 0).sum())


def _check_rings(content: Any, starts: Any, parts: Any, points: Any, places: Any) -> None:
    """Where the rings of each shape begin: at 0, then ever further, before its last point."""
    words = "its record in the .shp part says that its rings begin where they cannot"
    _refuse((parts == 0) & (points > 0), words, places)
    owners = np.repeat(np.arange(len(parts)), parts)
    within = np.arange(len(owners)) - np.repeat(np.cumsum(parts) - parts, parts)
    begins = _read(content, starts[owners] + _FIRST_PART_AT + 4 * within, "<i4")
    follows = within > 0
    wrong = (begins < 0) | (begins >= points[owners]) | (~follows & (begins != 0))
    wrong[1:] |= follows[1:] & (begins[1:] <= begins[:-1])
    bad = np.zeros(len(parts), dtype=bool)
    bad[owners[wrong]] = True
    _refuse(bad, words, places)


def _read(content: Any, places: Any, kind: str) -> Any:
    """The 4-byte numbers that stand at these places, as int64."""
    return content[places[:, None] + np.arange(4)].copy().view(kind).ravel().astype(np.int64)


def _refuse(bad: Any, words: str, places: Any | None = None) -> None:
    if bool(bad.any()):
        first = int(np.flatnonzero(bad)[0])
        number = (first if places is None else int(places[first])) + 1
        raise SourceError(f"Feature {number} is damaged: {words}. {_COPY}")
