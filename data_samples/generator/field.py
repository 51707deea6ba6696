"""A smooth direction field and the streets and tracks that follow it.

The field bends along the hand-laid roads and waters near them. Two families of lines are traced through it,
along and across, evenly spaced (after Jobard and Lefer, 1997), each ending where it meets a barrier.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from data_samples.generator.model import Numbers

_CELL = 40.0
_REACH = 3200.0


class DirectionField:
    """Angles of 'along' everywhere, from the tangents of lines and their weights, interpolated on a grid."""

    def __init__(self, lines: list[tuple[LineString, float]]) -> None:
        points, doubled = _tangents(lines)
        ticks = np.arange(-_REACH, _REACH + 1, _CELL)
        grid_x, grid_y = np.meshgrid(ticks, ticks)
        self._cosine = np.empty_like(grid_x)
        self._sine = np.empty_like(grid_x)
        for row in range(len(ticks)):
            nodes = np.column_stack([grid_x[row], grid_y[row]])
            squared = ((nodes[:, None, :] - points[None, :, :]) ** 2).sum(axis=2)
            weight = 1e6 / (squared + 60.0**2) ** 1.6 * doubled[:, 2]
            self._cosine[row] = weight @ doubled[:, 0]
            self._sine[row] = weight @ doubled[:, 1]

    def direction(self, point: Numbers) -> Numbers:
        """The unit vector along the field at a point."""
        u, v = np.clip((point + _REACH) / _CELL, 0, 2 * _REACH / _CELL - 1.001)
        i, j, fu, fv = int(u), int(v), u % 1, v % 1

        def at(grid: Numbers) -> float:
            low = grid[j, i] * (1 - fu) + grid[j, i + 1] * fu
            high = grid[j + 1, i] * (1 - fu) + grid[j + 1, i + 1] * fu
            return float(low * (1 - fv) + high * fv)

        angle = 0.5 * np.arctan2(at(self._sine), at(self._cosine))
        return np.array([np.cos(angle), np.sin(angle)])


def _tangents(lines: list[tuple[LineString, float]]) -> tuple[Numbers, Numbers]:
    points, doubled = [], []
    for line, weight in lines:
        for sample in _sample(line, every=45.0):
            angle = 2 * np.arctan2(sample[3], sample[2])
            points.append(sample[:2])
            doubled.append([np.cos(angle), np.sin(angle), weight])
    return np.array(points), np.array(doubled)


@dataclass(frozen=True)
class Family:
    """How one family of lines is traced: across the field or along it, how far apart, where."""

    across: bool
    spacing: float
    where: Polygon
    reach: float = 900.0
    step: float = 9.0
    close: float = 0.62


class Tracer:
    """Traces lines of one family after another between barriers."""

    def __init__(self, field: DirectionField, barriers: list[LineString], rng: np.random.Generator) -> None:
        self._field = field
        self._rng = rng
        self._tree = shapely.STRtree([part for line in barriers for part in _segments(line)])

    def trace_family(self, family: Family, neighbours: list[LineString]) -> list[LineString]:
        """Lines of the family, evenly spaced from each other and from the `neighbours` of like direction."""
        near = np.vstack([_sample(line) for line in neighbours])
        queue = [*neighbours]
        grown: list[LineString] = []
        while queue:
            parent = queue.pop(0)
            for seed in self._seeds(parent, family):
                heading = self._heading(seed, family)
                crowded = _crowded(seed, heading, near, family.spacing * 0.93)
                if crowded or not family.where.contains(Point(seed)):
                    continue
                line = self._trace(seed, family, near)
                if line.length > family.spacing * 0.8:
                    grown.append(line)
                    near = np.vstack([near, _sample(line)])
                    queue.append(line)
        return grown

    def _seeds(self, parent: LineString, family: Family) -> list[Numbers]:
        seeds = []
        for x, y, dx, dy in _sample(parent, every=family.spacing * 0.4):
            wide = family.spacing * float(self._rng.uniform(0.97, 1.12))
            normal = np.array([-dy, dx]) * wide
            seeds += [np.array([x, y]) + normal, np.array([x, y]) - normal]
        return seeds

    def _trace(self, seed: Numbers, family: Family, near: Numbers) -> LineString:
        forward = self._walk(seed, family, near, 1.0)
        backward = self._walk(seed, family, near, -1.0)
        points = [*reversed(backward), seed, *forward]
        if len(points) == 1:
            return LineString([seed, seed])
        return LineString(shapely.get_coordinates(LineString(points).simplify(0.35)))

    def _walk(self, seed: Numbers, family: Family, near: Numbers, sense: float) -> list[Numbers]:
        points: list[Numbers] = []
        here, heading = seed, self._heading(seed, family) * sense
        for _ in range(int(family.reach / family.step)):
            half = self._turned(here + heading * family.step / 2, family, heading)
            ahead = here + half * family.step
            hit = self._barrier(here, ahead)
            if hit is not None:
                return [*points, hit + half * 0.6]
            if not family.where.contains(Point(ahead)):
                hit = self._barrier(here, here + half * 45)
                return points if hit is None else [*points, hit + half * 0.6]
            if _crowded(ahead, half, near, family.spacing * family.close):
                return points
            points.append(ahead)
            heading, here = self._turned(ahead, family, half), ahead
        return points

    def _heading(self, point: Numbers, family: Family) -> Numbers:
        along = self._field.direction(point)
        return np.array([-along[1], along[0]]) if family.across else along

    def _turned(self, point: Numbers, family: Family, like: Numbers) -> Numbers:
        heading = self._heading(point, family)
        return heading if float(heading @ like) >= 0 else -heading

    def _barrier(self, here: Numbers, ahead: Numbers) -> Numbers | None:
        step = LineString([here, ahead])
        hits = self._tree.query(step, predicate="intersects")
        if len(hits) == 0:
            return None
        crossing = shapely.intersection(step, self._tree.geometries.take(hits))
        nearest = crossing[int(np.argmin(shapely.distance(crossing, Point(here))))]
        return np.array(nearest.centroid.coords[0])


def joined_ends(lines: list[LineString], others: list[LineString], reach: float) -> list[LineString]:
    """The lines with loose ends run on, straight ahead, to the next line within `reach`."""
    result = list(lines)
    for index in range(len(result)):
        near = result[index].buffer(reach + 1)
        rest = shapely.union_all(
            [line for i, line in enumerate([*result, *others]) if i != index and line.intersects(near)]
        )
        for _ in range(2):
            result[index] = _run_on(result[index], rest, reach).reverse()
    return result


def _run_on(line: LineString, rest: BaseGeometry, reach: float) -> LineString:
    end = Point(line.coords[-1])
    if rest.distance(end) < 0.8:
        return line
    tip, before = np.array(line.coords[-1]), np.array(line.interpolate(max(line.length - 12, 0)).coords[0])
    heading = (tip - before) / max(float(np.hypot(*(tip - before))), 1e-9)
    ray = LineString([tip, tip + heading * reach])
    hits = shapely.get_coordinates(shapely.intersection(ray, rest))
    if len(hits) == 0:
        return line
    nearest = hits[int(((hits - tip) ** 2).sum(axis=1).argmin())]
    return LineString([*line.coords, nearest + heading * 0.5])


def _crowded(point: Numbers, heading: Numbers, near: Numbers, distance: float) -> bool:
    """True when a line of like direction runs closer than `distance`; crossing ones do not count."""
    close = ((near[:, :2] - point) ** 2).sum(axis=1) < distance * distance
    return bool(close.any() and (np.abs(near[close, 2:] @ heading) > 0.8).any())


def _segments(line: LineString) -> list[LineString]:
    coordinates = list(line.coords)
    return [LineString(pair) for pair in itertools.pairwise(coordinates)]


def _sample(line: LineString, every: float = 8.0) -> Numbers:
    """Points along the line with its unit direction there: x, y, dx, dy."""
    along = np.arange(every / 2, line.length + every / 2, every)
    points = shapely.get_coordinates(shapely.line_interpolate_point(line, along))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(line, along + 2))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(along - 2, 0)))
    tangent = ahead - behind
    length = np.maximum(np.hypot(tangent[:, 0], tangent[:, 1]), 1e-9)[:, None]
    return np.column_stack([points, tangent / length])
