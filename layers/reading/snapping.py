"""From which zoom a polygon survives being rounded to tile units, and in which order rows are stored.

A tile's corner lies on the rounding lattice of its zoom, so rounding in the grid's own coordinates is rounding
in the tile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.reading.clearance import find_clearances

if TYPE_CHECKING:
    from gis.envelope import Envelope
    from layers.targets import TileTarget

_HILBERT_BITS = 16
# A vertex moves by at most half the diagonal of a unit, and two by twice that; the rest covers rounding errors.
# Where a polygon has more room than that, nothing need be tried.
_GREATEST_SHIFT = 2**0.5 * 1.001


def find_safe_zooms(geometries: Any, target: TileTarget) -> Any:
    """The smallest zoom from which rounding keeps each polygon valid, at it and at all deeper zooms.

    `geometries` are valid and in the grid's CRS. Nothing is tried below `min_zoom`, which is the best answer a
    polygon can get; `max_tile_zoom` + 1 means: at no zoom. Points, lines and NULL answer 0.
    """
    polygons = np.isin(shapely.get_type_id(geometries), (3, 6))
    safe = np.where(polygons, target.min_zoom, 0).astype(np.int16)
    active = np.flatnonzero(polygons)
    room = find_clearances(geometries[active])
    for zoom in range(target.max_tile_zoom, target.min_zoom - 1, -1):
        tried = np.flatnonzero(room <= _GREATEST_SHIFT * target.unit(zoom))
        broken = tried[~shapely.is_valid(snap(geometries[active[tried]], target, zoom))]
        safe[active[broken]] = zoom + 1
        active, room = np.delete(active, broken), np.delete(room, broken)
        if not len(active):
            break
    return safe


def snap(geometries: Any, target: TileTarget, zoom: int) -> Any:
    """The geometries counted in tile units of a zoom from the grid's corner, rounded to whole ones."""
    corner = np.array([target.origin_x, target.origin_y])
    unit = target.unit(zoom)
    return shapely.transform(geometries, lambda coordinates: np.rint((coordinates - corner) / unit))


def hilbert_distance(x: Any, y: Any, outline: Envelope) -> Any:
    """Places along a Hilbert curve over the outline: near ones are stored near each other.

    Places outside are pulled to the edge; NaN goes to the beginning. After H. Warren, Hacker's Delight, ch. 16.
    """
    side = 2**_HILBERT_BITS
    column = _cell(x, outline.west, outline.width, side)
    row = _cell(y, outline.south, outline.height, side)
    distance = np.zeros(len(column), dtype=np.int64)
    step = side // 2
    while step:
        right, up = (column & step) > 0, (row & step) > 0
        distance += step * step * ((3 * right) ^ up)
        turned = ~up & right
        column, row = np.where(turned, side - 1 - column, column), np.where(turned, side - 1 - row, row)
        column, row = np.where(up, column, row), np.where(up, row, column)
        step //= 2
    return distance


def _cell(value: Any, start: float, length: float, side: int) -> Any:
    share = np.nan_to_num((value - start) / length)
    return np.clip((share * side).astype(np.int64), 0, side - 1)
