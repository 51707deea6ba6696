"""Curves of a GeoPackage as chords, so fine that no chord leaves its arc by more than a millimetre.

GDAL divides by a fixed angle: a quarter of a degree is 1 mm only up to a radius of 420 m. So features with arcs
are taken from the file as they stand and divided here. Neighbours divide the arc they share alike.
Layouts: OGC 06-103r4 clause 8.2 (WKB); OGC 12-128r18 clause 2.1.3.
"""

from __future__ import annotations

import math
import sqlite3
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.errors import SourceError
from layers.reading.sqlite import open_sqlite

if TYPE_CHECKING:
    from pathlib import Path

CHORD_ERROR_M = 0.001
_METRES_PER_DEGREE = 111_320.0
_MAX_CHORDS = 100_000
_MAX_DEPTH = 16
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_HEAD = 8 + 64 + 5
_CURVED = frozenset({8, 9, 10, 11, 12})
_LINE, _POLYGON, _ARCS, _COMPOUND, _CURVE_POLYGON = 2, 3, 8, 9, 10
_MULTI_LINE, _MULTI_POLYGON, _MULTI_CURVE, _MULTI_SURFACE = 5, 6, 11, 12


class CurveReader:
    """Finds the features of a GeoPackage layer that hold arcs, and reads them as chords."""

    def __init__(self, path: Path, layer: str, *, metric: bool) -> None:
        self._connection = open_sqlite(path)
        self._layer = layer
        self._tolerance = CHORD_ERROR_M if metric else CHORD_ERROR_M / _METRES_PER_DEGREE
        row = self._connection.execute(
            "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)
        ).fetchone()
        self._column = str(row[0]) if row else ""
        self.curved = 0

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def read(self, fid: int) -> Any:
        """The geometry of a feature of a curved type, arcs divided into chords; None for any other feature.

        Raises ValueError when the arcs cannot be divided.
        """
        try:
            with self._connection.blobopen(self._layer, self._column, fid, readonly=True) as blob:
                head = blob.read(_HEAD)
                start = 8 + _ENVELOPE_BYTES[(head[3] >> 1) & 7]
                if _type_at(head, start) not in _CURVED:
                    return None
                blob.seek(start)
                wkb = blob.read()
        except (sqlite3.Error, struct.error, IndexError):
            # A view, or no geometry there: GDAL has read what there is.
            return None
        geometry, arcs = linearise(wkb, self._tolerance)
        self.curved += arcs > 0
        return geometry


def open_curves(path: Path, layer: str, *, metric: bool) -> CurveReader:
    """A reader for one layer. Raises SourceError when the GeoPackage cannot say where its geometry is."""
    try:
        return CurveReader(path, layer, metric=metric)
    except sqlite3.Error as exc:
        raise SourceError("The GeoPackage does not list its layers. Save it again in QGIS.") from exc


def linearise(wkb: bytes, tolerance: float) -> tuple[Any, int]:
    """The geometry of a WKB and how many arcs it held.

    They are made of chords that leave them by at most `tolerance`, in units of the source. Heights are kept,
    measures dropped.
    Raises ValueError for a type that is not read, or for damaged bytes.
    """
    try:
        cursor = _Wkb(wkb, tolerance)
        return cursor.geometry(), cursor.arcs
    except (struct.error, IndexError, shapely.errors.ShapelyError) as exc:
        raise ValueError("its curves are not complete") from exc


def divide_arc(first: Any, middle: Any, last: Any, tolerance: float) -> Any:
    """Points along the arc through three points (rows of x, y and perhaps z), both ends included and exact."""
    if tuple(last) < tuple(first):
        return divide_arc(last, middle, first, tolerance)[::-1]
    circle = _circle(first, middle, last)
    if circle is None:
        return np.array([first, middle, last])
    x, y, radius = circle
    angles = [math.atan2(point[1] - y, point[0] - x) for point in (first, middle, last)]
    sweep = _sweep(*angles, whole=bool((first[:2] == last[:2]).all()))
    step = 2 * math.acos(max(1 - tolerance / radius, -1.0))
    count = max(math.ceil(abs(sweep) / step), 2) if step > 0 else _MAX_CHORDS + 1
    if count > _MAX_CHORDS:
        raise ValueError(f"one of its arcs would need more than {_MAX_CHORDS} chords")
    turned = angles[0] + sweep * np.arange(count + 1) / count
    points = np.column_stack([x + radius * np.cos(turned), y + radius * np.sin(turned)])
    if len(first) > 2:
        points = np.column_stack([points, np.linspace(first[2], last[2], count + 1)])
    points[0], points[-1] = first, last
    return points


