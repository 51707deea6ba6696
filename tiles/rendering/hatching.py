"""Hatches as lines inside polygons: exact at any size on paper, and seamless, for they hang on the CRS origin.

A line runs where the distance along the normal is a whole number of spacings; angles count counter-clockwise
from east (`layers.style.Hatch`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from layers.style import Hatch
    from tiles.rendering.frames import Frame

_LEAST_SPACING = 1.0


def draw_hatches(hatch: Hatch, shapes: Sequence[bytes], frame: Frame) -> list[bytes]:
    """The lines of a hatch inside each polygon, cut to the frame, as WKB."""
    seen = shapely.box(*frame.grown(hatch.width).bounds)
    near = shapely.intersection(shapely.from_wkb(shapes), seen)
    spacing = max(hatch.spacing, _LEAST_SPACING) * frame.metres_per_pixel
    drawn = [shapely.intersection(_lines(hatch.angle, spacing, polygon), polygon) for polygon in near]
    found: list[bytes] = shapely.to_wkb([lines for lines in drawn if not lines.is_empty]).tolist()
    return found


def _lines(angle: float, spacing: float, polygon: BaseGeometry) -> shapely.MultiLineString:
    """The lines across the box of a polygon; none for an empty one."""
    if polygon.is_empty:
        return shapely.MultiLineString()
    along_x, along_y = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    west, south, east, north = polygon.bounds
    corners = [(x, y) for x in (west, east) for y in (south, north)]
    forward = [x * along_x + y * along_y for x, y in corners]
    across = [y * along_x - x * along_y for x, y in corners]
    begin, end = min(forward), max(forward)
    return shapely.MultiLineString(
        [
            [(at * along_x - away * along_y, at * along_y + away * along_x) for at in (begin, end)]
            for away in (
                number * spacing
                for number in range(math.ceil(min(across) / spacing), math.floor(max(across) / spacing) + 1)
            )
        ]
    )
