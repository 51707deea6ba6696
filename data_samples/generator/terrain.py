"""The lie of the land: where it is wooded, where it is wet, and how high it lies.

Woods are drawn as contours, so their edges are not those of parcels: real woods do not keep to parcels either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import Point, Polygon

from data_samples.generator import plan
from data_samples.generator.cutting import polygons

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from data_samples.generator.model import Numbers

_WOODED = (
    *[(-1900, 1950, 520), (-1250, 2050, 420), (-700, 1350, 330), (1350, 1950, 430), (2300, 950, 360)],
    *[(1050, 900, 260), (-2350, -1600, 420), (-1750, -1900, 480), (-900, -2000, 430), (900, -2050, 420)],
    *[(1750, -1600, 450), (2450, -1200, 420), (-2450, 900, 300), (-1350, -420, 170), (2350, -200, 220)],
    *[(-1500, 200, 110), (650, -1150, 150), (-850, -1080, 120), (1250, 1200, 130)],
)
_CELL = 12.0


def wooded(x: float | Numbers, y: float | Numbers) -> Numbers:
    """Above 0.5 there is forest."""
    bumps = sum(np.exp(-(((x - a) ** 2 + (y - b) ** 2) / r**2)) for a, b, r in _WOODED)
    waves = 0.17 * np.sin(x / 173 + 0.7) * np.cos(y / 149 + 1.9) + 0.11 * np.sin((x + 0.6 * y) / 61)
    return np.asarray(bumps + waves + 0.07 * np.sin(x / 31 - y / 27))


def height(x: float, y: float) -> float:
    """Metres above the sea: the valley falls along the stream and rises to the woods."""
    to_stream = plan.STREAM_LINE.distance(Point(x, y))
    rise = 14 * (1 - float(np.exp(-to_stream / 700))) + 22 * max(0.0, min(1.0, float(wooded(x, y))) - 0.3)
    return 243.0 - x * 0.0016 + rise


def woods() -> BaseGeometry:
    """The forests, with edges that wind."""
    west, south, east, north = plan.OUTLINE.bounds
    x, y = np.meshgrid(np.arange(west, east, _CELL), np.arange(south, north, _CELL))
    x, y = x[inside := wooded(x + _CELL / 2, y + _CELL / 2) > 0.5], y[inside]
    rough = shapely.union_all(shapely.box(x, y, x + _CELL, y + _CELL))
    smooth = rough.buffer(10).buffer(-22).buffer(12).simplify(7)
    return shapely.intersection(_rounded(smooth), plan.OUTLINE)


def _rounded(shape: BaseGeometry) -> BaseGeometry:
    """The shape with its corners cut twice (Chaikin), which makes a smooth outline of a coarse one."""
    rings = [part.exterior for part in shapely.get_parts(shape)]
    return shapely.union_all([Polygon(_cut_corners(_cut_corners(shapely.get_coordinates(r)))) for r in rings])


def _cut_corners(ring: Numbers) -> Numbers:
    start, end = ring[:-1], ring[1:]
    corners = np.stack([0.75 * start + 0.25 * end, 0.25 * start + 0.75 * end], axis=1).reshape(-1, 2)
    return np.vstack([corners, corners[:1]])


def bank_trees() -> BaseGeometry:
    """Alders along the waters outside the town, with gaps where meadows reach the bank."""
    strips = []
    for line, width in zip(plan.WATER_LINES, (15.0, 10.0), strict=True):
        for start in np.arange(0, line.length, 140.0):
            length = 60 + 55 * np.sin(start * 0.83)
            part = shapely.ops.substring(line, start, start + length)
            strips.append(part.buffer(width + 4 * np.sin(start), quad_segs=3))
    free = shapely.difference(shapely.union_all(strips), plan.TOWN.buffer(-70))
    return shapely.intersection(free, plan.OUTLINE)


def single_trees() -> list[Polygon]:
    """Copses between the fields."""
    spots = [(-1720, 700), (-420, 1180), (640, 1240), (1500, 120), (-1880, -560), (560, -1330), (1850, -820)]
    pairs = [Point(x, y).buffer(26).union(Point(x + 31, y + 9).buffer(19)) for x, y in spots]
    return [shape for pair in pairs for shape in polygons(pair.simplify(1.5))]