class _Wkb:
    """A cursor over the bytes of one geometry."""

    def __init__(self, wkb: bytes, tolerance: float) -> None:
        self._bytes = wkb
        self._at = 0
        self._tolerance = tolerance
        self.arcs = 0

    def geometry(self) -> Any:
        """The geometry as shapely has it."""
        kind, order, width = self._header()
        if kind in (_LINE, _ARCS, _COMPOUND):
            return shapely.linestrings(self._curve_of(kind, order, width, 0))
        if kind in (_POLYGON, _CURVE_POLYGON):
            return self._polygon_of(kind, order, width)
        parts = range(self._count(order))
        if kind in (_MULTI_LINE, _MULTI_CURVE):
            return shapely.multilinestrings([shapely.linestrings(self._curve(0)) for _ in parts])
        if kind in (_MULTI_POLYGON, _MULTI_SURFACE):
            return shapely.multipolygons([self._polygon_of(*self._header()) for _ in parts])
        raise ValueError("it is of a type that is not read")

    def _curve(self, depth: int) -> Any:
        return self._curve_of(*self._header(), depth)

    def _curve_of(self, kind: int, order: str, width: int, depth: int) -> Any:
        if kind == _LINE:
            return self._points(order, width)
        if kind == _ARCS:
            points = self._points(order, width)
            if len(points) < 3 or len(points) % 2 == 0:
                raise ValueError("an arc has too few points")
            self.arcs += len(points) // 2
            return _joined(
                [
                    divide_arc(points[at], points[at + 1], points[at + 2], self._tolerance)
                    for at in range(0, len(points) - 2, 2)
                ]
            )
        if kind == _COMPOUND and depth < _MAX_DEPTH:
            return _joined([self._curve(depth + 1) for _ in range(self._count(order))])
        raise ValueError("it is of a type that is not read")

    def _polygon_of(self, kind: int, order: str, width: int) -> Any:
        rings = range(self._count(order))
        if kind == _POLYGON:
            lines = [self._points(order, width) for _ in rings]
        elif kind == _CURVE_POLYGON:
            lines = [self._curve(0) for _ in rings]
        else:
            raise ValueError("it is of a type that is not read")
        return shapely.Polygon(lines[0], lines[1:]) if lines else shapely.Polygon()

    def _header(self) -> tuple[int, str, int]:
        kind, order, width = _read_header(self._bytes, self._at)
        self._at += 5
        return kind, order, width

    def _count(self, order: str) -> int:
        (count,) = struct.unpack_from(f"{order}I", self._bytes, self._at)
        self._at += 4
        return int(count)

    def _points(self, order: str, width: int) -> Any:
        count = self._count(order)
        end = self._at + 8 * width * count
        if end > len(self._bytes):
            raise ValueError("its curves are not complete")
        numbers = np.frombuffer(self._bytes[self._at : end], dtype=f"{order}f8").reshape(count, width)
        self._at = end
        # Measures come last, after the height if there is one.
        return numbers[:, : 3 if self._has_z else 2].astype(float)

    @property
    def _has_z(self) -> bool:
        return _read_code(self._bytes, 0)[1]


def _type_at(head: bytes, start: int) -> int:
    return _read_header(head, start)[0]


def _read_header(data: bytes, at: int) -> tuple[int, str, int]:
    """Type without dimensions, byte order for struct, and numbers per point."""
    kind, has_z, has_m = _read_code(data, at)
    return kind, _order(data, at), 2 + has_z + has_m


def _read_code(data: bytes, at: int) -> tuple[int, bool, bool]:
    (code,) = struct.unpack_from(f"{_order(data, at)}I", data, at + 1)
    plain = code & 0x0FFFFFFF
    has_z = bool(code & 0x80000000) or plain // 1000 in (1, 3)
    has_m = bool(code & 0x40000000) or plain // 1000 in (2, 3)
    return plain % 1000, has_z, has_m


def _order(data: bytes, at: int) -> str:
    return "<" if data[at] == 1 else ">"


def _joined(pieces: list[Any]) -> Any:
    if not pieces:
        raise ValueError("a curve has no points")
    return np.concatenate([pieces[0], *[piece[1:] for piece in pieces[1:]]])


def _circle(first: Any, middle: Any, last: Any) -> tuple[float, float, float] | None:
    """Centre and radius; None when the points lie on a line. Equal ends are a whole circle (ISO 13249-3)."""
    ax, ay = middle[0] - first[0], middle[1] - first[1]
    bx, by = last[0] - first[0], last[1] - first[1]
    if bx == 0 and by == 0:
        radius = math.hypot(ax, ay) / 2
        return (first[0] + ax / 2, first[1] + ay / 2, radius) if radius > 0 else None
    cross = 2 * (ax * by - ay * bx)
    if abs(cross) <= 1e-12 * (ax * ax + ay * ay + bx * bx + by * by):
        return None
    a, b = ax * ax + ay * ay, bx * bx + by * by
    x, y = (by * a - ay * b) / cross, (ax * b - bx * a) / cross
    return (first[0] + x, first[1] + y, math.hypot(x, y))


def _sweep(start: float, middle: float, end: float, *, whole: bool) -> float:
    """The angle from start by way of the middle to the end; positive is against the clock."""
    if whole:
        return 2 * math.pi
    turn = (end - start) % (2 * math.pi)
    return turn if (middle - start) % (2 * math.pi) <= turn else turn - 2 * math.pi
