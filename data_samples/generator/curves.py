"""Smooth lines and shapes through hand-laid points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import split

if TYPE_CHECKING:
    from data_samples.generator.model import XY, Numbers


def spline(points: tuple[XY, ...], *, closed: bool = False, step: float = 6.0) -> Numbers:
    """Points every `step` metres or so along the Catmull-Rom curve through `points`."""
    knots = np.array(points, dtype=float)
    if closed:
        knots = np.vstack([knots[-1], knots, knots[0], knots[1]])
    else:
        knots = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    parts = []
    for i in range(1, len(knots) - 2):
        p0, p1, p2, p3 = knots[i - 1 : i + 3]
        count = max(2, int(np.hypot(*(p2 - p1)) / step))
        t = np.linspace(0, 1, count, endpoint=False)[:, None]
        cubic = 3 * p1 - p0 - 3 * p2 + p3
        square = 2 * p0 - 5 * p1 + 4 * p2 - p3
        parts.append(0.5 * (2 * p1 + (p2 - p0) * t + square * t**2 + cubic * t**3))
    if not closed:
        parts.append(knots[-2][None, :])
    return np.vstack(parts)


def curve(*points: XY, tolerance: float = 0.3) -> LineString:
    """A smooth line through the points, with no more vertices than it needs."""
    return LineString(shapely.get_coordinates(LineString(spline(points)).simplify(tolerance)))


def area(*points: XY) -> Polygon:
    """A smooth closed shape through the points."""
    return Polygon(shapely.get_coordinates(Polygon(spline(points, closed=True)).simplify(0.5)))


def ragged(shape: Polygon, *, every: float, depth: float) -> Polygon:
    """The shape with an outline that jumps in and out, as old boundaries along fields and woods do."""
    ring = shape.exterior
    along = np.arange(0, ring.length, every)
    along = along + every * 0.36 * np.sin(along * 1.7)
    points = shapely.get_coordinates(shapely.line_interpolate_point(ring, along))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(ring, (along + 5) % ring.length))
    tangent = ahead - points
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]]) / np.hypot(*tangent.T)[:, None]
    jump = np.sin(along / 171) + 0.8 * np.sin(along / 83 + 1) + 0.7 * np.sin(along * 0.9)
    return Polygon(points + normal * (depth * jump)[:, None])


def meander(line: LineString, *, amplitude: float, wave: float, phase: float) -> LineString:
    """The line swinging to both sides, as an unregulated stream does; calm where it runs through the town."""
    along = np.arange(0, line.length, 7.0)
    points = shapely.get_coordinates(shapely.line_interpolate_point(line, along))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, along + 4.0))
    tangent = (ahead - points) / np.maximum(np.hypot(*(ahead - points).T), 1e-6)[:, None]
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    swing = np.sin(along / wave * 2 * np.pi + phase) + 0.6 * np.sin(along / wave * 4.6 + 2 * phase)
    swing += 0.9 * np.sin(along / wave * 1.7 + 3 * phase)
    calm = np.clip((np.hypot(points[:, 0], points[:, 1]) - 250) / 600, 0.1, 1.0)
    calm *= np.clip((line.length - along) / 80, 0, 1)
    moved = LineString(points + normal * (amplitude * swing * calm)[:, None])
    return LineString(shapely.get_coordinates(moved.simplify(0.35)))


def ended_at(line: LineString, other: LineString) -> LineString:
    """The line up to where it first meets the other."""
    parts = list(split(line, other).geoms)
    first = min(parts, key=lambda part: part.distance(Point(line.coords[0])))
    return LineString(shapely.get_coordinates(first))
