"""Where a label stands and how much room it has: computed once for whole batches, with numpy alone.

A polygon is cut by a few horizontal lines; of each the longest free piece is taken, and the best of them is the
one that is long and not near the top or bottom. That looks centred in parcels and needs no search.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from gis.geometry import GeometryKind

# Heights of the cutting lines as a share of the polygon's own height.
_CUTS = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)
# Coordinates of a piece are rounded; its length by less than this share of itself and of the polygon's width.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Labels:
    """Label points (NULL where there is no geometry), free width in metres, and size: √area or length."""

    points: Any
    widths: Any
    sizes: Any


def build_labels(geometries: Any, kind: GeometryKind) -> Labels:
    """Labels of geometries of one kind in a CRS that counts metres; NaN where a number has no meaning."""
    if kind == "polygon":
        points, widths = label_polygons(geometries)
        return Labels(points, widths, np.sqrt(shapely.area(geometries)))
    if kind == "line":
        longest = _longest_parts(geometries)
        points = shapely.line_interpolate_point(longest, 0.5, normalized=True)
        return Labels(points, shapely.length(longest), shapely.length(geometries))
    nothing = np.full(len(geometries), np.nan)
    return Labels(shapely.get_geometry(geometries, 0), nothing, nothing)


def label_polygons(geometries: Any) -> tuple[Any, Any]:
    """A point inside each polygon, and the length of the free horizontal piece through it."""
    best = _Best.none_of(len(geometries))
    west, south, east, north = shapely.bounds(geometries).T
    _cut(geometries, _CUTS[:1], (south, north), best, np.arange(len(geometries)))
    # No piece is longer than the polygon is wide: where the first one nearly is, none of the others can win.
    longest = (east - west) * (1 + _ROUNDING)
    beatable = np.flatnonzero(best.score <= longest * min(_CUTS[1], 1 - _CUTS[1]))
    _cut(geometries[beatable], _CUTS[1:], (south[beatable], north[beatable]), best, beatable)
    found = best.width > 0
    points = np.full(len(geometries), None, dtype=object)
    points[~found] = shapely.force_2d(shapely.point_on_surface(geometries[~found]))
    points[found] = shapely.points(best.x[found], best.y[found])
    widths = np.where(found, best.width, np.where(shapely.is_missing(geometries), np.nan, 0.0))
    return points, widths


@dataclass(frozen=True)
class _Best:
    """The best piece of each polygon so far; changed in place."""

    score: Any
    x: Any
    y: Any
    width: Any

    @classmethod
    def none_of(cls, count: int) -> _Best:
        """Nothing found yet."""
        return cls(np.full(count, -1.0), *(np.full(count, np.nan) for _ in range(3)))


def _cut(geometries: Any, cuts: tuple[float, ...], span: tuple[Any, Any], best: _Best, places: Any) -> None:
    """Try cutting lines; `span` is southern and northern edge, `places` where the polygons stand in `best`."""
    edges = _edges(geometries)
    south, north = span
    for cut in cuts:
        height = south + cut * (north - south)
        middle, width = _longest_pieces(edges, height)
        score = width * min(cut, 1 - cut)
        better = score > best.score[places]
        at = places[better]
        best.score[at], best.width[at] = score[better], width[better]
        best.x[at], best.y[at] = middle[better], height[better]


@dataclass(frozen=True)
class _Edges:
    """Every edge of a batch of polygons, and the place of the polygon it belongs to."""

    x1: Any
    y1: Any
    x2: Any
    y2: Any
    owner: Any
    count: int


def _edges(geometries: Any) -> _Edges:
    rings, owner_of_ring = _rings(geometries)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[:-1] == ring[1:]
    start, end = coordinates[:-1][joined], coordinates[1:][joined]
    owner = owner_of_ring[ring[:-1][joined]]
    return _Edges(start[:, 0], start[:, 1], end[:, 0], end[:, 1], owner, len(geometries))


def _rings(geometries: Any) -> tuple[Any, Any]:
    """Every ring, and the place of its polygon; a polygon of one ring stands for that ring."""
    single = (shapely.get_type_id(geometries) == 3) & (shapely.get_num_interior_rings(geometries) == 0)
    others = np.flatnonzero(~single)
    polygons, other_of_polygon = shapely.get_parts(geometries[others], return_index=True)
    rings, polygon_of_ring = shapely.get_rings(polygons, return_index=True)
    owners = np.concatenate([np.flatnonzero(single), others[other_of_polygon[polygon_of_ring]]])
    return np.concatenate([geometries[single], rings]), owners


def _longest_pieces(edges: _Edges, height: Any) -> tuple[Any, Any]:
    """Middle and length of the longest piece inside each polygon along y = its height."""
    y = height[edges.owner]
    crossing = (edges.y1 <= y) != (edges.y2 <= y)
    x1, y1, x2, y2 = (part[crossing] for part in (edges.x1, edges.y1, edges.x2, edges.y2))
    owner = edges.owner[crossing]
    x = x1 + (y[crossing] - y1) * (x2 - x1) / (y2 - y1)
    middles, widths = np.full(edges.count, np.nan), np.zeros(edges.count)
    # A closed ring is crossed an even number of times, so pieces are the pairs 0-1, 2-3, … of one polygon.
    # Most polygons are crossed twice: their crossings stand side by side, and nothing need be sorted.
    once = np.bincount(owner, minlength=edges.count)[owner] == 2
    pairs, owner_of_pair = x[once].reshape(-1, 2), owner[once][0::2]
    middles[owner_of_pair] = (pairs[:, 0] + pairs[:, 1]) / 2
    widths[owner_of_pair] = np.abs(pairs[:, 1] - pairs[:, 0])
    x, owner = x[~once], owner[~once]
    order = np.lexsort((x, owner))
    left, right, owner = x[order][0::2], x[order][1::2], owner[order][0::2]
    width = right - left
    rising = np.argsort(width, kind="stable")
    middles[owner[rising]] = ((left + right) / 2)[rising]
    widths[owner[rising]] = width[rising]
    return middles, widths


def _longest_parts(geometries: Any) -> Any:
    parts, owner = shapely.get_parts(geometries, return_index=True)
    rising = np.argsort(shapely.length(parts), kind="stable")
    longest = np.full(len(geometries), None, dtype=object)
    longest[owner[rising]] = parts[rising]
    return longest
